"""Odd input for payments: dates out of range, texts of every kind, invalid files."""

import datetime as dt
import io
import unicodedata
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from payments import complaints, differences
from payments.attempts import settlement
from payments.gateways.vnpay.settlement_files import COLUMNS
from payments.models import BankCredit, Difference, GatewayEvent, LedgerEntry, PaymentAttempt, SettlementRun, Way
from payments.models.states import AttemptState, RefundState
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock
from tests.dossiers.pages import browse, words
from tests.money import FEE
from tests.test_attacks import IN_PARTS, ODD, SCRIPT, shielded

pytestmark = pytest.mark.django_db
BANK_HEAD = "Số tham chiếu,Ngày giao dịch,Ghi có,Nội dung"
SETTLEMENT_HEAD = ",".join(COLUMNS)
FORMULA = '=HYPERLINK("http://evil.example";"x")'


def go(name, *args):
    return reverse(f"accounting:{name}", args=args)


def file(content, name="tep.csv"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def paid(money_desk):
    return settlement.settle(money_desk.paying().reference, cause="ipn")


@pytest.fixture
def client(money_desk):
    """The browser of an accountant that gets the error page instead of the exception."""
    return shielded(money_desk.accountant)


# ---------------------------------------------------------------- odd questions
DAYS = ["0001-01-01", "9999-12-31", "2026-13-40", "²", "x" * 500, "1900-01-01", "-1", "\u0662\u0660\u0662\u0666-11-25"]


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS)
def test_a_day_no_calendar_holds_is_answered(client, paid, day):
    for first, last in ((day, ""), ("", day), (day, day)):
        for name in ("takings", "takings_export", "attempts"):
            assert client.get(go(name), {"tu": first, "den": last}).status_code < 500, (name, first, last)
    point = paid.point
    answer = client.post(go("reconciliation"), {"point": point.pk, "day": day, "file": file(SETTLEMENT_HEAD + "\n")})
    assert answer.status_code == 422 and not SettlementRun.objects.exists()


@pytest.mark.slow
def test_odd_words_in_addresses_of_the_books_are_answered(client, paid):
    asked = ["tu-khoa", "tinh-trang", "tu", "den", "co_quan", "cach", "loai", "theo", "sau", "nhom", "xong", "cua-toi", "tat-ca"]
    names = [
        "front",
        "takings",
        "takings_export",
        "attempts",
        "refunds",
        "reconciliation",
        "differences",
        "credits",
        "complaints",
    ]
    for odd in ["'--%_\\", "²", "9" * 30, "x" * 3000, "\u202e\r\n", SCRIPT, IN_PARTS, "-1", "\ufffd"]:
        for name in names:
            answer = client.get(go(name), dict.fromkeys(asked, odd))
            assert answer.status_code in (200, 422), (name, odd[:20])
            assert b"<script>alert" not in answer.content, (name, odd[:20])
        assert client.get(go("attempt", paid.reference), {"nguyen-van": odd}).status_code == 200


# ---------------------------------------------------------------- odd words in forms
@pytest.fixture
def forms(money_desk, paid):
    """{address: the field of words in it}, each of something that still waits to be acted on."""
    doubtful = settlement.record_outcome(
        money_desk.paying().reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False
    )
    mine = approval.propose(paid, "other", amount=1000, actor=money_desk.second_accountant, note="Thu thừa.")
    other = settlement.settle(money_desk.paying().reference, cause="ipn")
    ticket = complaints.open_ticket(money_desk.paying())
    credit = matching.receive(paid.point, "FT1", FEE, "la", clock.now())
    open_ = differences.open_difference(paid.point, clock.today(), Difference.Kind.MISSING_HERE, "P1", theirs=1)
    return {
        go("decide", doubtful.reference): "note", go("refund_step", mine.request_id, "khong-duyet"): "khong-note",
        go("propose", other.reference): "note", go("complaint", ticket.pk): "note",
        go("receipt", other.reference, other.receipts.get().pk): "reason",
        go("credit_step", credit.pk, "xin-tra"): "xin-note", go("credit_step", credit.pk, "gan"): "note",
        go("difference_step", open_.pk, "xong"): "note",
    }  # fmt: skip


