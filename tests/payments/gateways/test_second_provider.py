"""A second provider with another protocol (JSON by POST, signature in a header, words as codes, whole đồng) passes the whole
lifecycle of a payment without changes outside this file."""

import datetime as dt
import hashlib
import hmac
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from payments import outcomes
from payments.accounting import invariants
from payments.attempts import ways
from payments.enquiries import schedule, terminal_lease
from payments.gateways import base, register
from payments.gateways import outcomes as words
from payments.models import (
    AttemptState,
    CollectionPoint,
    Difference,
    GatewayEvent,
    GatewayQuestion,
    LedgerEntry,
    PaymentAttempt,
    Refund,
    RefundCall,
    RefundState,
    SettlementFetch,
    SettlementProof,
)
from payments.reconciliation import runs
from payments.refunds import approval
from portal.common import clock, outbox
from tests.dossiers.pages import browse
from tests.dossiers.pages import words as read_out
from tests.money import FEE

pytestmark = pytest.mark.django_db
KEY = "xupay"
SECRET = "khoa-cua-cong-thu-hai"


def sealed(text):
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()


class Xupay:
    """The provider, and its remote end: `says` is the next answer."""

    key, notice_method = KEY, "POST"
    OUTCOMES = {"OK": words.PAID, "NO": words.CANCELLED, "POOR": words.failed("Ví không đủ tiền."), "ODD": words.SUSPECTED}
    UNDECIDED = {"WAIT": words.UNFINISHED, "HUSH": words.UNANSWERED, "NONE": words.ABANDONED}
    REFUNDS = {"OK": RefundState.DONE, "WAIT": RefundState.PROCESSING, "NO": RefundState.REFUSED}
    REPLIES = {
        base.NoticeResult.CONFIRMED: "TAKEN",
        base.NoticeResult.ALREADY_CONFIRMED: "KNOWN",
        base.NoticeResult.UNKNOWN_REFERENCE: "WHOSE",
        base.NoticeResult.WRONG_AMOUNT: "SUM",
        base.NoticeResult.BAD_SIGNATURE: "SEAL",
        base.NoticeResult.FAILED: "AGAIN",
    }

    def __init__(self, terminal):
        self.terminal = terminal
        self.says, self.ordered = [], []

    def is_configured(self, point):
        return point.code == self.terminal

    # the payer's way
    def pay_url(self, attempt, *, ip, language):
        facts = {"ref": attempt.reference, "dong": attempt.amount, "by": attempt.bank_choice}
        return f"https://xu.example/pay?{urlencode(facts)}"

    def read_return(self, raw):
        facts = dict(parse_qsl(raw))
        seal = facts.pop("seal", "")
        return self._notice(json.dumps(facts), seal)

    # its own call
    def raw_notice(self, request):
        return f"{request.headers.get('X-Seal', '')} {request.body.decode('utf-8', 'replace')}"

    def read_notice(self, raw):
        seal, _blank, body = raw.partition(" ")
        return self._notice(body, seal)

    def _notice(self, body, seal):
        if not hmac.compare_digest(seal, sealed(body)):
            raise base.BadSignature
        try:
            said = json.loads(body)
        except ValueError:
            raise base.Unreadable("not JSON") from None
        if said["shop"] != self.terminal:
            raise base.ForeignTerminal
        outcome = self.OUTCOMES.get(said["word"], words.UNCLEAR)
        return base.Notice(self.terminal, said["ref"], int(said["dong"]), outcome, said["word"], said["no"], "XU")

    def answer_notice(self, result):
        word = self.REPLIES[result]
        return base.Reply(word, f"<{word}/>", "application/xml")

    # questions and orders
    def query(self, attempt, *, timeout=None):
        return self._answer(attempt, attempt.amount, "pay")

    def refund(self, refund, *, by):
        self.ordered.append((refund.request_id, refund.amount))
        return self._answer(refund.attempt, refund.amount, "back")

    def _answer(self, attempt, amount, about):
        said = self.says.pop(0)
        if isinstance(said, Exception):
            raise said
        word, about, amount = said if isinstance(said, tuple) else (said, about, amount)
        outcome = self.UNDECIDED.get(word) or self.OUTCOMES[word]
        if word == "OK" and (about, amount) != ("pay", attempt.amount):
            outcome = words.UNCLEAR
        return base.Answer(
            is_done=word not in ("HUSH", "NONE"),
            subject=base.Subject.REFUND if about == "back" else base.Subject.PAYMENT,
            reference=attempt.reference,
            amount=amount,
            outcome=outcome,
            refund=self.REFUNDS.get(word, RefundState.UNKNOWN),
            is_success=word == "OK",
            is_busy=word == "HUSH",
            code=word,
            transaction_no="xu-back-1" if about == "back" else "xu-1",
            bank_code="XU",
            raw=json.dumps({"word": word, "about": about}),
        )

    def outcome_of_code(self, code, state):
        found = self.OUTCOMES.get(code)
        return found if found and found.state == state else None

    # settlement files
    def settlement_address(self, point, day):
        return f"https://xu.example/days/{point.code}/{day}"

    def read_settlement(self, content, day):
        try:
            return [self.read_settlement_line(row) for row in content.decode().splitlines()]
        except (ValueError, KeyError):
            raise base.UnreadableFile("Tệp không đọc được.") from None

    def read_settlement_line(self, raw):
        row = json.loads(raw)
        at = dt.datetime.fromisoformat(row["at"])
        return base.SettlementLine(row["ref"], row["no"], abs(row["dong"]), row["dong"] < 0, at, "XU", raw)

    def paid_on(self, raw):
        return None


