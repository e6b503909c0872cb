"""Reconciliation: what the settlement file proves is settled, differences get an owner, nothing counts twice."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from payments import differences
from payments.accounting import invariants
from payments.attempts import settlement
from payments.gateways.base import MAX_SETTLEMENT_BYTES, UnreadableFile
from payments.gateways.vnpay.settlement_files import read
from payments.models import (
    AttemptState,
    CollectionPoint,
    Difference,
    EventKind,
    GatewayEvent,
    PaymentAttempt,
    RefundReason,
    RefundState,
    SettlementFetch,
    SettlementProof,
    SettlementRun,
    Verdict,
)
from payments.reconciliation import runs
from payments.refunds import approval
from portal.common import clock, outbox
from tests import factories, world
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 25)
NOON = dt.datetime(2026, 11, 25, 5, 0, tzinfo=dt.UTC)
NEXT_MORNING = NOON + dt.timedelta(hours=20)  # eight o'clock, the 26th
HEAD = "TxnRef,TransactionNo,Amount,Type,PayDate,BankCode\r\n"
FEE = 200_000


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def row(reference, amount=FEE, kind="pay", at="20261125120500", number="14226112"):
    return f"{reference},{number},{amount},{kind},{at},NCB\r\n"


def file(*rows):
    return (HEAD + "".join(rows)).encode()


def point():
    return CollectionPoint.objects.get()


def paid(money_desk, number="14226112"):
    """An attempt paid through the gateway, with an IPN of 12:05."""
    attempt = money_desk.paying()
    raw = f"vnp_TxnRef={attempt.reference}&vnp_PayDate=20261125120500&vnp_TransactionNo={number}"
    event = GatewayEvent.objects.create(kind=EventKind.IPN, attempt=attempt, raw=raw, verdict=Verdict.VALID)
    return settlement.settle(attempt.reference, event, cause="ipn", transaction_no=number)


def apply_proofs():
    """Run the waiting proofs, as the worker would."""
    return [
        outbox.do(SettlementProof, pk) for pk in SettlementProof.objects.filter(due_state="waiting").values_list("pk", flat=True)
    ]


def reconcile(*rows, reader=None):
    with clock.at(NEXT_MORNING):
        run = runs.read_file(point(), DAY, file(*rows), reader=reader)
        apply_proofs()
    run.refresh_from_db()
    return run


def kinds():
    return sorted(Difference.objects.values_list("kind", "our_amount", "their_amount"))


# ---------------------------------------------------------------- what a file says
def test_books_that_agree_leave_nothing_to_do(money_desk):
    one, two = paid(money_desk, "1"), paid(money_desk, "2")
    run = reconcile(row(one.reference, number="1"), row(two.reference, number="2"))
    assert (run.our_count, run.our_total, run.their_count, run.their_total) == (2, 2 * FEE, 2, 2 * FEE)
    assert not Difference.objects.exists() and not SettlementProof.objects.exists()


@pytest.mark.parametrize("state", [AttemptState.SENT, AttemptState.FAILED, AttemptState.EXPIRED, AttemptState.REVIEW])
def test_money_we_never_heard_of_is_settled_on_the_word_of_the_file(money_desk, state):
    attempt = money_desk.paying()
    if state != AttemptState.SENT:
        settlement.record_outcome(attempt.reference, state, cause="suspicion" if state == AttemptState.REVIEW else "ipn")

    run = reconcile(row(attempt.reference))

    attempt.refresh_from_db()
    move = attempt.moves.last()
    assert attempt.settles and attempt.transaction_no == "14226112" and attempt.bank_code == "NCB"
    assert (move.cause, move.event.kind, move.event.raw) == ("reconciliation", "settlement", row(attempt.reference).strip())
    assert (run.our_count, run.our_total) == (1, FEE) and not Difference.objects.exists()
    assert list(invariants.violations()) == []


def test_money_that_came_after_another_way_succeeded_is_owed_back(money_desk):
    late = money_desk.paying()
    other = money_desk.paying(way="transfer", dossier=late.obligation.dossier)
    settlement.settle(other.reference, cause="reconciliation")
    reconcile(row(late.reference))
    late.refresh_from_db()
    assert late.state == AttemptState.PAID and not late.settles and late.refunds.get().reason == RefundReason.PAID_TWICE


def test_what_differs_is_opened_each_in_its_kind(money_desk):
    wrong, absent, unpaid = paid(money_desk), paid(money_desk), money_desk.paying()
    reconcile(
        row(wrong.reference, amount=FEE + 1), row(unpaid.reference, amount=5), row("X261125000000001"),
        row(wrong.reference, kind="refund", amount=10),
    )  # fmt: skip
    assert kinds() == [
        ("amount", 0, 5), ("amount", FEE, FEE + 1), ("missing_here", None, FEE), ("missing_there", FEE, None),
        ("refund", None, 10),
    ]  # fmt: skip
    assert Difference.objects.get(kind="missing_there").attempt == absent
    unpaid.refresh_from_db()
    assert unpaid.state == AttemptState.SENT, "a wrong sum proves nothing"


def test_one_payment_twice_in_the_file_differs(money_desk):
    attempt = paid(money_desk)
    reconcile(row(attempt.reference), row(attempt.reference, number="2"))
    assert kinds() == [("amount", FEE, 2 * FEE)]


def test_money_of_another_terminal_is_not_ours(money_desk):
    attempt = money_desk.paying()
    other = CollectionPoint.objects.create(terminal=world.terminal("DMH18KHC"), name="Khác")
    runs.read_file(other, DAY, file(row(attempt.reference)))
    assert apply_proofs() == [] and kinds() == [("missing_here", None, FEE)]
    assert PaymentAttempt.objects.get().state == AttemptState.SENT


def test_a_payment_over_midnight_counts_on_the_gateways_day(money_desk):
    """Paid at 23:59 of the 24th, IPN after midnight: it belongs to the file of the 24th, and is not missing in the next."""
    with clock.at(NOON - dt.timedelta(hours=12, minutes=5)):
        attempt = money_desk.paying()
    raw = f"vnp_TxnRef={attempt.reference}&vnp_PayDate=20261124235900"
    event = GatewayEvent.objects.create(kind=EventKind.IPN, attempt=attempt, raw=raw, verdict=Verdict.VALID)
    with clock.at(NOON - dt.timedelta(hours=11, minutes=59)):
        settlement.settle(attempt.reference, event, cause="ipn")
    reconcile()
    assert kinds() == []
    with clock.at(NEXT_MORNING):
        runs.read_file(point(), DAY - dt.timedelta(days=1), file())
    assert kinds() == [("missing_there", FEE, None)]


# ---------------------------------------------------------------- refunds
def going_back(money_desk, state):
    attempt = paid(money_desk)
    refund = approval.approve(approval.propose(attempt, RefundReason.OTHER, amount=50_000), money_desk.accountant)
    approval.record(refund, RefundState.SENT, cause="sending")
    return attempt, approval.record(refund, state, cause="answer") if state != RefundState.SENT else refund


def test_a_refund_both_books_have_agrees(money_desk):
    attempt, _refund = going_back(money_desk, RefundState.DONE)
    run = reconcile(row(attempt.reference), row(attempt.reference, kind="refund", amount=50_000, number="15"))
    assert kinds() == [] and run.our_total == run.their_total == FEE - 50_000 and run.our_count == 2


def test_a_refund_under_way_is_done_when_the_file_has_it(money_desk):
    attempt, refund = going_back(money_desk, RefundState.PROCESSING)
    run = reconcile(row(attempt.reference), row(attempt.reference, kind="refund", amount=50_000, number="15"))
    refund.refresh_from_db()
    assert (refund.state, refund.moves.last().cause, refund.transaction_no) == (RefundState.DONE, "reconciliation", "15")
    assert kinds() == [] and run.our_total == FEE - 50_000
    assert list(invariants.violations()) == []


def test_a_refund_still_asked_about_waits_for_its_answer(money_desk):
    attempt, refund = going_back(money_desk, RefundState.SENT)
    with clock.at(NEXT_MORNING):
        runs.read_file(point(), DAY, file(row(attempt.reference), row(attempt.reference, 50_000, "refund", number="15")))
        with pytest.raises(runs.RefundNotDone):
            apply_proofs()
        approval.record(refund, RefundState.PROCESSING, cause="answer")
        apply_proofs()
    refund.refresh_from_db()
    assert refund.state == RefundState.DONE and kinds() == []


def test_a_refund_done_here_that_the_file_lacks_differs_until_a_file_has_it(money_desk):
    attempt, _refund = going_back(money_desk, RefundState.DONE)
    reconcile(row(attempt.reference))
    assert kinds() == [("refund", 50_000, None)]
    reconcile(row(attempt.reference), row(attempt.reference, 50_000, "refund", number="15"))
    difference = Difference.objects.get()
    assert difference.closed_at and difference.closed_by is None and "nay khớp nhau" in difference.resolution


# ---------------------------------------------------------------- again and again
def test_the_same_file_again_opens_and_settles_nothing_twice(money_desk):
    known, unknown = paid(money_desk), money_desk.paying()
    rows = [row(known.reference, amount=1), row(unknown.reference), row("X261125000000001")]
    first = reconcile(*rows)
    before = kinds(), SettlementProof.objects.count(), GatewayEvent.objects.count()
    again = reconcile(*rows)
    assert again.pk == first.pk and SettlementRun.objects.count() == 1
    assert (kinds(), SettlementProof.objects.count(), GatewayEvent.objects.count()) == before


def test_what_was_explained_is_not_opened_again_by_the_same_sums(money_desk):
    money_desk.waiting()
    reconcile(row("X261125000000001"))
    with clock.at(NEXT_MORNING):
        differences.close(Difference.objects.get(), money_desk.accountant, "Tiền của cổng khác, ngân hàng đã chuyển đi.")
    reconcile(row("X261125000000001"))
    assert Difference.objects.count() == 1
    reconcile(row("X261125000000001", amount=7))
    assert Difference.objects.filter(closed_at=None).get().their_amount == 7


def test_a_difference_closes_by_itself_when_a_better_file_comes(money_desk):
    attempt = paid(money_desk)
    reconcile(row(attempt.reference, amount=1))
    reconcile(row(attempt.reference))
    assert not Difference.objects.filter(closed_at=None).exists()


# ---------------------------------------------------------------- files that are none
@pytest.mark.parametrize(
    "content",
    [
        b"", b"TxnRef,Amount\r\n", "Tổng".encode("utf-16"), (HEAD + "P1,2\r\n").encode(), file(row("P1", amount=0)),
        file(row("P1", amount=-5)), file(row("P1", amount="²")), file(row("P1", amount="1.5")), file(row("=1+1")),
        file(row("P1", kind="gift")), file(row("P1", at="20261126000000")), file(row("P1", at="20261325120000")),
        file(row("P1", number="")), file(row("P1", amount=10**12)), file(row("P1")) + b'"',
        b"x" * (MAX_SETTLEMENT_BYTES + 1),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_file_that_is_not_whole_is_refused_whole(content):
    with pytest.raises(UnreadableFile):
        read(content, DAY)


def test_a_line_keeps_its_words():
    (line,) = read(b"\xef\xbb\xbf" + file(row("P1", kind="refund")), DAY)
    assert line.raw == row("P1", kind="refund").strip() and line.paid_at == NOON + dt.timedelta(minutes=5)


# ---------------------------------------------------------------- owners
def test_a_difference_goes_to_the_accountant_with_the_fewest(money_desk):
    money_desk.waiting()
    reconcile(*(row(f"X26112500000000{n}") for n in range(4)))
    owners = list(Difference.objects.order_by("pk").values_list("owner", flat=True))
    assert owners == [money_desk.accountant.pk, money_desk.second_accountant.pk] * 2


def test_nobody_owns_a_difference_about_their_own_matter(money_desk):
    attempt = paid(money_desk)
    dossier = attempt.obligation.dossier
    with past_the_triggers():
        type(dossier).objects.filter(pk=dossier.pk).update(submitter=money_desk.accountant)
    reconcile()
    assert Difference.objects.get().owner == money_desk.second_accountant


def go(name, *args):
    return reverse(f"accounting:{name}", args=args)


def test_a_difference_is_taken_handed_over_and_explained(money_desk):
    money_desk.waiting()
    reconcile(row("X261125000000001"))
    difference = Difference.objects.get()
    two = browse(money_desk.second_accountant)
    with clock.at(NEXT_MORNING + dt.timedelta(days=4)):
        page = words(two.get(go("differences")))
        assert "X261125000000001" in page and "4 ngày" in page and "Lường Thị Kế" in page
        two.post(go("difference_step", difference.pk, "nhan"))
        assert Difference.objects.get().owner == money_desk.second_accountant
        stranger = factories.user(accountant="H18.X005.CA")
        assert two.post(go("difference_step", difference.pk, "chuyen"), {"to": stranger.pk}).status_code == 422
        two.post(go("difference_step", difference.pk, "chuyen"), {"to": money_desk.accountant.pk})
        assert Difference.objects.get().owner == money_desk.accountant
        assert two.post(go("difference_step", difference.pk, "xong"), {"note": ""}).status_code == 422
        two.post(go("difference_step", difference.pk, "xong"), {"note": "Của điểm thu khác."})
        closed = Difference.objects.get()
        assert (closed.closed_by, closed.resolution) == (money_desk.second_accountant, "Của điểm thu khác.")
        late = two.post(go("difference_step", difference.pk, "xong"), {"note": "Nữa."}, follow=True)
        assert "đã khép chỗ chênh lệch này" in words(late) and Difference.objects.get().resolution == "Của điểm thu khác."
        assert browse(stranger).get(go("difference", difference.pk)).status_code == 404


# ---------------------------------------------------------------- handed in
def test_a_file_is_handed_in_on_the_page(money_desk):
    attempt = money_desk.paying()
    there = browse(money_desk.accountant)
    with clock.at(NEXT_MORNING):
        sent = {"point": point().pk, "day": "2026-11-25"}
        bad = there.post(go("reconciliation"), {**sent, "file": SimpleUploadedFile("a.csv", b"x")})
        assert bad.status_code == 422 and "Dòng đầu phải là" in words(bad)
        today = there.post(go("reconciliation"), {**sent, "day": "2026-11-26", "file": SimpleUploadedFile("a.csv", file())})
        assert today.status_code == 422 and "Ngày này chưa hết." in words(today)
        upload = SimpleUploadedFile("a.csv", file(row(attempt.reference)))
        page = words(there.post(go("reconciliation"), {**sent, "file": upload}, follow=True))
        assert "Đã đối soát ngày 25/11/2026: 1 dòng trong tệp." in page and "đang ghi nhận 1 khoản" in page
        apply_proofs()
        assert "khớp" in words(there.get(go("reconciliation")))
    attempt.refresh_from_db()
    assert attempt.settles and SettlementRun.objects.get().read_by == money_desk.accountant


def test_who_hands_a_file_in_settles_no_matter_of_their_own(money_desk):
    attempt = money_desk.paying()
    dossier = attempt.obligation.dossier
    with past_the_triggers():
        type(dossier).objects.filter(pk=dossier.pk).update(submitter=money_desk.accountant)
    reconcile(row(attempt.reference), reader=money_desk.accountant)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SENT
    assert kinds() == [("missing_here", 0, FEE)] and Difference.objects.get().owner == money_desk.second_accountant


# ---------------------------------------------------------------- fetched each morning
@pytest.fixture
def gateway(settings):
    """A web server with the answers {path: (status, body)}."""
    answers, asked = {}, []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, body = answers.get(self.path, (404, b""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SETTLEMENT_URL = f"http://127.0.0.1:{server.server_port}/doi-soat/{{terminal}}/{{day}}.csv"
    answers["asked"] = asked
    yield answers
    server.shutdown()
    server.server_close()


def test_the_file_of_yesterday_is_fetched_in_the_morning_and_tried_again_until_it_is_there(money_desk, gateway):
    attempt = money_desk.paying()
    path = f"/doi-soat/{point().code}/20261125.csv"
    with clock.at(NEXT_MORNING - dt.timedelta(hours=3)):
        assert runs.run() == 0, "five o'clock is too early"
    with clock.at(NEXT_MORNING):
        assert runs.run() == 1 and runs.run() == 0
        fetch = SettlementFetch.objects.get()
        assert outbox.do(SettlementFetch, fetch.pk) is False and gateway["asked"] == [path]
        fetch.refresh_from_db()
        assert fetch.due_state == "waiting" and "404" in fetch.last_error and fetch.next_at > clock.now()
        gateway[path] = (200, file(row(attempt.reference)))
        outbox.do(SettlementFetch, fetch.pk)
        apply_proofs()
    fetch.refresh_from_db()
    attempt.refresh_from_db()
    assert fetch.due_state == "done" and attempt.settles and SettlementRun.objects.get().read_by is None


def test_a_day_that_was_read_by_hand_is_not_fetched(money_desk, gateway):
    money_desk.paying()
    reconcile()
    with clock.at(NEXT_MORNING):
        assert runs.run() == 0


def test_days_on_which_the_portal_stood_still_are_asked_for_later(money_desk, gateway):
    money_desk.paying()
    reconcile()
    with clock.at(NEXT_MORNING + dt.timedelta(days=3)):
        assert runs.run() == 3
    days = set(SettlementFetch.objects.values_list("day", flat=True))
    assert days == {DAY + dt.timedelta(days=n) for n in (1, 2, 3)}


def test_without_an_address_nothing_is_fetched(money_desk, settings):
    money_desk.paying()
    settings.SETTLEMENT_URL = ""
    with clock.at(NEXT_MORNING):
        assert runs.run() == 0


@pytest.mark.slow
def test_all_is_whole_after_a_day_of_everything(money_desk):
    paid(money_desk)
    late, wrong = money_desk.paying(), paid(money_desk)
    going_back(money_desk, RefundState.PROCESSING)
    reconcile(row(late.reference), row(wrong.reference, amount=3), row("X261125000000001"))
    assert list(invariants.violations()) == []
    call_command("check_invariants", verbosity=0)
