"""Reading bank statements: from an API with failures and from files; each credit is stored once."""

import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command

from payments.gateways.base import NoAnswer
from payments.models import BankCredit, GatewayEvent, StatementReading
from payments.transfers import statement_files, statements
from payments.transfers.statement_files import UnreadableStatement, amount_of, moment_of
from portal import schedule
from portal.common import clock, outbox
from tests import world
from tests.money import FEE

pytestmark = pytest.mark.django_db


class Bank:
    """A bank API with a list of credits, and settable failures."""

    def __init__(self):
        self.credits, self.asked, self.answer, self.page = [], [], None, 500

    def credit(self, point, amount=FEE, content="nop phi", at=None, **changed):
        n = len(self.credits) + 1
        at = (at or clock.now() - dt.timedelta(hours=1)).isoformat()
        entry = {"id": n, "account": point.account_number, "amount": amount, "content": content, "at": at}
        self.credits.append(entry | changed)

    def reply(self, query):
        self.asked.append(query)
        if self.answer is not None:
            return self.answer
        after = int(query["after"][0])
        mine = [c for c in self.credits if c["account"] == query["account"][0] or c.get("stray")]
        found = [c for c in mine if not isinstance(c["id"], int) or c["id"] > after][: self.page]
        return 200, json.dumps({"credits": found}).encode()


@pytest.fixture
def bank(settings):
    """The bank API on its own port, in `settings.BANK_STATEMENT_URL`."""
    there = Bank()

    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = there.reply(parse_qs(urlsplit(self.path).query))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.BANK_STATEMENT_URL = f"http://127.0.0.1:{server.server_port}/bank/statement"
    yield there
    server.shutdown()
    server.server_close()


@pytest.fixture
def point(db):
    return world.collection_point("DMH18CAN")


@pytest.fixture
def read(bank, point):
    """Call it to read the account once. Returns the StatementReading."""

    def once():
        statements.run()
        reading = StatementReading.objects.get(point=point)
        statements.poll(reading)
        return reading

    return once


@pytest.mark.slow
# ---------------------------------------------------------------- over the wire
def test_a_payment_by_transfer_is_settled_within_the_minute(bank, money_desk, run_followups):
    attempt = money_desk.paying(way="transfer")
    bank.credit(attempt.point, content=f"CT DEN DVC {attempt.reference}")
    statements.run()
    run_followups()
    attempt.refresh_from_db()
    assert attempt.settles and attempt.receipts.get().paper.state == "valid"


def test_each_credit_is_kept_once_however_often_it_is_read(bank, point, read):
    for n in range(3):
        bank.credit(point, content=f"lan {n}")
    assert read().cursor == "3"
    bank.credit(point, content="lan 4")
    read()
    read()
    assert BankCredit.objects.count() == 4 == GatewayEvent.objects.filter(kind="statement").count()
    assert bank.asked[-1]["after"] == ["4"]


def test_a_credit_written_behind_a_newer_one_is_not_missed(bank, point, read):
    """A bank numbers credits before it writes them: 2 may be visible before 1."""
    bank.credit(point, at=clock.now())
    bank.credit(point, at=clock.now())
    late = bank.credits.pop(0)
    read()
    bank.credits.insert(0, late)
    read()
    assert BankCredit.objects.count() == 2


def test_a_long_statement_is_read_page_by_page(bank, point, read):
    bank.page = 10
    for _ in range(35):
        bank.credit(point)
    assert read().cursor == "35"
    assert BankCredit.objects.count() == 35


def test_a_line_that_cannot_be_read_is_kept_as_evidence_and_stops_nothing(bank, point, read):
    bank.credit(point, amount="200000")
    bank.credit(point, amount=-5)
    bank.credit(point, at=None, stray=True, account="khac")
    bank.credit(point, content="tot")
    read()
    read()
    assert BankCredit.objects.get().content == "tot"
    assert GatewayEvent.objects.filter(verdict="malformed").count() == 3


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (302, b""),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"credits": 7}'),
        (200, b"[" * 100_000),
        (200, b" " * 2_000_000),
    ],
)
def test_a_bank_that_talks_nonsense_is_asked_again_and_nothing_is_lost(bank, point, read, answer):
    bank.credit(point)
    bank.answer = answer
    statements.run()
    reading = StatementReading.objects.get(point=point)
    with pytest.raises(NoAnswer):
        outbox.do(StatementReading, reading.pk)
    reading.refresh_from_db()
    assert (reading.due_state, reading.tries, reading.cursor) == ("waiting", 1, "")
    bank.answer = None
    outbox.do(StatementReading, reading.pk)
    assert BankCredit.objects.count() == 1


