"""Messages about money: written once, in Vietnamese, with a link that opens, without personal data."""

import re

import pytest
from django.urls import resolve
from django.utils import translation

from accounts.messages.models import Message
from payments import complaints
from payments.attempts import settlement
from payments.differences import open_difference
from payments.models import Difference, Refund
from payments.refunds import approval
from portal.common import clock
from tests import factories
from tests.dossiers.pages import browse
from tests.money import FEE

pytestmark = pytest.mark.django_db


def about_money(user=None):
    rows = Message.objects.filter(key__startswith="money:", channel="inbox").order_by("pk")
    return rows.filter(recipient=user) if user else rows


@pytest.fixture
def everything(money_desk):
    """One of each message there is."""
    with translation.override("en"):
        failed = money_desk.paying()
        settlement.record_outcome(failed.reference, "failed", cause="ipn", code="51/02")
        doubtful = money_desk.paying(dossier=failed.obligation.dossier)
        settlement.record_outcome(doubtful.reference, "review", cause="suspicion", final=False)
        ticket = complaints.open_ticket(doubtful, doubtful.opened_by)
        complaints.answer(ticket, ticket.owner, "Ngân hàng đang xem, có kết quả sẽ báo.")
        settlement.settle(doubtful.reference, cause="ipn")
        settlement.settle(failed.reference, cause="ipn")  # late, and twice
        twice = Refund.objects.get()
        approval.approve(twice, money_desk.accountant)
        for state in ("sent", "unknown"):
            approval.lock(twice).move(state, cause={"sent": "sending", "unknown": "no_answer"}[state])
        approval.record(twice, "refused", cause="answer")
        again = approval.propose(failed, "paid_twice", actor=money_desk.accountant)
        approval.decline(again, money_desk.second_accountant, note="Chờ ngân hàng trả lời.")
        open_difference(failed.point, clock.today(), Difference.Kind.AMOUNT, failed.reference, ours=FEE, theirs=1, attempt=failed)
    return failed


def test_each_kind_of_message_is_there_once(everything, money_desk):
    citizen = everything.obligation.dossier.submitter
    kinds = [re.sub(r"\d+", "#", key) for key in about_money(citizen).values_list("key", flat=True)]
    assert kinds == [
        "money:unpaid:#:#", "money:doubt:#", "money:complaint:#:answer", "money:refund:#:back", "money:refund:#:approved",
        "money:refund:#:refused", "money:refund:#:declined",
    ]  # fmt: skip
    staff = about_money().exclude(recipient=citizen).values_list("key", "recipient")
    assert len(staff) == len(set(staff))
    kinds = {re.sub(r"\d+", "#", key) for key, _recipient in staff}
    assert kinds == {
        "money:doubt:#", "money:complaint:#", "money:refund:#:proposed", "money:refund:#:refused", "money:differences:#"
    }  # fmt: skip


def test_every_message_is_short_finished_and_vietnamese_and_names_nobody(everything):
    person = everything.obligation.dossier.submitter
    for message in about_money():
        assert "%(" not in message.subject + message.body and "None" not in message.body
        assert len(message.subject) <= 120 and len(message.body) < 400, message.body
        assert re.search("[ạảãàáăâđêôơư]", message.subject + message.body), message.subject
        assert person.full_name not in message.body and person.person.id_number not in message.body


@pytest.mark.slow
def test_every_link_opens_for_who_got_it(everything):
    for message in about_money():
        assert resolve(message.link), message.link
        assert browse(message.recipient).get(message.link, follow=True).status_code == 200, (message.key, message.link)


def test_who_proposed_a_refund_is_not_asked_to_decide_on_it(money_desk):
    attempt = settlement.settle(money_desk.paying().reference, cause="ipn")
    approval.propose(attempt, "other", actor=money_desk.accountant)
    assert not about_money(money_desk.accountant).exists() and about_money(money_desk.second_accountant).count() == 1


def test_many_differences_of_a_day_are_one_message(money_desk):
    attempt = money_desk.paying()
    Difference.objects.all().delete()
    for number in range(4):
        open_difference(attempt.point, clock.today(), Difference.Kind.AMOUNT, f"P{number}", ours=1, theirs=2, attempt=attempt)
    told = about_money().filter(key__startswith="money:differences:")
    assert told.count() == 2  # two accountants share the four
    assert {message.recipient for message in told} == {money_desk.accountant, money_desk.second_accountant}


def test_a_mandate_that_is_over_ends_the_messages(money_desk):
    attempt = money_desk.paying()
    submitter = attempt.obligation.dossier.submitter
    submitter.is_active = False
    submitter.save(update_fields=["is_active"])
    settlement.record_outcome(attempt.reference, "review", cause="suspicion", final=False)
    assert not about_money(submitter).exists()


def test_somebody_who_pays_for_another_and_cancels_leaves_the_submitter_with_a_word(money_desk):
    from payments.models import PayLink

    dossier = money_desk.waiting()
    link = PayLink.objects.create(obligation=dossier.obligation, expires_at=clock.now(), created_by=dossier.submitter)
    attempt = money_desk.paying(dossier=dossier, link=link)
    settlement.record_outcome(attempt.reference, "cancelled", cause="ipn", code="24/02")
    assert "đã hủy" in about_money(dossier.submitter).get().body
    assert factories.fresh(dossier.submitter)
