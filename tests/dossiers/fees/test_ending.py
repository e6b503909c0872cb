"""What becomes of the money when a dossier ends without what was asked for: page, message, paper and API say the same."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.fees import ending
from dossiers.models import Dossier
from dossiers.papers.contexts import context
from payments.models import Refund, RefundReason
from payments.receivers import CLOSINGS
from payments.refunds import approval
from portal.common.money import dong
from tests import money

pytestmark = pytest.mark.django_db
NOTE = "Hồ sơ thuộc thẩm quyền của Công an tỉnh khác."


def paid(desk):
    return workflow.advance(desk.waiting(), "paid", actor=desk.clerk, amount=money.FEE)


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def refundable(dossier, *occasions):
    dossier.obligation.lines.update(refundable_on=list(occasions))
    return fresh(dossier)


def read(dossier, name="dossiers:detail"):
    client = Client()
    client.force_login(dossier.submitter)
    return client.get(reverse(name, args=[dossier.code]))


def told(dossier):
    return Message.objects.filter(recipient=dossier.submitter, channel="inbox").order_by("pk").last().body


def test_the_occasions_are_those_of_the_refunds():
    assert set(ending.OCCASIONS.values()) <= set(RefundReason.values) and set(CLOSINGS) == set(ending.OCCASIONS)


def test_refused_after_paying_says_how_much_comes_back_by_whom_and_that_nothing_is_to_be_done(money_desk):
    dossier = refundable(paid(money_desk), "refused")
    dossier = workflow.advance(dossier, "refuse_receipt", actor=money_desk.clerk, note=NOTE)
    page, body = read(dossier).content.decode(), told(dossier)
    for text in (page, body):
        assert f"Được hoàn lại {dong(money.FEE)}." in text
        assert dossier.lead_agency.name in text and "Không phải làm gì thêm." in text
    assert "Sau 5 ngày làm việc chưa có tin, hỏi" in page and reverse("payments:pay", args=[dossier.code]) in page
    assert Refund.objects.get().amount == money.FEE, "what the sentence says was done"
    event = dossier.events.get(step="refuse_receipt")
    note = context("refusal_of_receipt", dossier, event, number="1", verification_code="A" * 16)["money_note"]
    assert note == ending.money(dossier, "refuse_receipt").text
    answer = read(dossier, "api_dossier").json()["ending"]
    assert (answer["occasion"], answer["paid"], answer["goes_back"], answer["kept"]) == ("refused", money.FEE, money.FEE, 0)
    assert answer["sentence"] == note


def test_after_the_approval_the_page_says_so(money_desk):
    dossier = refundable(paid(money_desk), "refused")
    dossier = workflow.advance(dossier, "refuse_receipt", actor=money_desk.clerk, note=NOTE)
    approval.approve(Refund.objects.get(), money_desk.accountant)
    page = read(dossier).content.decode()
    assert f"đã duyệt hoàn {dong(money.FEE)}" in page and "đã gửi đề nghị" not in page


def test_what_is_not_refundable_is_said_and_not_proposed(money_desk):
    dossier = refundable(paid(money_desk))
    dossier = workflow.advance(dossier, "refuse_receipt", actor=money_desk.clerk, note=NOTE)
    assert "khoản đó không được hoàn" in told(dossier) and "Được hoàn lại" not in read(dossier).content.decode()
    assert not Refund.objects.exists()


def test_a_part_is_named_with_what_is_kept(money_desk):
    dossier = paid(money_desk)
    line = dossier.obligation.lines.first()
    dossier.obligation.lines.create(key="post", label="Cước", kind="khac", amount=30_000, refundable_on=["withdrawn"])
    line.amount -= 30_000
    line.refundable_on = []
    line.save()
    dossier = workflow.withdraw(fresh(dossier), actor=dossier.submitter)
    text = ending.money(fresh(dossier), "confirm_withdrawal").text
    assert f"Được hoàn lại {dong(30_000)}." in text and f"Phần không được hoàn: {dong(money.FEE - 30_000)}." in text
    assert Refund.objects.get().amount == 30_000


def test_unpaid_and_ended_owes_nothing(money_desk):
    dossier = money_desk.waiting()
    dossier = workflow.withdraw(dossier, actor=dossier.submitter)
    assert "không phải trả nữa" in read(dossier).content.decode() and "không phải trả nữa" in told(dossier)


def test_staff_and_strangers_read_no_sentence_about_money_on_the_citizens_page(money_desk):
    dossier = refundable(paid(money_desk), "refused")
    dossier = workflow.advance(dossier, "refuse_receipt", actor=money_desk.clerk, note=NOTE)
    client = Client()
    client.force_login(money_desk.clerk)
    assert "Được hoàn lại" not in client.get(reverse("dossiers:detail", args=[dossier.code])).content.decode()