def test_a_bank_that_is_not_there_is_asked_again(settings, point):
    settings.BANK_STATEMENT_URL = "http://127.0.0.1:9/bank/statement"
    statements.run()
    with pytest.raises(NoAnswer):
        outbox.do(StatementReading, StatementReading.objects.get(point=point).pk)


def test_reading_is_owed_every_minute_also_after_it_was_given_up(settings, point):
    settings.BANK_STATEMENT_URL = "http://127.0.0.1:9/"
    assert statements.run in schedule.JOBS
    statements.run()
    StatementReading.objects.update(due_state="dead", tries=99)
    statements.run()
    row = StatementReading.objects.get(point=point)
    assert (row.due_state, row.tries, StatementReading.objects.count()) == ("waiting", 0, 1)


def test_reading_that_is_owed_already_keeps_its_patience(settings, point):
    settings.BANK_STATEMENT_URL = "http://127.0.0.1:9/"
    statements.run()
    later = clock.now() + dt.timedelta(minutes=5)
    StatementReading.objects.update(next_at=later, tries=4)
    statements.run()
    assert StatementReading.objects.get().next_at == later


def test_without_an_address_no_reading_is_owed(settings, point):
    settings.BANK_STATEMENT_URL = ""
    statements.run()
    assert not StatementReading.objects.exists()


def test_a_point_out_of_use_or_without_an_account_is_not_read(settings, point):
    settings.BANK_STATEMENT_URL = "http://127.0.0.1:9/"
    point.terminal.switch(on=False)
    statements.run()
    assert not StatementReading.objects.exists()


# ---------------------------------------------------------------- from files
VIETNAMESE = """NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM,,,,
Số tài khoản:,0000100003,,,
Ngày giao dịch,Số tham chiếu,Ghi nợ (VND),Ghi có (VND),Nội dung giao dịch
25/11/2026 08:30:15,FT26001,,"200.000",DVC P261125083000A7K2
25/11/2026,FT26002,"5.000.000",,Chi lương
26/11/2026 10:00,FT26003,0,"1.250.000,00",nop le phi
,,5.000.000,1.450.000,Tổng cộng
"""
ENGLISH = """Transaction Date;Reference No;Debit;Credit;Description
2026-11-25T08:30:15+07:00;FT26001;;200,000.00;DVC P261125083000A7K2
2026-11-26T03:00:00Z;FT26003;;"1,250,000";nop le phi
"""
SIDED = """Số bút toán\tNgày hạch toán\tLoại\tSố tiền\tDiễn giải
FT26001\t25/11/2026 08:30:15\tC\t200000\tDVC P261125083000A7K2
FT26002\t25/11/2026\tD\t5000000\tChi lương
FT26003\t26/11/2026 10:00:00\tC\t1250000\tnop le phi
"""


def handed_in(point, content):
    """Read the file with the clock set after the dates of its lines."""
    with clock.at(max(clock.now(), dt.datetime(2026, 11, 27, tzinfo=dt.UTC))):
        return statements.read_file(point, content)