REST = {"outcome": "x", "amount": "x", "reason": "x", "way": "x", "what": "x", "whose": "x", "to": "x", "document": "x"}


@pytest.mark.slow
def test_odd_words_in_the_forms_of_the_books_are_answered(client, forms):
    for address, field in forms.items():
        for odd in [*ODD, FORMULA, SCRIPT, "x" * 60]:
            for rest in (REST, dict.fromkeys(REST, odd), {}):
                answer = client.post(address, {**rest, field: odd})
                assert answer.status_code < 500, (address, odd[:20])
                assert b"<script>alert" not in answer.content, (address, odd[:20])


@pytest.mark.slow
def test_words_are_kept_composed_and_shown_as_words_on_every_page(client, money_desk, paid):
    """NFD, script, formula, long words: entered in every text field of the accountants, read on pages, in messages and Excel."""
    for number, said in enumerate([IN_PARTS, SCRIPT, FORMULA, "Ế" * 60, "@SUM(A1)", "-1+1"]):
        second = shielded(money_desk.second_accountant)
        attempt = settlement.settle(money_desk.paying().reference, cause="ipn")
        client.post(go("propose", attempt.reference), {"amount": "1000", "reason": "other", "way": "by_hand", "note": said})
        refund = attempt.refunds.get()
        assert refund.note == unicodedata.normalize("NFC", said)
        second.post(go("refund_step", refund.request_id, "duyet"), {"duyet-note": said})
        second.post(go("refund_step", refund.request_id, "da-chuyen"), {"document": said[:40]})
        refund.refresh_from_db()
        assert refund.state == RefundState.DONE
        credit = matching.receive(attempt.point, f"FT{number}", 5000, said, clock.now())
        client.post(go("credit_step", credit.pk, "xin-tra"), {"xin-note": said})
        pages = [go("refund", refund.request_id), go("refunds") + "?nhom=xong", go("credit", credit.pk), go("credits"),
                 go("attempt", attempt.reference)]  # fmt: skip
        for user in (money_desk.accountant, attempt.obligation.dossier.submitter):
            pages += [f"/tin-nhan/{message.pk}/" for message in user.inbox.all()]
        readers = [client, browse(attempt.obligation.dossier.submitter)]
        for page in pages:
            for reader in readers:
                assert b"<script>alert" not in reader.get(page).content, page
    book = zipfile.ZipFile(io.BytesIO(client.get(go("takings_export")).content))
    for name in book.namelist():
        if name.startswith("xl/worksheets"):
            assert b"<f>" not in book.read(name) and b"<hyperlink" not in book.read(name), name


def test_the_number_of_the_slip_stands_however_long_the_reason_was(money_desk, paid):
    credit = matching.receive(paid.point, "FT1", 5000, "la", clock.now())
    matching.propose_return(credit, money_desk.accountant, note="x" * 500)
    done = matching.record_return(credit, money_desk.second_accountant, note="UNC 2026/0815")
    assert done.note.endswith("UNC 2026/0815") and len(done.note) <= 500
    other = matching.receive(paid.point, "FT2", 5000, "la lan hai", clock.now())
    matching.propose_return(other, money_desk.accountant, note="x" * 500)
    assert matching.cancel_return(other, money_desk.accountant, note="Người chuyển đã gọi.").note.endswith("Người chuyển đã gọi.")


