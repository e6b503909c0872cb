"""Tracking: the owner sees everything; without login, code and secret show code, state and dates."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from accounts.models import AccessLog
from dossiers import workflow
from dossiers.models import Dossier
from portal.common import clock
from tests import factories
from tests.dossiers.pages import browse, words

TUESDAY = dt.datetime(2026, 11, 17, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def test_the_page_says_who_holds_it_and_how_to_reach_them(desk):
    dossier = desk.submitted()
    text = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "Chờ tiếp nhận" in text and "Bộ phận tiếp dân" in text
    assert f"Gọi {dossier.receiving_agency.desk_phone}" in text


def test_every_step_stands_there_with_its_date_and_what_comes(desk):
    with clock.at(TUESDAY):
        dossier = desk.processing()
        text = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    for sentence in (
        "Đã nộp hồ sơ",
        "Đã tiếp nhận hồ sơ",
        "Đã chuyển cho người xử lý",
        "9 giờ, thứ ba, 17 tháng 11",
        "Có kết quả",
    ):
        assert sentence in text


def test_the_promised_date_is_counted_day_by_day(desk):
    with clock.at(TUESDAY):
        dossier = desk.accepted()
        text = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "Vì sao là ngày này?" in text
    assert "thứ ba, 17 tháng 11" in text and "Ngày làm việc thứ 1" in text
    assert "1 ngày làm việc nữa" in text


def test_a_changed_promise_shows_both_dates(desk):
    with clock.at(TUESDAY):
        dossier = desk.accepted()
    with clock.at(TUESDAY + dt.timedelta(hours=2)):
        items = [{"target": "field", "key": "ap_phone", "label": "Điện thoại", "reason": "Số này gọi không được."}]
        dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=items)
    with clock.at(TUESDAY + dt.timedelta(days=2)):
        request = dossier.supplements.get()
        request.edits = {"answers": {"ap_phone": "0900000013"}}
        request.save()
        dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)
        text = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "Lúc đầu hẹn 17 giờ, thứ tư, 18 tháng 11" in text and "ngày hẹn nay là 17 giờ, thứ sáu, 20 tháng 11" in text


def test_notes_of_the_office_stay_at_the_office(desk):
    dossier = desk.to_sign()
    review = dossier.step_runs.get(kind="review")
    workflow.advance(dossier, "return_step", actor=desk.signer, note="Soạn cẩu thả quá.", back_to=review)
    assert "cẩu thả" not in words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))


def test_a_refusal_stands_on_top_with_its_reason_and_a_way_on(desk):
    dossier = workflow.advance(desk.submitted(), "refuse_receipt", actor=desk.clerk, note="Nơi ở thuộc phường khác.")
    text = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "Lý do: “Nơi ở thuộc phường khác.”" in text and "Nộp lại" in text


def test_an_office_question_is_answered_on_the_page(desk):
    dossier = desk.processing()
    dossier.step_runs.filter(state="open").update(kind="applicant_confirm")
    dossier = workflow.advance(
        Dossier.objects.get(pk=dossier.pk), "ask_confirmation", actor=desk.officer, question="Tên đúng chưa ạ?"
    )
    client = browse(dossier.submitter)
    assert "Tên đúng chưa ạ?" in words(client.get(f"/ho-so/{dossier.code}/"))

    refused = client.post(f"/ho-so/{dossier.code}/xac-nhan/", {"choice": "sai"}, follow=True)
    assert "ghi rõ chỗ nào" in words(refused)
    client.post(f"/ho-so/{dossier.code}/xac-nhan/", {"choice": "sai", "note": "Sai ngày sinh."})
    assert dossier.step_runs.get(kind="applicant_confirm").answer == "Chưa đúng: Sai ngày sinh."


def test_withdrawing_asks_first_and_is_immediate_before_acceptance(desk):
    dossier = desk.submitted()
    client = browse(dossier.submitter)
    assert "dừng ngay khi rút" in words(client.get(f"/ho-so/{dossier.code}/rut/"))
    answer = client.post(f"/ho-so/{dossier.code}/rut/", {"note": "Không cần nữa."}, follow=True)
    assert "Đã rút hồ sơ." in words(answer)
    dossier.refresh_from_db()
    assert dossier.state == "STOPPED"


def test_a_stale_page_is_told_who_did_what_when(desk):
    dossier = desk.submitted()
    client = browse(dossier.submitter)
    client.get(f"/ho-so/{dossier.code}/rut/")
    workflow.advance(dossier, "refuse_receipt", actor=desk.clerk, note="Nơi ở thuộc phường khác.")
    answer = client.post(f"/ho-so/{dossier.code}/rut/", {"note": ""}, follow=True)
    assert "Lò Thị Hoa đã làm trước: Không tiếp nhận hồ sơ" in words(answer)


@pytest.mark.parametrize("tail", ["", "da-nop/", "giay-hen/", "ket-qua/", "rut/", "bo-sung/", "bo-sung/xem-lai/"])
def test_somebody_elses_dossier_is_not_there(desk, tail):
    dossier = desk.submitted()
    assert browse(factories.citizen()).get(f"/ho-so/{dossier.code}/{tail}").status_code == 404
    assert browse().get(f"/ho-so/{dossier.code}/{tail}").status_code == 302


def test_a_look_by_staff_at_the_citizens_page_is_written_down(desk):
    dossier = desk.submitted()
    browse(dossier.submitter).get(f"/ho-so/{dossier.code}/")
    assert not AccessLog.objects.exists()
    browse(desk.clerk).get(f"/ho-so/{dossier.code}/")
    assert AccessLog.objects.get().person == dossier.person


def test_the_slip_comes_with_acceptance(desk):
    dossier = desk.submitted()
    client = browse(dossier.submitter)
    assert "Chưa có giấy hẹn" in words(client.get(f"/ho-so/{dossier.code}/giay-hen/", follow=True))
    workflow.advance(dossier, "accept", actor=desk.clerk)
    text = words(client.get(f"/ho-so/{dossier.code}/giay-hen/"))
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in text and "Lò Thị Hoa" in text


@pytest.mark.needs_pdf
def test_the_result_opens_with_its_signature_and_the_first_opening_is_noted(desk, run_followups, signing_keys):
    dossier = desk.approved()
    run_followups()
    client = browse(dossier.submitter)
    text = words(client.get(f"/ho-so/{dossier.code}/ket-qua/"))
    assert "Giấy có chữ ký số của cơ quan" in text and "Tải giấy (PDF" in text
    dossier.refresh_from_db()
    first = dossier.opened_at
    assert first
    client.get(f"/ho-so/{dossier.code}/ket-qua/")
    dossier.refresh_from_db()
    assert dossier.opened_at == first


def test_before_there_is_a_result_the_page_leads_back(desk):
    dossier = desk.submitted()
    assert "Chưa có kết quả" in words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/ket-qua/", follow=True))


# ---------------------------------------------------------------- without an account
def test_code_and_secret_show_state_and_dates_never_a_name(desk):
    dossier = desk.accepted()
    grouped = f" {dossier.secret[:5].upper()} {dossier.secret[5:]} "
    page = browse().post("/tra-cuu/", {"ma": dossier.code.lower(), "ma-rieng": grouped})
    text = words(page)
    assert dossier.code in text and "Đã tiếp nhận" in text
    for name in (dossier.subject_name, "Lò Thị Hoa", dossier.subject_phone, dossier.version.short_name):
        assert name not in page.content.decode()


def test_an_unknown_code_and_a_wrong_secret_get_the_same_answer(desk):
    dossier = desk.submitted()
    wrong = words(browse().post("/tra-cuu/", {"ma": dossier.code, "ma-rieng": "0" * 25}))
    unknown = words(browse().post("/tra-cuu/", {"ma": "H18.X004.CA-990101-0001", "ma-rieng": "0" * 25}))
    assert wrong == unknown and "Không có hồ sơ nào khớp hai mã này" in wrong


@pytest.mark.parametrize("ma, secret", [("", ""), ("x" * 500, "ừ" * 500), ("H18", "\x00"), ("H18'--", "đ")])
def test_odd_input_is_answered_plainly(desk, ma, secret):
    page = browse().post("/tra-cuu/", {"ma": ma, "ma-rieng": secret})
    assert page.status_code == 200 and "Có lỗi" in page.content.decode()


def test_the_link_of_the_receipt_opens_the_same_and_a_draft_never(desk):
    dossier, draft = desk.submitted(), desk.draft()
    page = browse().get(f"/tra-cuu/{dossier.secret}/")
    assert dossier.code in words(page) and page["X-Robots-Tag"] == "noindex"
    assert browse().get(f"/tra-cuu/{draft.secret}/").status_code == 404
    assert browse().get("/tra-cuu/khong-co/").status_code == 404
