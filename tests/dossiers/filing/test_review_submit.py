"""The review page and filing: answers, fee with legal basis, declaration; filing is idempotent."""

import re
import threading

import pytest
from django.db import connection

from dossiers import workflow
from dossiers.filing import drafts
from dossiers.models import Dossier
from procedures.models import Offering
from tests import factories, world
from tests.dossiers.pages import browse, step_url, title, words
from tests.dossiers.workflow.test_at_once import at_once

TEMPORARY = "1.004194"  # temporary residence: a fee


@pytest.fixture
def draft(desk):
    return desk.draft()


@pytest.fixture
def client(draft):
    return browse(draft.submitter)


def test_everything_is_read_back_with_a_way_to_change_it(draft, client):
    page = client.get(step_url(draft, "xem-lai"))
    text = words(page)
    assert "Nguyễn Hoàng Phượng Vỹ" in text and "27 tháng 3 năm 1990" in text
    assert "Không mất phí" in text and "1 ngày làm việc" in text
    assert "Bộ phận tiếp dân" in text
    assert f"{step_url(draft, 'chu_ho')}?ve=xem-lai" in page.content.decode()


def test_a_fee_is_shown_with_its_law_when_and_how_to_pay_it_and_whether_it_comes_back(desk):
    asked = {"case": "ca_nhan", "priority_group": ""}
    draft = desk.draft(code=TEMPORARY, answers=world.sample_answers("ct01"), asked=asked)
    text = words(browse(draft.submitter).get(step_url(draft, "xem-lai")))
    assert "7.000 đồng" in text and "Căn cứ: 75/2022/TT-BTC." in text and "Không hoàn lại." in text
    assert "Trả sau khi hồ sơ được tiếp nhận." in text and "Trả trên mạng bằng mã QR" in text
    assert "thanh toán" not in text.lower()


def test_a_fee_for_several_people_shows_its_multiplication(desk):
    asked = {"case": "danh_sach", "priority_group": "", "quantities": {"Số người trong danh sách": 5}}
    draft = desk.draft(code=TEMPORARY, answers=world.sample_answers("ct01"), asked=asked)
    text = words(browse(draft.submitter).get(step_url(draft, "xem-lai")))
    assert "5.000 đồng × 5 người" in text and "25.000 đồng" in text


def test_a_claimed_exemption_is_provisional(desk):
    asked = {"case": "ca_nhan", "priority_group": "ho_ngheo"}
    draft = desk.draft(code=TEMPORARY, answers=world.sample_answers("ct01"), asked=asked)
    text = words(browse(draft.submitter).get(step_url(draft, "xem-lai")))
    assert "Tạm tính theo diện “Hộ nghèo”: cán bộ sẽ xem giấy chứng minh rồi xác nhận." in text
    assert "Không đủ giấy thì thu 7.000 đồng." in text and "Chưa phải trả gì bây giờ." in text


def test_without_the_declaration_nothing_is_handed_in(draft, client):
    page = client.post(step_url(draft, "xem-lai"))
    assert title(page).startswith("Có lỗi:") and "Đánh dấu vào lời cam đoan" in words(page)
    assert Dossier.objects.get().state == "DRAFT"


def test_handing_in_gives_the_code_and_remembers_the_declaration(draft, client, run_followups):
    answer = client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"}, follow=True)

    dossier = Dossier.objects.get()
    assert dossier.state == "SUBMITTED" and dossier.declared_at and dossier.submitted_at
    assert dossier.code in words(answer) and "Đang tạo giấy" in words(answer)


@pytest.mark.needs_pdf
def test_the_acknowledgement_appears_once_it_is_made(desk, run_followups):
    dossier = desk.submitted()
    run_followups()
    page = browse(dossier.submitter).get(f"/ho-so/{dossier.code}/da-nop/")
    assert "Tải giấy xác nhận (PDF)" in words(page) and "Tờ khai đã nộp (PDF)" in words(page)


def test_a_second_press_shows_the_same_acknowledgement(draft, client):
    first = client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
    second = client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
    assert first.url == second.url
    assert Dossier.objects.get().events.count() == 1


def shown(client, draft):
    """The form of the review page as it is open in a browser."""
    page = client.get(step_url(draft, "xem-lai")).content.decode()
    return {"cam-doan": "1", "noi-dung": re.search(r'name="noi-dung" value="(\w+)"', page)[1]}


def test_a_review_opened_before_the_draft_was_changed_is_not_what_is_filed(draft, client):
    old = shown(client, draft)
    drafts.save(draft, answers={"request_detail": "Xin xác nhận để nhập học cho con."})
    page = client.post(step_url(draft, "xem-lai"), old)
    assert page.status_code == 409 and "đã được sửa ở nơi khác" in words(page) and "nhập học cho con" in words(page)
    assert Dossier.objects.get().state == "DRAFT"
    assert client.post(step_url(draft, "xem-lai"), shown(client, draft)).url.endswith("/da-nop/")