@pytest.fixture
def xupay(money_desk, monkeypatch, settings):
    """The point of the criminal record procedure uses the second provider; VNPAY has no secrets."""
    point = CollectionPoint.objects.get(terminal=money_desk.draft().offering.terminal_id)
    there = Xupay(point.code)
    monkeypatch.setitem(register.PROVIDERS, KEY, there)
    settings.VNPAY_SECRETS = {}
    CollectionPoint.objects.update(provider=KEY)
    return there


@pytest.fixture
def attempt(xupay, money_desk):
    return money_desk.paying()


def notice(attempt, word="OK", *, seal=None, **changed):
    """Send its IPN over HTTP. Returns our answer."""
    facts = {"shop": attempt.point.code, "ref": attempt.reference, "dong": attempt.amount, "word": word, "no": "xu-1", **changed}
    body = json.dumps(facts)
    answer = Client(enforce_csrf_checks=True).post(
        reverse("payment_ipn", args=[KEY]), body, content_type="application/json",
        headers={"X-Seal": sealed(body) if seal is None else seal},
    )  # fmt: skip
    assert answer.status_code == 200 and answer["Content-Type"] == "application/xml"
    return answer.content.decode()


def back(attempt, word="OK"):
    """The payer returns. Returns the text of the page."""
    facts = {"shop": attempt.point.code, "ref": attempt.reference, "dong": str(attempt.amount), "word": word, "no": "xu-1"}
    query = urlencode({**facts, "seal": sealed(json.dumps(facts))})
    return read_out(Client().get(f"{reverse('payments:return', args=[KEY])}?{query}"))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def work(model, **facts):
    """Run the one waiting row as if it were due, as a worker would."""
    row = model.objects.get(due_state="waiting", **facts)
    model.objects.filter(pk=row.pk).update(next_at=clock.now())
    outbox.do(model, row.pk)


def all_whole():
    return not list(invariants.violations())


# ------------------------------------------------------------ begin, be told, come back


def test_the_button_leads_to_the_second_provider(xupay, money_desk):
    dossier = money_desk.waiting()
    answer = browse(dossier.submitter).post(f"/ho-so/{dossier.code}/tra-phi/", {"cach": "the-noi-dia"})
    (attempt,) = PaymentAttempt.objects.all()
    address = urlsplit(answer["Location"])
    assert address.netloc == "xu.example" and dict(parse_qsl(address.query))["ref"] == attempt.reference
    assert attempt.is_online and ways.short_name(attempt) == "thẻ ATM"
    assert GatewayQuestion.objects.get().attempt == attempt  # nobody may ever call


