"""The paper of a receipt: signed by the collecting body, on one page, with its present state in inquiries."""

import io
import threading
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from dossiers import workflow
from dossiers.files import storage
from dossiers.papers.models import IssuedPaper, PaperKind
from dossiers.papers.rendering import render_paper
from dossiers.papers.verification import check_pdf
from payments.attempts.settlement import settle
from payments.models import CollectingBody, EReceipt
from payments.receipts import numbering
from payments.receipts import paper as receipt_paper
from portal.common import outbox
from tests import factories, money, world
from tests.dossiers.papers.reading import text_of
from tests.dossiers.papers.test_golden import STACKED

pytestmark = [pytest.mark.needs_pdf, pytest.mark.django_db]
LONG = "Công Tằng Tôn Nữ Nguyễn Phước Hoàng Phượng Uyển Thảo Quỳnh Ế Ữ Ặ"


@pytest.fixture
def receipt(money_desk):
    """The receipt of a paid fee; its paper is not made yet."""
    return settle(money_desk.paying().reference, cause="ipn", transaction_no="14226112").receipts.get()


@pytest.fixture
def paper(receipt, run_followups):
    run_followups()
    return IssuedPaper.objects.get(kind="e_receipt")


def content(paper):
    return storage.read_stored(paper.storage_key)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def drop(client, data):
    page = client.post(reverse("papers:verify"), {"tep": SimpleUploadedFile("bien-lai.pdf", data, "application/pdf")})
    return page.content.decode()


def ask(client, paper):
    return client.get(reverse("papers:verify_code", args=[paper.verification_code])).content.decode()


# ---------------------------------------------------------------- made by the worker, once
def test_a_receipt_becomes_a_signed_paper_of_the_collecting_body(receipt, paper):
    assert fresh(receipt).paper == paper
    assert (paper.number, paper.kind, paper.event) == (str(receipt), "e_receipt", receipt.event)
    assert paper.published_at and paper.signed_at and paper.state == "valid"
    verdict = check_pdf(content(paper))
    assert verdict.good and verdict.agency == receipt.body.agency.code == "H18.Z01"


def test_it_prints_every_fact_the_decree_asks_for(receipt, paper):
    text = text_of(content(paper))
    dossier = receipt.attempt.obligation.dossier
    for fact in (
        "BIÊN LAI THU PHÍ, LỆ PHÍ", "01BLP0-001", receipt.series_symbol, "0000001", "CÔNG AN TỈNH ĐIỆN BIÊN",
        dossier.subject_name, "200.000", "Hai trăm nghìn đồng", dossier.code, receipt.lines[0]["label"],
        receipt.lines[0]["legal_ref"], "qua cổng thanh toán", "14226112", receipt.attempt.reference,
        receipt.attempt.point.account_number, "BIÊN LAI THỬ, KHÔNG CÓ GIÁ TRỊ",
    ):  # fmt: skip
        assert fact in text, fact


def test_a_real_body_prints_its_tax_code_and_nothing_of_a_trial(money_desk):
    numbering.body_of(money_desk.waiting().lead_agency)
    CollectingBody.objects.update(demo=False, tax_code="0100047516")
    receipt = settle(money_desk.paying().reference, cause="ipn").receipts.get()
    facts = receipt_paper.facts_of(receipt)
    assert (facts["demo"], facts["tax_code"]) == ("", "0100047516")


def test_doing_it_again_makes_no_second_paper(receipt, paper):
    assert numbering.make_paper(receipt) == paper
    assert IssuedPaper.objects.filter(kind="e_receipt").count() == 1


def test_a_worker_that_dies_after_signing_leaves_no_half_receipt(receipt, monkeypatch):
    def dies(*args, **kwargs):
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(IssuedPaper.objects, "create", dies)
        with pytest.raises(MemoryError):
            outbox.do(EReceipt, receipt.pk)
    assert fresh(receipt).paper is None and fresh(receipt).due_state == "waiting"
    outbox.do(EReceipt, receipt.pk)
    assert fresh(receipt).paper.state == "valid"


def test_nothing_the_web_process_does_signs():
    """Receipts are signed by one function only, which the outbox worker calls."""
    root = Path(numbering.__file__).parent.parent
    named = [path.name for path in root.rglob("*.py") if "make_paper(" in path.read_text("utf-8")]
    assert named == ["numbering.py"] and outbox._workers[EReceipt] is numbering.make_paper  # defined, registered, called by none


@pytest.mark.django_db(transaction=True)
def test_the_worker_lets_whoever_holds_the_dossier_go_first(signing_keys):
    """The worker locks the receipt first, others the dossier first: waiting for each other would be a deadlock."""
    world.holidays()
    desk = money.MoneyDesk()
    receipt = settle(desk.paying().reference, cause="ipn").receipts.get()
    seen = []

    def worker():
        try:
            outbox.do(EReceipt, receipt.pk)
        except OperationalError as refused:
            seen.append(str(refused))
        finally:
            connection.close()

    with transaction.atomic():
        type(receipt.attempt.obligation.dossier).objects.select_for_update().get()
        thread = threading.Thread(target=worker)
        thread.start()
        thread.join(timeout=20)
        assert not thread.is_alive() and "could not obtain lock" in seen[0]
    assert fresh(receipt).due_state == "waiting"
    outbox.do(EReceipt, receipt.pk)
    assert fresh(receipt).paper_id


