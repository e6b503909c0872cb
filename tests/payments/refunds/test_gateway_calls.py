"""Refunds through the gateway: recorded first, queried without an answer, sent again only under the same number."""

import datetime as dt

import httpx
import pytest

from accounts.messages.models import Message
from dossiers.models import FeeObligation
from payments.accounting import invariants
from payments.attempts import expiry, settlement
from payments.enquiries import schedule, terminal_lease
from payments.gateways.base import NoAnswer, NotSent
from payments.ledger import entries
from payments.models import Difference, GatewayQuestion, LedgerEntry, PaymentAttempt, Refund, RefundCall
from payments.refunds import approval, gateway_calls
from portal.common import clock, outbox
from tests.money import FEE
from tests.payments.gateway import SILENCE, TOO_SOON, over_the_wire, wire_words

pytestmark = pytest.mark.django_db

ONLY_THE_PAYMENT = {}  # type 01, status 00


def refunded(status, amount=FEE, number="24000001", **more):
    """An answer about the refund itself."""
    return {"status": status, "type": "02" if amount == FEE else "03", "amount": amount, "number": number, **more}


@pytest.fixture
def approved(money_desk):
    """Call it for a refund of money paid twice (of `amount`), approved by the second accountant, not sent yet."""

    def make(amount=None):
        attempt = money_desk.paying()
        settlement.settle(attempt.reference, cause="ipn", transaction_no="14226112")
        proposed = approval.propose(attempt, "other", amount=amount, actor=money_desk.accountant)
        return approval.approve(proposed, money_desk.second_accountant)

    return make


def calls(refund, kind):
    return RefundCall.objects.filter(refund=refund, kind=kind, due_state="waiting")


def work(refund, kind):
    """Run the waiting call of this kind as if it were due, as a worker would."""
    call = calls(refund, kind).get()
    RefundCall.objects.filter(pk=call.pk).update(next_at=clock.now())
    outbox.do(RefundCall, call.pk)
    return Refund.objects.select_related("attempt__obligation").get(pk=refund.pk)


def send(refund):
    return work(refund, "send")


def ask(refund):
    return work(refund, "query")


def in_seconds(row):
    return (row.next_at - clock.now()).total_seconds()


def balance():
    return sum(LedgerEntry.objects.values_list("amount", flat=True))


# ------------------------------------------------------------ the order


def test_the_order_is_written_down_before_it_is_said_and_with_it_the_question(approved, gateway, settings):
    refund = approved()

    def look(asked):
        there = Refund.objects.get(pk=refund.pk)
        assert there.state == "sent" and there.moves.last().cause == "sending"
        assert not calls(refund, "send").exists()
        assert in_seconds(calls(refund, "query").get()) > settings.PAYMENT_TIMES["refund_query_after"] - 5
        return refunded("05")

    gateway.answers_refunds(look)
    assert send(refund).state == "processing"


def test_who_approved_it_goes_out_as_a_number_not_as_a_name(approved, gateway, money_desk):
    refund = approved()
    gateway.answers_refunds(refunded("05"))
    send(refund)
    assert gateway.sent == [(refund.request_id, f"canbo{money_desk.second_accountant.pk}")]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (refunded("00"), "done"),
        (refunded("05"), "processing"),
        (refunded("06"), "processing"),
        (refunded("09"), "refused"),
        (refunded("42"), "unknown"),
        (refunded("00", amount=1), "unknown"),  # another amount: not this order
        (refunded("00", reference="P261121083000A7K2"), "unknown"),
        ({"code": "95", "status": ""}, "refused"),
        ({"code": "91", "status": ""}, "refused"),
        ({"code": "97", "status": ""}, "refused"),
        ({"code": "99", "status": ""}, "unknown"),
        ({"code": "94", "status": ""}, "sent"),  # it is there
        (SILENCE, "unknown"),
        (NoAnswer("not signed by the gateway", raw="{}"), "unknown"),
        (NotSent("the gateway cannot be reached"), "unknown"),
    ],
)
def test_each_answer_moves_the_refund_where_it_belongs_and_is_kept(approved, gateway, said, state):
    refund = approved()
    gateway.answers_refunds(said)
    refund = send(refund)
    assert refund.state == state and refund.events.get().kind == "refund" and refund.events.get().attempt == refund.attempt
    assert calls(refund, "query").exists()
    assert balance() == 0 and entries.owed_back(refund.attempt) == (0 if state in ("done", "refused") else FEE)
    again = refund.attempt.refunds.exclude(pk=refund.pk).filter(state="requested").first()
    assert (again and again.amount) == (FEE if state == "refused" else None)  # still to be given back, another way