@pytest.mark.parametrize("text", [VIETNAMESE, ENGLISH, SIDED], ids=["vietnamese", "english", "one amount and a side"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_several_banks_say_the_same(point, text, code):
    done = handed_in(point, text.encode(code))
    assert done.new == 2 and done.known == 0
    first, second = BankCredit.objects.order_by("received_at")
    assert (first.bank_ref, first.amount, first.received_at) == (
        "FT26001",
        200_000,
        dt.datetime(2026, 11, 25, 1, 30, 15, tzinfo=dt.UTC),
    )
    assert (second.amount, second.received_at) == (1_250_000, dt.datetime(2026, 11, 26, 3, 0, tzinfo=dt.UTC))
    assert first.event.raw.count("FT26001") == 1


def test_the_same_file_again_adds_nothing(point):
    assert handed_in(point, VIETNAMESE.encode()) == statements.Reading(2, 0, 2)
    assert handed_in(point, ENGLISH.encode()) == statements.Reading(0, 2, 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "tiêu đề"),
        ("a,b,c\n1,2,3\n", "tiêu đề"),
        (VIETNAMESE.replace("200.000", "200.000,50"), "dòng 4: số tiền"),
        (VIETNAMESE.replace("200.000", "hai trăm"), "dòng 4: số tiền"),
        (VIETNAMESE.replace("25/11/2026 08:30:15", "31/11/2026"), "dòng 4: ngày giờ"),
        (VIETNAMESE.replace("FT26003", "FT26001"), "hai lần"),
        (VIETNAMESE.replace("FT26003,0", "FT26003,7.000"), "vừa ghi nợ vừa ghi có"),
        (SIDED.replace("\tC\t200000", "\tX\t200000"), "không rõ tiền vào hay ra"),
        ("Số tài khoản,Ngày,Số tham chiếu,Ghi có,Nội dung\n0000100001,25/11/2026,FT1,1.000,x\n", "của tài khoản khác"),
        ('Ngày,Số tham chiếu,Ghi có,Nội dung\n25/11/2026,FT1,1.000,"x\n', "CSV"),
    ],
)
def test_a_file_with_one_bad_line_is_refused_whole_and_says_which(point, text, why):
    with pytest.raises(UnreadableStatement, match=why):
        handed_in(point, text.encode())
    assert not BankCredit.objects.exists()


@pytest.mark.parametrize(
    "content", ["Ngày".encode("windows-1258", "replace"), b"PK\x03\x04\x00", b"\xff\xfe\x00", b"a" * (6 * 1024 * 1024)]
)
def test_what_is_no_text_of_ours_is_refused_in_plain_words(point, content):
    with pytest.raises(UnreadableStatement, match="UTF-8|CSV|5 MB|tiêu đề"):
        handed_in(point, content)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("200.000", 200_000), ("200,000", 200_000), ("200 000", 200_000), ("200000", 200_000), ("200.000,00", 200_000),
        ("200,000.00", 200_000), ("+200.000 VND", 200_000), ("200.000đ", 200_000), ("1.234.567.890", 1_234_567_890),
        ("200.00", 200), ("999.999.999.999", 999_999_999_999),
    ],
)  # fmt: skip
def test_amounts_are_read_as_banks_group_them(text, amount):
    assert amount_of(text) == amount


@pytest.mark.parametrize(
    "text", ["", "0", "12,5", "1.2345", "1.000,000", "200.000.00.00", "١٢٣", "1e6", "1_000", "9" * 13, "20O"]
)
def test_an_amount_that_could_be_two_is_none(text):
    with pytest.raises(ValueError, match="số tiền"):
        amount_of(text)


def test_days_come_before_months():
    assert moment_of("02/03/2026").month == 3
    with pytest.raises(ValueError, match="ngày giờ"):
        moment_of("2026/13/01")


def test_the_command_reads_a_file_and_says_what_it_found(point, tmp_path, capsys):
    file = tmp_path / "sao-ke.csv"
    file.write_text(VIETNAMESE, "utf-8")
    with clock.at(max(clock.now(), dt.datetime(2026, 11, 27, tzinfo=dt.UTC))):
        call_command("import_statement", point.code, str(file))
    assert "2 khoản mới, 0 khoản đã biết, 2 dòng" in capsys.readouterr().out
    for arguments in (["KHONGCO", str(file)], [point.code, str(tmp_path / "khong-co.csv")]):
        with pytest.raises(CommandError):
            call_command("import_statement", *arguments)
    file.write_text("a,b", "utf-8")
    with pytest.raises(CommandError, match="tiêu đề"):
        call_command("import_statement", point.code, str(file))


def test_headings_know_no_word_twice():
    words = [word for kind in statement_files.HEADINGS.values() for word in kind]
    assert len(words) == len(set(words))