# ---------------------------------------------------------------- how it looks
def facts(receipt, **changed):
    made = receipt_paper.facts_of(receipt)
    frame = {
        "dossier_code": "H18.Z01-261125-0001", "verification_code": "ABCD-EFGH-JKLM-NPQR", "verify_qr": "",
        "verify_address": "https://dvc.example.vn/kiem-tra/",
        "procedure": {"name": "Thủ tục cấp Phiếu lý lịch tư pháp cho công dân Việt Nam", "code": money.CRIMINAL},
    }  # fmt: skip
    return frame | made | changed


@pytest.mark.parametrize("lines", [1, 2, 3, 6, 7, 15])
def test_one_page_holds_long_names_twelve_figures_and_fifteen_lines(receipt, lines):
    receipt.payer_name, receipt.amount = LONG, 999_999_999_999
    label = "Lệ phí cấp giấy chứng nhận quyền sở hữu nhà ở và quyền sử dụng đất"
    row = {"label": label, "kind": "le_phi", "quantity": 12, "amount": 120_000_000_000, "legal_ref": "47/2019/TT-BTC"}
    receipt.lines = [row] * lines
    receipt.state, receipt.state_reason, receipt.state_at = "replaced", "Ghi sai tên người nộp tiền.", receipt.issued_at
    pdf = render_paper(PaperKind.E_RECEIPT, facts(receipt))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 1
    text = text_of(pdf)
    assert LONG in text and "999.999.999.999" in text and text.count("120.000.000.000") == lines
    assert "Chín trăm chín mươi chín tỷ" in text and "ĐÃ ĐƯỢC THAY THẾ" in text


def test_thirty_lines_go_on_over_the_page_and_none_is_lost(receipt):
    row = {"kind": "phi", "quantity": 1, "amount": 1000, "legal_ref": "47/2019/TT-BTC; 64/2025/TT-BTC"}
    receipt.lines = [row | {"label": f"Khoản thứ {n} của biên lai có một tên dài vừa phải"} for n in range(60)]
    text = text_of(render_paper(PaperKind.E_RECEIPT, facts(receipt)))
    assert all(f"Khoản thứ {n} " in text for n in range(60))


def test_every_letter_of_a_name_comes_out_as_it_went_in(receipt):
    receipt.payer_name = STACKED
    assert STACKED in text_of(render_paper(PaperKind.E_RECEIPT, facts(receipt)))


def test_markup_in_a_name_is_only_letters(receipt):
    receipt.payer_name = "<script>alert(1)</script>"
    assert "<script>alert(1)</script>" in text_of(render_paper(PaperKind.E_RECEIPT, facts(receipt)))


# ---------------------------------------------------------------- replaced, cancelled
def test_a_replaced_receipt_names_its_successor_on_every_door(client, receipt, paper, money_desk, run_followups):
    new = numbering.replace(receipt, money_desk.accountant, payer_name="Nguyễn Văn Bình", reason="Ghi sai tên người nộp.")
    page = ask(client, paper)  # the new paper is not made yet
    assert "đã được thay bằng biên lai khác" in page and str(new) in page and "Ghi sai tên người nộp." in page
    run_followups()
    paper, successor = fresh(paper), fresh(new).paper
    assert (paper.state, paper.replaced_by, paper.state_reason) == ("replaced", successor, "Ghi sai tên người nộp.")
    assert successor.number == str(new) and "N***** V** B***" not in page
    assert str(new) in drop(client, content(paper))
    assert "Giấy thật, còn giá trị" in drop(client, content(successor))
    assert "Thay cho biên lai: DVC" in text_of(content(successor))


def test_a_cancelled_receipt_says_why_on_every_door(client, receipt, paper, money_desk):
    numbering.cancel(receipt, money_desk.accountant, reason="Lập nhầm hai lần.")
    for page in (ask(client, paper), drop(client, content(paper))):
        assert "đã bị hủy, không còn giá trị" in page and "Lập nhầm hai lần." in page
        assert "đã bị thu hồi" not in page
    assert fresh(paper).state == "revoked"


def test_a_paper_made_after_its_receipt_was_cancelled_is_born_revoked(receipt, money_desk, run_followups):
    numbering.cancel(receipt, money_desk.accountant, reason="Lập nhầm.")
    run_followups()
    paper = fresh(receipt).paper
    assert (paper.state, paper.state_reason) == ("revoked", "Lập nhầm.")
    assert "ĐÃ HỦY" in text_of(content(paper)) and "Lập nhầm." in text_of(content(paper))