def test_done_means_the_money_is_gone_and_the_fee_is_refunded(approved, gateway):
    refund = approved()
    gateway.answers_refunds(refunded("00"))
    refund = send(refund)
    assert (refund.transaction_no, refund.code) == ("24000001", "00/00") and refund.done_at
    assert (refund.attempt.obligation.status, refund.attempt.obligation.settled_amount) == ("refunded", 0)
    ask(refund)
    assert gateway.asked == [] and not calls(refund, "query").exists()


def test_a_second_worker_sends_nothing(approved, gateway):
    refund = approved()
    call = calls(refund, "send").get()
    gateway.answers_refunds(refunded("05"))
    outbox.do(RefundCall, call.pk), outbox.do(RefundCall, call.pk)
    RefundCall.objects.create(refund=refund, kind="send")  # a row too many, from wherever
    send(refund)
    assert len(gateway.sent) == 1


# ------------------------------------------------------------ trouble


def test_a_crash_between_the_two_is_found_out_and_the_same_number_goes_out(approved, gateway):
    refund = approved()
    gateway.answers_refunds(lambda about: (_ for _ in ()).throw(SystemExit("killed")))
    with pytest.raises(SystemExit):
        send(refund)
    assert Refund.objects.get(pk=refund.pk).state == "sent"
    gateway.says(ONLY_THE_PAYMENT)
    gateway.answers_refunds(refunded("05"))
    assert ask(refund).state == "unknown"
    refund = send(refund)
    assert refund.state == "processing" and [number for number, _by in gateway.sent] == [refund.request_id] * 2
    causes = list(refund.moves.values_list("cause", flat=True))
    assert causes == ["person", "sending", "no_answer", "not_received", "answer"]


@pytest.mark.parametrize(("status", "state"), [("00", "done"), ("05", "processing"), ("06", "processing"), ("09", "refused")])
def test_a_lost_answer_is_found_by_asking_and_nothing_is_sent_again(approved, gateway, status, state):
    refund = approved()
    gateway.answers_refunds(SILENCE)
    gateway.says(refunded(status))
    send(refund)
    refund = ask(refund)
    assert (refund.state, refund.moves.last().cause, len(gateway.sent)) == (state, "querydr", 1)
    assert calls(refund, "query").exists() == (state == "processing") and not calls(refund, "send").exists()


def test_what_is_being_worked_on_is_asked_until_it_is_done(approved, gateway):
    refund = approved()
    gateway.answers_refunds(refunded("05"))
    gateway.says(refunded("05"), refunded("06"), SILENCE, ONLY_THE_PAYMENT, {"code": "99", "status": ""}, refunded("00"))
    send(refund)
    states = [ask(refund).state for _ in range(6)]
    assert states == ["processing"] * 5 + ["done"] and len(gateway.sent) == 1
    assert balance() == 0 and not calls(refund, "query").exists()


def test_the_pauses_between_the_questions_grow(approved, gateway):
    refund = approved()
    gateway.answers_refunds(SILENCE)
    gateway.says(SILENCE)
    send(refund)
    pauses = []
    for _ in range(7):
        ask(refund)
        pauses.append(round(in_seconds(calls(refund, "query").get()), -1))
    assert pauses == [60, 120, 300, 600, 1800, 1800, 1800]


