"""The whole way with money, in a browser on a phone: the criminal record, 200.000 đồng to be paid on submission."""

import pytest

from dossiers.models import Dossier
from dossiers.workflow import history
from payments.models import AttemptState, PaymentAttempt
from tests import factories
from tests.browser.paying.filing import fill_in
from tests.browser.paying.pages import (
    TAKEN,
    all_is_well,
    choose,
    headline,
    is_logged_in,
    log_in,
    looks_right,
    pay_in_the_app,
    reads_paid,
    settled,
    words,
)
from tests.browser_support import click_and_wait
from tests.processes import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.needs_pdf,
    pytest.mark.timeout(300),
]


def test_a_citizen_files_pays_comes_back_and_keeps_the_receipt(site, open_page, tmp_path):
    citizen, page = factories.citizen(), open_page()
    log_in(page, site, citizen)
    page.goto(f"{site.url}/nop/bat-dau/3.000333/")
    click_and_wait(page.get_by_role("button", name="Bắt đầu điền"))
    fill_in(page)
    assert "200.000 đồng" in words(page)  # the price, before anything is signed
    looks_right(page)
    page.locator("[name=cam-doan]").check()
    click_and_wait(page.get_by_role("button", name="Ký và nộp hồ sơ"))
    page.wait_for_url("**/da-nop/")
    dossier = Dossier.objects.get(submitter=citizen)
    assert dossier.state == "PAYMENT_REQUIRED" and "Trả phí" in words(page)
    wait_for(lambda: dossier.papers.filter(kind="application_form").exists())  # then the page no longer shows itself again
    page.reload()
    looks_right(page)

    click_and_wait(page.get_by_role("link", name="Trả phí").first)
    assert headline(page) == "Trả phí 200.000 đồng"
    looks_right(page)
    click_and_wait(page.get_by_role("button", name="Mở ứng dụng ngân hàng"))
    pay_in_the_app(page)
    reads_paid(page)
    assert "Không phải trả gì thêm." in words(page)

    settled(dossier)
    wait_for(lambda: dossier.papers.filter(kind="e_receipt").exists())
    page.reload()
    with page.expect_download() as kept:
        page.get_by_role("link", name="Biên lai điện tử").click()
    assert kept.value.suggested_filename == f"bien-lai-dien-tu-thu-phi-le-phi-{dossier.code}.pdf"
    kept.value.save_as(tmp_path / "bien-lai.pdf")
    assert (tmp_path / "bien-lai.pdf").read_bytes().startswith(b"%PDF-")

    page.goto(f"{site.url}/ho-so/{dossier.code}/")
    assert "Chờ tiếp nhận" in words(page)
    looks_right(page)
    assert history.problems(dossier) == []
    all_is_well()


def test_who_gives_up_at_the_gateway_pays_another_way(site, dossier, phone):
    choose(phone, site, dossier, "Mở ứng dụng ngân hàng")
    click_and_wait(phone.get_by_role("button", name="Hủy, không trả nữa"))
    phone.get_by_text(f"{TAKEN}không").first.wait_for()
    assert headline(phone) == "Đã bỏ lần trả này" and "Hồ sơ vẫn an toàn" in words(phone)
    looks_right(phone)

    click_and_wait(phone.get_by_role("link", name="Chọn cách trả"))
    click_and_wait(phone.get_by_role("button", name="Chuyển khoản"))
    attempt = PaymentAttempt.objects.get(obligation__dossier=dossier, way="transfer")
    assert f"DVC {attempt.reference}" in words(phone)
    looks_right(phone)
    with phone.expect_popup() as opened:
        phone.get_by_role("link", name="Mở ngân hàng giả lập").click()
    bank = opened.value
    bank.get_by_role("button", name="Chuyển tiền giả").click()
    bank.get_by_role("status").wait_for()
    looks_right(bank)
    site.minute_passes()
    reads_paid(phone)  # the page of the transfer goes on by itself
    settled(dossier)
    assert [row.state for row in dossier.obligation.attempts.order_by("pk")] == [AttemptState.CANCELLED, AttemptState.PAID]
    all_is_well()


def test_somebody_else_pays_by_a_link_without_a_login_and_learns_nothing(site, open_page, dossier, phone):
    phone.goto(site.of(dossier))
    phone.get_by_text("Nhờ người thân trả giúp").first.click()
    click_and_wait(phone.get_by_role("button", name="Lấy đường dẫn nhờ trả"))
    link = phone.locator("#nho-tra .share a").get_attribute("href")
    looks_right(phone)

    helper = open_page()
    helper.goto(link)
    person = dossier.submitter.person
    assert headline(helper) == "Trả giúp 200.000 đồng" and dossier.code in words(helper).replace(" ", "")
    secrets = [person.full_name, person.id_number, person.email, "0900 000 012", "900000012", person.current_address["detail"]]
    assert [secret for secret in secrets if secret in helper.content()] == []
    looks_right(helper)
    click_and_wait(helper.get_by_role("button", name="Mở ứng dụng ngân hàng"))
    pay_in_the_app(helper)
    helper.get_by_text(f"{TAKEN}có").wait_for()
    looks_right(helper)
    assert person.full_name not in helper.content()
    helper.goto(link)
    assert "đã trả" in headline(helper).lower()
    looks_right(helper)

    settled(dossier)
    phone.goto(site.of(dossier))
    reads_paid(phone)
    assert "Người khác đã trả giúp" in words(phone)
    all_is_well()


def test_without_scripts_everything_goes_on_by_hand(site, open_page, dossier, faults):
    faults(return_before_ipn=True)
    page = is_logged_in(open_page(java_script_enabled=False), site, dossier.submitter)
    page.goto(f"{site.url}/ho-so/")
    click_and_wait(page.locator(".todo a.btn"))
    click_and_wait(page.get_by_role("button", name="Mở ứng dụng ngân hàng"))
    pay_in_the_app(page)
    assert f"{TAKEN}đang kiểm tra" in words(page)
    looks_right(page)
    settled(dossier)
    click_and_wait(page.get_by_role("link", name="Xem lại"))
    assert f"{TAKEN}có" in words(page)
    click_and_wait(page.get_by_role("link", name="Xem biên lai"))
    reads_paid(page)
    click_and_wait(page.get_by_role("link", name="Xem hồ sơ đến đâu").first)
    assert "Chờ tiếp nhận" in words(page)
    all_is_well()
