"""A whole way in a real browser by four people and a stranger, with a real broker, relay and worker behind the pages."""

import re

import pytest

from accounts.messages.models import Message
from dossiers import invariants
from dossiers.models import Dossier
from dossiers.workflow import history
from tests import factories
from tests.browser.office import a_photo, drop, forward, log_in, looks_right, step
from tests.browser_support import click_and_wait
from tests.processes import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.needs_pdf,
    pytest.mark.timeout(300),
]
BODY = "H18.X004.CA"


def test_from_everyday_words_to_a_signed_result_that_a_stranger_verifies(portal, open_page, tmp_path):
    citizen = factories.citizen()
    clerk = factories.user(full_name="Lò Thị Hoa", receiving_clerk=BODY)
    officer = factories.user(full_name="Quàng Văn Nam", officer=BODY)
    signer = factories.user(full_name="Cà Thị Ước", signer=BODY)

    # the citizen, on a phone
    page = open_page(width=360)
    log_in(page, portal, citizen)
    page.goto(portal)
    page.get_by_label("Gõ việc cần làm").fill("xin xac nhan ho khau")
    click_and_wait(page.get_by_role("button", name="Tìm"))
    click_and_wait(page.get_by_role("link", name="Xác nhận thông tin về cư trú").first)
    page.get_by_label("Tỉnh, thành phố").select_option(label="Tỉnh Điện Biên")
    page.get_by_label("Xã, phường, đặc khu").select_option(label="Phường Điện Biên Phủ")
    click_and_wait(page.get_by_role("button", name="Xem nơi nộp"))
    click_and_wait(page.get_by_role("link", name="Bắt đầu nộp hồ sơ"))
    click_and_wait(page.get_by_role("button", name="Bắt đầu điền"))

    assert page.get_by_label("Họ, chữ đệm, tên").input_value() == citizen.full_name  # given once, not asked again
    looks_right(page)
    forward(page)
    forward(page)
    page.locator("[name=head_full_name]").fill("Nguyễn Văn 2")  # nonsense first
    page.locator("[name=head_id_number]").fill("06899900000")
    forward(page)
    assert page.title().startswith("Có lỗi:") and page.get_by_role("alert").is_visible()
    assert page.locator("[name=head_full_name]").input_value() == "Nguyễn Văn 2"
    looks_right(page)
    page.locator("[name=head_full_name]").fill(citizen.full_name)
    page.locator("[name=head_id_number]").fill("011999000001")
    page.locator("[name=head_relation]").select_option(label="Chủ hộ")
    forward(page)
    page.locator("[name=request_detail]").fill("Xin xác nhận nơi ở để vay vốn ở ngân hàng.")
    page.get_by_label("Sở hữu của mình").check()
    forward(page)
    page.get_by_label("Không", exact=True).check()
    forward(page)
    page.get_by_label(re.compile("Nhận trên cổng này")).check()
    forward(page)
    page.locator("input[type=file]").first.set_input_files(a_photo(tmp_path))
    page.get_by_text("Trang 1").first.wait_for()  # sent at once
    looks_right(page)
    forward(page)
    looks_right(page)
    page.locator("[name=cam-doan]").check()
    page.get_by_role("button", name="Ký và nộp hồ sơ").dblclick()
    page.wait_for_url(re.compile("da-nop"))
    page.evaluate("window.sameDocument = true")
    dossier = Dossier.objects.exclude(code=None).get()
    assert dossier.code in page.locator("main").inner_text().replace("\u00a0", "").replace(" ", "")
    page.get_by_role("link", name="Tải giấy xác nhận").wait_for()
    assert page.evaluate("window.sameDocument"), "the paper is put into the page, which is not opened again"
    looks_right(page)
    assert page.request.get(portal + page.get_by_role("link", name="Tải giấy xác nhận").get_attribute("href")).ok

    # the clerk accepts and transfers
    desk = open_page(width=1280, height=900)
    log_in(desk, portal, clerk)
    looks_right(desk)
    click_and_wait(desk.locator(f"a[href*='{dossier.code}']").first)
    looks_right(desk)
    step(desk, "Tiếp nhận")
    dossier.refresh_from_db()
    assert dossier.state == "ACCEPTED" and dossier.due_at
    desk.goto(f"{portal}/can-bo/ho-so/{dossier.code}/")
    step(desk, "Chuyển xử lý")
    wait_for(lambda: dossier.papers.filter(kind="receipt_slip").exists())

    # the officer finishes the step
    office = open_page(width=1280, height=900)
    log_in(office, portal, officer)
    office.goto(f"{portal}/can-bo/ho-so/{dossier.code}/soan-ket-qua/")
    looks_right(office)
    office.click("[name=luu]")
    office.goto(f"{portal}/can-bo/ho-so/{dossier.code}/")
    step(office, "Xong bước, chuyển tiếp")

    # the signer approves, and the system issues and delivers
    leader = open_page(width=1280, height=900)
    log_in(leader, portal, signer)
    leader.goto(f"{portal}/can-bo/ho-so/{dossier.code}/")
    looks_right(leader)
    step(leader, "Duyệt và ký")
    wait_for(lambda: Dossier.objects.filter(pk=dossier.pk, state="RETURNED").exists(), 90)

    # the citizen is told, opens, downloads
    assert Message.objects.filter(recipient=citizen, channel="inbox", subject__startswith="Kết quả đã sẵn sàng").exists()
    page.goto(f"{portal}/ho-so/{dossier.code}/")
    assert "Quàng Văn Nam" in page.content() or "chuyên viên" in page.content()
    looks_right(page)
    page.goto(f"{portal}/ho-so/{dossier.code}/ket-qua/")
    looks_right(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile(r"Tải giấy")).click()
    result = tmp_path / "ket-qua.pdf"
    download.value.save_as(result)
    dossier.refresh_from_db()
    assert dossier.opened_at

    # a stranger verifies it by the page of its QR code and by dropping the file; a changed byte is refused
    stranger = open_page(width=360)
    paper = dossier.papers.get(kind="result")
    stranger.goto(f"{portal}/kiem-tra/{paper.verification_code}/")
    assert citizen.full_name not in stranger.content()
    looks_right(stranger)
    assert "Giấy thật" in drop(stranger, portal, result)
    changed = bytearray(result.read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "sua.pdf").write_bytes(changed)
    assert "Giấy thật" not in drop(stranger, portal, tmp_path / "sua.pdf")
    looks_right(stranger)

    assert history.problems(dossier) == [] and list(invariants.violations()) == []