def test_where_nobody_was_reached_it_goes_out_again_without_asking(approved, gateway):
    refund = approved()
    gateway.answers_refunds(NotSent("the gateway cannot be reached"), refunded("05"))
    assert send(refund).state == "unknown" and in_seconds(calls(refund, "send").get()) > 50
    assert send(refund).state == "processing" and gateway.asked == []
    assert len({number for number, _by in gateway.sent}) == 1


def test_94_to_the_order_means_it_is_there(approved, gateway):
    refund = approved()
    gateway.answers_refunds(TOO_SOON)
    gateway.says(refunded("06"))
    assert send(refund).state == "sent" and terminal_lease.quiet_until(refund.attempt.point_id) is None
    assert ask(refund).state == "processing" and len(gateway.sent) == 1


def test_an_order_lost_twice_still_has_one_number(approved, gateway):
    refund = approved()
    gateway.answers_refunds(SILENCE)
    gateway.says(ONLY_THE_PAYMENT)
    send(refund)
    for _ in range(3):
        ask(refund), ask(refund)  # asking twice owes one order
        send(refund)
    assert len(gateway.sent) == 4 and len({number for number, _by in gateway.sent}) == 1
    gateway.says(refunded("00"))
    assert ask(refund).state == "done"


def test_94_to_a_question_quiets_the_terminal_for_everybody(approved, gateway, settings):
    refund = approved()
    gateway.answers_refunds(SILENCE)
    gateway.says(TOO_SOON)
    send(refund), ask(refund)
    assert terminal_lease.quiet_until(refund.attempt.point_id)
    ask(refund)
    assert len(gateway.asked) == 1 and in_seconds(calls(refund, "query").get()) > settings.PAYMENT_TIMES["quiet_when_busy"] - 5


def test_questions_about_refunds_take_turns_and_let_people_go_first(approved, gateway, past):
    refund, attempt = approved(), past()
    gateway.answers_refunds(SILENCE)
    send(refund)
    schedule.ask_soon(attempt, "complaint", seconds=0)
    ask(refund)
    assert gateway.asked == [] and in_seconds(calls(refund, "query").get()) < 5
    GatewayQuestion.objects.all().delete()
    lease = terminal_lease.acquire(attempt.point_id)
    ask(refund)
    assert gateway.asked == []
    terminal_lease.release(lease)
    ask(refund)
    assert gateway.asked == [refund.attempt.reference]
    assert terminal_lease.acquire(attempt.point_id)


def test_an_earlier_refund_of_the_same_payment_is_not_taken_for_this_one(approved, gateway, money_desk):
    first = approved(amount=50_000)
    gateway.answers_refunds(refunded("00", 50_000, "24000001"))
    send(first)
    second = approval.propose(first.attempt, "other", amount=50_000, actor=money_desk.accountant)
    approval.approve(second, money_desk.second_accountant)
    gateway.answers_refunds(SILENCE, refunded("05", 50_000, "24000002"))
    gateway.says(refunded("00", 50_000, "24000001"), refunded("00", 50_000, "24000002"))
    send(second)
    assert ask(second).state == "unknown"
    assert send(second).state == "processing"
    assert ask(second).state == "done" and balance() == 0


def test_a_refund_of_another_amount_is_not_taken_for_this_one(approved, gateway):
    refund = approved(amount=50_000)
    gateway.answers_refunds(SILENCE)
    gateway.says(refunded("00", 70_000))
    send(refund)
    assert ask(refund).state == "unknown" and calls(refund, "send").exists()