def test_a_file_that_came_after_the_review_was_opened_is_not_declared_for(draft, client):
    old = shown(client, draft)
    factories.attachment(draft, "khac")
    assert client.post(step_url(draft, "xem-lai"), old).status_code == 409


def test_a_second_submit_of_other_content_is_told_so_and_of_the_same_shows_the_acknowledgement(draft, client):
    old = shown(client, draft)
    drafts.save(draft, answers={"request_detail": "Xin xác nhận để nhập học cho con."})
    new = shown(client, draft)
    first = client.post(step_url(draft, "xem-lai"), new)
    dossier = Dossier.objects.get()

    assert client.post(step_url(draft, "xem-lai"), new).url == first.url
    page = client.post(step_url(draft, "xem-lai"), old)
    assert page.status_code == 409 and dossier.code in words(page) and "khác với nội dung của lần bấm này" in words(page)
    assert dossier.events.count() == 1


def test_answers_sent_after_filing_are_shown_back_and_the_same_answers_are_no_news(draft, client):
    client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
    dossier, address = Dossier.objects.get(), step_url(draft, "noi_dung_va_cho_o")
    same = {key: dossier.answers[key] for key in ("request_detail", "accommodation")}
    assert client.post(address, same).url == f"/ho-so/{dossier.code}/da-nop/"

    page = client.post(address, {**same, "request_detail": "Gõ thêm sau khi nộp."})
    assert page.status_code == 409 and "Gõ thêm sau khi nộp." in words(page) and dossier.code in words(page)
    saved = client.post(f"{address}tu-luu/", {"request_detail": "Gõ thêm"}, headers={"X-Requested-With": "fetch"})
    assert saved.status_code == 409 and saved.json()["url"] == f"/ho-so/{dossier.code}/"
    dossier.refresh_from_db()
    assert dossier.answers["request_detail"] == factories.ANSWERS["request_detail"]


@pytest.mark.django_db(transaction=True)
def test_presses_of_two_reviews_at_once_file_one_and_tell_the_other(desk):
    draft = desk.draft()
    client = browse(draft.submitter)
    old = shown(client, draft)
    drafts.save(draft, answers={"request_detail": "Xin xác nhận để nhập học cho con."})
    new = shown(client, draft)
    presses = [
        lambda form=form: browse(draft.submitter).post(step_url(draft, "xem-lai"), form).status_code for form in (old, new)
    ]
    assert sorted(at_once(presses)) == [302, 409]
    assert Dossier.objects.get().answers["request_detail"] == "Xin xác nhận để nhập học cho con."


def test_a_draft_discarded_meanwhile_is_not_an_error(draft, client, monkeypatch):
    real = workflow.submit
    monkeypatch.setattr(workflow, "submit", lambda *args, **more: drafts.discard(draft) or real(*args, **more))
    page = client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
    assert page.status_code == 409 and "đã xóa" in words(page)


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_make_one_dossier(desk):
    draft = desk.draft()
    answers, start = [], threading.Barrier(20)

    def press(client):
        start.wait()
        answers.append(client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"}).headers.get("Location"))
        connection.close()

    threads = [threading.Thread(target=press, args=[browse(draft.submitter)]) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    dossier = Dossier.objects.get()
    assert set(answers) == {f"/ho-so/{dossier.code}/da-nop/"} and len(answers) == 20
    assert dossier.events.count() == 1


def test_what_is_wrong_leads_to_its_page(desk):
    draft = desk.draft(answers={**factories.ANSWERS, "request_detail": "", "ap_id_number": "abc"})
    client = browse(draft.submitter)
    page = client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
    assert "Có 2 chỗ cần sửa" in words(page)
    assert f'href="{step_url(draft, "noi_dung_va_cho_o")}?ve=xem-lai"' in page.content.decode()
    assert Dossier.objects.get().state == "DRAFT"


def test_a_place_that_closed_meanwhile_is_said_in_a_sentence(draft, client):
    Offering.objects.update(filing="elsewhere")
    page = client.get(step_url(draft, "xem-lai"))
    assert page.status_code == 302, "nothing to hand in any more: the form can be printed"
    assert page.url == step_url(draft, "in-to-khai")


def test_a_draft_that_was_filed_shows_its_dossier(draft, client):
    client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
    dossier = Dossier.objects.get()
    for key in ("nguoi_de_nghi", "giay-to", "xem-lai"):
        assert client.get(step_url(draft, key)).url == f"/ho-so/{dossier.code}/da-nop/"
    with pytest.raises(drafts.NoLongerADraft):
        drafts.save(draft, answers={"ap_full_name": "Người khác"})