def test_its_notice_settles_once_and_every_answer_is_in_its_own_words(attempt):
    assert notice(attempt, seal="x") == "<SEAL/>"
    assert notice(attempt, shop="KHACXXX1") == "<SEAL/>"
    assert notice(attempt, ref="P000000000000XXXX") == "<WHOSE/>"
    assert notice(attempt, dong=1) == "<SUM/>"
    assert fresh(attempt).state == AttemptState.SENT
    assert notice(attempt) == "<TAKEN/>" and notice(attempt) == "<KNOWN/>"
    paid = fresh(attempt)
    assert (paid.state, paid.settles, paid.code, paid.transaction_no, paid.bank_code) == ("paid", True, "OK", "xu-1", "XU")
    assert paid.obligation.dossier.state == "SUBMITTED" and LedgerEntry.objects.count() == 2
    assert list(GatewayEvent.objects.values_list("kind", "verdict", "answer")) == [
        ("ipn", "bad_signature", "SEAL"), ("ipn", "foreign_terminal", "SEAL"), ("ipn", "unknown_ref", "WHOSE"),
        ("ipn", "wrong_amount", "SUM"), ("ipn", "valid", "TAKEN"), ("ipn", "duplicate", "KNOWN"),
    ]  # fmt: skip
    assert all_whole()


def test_the_doors_of_the_two_providers_are_apart(attempt):
    assert Client().get(reverse("payment_ipn", args=[KEY])).status_code == 405
    assert Client().post("/thanh-toan/khong-co/ipn").status_code == 404
    assert Client().get("/thanh-toan/ket-qua/khong-co").status_code == 404
    assert Client().get("/thanh-toan/vnpay/ipn?vnp_TmnCode=" + attempt.point.code).json()["RspCode"] == "97"


def test_a_failure_is_said_in_the_words_of_its_code(attempt):
    assert notice(attempt, "POOR") == "<TAKEN/>"
    failed = fresh(attempt)
    assert (failed.state, failed.code, outcomes.of_attempt(failed).sentence) == ("failed", "POOR", "Ví không đủ tiền.")


def test_a_doubt_is_looked_at_and_ended_by_our_question(attempt, xupay):
    assert notice(attempt, "ODD") == "<TAKEN/>"
    assert fresh(attempt).state == AttemptState.REVIEW
    assert outcomes.of_attempt(fresh(attempt)).sentence == words.SUSPECTED.sentence
    xupay.says = ["OK"]
    work(GatewayQuestion)
    assert fresh(attempt).settles


def test_coming_back_settles_nothing_but_holds_a_second_payment_until_the_provider_was_asked(attempt, xupay, money_desk):
    assert "đang kiểm tra" in back(attempt) and fresh(attempt).state == AttemptState.SENT
    with pytest.raises(ways.NotPayable):
        money_desk.paying(dossier=attempt.obligation.dossier)
    xupay.says = ["OK"]
    work(GatewayQuestion)
    assert fresh(attempt).settles and "Đã nhận đủ tiền" in back(attempt)


# ------------------------------------------------------------ ask


def test_when_nobody_told_us_it_is_asked_left_alone_when_busy_and_late_money_counts(xupay, money_desk):
    with clock.at(clock.now() - dt.timedelta(minutes=45)):
        attempt = money_desk.paying()
    xupay.says = ["HUSH"]
    work(GatewayQuestion)
    assert terminal_lease.quiet_until(attempt.point_id) and fresh(attempt).state == AttemptState.SENT
    CollectionPoint.objects.update(quiet_until=None)
    xupay.says = [base.NoAnswer("no answer"), "NONE"]
    work(GatewayQuestion)
    assert fresh(attempt).state == AttemptState.SENT
    work(GatewayQuestion)
    assert fresh(attempt).state == AttemptState.EXPIRED and not GatewayQuestion.objects.filter(due_state="waiting").exists()
    assert notice(attempt) == "<TAKEN/>"
    assert fresh(attempt).settles and all_whole()


