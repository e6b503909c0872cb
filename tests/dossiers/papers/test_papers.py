"""Every step with a paper makes it, with its required content."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.desk import register
from dossiers.files import storage
from dossiers.filing import rules
from dossiers.models import StepRun
from dossiers.papers.contexts import context, register_context
from dossiers.papers.models import IssuedPaper, PaperKind
from dossiers.papers.rendering import render_paper
from portal.common import clock
from tests import factories, world
from tests.dossiers.papers.reading import text_of

pytestmark = [pytest.mark.needs_pdf, pytest.mark.django_db]


def read(dossier, kind):
    """The text of the newest paper of this kind."""
    paper = IssuedPaper.objects.filter(dossier=dossier, kind=kind).last()
    content = storage.read_stored(paper.storage_key)
    show(kind, content)
    return text_of(content)


def show(kind, content):
    """Copy the paper to the folder of the environment variable PAPERS_SHOWN_IN, to be inspected."""
    if folder := os.environ.get("PAPERS_SHOWN_IN"):
        (Path(folder) / f"{kind}.pdf").write_bytes(content)


def test_the_acknowledgement_promises_no_date_and_prints_the_hash_of_its_event(desk, run_followups):
    dossier = desk.submitted()
    run_followups()
    text = read(dossier, "acknowledgement")
    assert "XÁC NHẬN ĐÃ NỘP HỒ SƠ" in text
    assert "không phải giấy hẹn trả kết quả" in text
    assert dossier.code in text
    assert dossier.events.get(step="submit").hash in text.replace(" ", "")
    assert "Thời gian trả kết quả" not in text


def test_the_filled_form_comes_with_the_acknowledgement(desk, run_followups):
    dossier = desk.submitted()
    run_followups()
    assert "Nguyễn Hoàng Phượng Vỹ" in read(dossier, "application_form")


def test_the_receipt_slip_says_when_and_where(desk, run_followups):
    monday = dt.datetime(2026, 8, 24, 3, 8, tzinfo=dt.UTC)
    with clock.at(monday):
        dossier = desk.accepted()
    run_followups()
    text = read(dossier, "receipt_slip")
    assert "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ" in text
    assert "10 giờ 08 phút, ngày 24 tháng 8 năm 2026" in text
    assert "17 giờ 00 phút, ngày 25 tháng 8 năm 2026" in text
    assert "CÔNG AN PHƯỜNG ĐIỆN BIÊN PHỦ" in text
    assert "Lò Thị Hoa" in text


def test_the_supplement_request_names_each_thing_with_its_reason(desk, run_followups):
    dossier = desk.asked_for_supplement()
    run_followups()
    text = read(dossier, "supplement_request")
    assert "Nội dung đề nghị" in text
    assert "Ghi rõ nơi cần nộp giấy." in text
    assert "Hạn bổ sung" in text


def test_what_was_sent_as_supplement_is_noted(desk, run_followups):
    dossier = desk.asked_for_supplement()
    request = dossier.supplements.get()
    request.edits = {"answers": {"request_detail": "Nộp cho ngân hàng ở phường Mường Thanh."}}
    request.save()
    workflow.advance(dossier, "resubmit", actor=dossier.submitter)
    run_followups()
    assert "đã sửa trên tờ khai" in read(dossier, "supplement_note")


def test_the_refusal_of_receipt_says_why(desk, run_followups):
    dossier = workflow.advance(
        desk.submitted(), "refuse_receipt", actor=desk.clerk, note="Hồ sơ thuộc Công an phường Mường Thanh."
    )
    run_followups()
    assert "Hồ sơ thuộc Công an phường Mường Thanh." in read(dossier, "refusal_of_receipt")


def test_the_apology_has_the_old_and_the_new_time(desk, run_followups):
    with clock.at(dt.datetime(2026, 8, 24, 3, 8, tzinfo=dt.UTC)):
        dossier = desk.processing()
        StepRun.objects.filter(dossier=dossier).update(due_at=dossier.due_at)
        dossier = workflow.advance(
            dossier,
            "extend",
            actor=desk.head,
            note="Phải xác minh thêm nơi cư trú cũ.",
            new_due_at=dt.datetime(2026, 8, 26, 10, 0, tzinfo=dt.UTC),
        )
    run_followups()
    text = read(dossier, "apology")
    assert "17 giờ 00 phút, ngày 25 tháng 8 năm 2026" in text
    assert "17 giờ 00 phút, ngày 26 tháng 8 năm 2026" in text
    assert "xin lỗi" in text


def test_a_withdrawal_leaves_the_wish_and_the_notice(desk, run_followups):
    dossier = desk.submitted()
    dossier = workflow.withdraw(dossier, actor=dossier.submitter, note="Tôi nộp nhầm nơi.")
    run_followups()
    assert "Tôi nộp nhầm nơi." in read(dossier, "withdrawal_request")
    assert "Chờ tiếp nhận" in read(dossier, "stop_notice")


def test_a_stop_names_its_legal_ground(desk, run_followups):
    dossier = workflow.advance(
        desk.processing(), "stop", actor=desk.head, note="Chờ bản án của tòa.", legal_ground="Điều 21 Luật Cư trú"
    )
    run_followups()
    text = read(dossier, "stop_notice")
    assert "Điều 21 Luật Cư trú" in text
    assert "Đang xử lý" in text


def test_a_missed_supplement_deadline_is_told_by_the_machine(desk, run_followups):
    with clock.at(clock.now() - dt.timedelta(days=40)):
        dossier = desk.asked_for_supplement()
    dossier.reminded_at = clock.now() - dt.timedelta(days=2)
    dossier.save(update_fields=["reminded_at"])
    dossier = workflow.advance(dossier, "supplement_timeout", actor=SystemActor("supplement_deadline"))
    run_followups()
    assert "hết thời hạn bổ sung" in read(dossier, "stop_notice")


def test_the_control_sheet_follows_the_hands(desk, run_followups):
    dossier = desk.processing()
    run_followups()
    text = read(dossier, "control_sheet")
    assert "Lò Thị Hoa" in text
    assert "Công an phường Điện Biên Phủ" in text


def test_a_question_to_another_body_has_its_deadline(desk, run_followups):
    dossier = workflow.advance(
        desk.processing(),
        "consult",
        actor=desk.officer,
        question="Người này còn tạm trú ở đó không?",
        hours=4,
        agency=world.agency("H18.X005.CA"),
    )
    run_followups()
    assert "Người này còn tạm trú ở đó không?" in read(dossier, "consultation")


def test_the_result_is_signed_and_prints_what_was_decided(desk, run_followups):
    dossier = desk.approved()
    run_followups()
    text = read(dossier, "result")
    assert "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ" in text
    assert "Số 5, tổ dân phố 3" in text
    assert "Cà Thị Ước" in text
    paper = IssuedPaper.objects.get(kind="result")
    assert paper.signed_by == "Công an phường Điện Biên Phủ"


def test_a_refusal_in_substance_is_a_signed_paper_too(desk, run_followups):
    dossier = workflow.advance(
        desk.to_sign(), "refuse_substance", actor=desk.signer, note="Chưa đủ thời gian cư trú.", content={"title": "Thông báo"}
    )
    run_followups()
    text = read(dossier, "refusal_of_substance")
    assert "Chưa đủ thời gian cư trú." in text
    assert IssuedPaper.objects.get(kind="refusal_of_substance").signed_at


def sample_here(form):
    """The sample answers of a form, with addresses in the province of these tests."""
    answers = json.dumps(world.sample_answers(form)).replace("68.X123", "11.X004").replace('"68"', '"11"')
    return json.loads(answers)


def test_a_notice_of_fees_says_how_much_where_and_until_when(desk):
    office = factories.Desk("H18.Y14", lead="H18.Z01")
    dossier = office.submitted(code="3.000333", answers=sample_here("lltp_01"), asked={"copies": 1}, channel="direct")
    event = dossier.events.get(step="submit")
    dossier.payment_due_at = dt.datetime(2026, 12, 2, 10, 0, tzinfo=dt.UTC)
    pdf = render_paper("payment_notice", context("payment_notice", dossier, event, number="1/NP", verification_code="A" * 16))
    show("payment_notice", pdf)
    text = text_of(pdf)
    assert "200.000 đồng" in text
    assert "Hai trăm nghìn đồng" in text
    assert "17 giờ 00 phút, ngày 02 tháng 12 năm 2026" in text
    assert "Trung tâm Phục vụ hành chính công tỉnh Điện Biên" in text


def test_the_acknowledgement_of_a_dossier_that_waits_for_its_fee_says_until_when_and_how_to_pay(money_desk):
    dossier = money_desk.waiting()
    event = dossier.events.get(step="submit")
    pdf = render_paper("acknowledgement", context("acknowledgement", dossier, event, number="1/XN", verification_code="A" * 16))
    text = " ".join(text_of(pdf).split())
    assert "200.000 đồng" in text and "Căn cứ: 244/2016/TT-BTC." in text
    assert "Được hoàn nếu hồ sơ không được giải quyết hoặc rút hồ sơ." in text
    assert "để cơ quan bắt đầu xem hồ sơ. Nộp trên cổng: mở hồ sơ, bấm “Trả phí”; hoặc nộp tiền mặt tại" in text


def test_the_acknowledgement_says_that_a_claimed_reduction_is_not_decided_yet(money_desk):
    dossier = money_desk.waiting(asked={"priority_group": "sinh_vien"})
    event = dossier.events.get(step="submit")
    pdf = render_paper("acknowledgement", context("acknowledgement", dossier, event, number="1/XN", verification_code="A" * 16))
    text = " ".join(text_of(pdf).split())
    assert "100.000 đồng" in text and "Tạm tính theo diện “Học sinh, sinh viên”" in text
    assert "Không đủ giấy thì thu 200.000 đồng." in text and "Số tiền tạm tính." in text


def test_papers_of_a_dossier_with_files_list_them_with_their_hashes(desk, run_followups):
    office = factories.Desk("H18.X004.HC", lead="H18.X004")
    draft = office.draft(code="1.004873", answers=sample_here("to_khai_xntthn"), asked={"xin_cap_lai": "khong"}, channel="direct")
    item = next(ask for ask in rules.asked_documents(draft))
    file = factories.attachment(draft, item.key, name="lyhon.pdf")
    dossier = workflow.submit(draft, actor=draft.submitter)
    run_followups()
    text = read(dossier, "acknowledgement")
    assert "lyhon.pdf" in text
    assert file.sha256[:16] in text
    assert "xác định sau" in text
    slip = context("receipt_slip", dossier, dossier.events.get(), number="1/TN", verification_code="A" * 16)
    assert slip["papers"][1] == {"name": item.name, "electronic": 1}


def test_the_register_holds_two_hundred_rows_on_pages_with_heads(desk):
    dossier = desk.accepted()
    entries = register.entries(register.numbers(dossier.receiving_agency, register.Period(clock.today(), clock.today())))
    rows = register_context(dossier.receiving_agency, entries * 200, "từ 01/8/2026 đến 31/8/2026", clock.now())
    pdf = render_paper(PaperKind.REGISTER, rows)
    show(PaperKind.REGISTER, pdf)
    text = text_of(pdf)
    assert text.count("Nguyễn Hoàng Phượng Vỹ") == 200
    assert text.count("Tên thủ tục hành chính") > 5
    assert "Cộng: 200 hồ sơ." in text