def test_refused_by_the_bank_the_fee_is_paid_again_and_the_money_is_to_go_another_way(approved, gateway, money_desk):
    refund = approved()
    gateway.answers_refunds(refunded("05"))
    gateway.says(refunded("09"))
    send(refund)
    refund = ask(refund)
    difference = Difference.objects.get()
    assert (refund.state, difference.kind, difference.reference, difference.our_amount) == (
        "refused",
        "refund",
        refund.request_id,
        FEE,
    )
    obligation = FeeObligation.objects.get()
    assert (obligation.status, obligation.settled_amount, entries.owed_back(refund.attempt)) == ("paid", FEE, 0)
    assert refund.attempt.receipts.filter(state="valid").get().amount == FEE
    by_hand = refund.attempt.refunds.get(state="requested")
    assert (by_hand.amount, by_hand.way, by_hand.requested_by) == (FEE, "by_hand", None)
    assert not list(invariants.violations())

    approval.decline(by_hand, money_desk.second_accountant, note="thẻ đã mở lại")
    assert approval.refundable(refund.attempt) == FEE
    again = approval.propose(refund.attempt, "other", actor=money_desk.accountant)
    assert again.request_id != refund.request_id
    approval.approve(again, money_desk.second_accountant)
    assert entries.owed_back(refund.attempt) == FEE
    gateway.answers_refunds(refunded("00", number="24000009"))
    assert send(again).state == "done" and entries.owed_back(refund.attempt) == 0 == balance()
    assert not list(invariants.violations())


def test_a_refused_part_belongs_to_the_fee_again_and_an_earlier_part_stays_gone(approved, gateway, money_desk):
    first = approved(amount=50_000)
    gateway.answers_refunds(refunded("00", amount=50_000))
    assert send(first).state == "done"
    second = approval.propose(first.attempt, "other", amount=30_000, actor=money_desk.accountant)
    approval.approve(second, money_desk.second_accountant)
    assert FeeObligation.objects.get().settled_amount == FEE - 80_000
    gateway.answers_refunds(refunded("09", amount=30_000, number="24000002"))
    assert send(second).state == "refused"
    obligation = FeeObligation.objects.get()
    assert (obligation.status, obligation.settled_amount) == ("part_refunded", FEE - 50_000)
    valid = first.attempt.receipts.filter(state="valid").get()
    assert valid.amount == FEE - 50_000 == sum(line["amount"] for line in valid.lines)
    assert not list(invariants.violations())


@pytest.mark.parametrize("amount", [FEE - 1, 70_000])
def test_another_amount_of_a_refund_stands_among_the_differences(approved, gateway, amount):
    refund = approved()
    gateway.answers_refunds(refunded("00", amount=amount))
    gateway.says(refunded("00", amount=amount))
    send(refund)
    ask(refund)
    difference = Difference.objects.get()
    assert (difference.kind, difference.reference) == ("refund", refund.request_id)
    assert (difference.our_amount, difference.their_amount) == (FEE, amount) and difference.owner


def test_a_refund_over_an_amount_that_cannot_be_read_is_not_sent_again(approved, gateway):
    """10.005 hundredths are no whole đồng: the answer is about our refund or not, nobody knows."""
    refund = approved()
    gateway.answers_refunds(SILENCE)
    gateway.says(refunded("00", amount=100.05))
    send(refund)
    assert ask(refund).state == "unknown" and not calls(refund, "send").filter(due_state="waiting").exists()
    assert Difference.objects.get().their_amount is None


def test_a_refund_paid_out_by_hand_calls_nobody(money_desk, gateway):
    attempt = money_desk.paying("transfer")
    settlement.settle(attempt.reference, cause="statement")
    refund = approval.approve(approval.propose(attempt, "other", actor=money_desk.accountant), money_desk.second_accountant)
    assert refund.way == "by_hand" and not RefundCall.objects.exists()
    approval.paid_out(refund, money_desk.accountant, document="UNC 12")
    assert balance() == 0 and gateway.sent == []


@pytest.mark.parametrize("state", ["approved", "sent", "unknown", "processing"])
def test_a_refund_whose_row_was_lost_is_found_again(approved, gateway, state):
    refund = approved()
    if state != "approved":
        gateway.answers_refunds({"sent": TOO_SOON, "unknown": SILENCE, "processing": refunded("05")}[state])
        assert send(refund).state == state
    RefundCall.objects.filter(refund=refund).update(due_state="dead")
    expiry.run(), expiry.run()
    assert RefundCall.objects.get(refund=refund, due_state="waiting").kind == ("send" if state == "approved" else "query")