def test_papers_of_a_pair_made_in_the_other_order_agree_too(receipt, money_desk):
    new = numbering.replace(receipt, money_desk.accountant, payer_name="Nguyễn Văn Bình", reason="Sai tên.")
    outbox.do(EReceipt, new.pk)
    outbox.do(EReceipt, receipt.pk)
    old = fresh(receipt).paper
    assert (old.state, old.replaced_by) == ("replaced", fresh(new).paper)
    assert not list(numbering.problems())


# ---------------------------------------------------------------- who sees it
def test_strangers_hear_what_they_can_compare_and_no_name(client, receipt, paper):
    page = ask(client, paper)
    assert "Có giấy mang mã này, còn giá trị" in page
    for fact in ("Biên lai điện tử", str(receipt), "200.000", "Công an tỉnh Điện Biên", "Biên lai thử, không có giá trị"):
        assert fact in page, fact
    assert receipt.payer_name not in page and "N***" in page


def test_a_replaced_name_is_the_one_that_is_masked(client, receipt, money_desk, run_followups):
    new = numbering.replace(receipt, money_desk.accountant, payer_name="Quàng Thị Xuân", reason="Sai tên.")
    run_followups()
    assert "Q*** T** X***" in ask(client, fresh(new).paper)


def test_of_a_confidential_matter_they_hear_neither_the_fee_nor_a_mask(client, receipt, paper):
    dossier = paper.dossier
    type(dossier).objects.filter(pk=dossier.pk).update(confidential=True)
    page = ask(client, paper)
    assert receipt.lines[0]["label"] not in page and "được giữ kín" in page and "N***" not in page


def test_one_changed_byte_is_refused(client, paper):
    data = bytearray(content(paper))
    data[len(data) // 3] ^= 1
    page = drop(client, bytes(data))
    assert "Giấy thật" not in page


def test_the_citizen_finds_and_downloads_it_and_nobody_else_does(client, receipt, paper):
    dossier = paper.dossier
    client.force_login(dossier.submitter)
    page = client.get(reverse("dossiers:detail", args=[dossier.code])).content.decode()
    assert paper.get_absolute_url() in page
    response = client.get(paper.get_absolute_url())
    assert response.status_code == 200 and b"".join(response.streaming_content).startswith(b"%PDF")
    client.force_login(factories.citizen())
    assert client.get(paper.get_absolute_url()).status_code == 404


# ---------------------------------------------------------------- cash at the desk
def take_cash(client, dossier, step="thu-phi", **more):
    address = reverse("desk:step", args=[dossier.code, step])
    seen = dossier.events.order_by("-sequence").values_list("sequence", flat=True).first()
    return client.post(address, {"seen": seen, "amount": "200.000", "note": "", **more}, follow=True)


def test_the_clerk_reads_the_number_at_once_and_hands_the_receipt_over_a_moment_later(client, money_desk, run_followups):
    dossier = money_desk.waiting()
    client.force_login(money_desk.clerk)
    page = take_cash(client, dossier).content.decode()
    receipt = EReceipt.objects.get()
    assert str(receipt) in page
    run_followups()
    page = client.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert fresh(receipt).paper.number in page
    assert client.get(fresh(receipt).paper.get_absolute_url()).status_code == 200
    assert "tiền mặt tại quầy" in text_of(content(fresh(receipt).paper))


def test_a_level_three_fee_is_taken_at_the_counter_with_its_receipt(client, money_desk, settings):
    settings.PAYMENTS_OPEN = False  # level 4 with a fee is offered as level 3
    dossier = money_desk.submitted(code=money.CRIMINAL)
    assert dossier.state == "SUBMITTED"
    client.force_login(money_desk.clerk)
    page = take_cash(client, dossier, "thu-tai-quay").content.decode()
    assert str(EReceipt.objects.get()) in page
    attempt = dossier.obligation.attempts.get()
    assert (attempt.way, attempt.settles) == ("counter", True)


def test_the_desk_warns_before_cash_while_the_bank_has_not_answered(client, money_desk):
    attempt = money_desk.paying()
    dossier = attempt.dossier
    client.force_login(money_desk.clerk)
    page = client.get(reverse("desk:step", args=[dossier.code, "thu-phi"])).content.decode()
    assert "đang có một lần trả chờ ngân hàng trả lời" in page.lower()
    refused = take_cash(client, dossier)
    assert refused.status_code == 422 and not EReceipt.objects.exists()
    page = take_cash(client, dossier, anyway="on").content.decode()
    assert str(EReceipt.objects.get()) in page


def test_the_warning_is_only_there_while_somebody_is_paying(client, money_desk):
    dossier = money_desk.waiting()
    client.force_login(money_desk.clerk)
    page = client.get(reverse("desk:step", args=[dossier.code, "thu-phi"])).content.decode()
    assert "chờ ngân hàng trả lời" not in page


def test_the_door_itself_makes_the_receipt_whoever_opens_it(money_desk):
    dossier = workflow.advance(money_desk.waiting(), "paid", actor=money_desk.clerk, amount=money.FEE)
    sentences = dossier.reply_sentences
    assert sentences == [str(part) for part in sentences] and str(EReceipt.objects.get()) in sentences[0]