# ---------------------------------------------------------------- odd files
NO_STATEMENTS = [
    b"", b"\x00" * 100, b"PK\x03\x04" + b"\x00" * 200, b"%PDF-1.7\n", b"\xff\xfe\x00", b"\xff" * 3000, "é".encode("latin-1") * 50,
    b"\n" * 200_000, b"," * 200_000, b"(" * 130_000 + b",a,b,c\n", (BANK_HEAD + "\n").encode("utf-16-be"), b'"' * 9999,
]  # fmt: skip


@pytest.mark.parametrize("content", NO_STATEMENTS, ids=range(len(NO_STATEMENTS)))
def test_a_file_that_is_none_is_refused_in_words_and_leaves_nothing(client, paid, content):
    for name, facts in (("credits", {}), ("reconciliation", {"day": "2026-11-20"})):
        answer = client.post(go(name), {**facts, "point": paid.point.pk, "file": file(content)})
        assert answer.status_code == 422, name
    assert not BankCredit.objects.exists() and not SettlementRun.objects.exists()


BAD_CELLS = [
    "-200000", "٢٠٠٠٠٠", "２００.０００", "200000.5", "1e6", "=1+1", "200000" + " " * 120_000 + "x", "9" * 30, "0x99", "1,2,3",
]  # fmt: skip


@pytest.mark.parametrize("cell", BAD_CELLS, ids=range(len(BAD_CELLS)))
def test_a_sum_that_is_none_pays_nothing_in_either_file(client, money_desk, cell):
    transfer, card = money_desk.paying(Way.TRANSFER), money_desk.paying()
    day = clock.today() - dt.timedelta(days=1)
    bank = f'{BANK_HEAD}\nFT1,{day:%d/%m/%Y},"{cell}",{transfer.reference}\n'
    theirs = f'{SETTLEMENT_HEAD}\n{card.reference},1,"{cell}",pay,{day:%Y%m%d}100000,NCB\n'
    client.post(go("credits"), {"point": transfer.point.pk, "file": file(bank)})
    answer = client.post(go("reconciliation"), {"point": card.point.pk, "day": day.isoformat(), "file": file(theirs)})
    assert answer.status_code == 422
    assert not BankCredit.objects.exists() and not LedgerEntry.objects.exists()
    assert set(PaymentAttempt.objects.values_list("state", flat=True)) == {AttemptState.SENT}


def test_words_of_a_payer_that_a_bank_cut_in_half_stop_nobody(money_desk):
    """Anybody can write the content of a transfer: text that PostgreSQL cannot store must not block the other credits."""
    from payments.gateways import bank

    entry = {"id": 1, "account": "1", "amount": 1, "content": "\ud83d =1+1 \x00 \u202e", "at": clock.now().isoformat()}
    credit = bank.credit_of(entry, "1")
    point = money_desk.paying().point
    row, new = matching.record(point, credit)
    assert new and BankCredit.objects.get(pk=row.pk).content.startswith("? =1+1") and GatewayEvent.objects.exists()
    for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-23:00", "2026-11-25T00:00:00Z" * 2, "", None, 5):
        with pytest.raises(bank.UnreadableCredit):
            bank.credit_of({**entry, "at": at}, "1")


def test_rows_of_other_terminals_and_doubled_rows_settle_nothing(client, money_desk):
    card, transfer = money_desk.paying(), money_desk.paying(Way.TRANSFER)
    day = clock.today() - dt.timedelta(days=1)
    named = [card.reference, card.reference, transfer.reference, "P000000000000XXXX"]
    rows = [f"{reference},{number},{FEE},pay,{day:%Y%m%d}100000,NCB" for number, reference in enumerate(named, 1)]
    content = "\n".join([SETTLEMENT_HEAD, *rows, ""])
    for _again in range(2):
        answer = client.post(go("reconciliation"), {"point": card.point.pk, "day": day.isoformat(), "file": file(content)})
        assert answer.status_code == 302
    assert SettlementRun.objects.count() == 1 and Difference.objects.count() == 3
    assert not LedgerEntry.objects.exists() and "Chênh lệch" in words(client.get(go("differences")))
