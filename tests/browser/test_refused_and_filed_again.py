"""Refused after paying, read and filed again on a phone of 360 px."""

import pytest

from dossiers import workflow
from dossiers.files import storage
from dossiers.filing import rules
from dossiers.models import Dossier
from portal.common.money import dong
from tests import factories, money, world
from tests.browser_support import axe, click_and_wait, sideways
from tests.dossiers.pages import browse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "Trang lý lịch bị mờ, không đọc được. Chụp lại rồi nộp."


def looks_right(page):
    assert axe(page) == [] and sideways(page) == 0, page.url


def test_the_money_the_reasons_and_the_old_answers_are_there(open_page, live_server, settings, tmp_path):
    settings.PRIVATE_FILES_ROOT = tmp_path / "files"
    world.holidays()
    desk = money.MoneyDesk()
    citizen = factories.citizen()
    draft = desk.draft(submitter=citizen)
    file, stored = factories.attachment(draft, "khac"), storage.store(b"%PDF-1.7 giay to")
    draft.attachments.filter(pk=file.pk).update(storage_key=stored.storage_key, sha256=stored.sha256)
    waiting = workflow.submit(draft, actor=citizen)
    old = workflow.advance(waiting, "paid", actor=desk.clerk, amount=money.FEE)
    old.obligation.lines.update(refundable_on=["refused"])
    fields = rules.form_of(old).fields.values()
    field = next(question for question in fields if question.type == "text" and question.key in old.answers)
    item = {"target": "field", "key": field.key, "label": field.label, "reason": "Ghi rõ hơn chỗ này."}
    old = workflow.advance(Dossier.objects.get(pk=old.pk), "ask_supplement", actor=desk.clerk, items=[item])
    request = old.supplements.get()
    request.edits = {"answers": {field.key: "Đã sửa"}}
    request.save()
    old = workflow.advance(old, "resubmit", actor=citizen)
    old = workflow.advance(old, "refuse_receipt", actor=desk.clerk, note=REASON)

    page = open_page(width=360)
    session = browse(citizen).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/ho-so/{old.code}/")
    text = page.inner_text("main")
    assert REASON in text and f"Được hoàn lại {dong(money.FEE)}." in text and "Không phải làm gì thêm." in text
    looks_right(page)
    click_and_wait(page.get_by_role("link", name="Nộp lại", exact=True))
    assert "Ghi rõ hơn chỗ này." in page.inner_text("main")
    looks_right(page)
    click_and_wait(page.get_by_role("button", name="Lập bản nháp mới"))
    assert "Lần trước cơ quan ghi" in page.inner_text("main")
    assert page.locator(f'[name="{field.key}"]').input_value() == "Đã sửa"
    looks_right(page)
    draft = Dossier.objects.get(again_of=old)
    sent = [list(dossier.attachments.order_by("pk").values_list("item_key", "sha256")) for dossier in (draft, old)]
    assert sent[0] == sent[1] != []
    click_and_wait(page.get_by_role("button", name="Lưu và đi tiếp"))
    assert page.url.endswith("/xem-lai/"), "everything else is as it was"