# ------------------------------------------------------------ told, and over the wire


def subjects(refund, user):
    rows = Message.objects.filter(recipient=user, channel="inbox", key__startswith=f"money:refund:{refund.pk}:")
    return [subject.partition(":")[0] for subject in rows.order_by("pk").values_list("subject", flat=True)]


def test_the_payer_is_told_each_thing_once(approved, gateway, money_desk):
    refund = approved()
    gateway.answers_refunds(refunded("05"))
    gateway.says(refunded("06"), refunded("00"))
    send(refund), ask(refund), ask(refund)
    assert subjects(refund, refund.attempt.obligation.dossier.submitter) == [
        "Được hoàn 200.000\xa0đồng",
        "Đã hoàn 200.000\xa0đồng",
    ]
    assert subjects(refund, money_desk.second_accountant) == ["Cần duyệt"]
    assert subjects(refund, money_desk.accountant) == []


def test_a_refusal_is_told_to_the_payer_and_to_the_accountants(approved, gateway, money_desk):
    refund = approved()
    gateway.answers_refunds(refunded("09"))
    send(refund)
    assert subjects(refund, refund.attempt.obligation.dossier.submitter)[-1] == "Ngân hàng chưa hoàn được tiền"
    assert subjects(refund, money_desk.accountant) == ["Ngân hàng từ chối hoàn 200.000\xa0đồng"]


def test_over_the_wire_the_order_carries_its_number_and_is_believed_when_signed(approved, monkeypatch):
    refund = approved()

    def respond(values):
        facts = {"TmnCode": values["vnp_TmnCode"], "TxnRef": values["vnp_TxnRef"], "Amount": values["vnp_Amount"]}
        facts |= {"Command": "refund", "TransactionType": "02", "TransactionStatus": "05", "TransactionNo": "24000001"}
        names = wire_words.ANSWER_NAMES[:13]
        secret = f"DVC-MOCK-SECRET-KHONG-DUNG-THAT-{values['vnp_TmnCode']}"
        return httpx.Response(200, content=wire_words.api_answer(names=names, secret=secret, **facts))

    heard = over_the_wire(monkeypatch, respond)
    refund = send(refund)
    assert (refund.state, refund.transaction_no) == ("processing", "24000001")
    assert (heard[0]["vnp_RequestId"], heard[0]["vnp_TransactionNo"]) == (refund.request_id, "14226112")


@pytest.mark.parametrize(
    ("error", "again"),
    [(httpx.ReadTimeout("slow"), False), (httpx.ConnectError("nobody"), True), (httpx.ConnectTimeout("slow"), True)],
)
def test_over_the_wire_only_what_never_left_us_goes_out_again_unasked(approved, monkeypatch, error, again):
    refund = approved()
    over_the_wire(monkeypatch, lambda values: (_ for _ in ()).throw(error))
    assert send(refund).state == "unknown" and calls(refund, "send").exists() == again


def test_the_money_of_a_refund_under_way_is_not_promised_twice(approved, gateway, money_desk):
    refund = approved(amount=150_000)
    gateway.answers_refunds(SILENCE)
    send(refund)
    assert approval.propose(refund.attempt, "other", actor=money_desk.accountant) == refund
    assert approval.refundable(PaymentAttempt.objects.get(pk=refund.attempt_id)) == 50_000


def test_calls_of_refunds_that_ended_do_nothing(approved, gateway):
    refund = approved()
    gateway.answers_refunds(refunded("00"))
    send(refund)
    RefundCall.objects.create(refund=refund, kind="send")
    call = RefundCall.objects.create(refund=refund, kind="query", next_at=clock.now() - dt.timedelta(seconds=1))
    send(refund), outbox.do(RefundCall, call.pk)
    assert len(gateway.sent) == 1 and gateway.asked == []
    assert gateway_calls.UNDER_WAY == ("sent", "processing", "unknown")