def test_a_person_who_waits_is_answered_at_once(attempt, xupay):
    xupay.says = ["WAIT"]
    assert schedule.ask_now(attempt).outcome.sentence == words.UNFINISHED.sentence
    assert GatewayQuestion.objects.get(due_state="waiting").tries_so_far == 0  # the payer may be at it


def test_an_answer_over_another_sum_settles_nothing_and_opens_a_difference(attempt, xupay):
    xupay.says = [("OK", "pay", FEE - 1)]
    work(GatewayQuestion)
    assert fresh(attempt).state == AttemptState.REVIEW and not LedgerEntry.objects.exists()
    found = Difference.objects.get()
    assert (found.kind, found.our_amount, found.their_amount) == ("amount", FEE, FEE - 1)


# ------------------------------------------------------------ money back, and the file of the morning


@pytest.fixture
def refund(attempt, money_desk):
    notice(attempt)
    proposed = approval.propose(fresh(attempt), "other", actor=money_desk.accountant)
    return approval.approve(proposed, money_desk.second_accountant)


def test_money_is_sent_back_asked_about_and_done(refund, xupay):
    xupay.says = ["WAIT"]
    work(RefundCall, kind="send")
    assert fresh(refund).state == RefundState.PROCESSING and xupay.ordered == [(refund.request_id, FEE)]
    xupay.says = ["HUSH"]
    work(RefundCall, kind="query")
    assert fresh(refund).state == RefundState.PROCESSING
    CollectionPoint.objects.update(quiet_until=None)
    xupay.says = [("OK", "back", FEE)]
    work(RefundCall, kind="query")
    done = fresh(refund)
    assert (done.state, done.code, done.transaction_no) == (RefundState.DONE, "OK", "xu-back-1")
    assert not RefundCall.objects.filter(due_state="waiting").exists() and all_whole()


def test_an_order_that_got_lost_goes_out_again_under_its_own_number(refund, xupay):
    xupay.says = [base.NoAnswer("no answer")]
    work(RefundCall, kind="send")
    assert fresh(refund).state == RefundState.UNKNOWN
    xupay.says = ["OK"]  # the payment, and no word of a refund
    work(RefundCall, kind="query")
    xupay.says = ["WAIT"]
    work(RefundCall, kind="send")
    assert fresh(refund).state == RefundState.PROCESSING and xupay.ordered == [(refund.request_id, FEE)] * 2


def row(attempt, dong, at, no="xu-1"):
    return json.dumps({"ref": attempt.reference, "no": no, "dong": dong, "at": at.isoformat()})


def test_its_settlement_file_proves_what_nobody_told_us(attempt):
    day, now = clock.today(), clock.local(clock.now())
    runs.read_file(attempt.point, day, row(attempt, FEE, now).encode())
    work(SettlementProof)
    assert fresh(attempt).settles and fresh(attempt).transaction_no == "xu-1"
    run = runs.read_file(attempt.point, day, row(attempt, FEE, now).encode())
    assert (run.our_total, run.their_total) == (FEE, FEE) and not Difference.objects.exists()
    with pytest.raises(base.UnreadableFile):
        runs.read_file(attempt.point, day, b"TxnRef,TransactionNo")


def test_its_files_are_fetched_each_morning(attempt):
    with clock.at(dt.datetime.combine(clock.today() + dt.timedelta(days=1), dt.time(7), clock.LOCAL)):
        assert runs.run() == 1
    assert SettlementFetch.objects.get().point == attempt.point


def test_money_of_a_refund_in_the_file_ends_it(refund, xupay):
    xupay.says = ["WAIT"]
    work(RefundCall, kind="send")
    now = clock.local(clock.now())
    rows = [row(refund.attempt, FEE, now), row(refund.attempt, -FEE, now, "xu-back-1")]
    runs.read_file(refund.attempt.point, clock.today(), "\n".join(rows).encode())
    work(SettlementProof)
    assert Refund.objects.get().state == RefundState.DONE and not Difference.objects.exists()
