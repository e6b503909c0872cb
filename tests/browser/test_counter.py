"""A visitor without an account, from the door to the slip, the supplement and the result, on the pages of the clerk."""

import re

import pytest

from accounts.models import Person
from dossiers import invariants, workflow
from dossiers.choices import Product
from dossiers.filing import drafts, intake
from dossiers.models import Dossier
from procedures.models import Procedure
from tests import factories, reference
from tests.browser.office import a_photo, log_in, looks_right
from tests.browser_support import click_and_wait
from tests.processes import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.needs_pdf,
    pytest.mark.timeout(300),
]
CIVIL, LEAD = "1.004873", "H18.X004"


def press(page, name):
    click_and_wait(page.locator("main").get_by_role("button", name=name).last)


def looks_right_at_both_widths(page):
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        looks_right(page)


def has(**facts):
    wait_for(lambda: Dossier.objects.filter(**facts).exists(), 90)
    return Dossier.objects.get()


def test_a_visitor_from_the_door_to_the_result(portal, open_page, tmp_path):
    procedure = Procedure.objects.select_related("current").get(code=CIVIL)
    offering = procedure.offerings.current().get(lead_agency__code=LEAD)
    clerk = factories.user(receiving_clerk=offering.receiving_agency.code)
    signer = factories.user(signer=LEAD)
    scan, page = a_photo(tmp_path), open_page(width=1280, height=900)
    log_in(page, portal, clerk)

    # the door: which procedure, who is it
    page.goto(f"{portal}/can-bo/tiep-nhan-tai-quay/?tu-khoa=hon+nhan")
    looks_right_at_both_widths(page)
    click_and_wait(page.get_by_role("link", name=procedure.current.short_name))
    looks_right_at_both_widths(page)
    for name, value in {"number": "011090000123", "name": "Lò Văn Ính", "birth_date": "27/3/1990", "phone": "0912345678"}.items():
        page.locator(f"#id_{name}").fill(value)
    press(page, "Tìm, rồi nhập tờ khai")
    looks_right_at_both_widths(page)

    # the form: typed (here by the database), read back by the page; a person acts for him and the authority is missing
    draft = Dossier.objects.get()
    answers = {**reference.load("samples/to_khai_xntthn.json")["answers"], "req_relation": "uy_quyen"}
    drafts.save(intake.find(draft.pk, clerk), answers=answers, asked={"xin_cap_lai": "khong", "priority_group": ""})
    page.reload()
    page.locator("#f-to-khai-da-ky").set_input_files(scan)
    press(page, "Ghi nhận và tiếp nhận")
    assert "Chưa tiếp nhận" in page.locator("body").inner_text() and "Văn bản ủy quyền" in page.locator("main").inner_text()
    looks_right_at_both_widths(page)

    # what is missing is asked for, brought, scanned and signed for
    click_and_wait(page.get_by_role("link", name="Yêu cầu bổ sung"))
    looks_right_at_both_widths(page)
    dossier = Dossier.objects.get()
    key = next(ask.key for ask in intake.rules.not_handed_in(dossier))
    items = [{"target": "document", "key": key, "label": "Văn bản ủy quyền", "reason": "Chưa có giấy ủy quyền."}]
    workflow.advance(dossier, "ask_supplement", actor=factories.fresh(clerk), items=items)
    page.goto(f"{portal}/can-bo/ho-so/{dossier.code}/")
    click_and_wait(page.get_by_role("link", name=re.compile(r"^\s*Nhận bổ sung")).first)
    looks_right_at_both_widths(page)
    page.locator(f"[name='tep-{key}']").set_input_files(scan)
    press(page, "Lưu, chưa nộp")
    page.locator("#id_signed").set_input_files(scan)
    press(page, "Nộp bổ sung")
    assert has(state="SUBMITTED").events.last().signed_papers.count() == 1

    # the slip, with the tracking code for the visitor, and its signed scan
    page.goto(f"{portal}/can-bo/ho-so/{dossier.code}/tiep-nhan/")
    click_and_wait(page.locator("main form button.btn").first)
    has(state="ACCEPTED", papers__kind="receipt_slip")
    page.goto(f"{portal}/can-bo/tiep-nhan-tai-quay/{dossier.pk}/")
    looks_right_at_both_widths(page)
    page.locator("#tep").set_input_files(scan)
    press(page, "Gửi bản quét")
    assert "Đã giữ bản quét" in page.locator("body").inner_text()

    # the office decides; the visitor follows by his code, and the result waits at the counter
    dossier = workflow.advance(Dossier.objects.get(), "transfer", actor=factories.fresh(clerk))
    while runs := [run for run in dossier.open_steps if run.kind != "sign"]:
        worker = factories.user(**{runs[0].role: runs[0].agency.code})
        if runs[0].must_produce == Product.DRAFT:
            factories.drafted(dossier, worker)
        dossier = workflow.advance(dossier, "hand_over", actor=worker, note="Đã kiểm tra.", step=runs[0])
    if hasattr(dossier, "obligation") and dossier.obligation.total:
        dossier = workflow.advance(dossier, "collect", actor=factories.fresh(clerk), amount=dossier.obligation.total)
    factories.approve(dossier, signer)
    dossier = has(state="COMPLETED")
    phone = open_page(width=360)
    phone.goto(f"{portal}/tra-cuu/{dossier.secret}/")
    looks_right(phone)
    assert dossier.code in phone.locator("main").inner_text() and "Lò Văn Ính" not in phone.locator("main").inner_text()
    page.goto(f"{portal}/can-bo/")
    page.locator("#tu-khoa").fill(dossier.code)  # as a reader of bar codes types it, with Enter
    page.locator("#tu-khoa").press("Enter")
    page.wait_for_url(f"**/ho-so/{dossier.code}/")
    looks_right_at_both_widths(page)
    assert page.get_by_role("link", name=re.compile(r"^\s*Trả kết quả")).count()
    assert Person.objects.get(id_number="011090000123").full_name == "Lò Văn Ính" and list(invariants.violations()) == []