def test_refusal_supplement_withdrawal_and_tracking(portal, open_page):
    desk_people = factories.Desk(BODY)
    citizen = factories.citizen()
    page, desk = open_page(width=360), open_page(width=1280, height=900)
    log_in(page, portal, citizen)
    log_in(desk, portal, desk_people.clerk)

    refused = desk_people.submitted(submitter=citizen)
    desk.goto(f"{portal}/can-bo/ho-so/{refused.code}/tu-choi/")
    click_and_wait(desk.locator("main").get_by_role("button", name="Không tiếp nhận"))
    assert desk.title().startswith("Có lỗi:")  # no refusal without a reason
    desk.locator("[name=note]").fill("Nơi ở thuộc địa bàn xã khác, xin nộp ở Công an xã đó.")
    click_and_wait(desk.locator("main").get_by_role("button", name="Không tiếp nhận"))
    page.goto(f"{portal}/ho-so/{refused.code}/")
    assert "Nơi ở thuộc địa bàn xã khác" in page.locator("main").inner_text()

    asked = desk_people.submitted(submitter=citizen)
    desk.goto(f"{portal}/can-bo/ho-so/{asked.code}/yeu-cau-bo-sung/")
    choice = desk.locator("input[type=checkbox][value*='request_detail'], input[type=checkbox][name*='request_detail']").first
    choice.check()
    desk.locator("textarea:visible").first.fill("Ghi rõ nộp giấy cho ai để xác nhận đúng nội dung.")
    looks_right(desk)
    click_and_wait(desk.locator("main").get_by_role("button", name="Yêu cầu bổ sung"))
    wait_for(lambda: Dossier.objects.filter(pk=asked.pk, state="SUPPLEMENT_REQUIRED").exists(), 10)
    page.goto(f"{portal}/ho-so/{asked.code}/bo-sung/")
    assert page.locator("[name=ap_full_name]").count() == 0  # everything else is locked
    looks_right(page)
    page.locator("[name=request_detail]").fill("Xin xác nhận nơi ở để vay vốn ở Ngân hàng Chính sách.")
    click_and_wait(page.locator("main form button.btn--go").last)
    click_and_wait(page.locator("main form button.btn--go").last)
    wait_for(lambda: Dossier.objects.filter(pk=asked.pk, state="SUBMITTED").exists(), 10)

    withdrawn = desk_people.submitted(submitter=citizen)
    page.goto(f"{portal}/ho-so/{withdrawn.code}/rut/")
    looks_right(page)
    click_and_wait(page.locator("main form button[type=submit], main form button.btn").first)
    wait_for(lambda: Dossier.objects.filter(pk=withdrawn.pk, state="STOPPED").exists(), 10)

    stranger = open_page(width=360)
    stranger.goto(f"{portal}/tra-cuu/")
    looks_right(stranger)
    stranger.locator("[name=ma]").fill(asked.code)
    stranger.locator("[name=ma-rieng]").fill(asked.secret.upper())
    click_and_wait(stranger.locator("main form button").first)
    assert "Chờ tiếp nhận" in stranger.locator("main").inner_text()
    stranger.goto(f"{portal}/tra-cuu/{asked.secret}/")
    text = stranger.locator("main").inner_text()
    assert "Chờ tiếp nhận" in text and citizen.full_name not in text
