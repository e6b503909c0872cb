"""Queries of attempts: one at a time, valid only if signed, until the answer is final."""

import datetime as dt
import json

import httpx
import pytest
from django.db import transaction

from accounts.messages.models import Message
from dossiers.models import Dossier
from payments.attempts import settlement
from payments.enquiries import query, schedule, terminal_lease
from payments.gateways.base import NoAnswer
from payments.models import (
    CollectionPoint,
    Difference,
    GatewayEvent,
    GatewayQuestion,
    LedgerEntry,
    PaymentAttempt,
    Refund,
    Verdict,
)
from portal.common import clock, outbox
from tests import world
from tests.money import FEE
from tests.payments.gateway import PAID, SILENCE, TOO_SOON, UNFINISHED, UNKNOWN, over_the_wire, wire_words

pytestmark = pytest.mark.django_db


def question_of(attempt):
    return GatewayQuestion.objects.get(attempt=attempt, due_state="waiting")


def work(attempt):
    """Run the query of this attempt, as a worker would."""
    GatewayQuestion.objects.filter(attempt=attempt, due_state="waiting").update(next_at=clock.now())
    outbox.do(GatewayQuestion, question_of(attempt).pk)
    return PaymentAttempt.objects.select_related("obligation__dossier", "point").get(pk=attempt.pk)


def is_asked_again(attempt):
    return GatewayQuestion.objects.filter(attempt=attempt, due_state="waiting").exists()


def in_seconds(question):
    return (question.next_at - clock.now()).total_seconds()


# ------------------------------------------------------------ what the gateway says, and what that moves


def test_money_nobody_told_us_of_is_found_by_asking(past, gateway):
    attempt = past()
    gateway.says(PAID)
    attempt = work(attempt)
    assert (attempt.state, attempt.settles, attempt.code) == ("paid", True, "00/00") and attempt.resolved_at
    assert attempt.obligation.dossier.state == "SUBMITTED" and attempt.obligation.settled_amount == FEE
    move = attempt.moves.last()
    assert (move.cause, move.job, move.event.kind, move.event.verdict) == ("querydr", "payment", "querydr", "valid")
    assert not is_asked_again(attempt)


@pytest.mark.parametrize(
    ("said", "state", "final"),
    [
        ({"status": "02"}, "failed", True),
        ({"status": "11"}, "cancelled", True),
        ({"status": "08"}, "expired", True),
        (UNKNOWN, "expired", True),
        (UNFINISHED, "expired", False),
        ({"status": "04"}, "review", False),
        ({"status": "07"}, "review", False),
        ({"status": "05"}, "review", False),
        ({"status": "09"}, "review", False),
        ({"status": "42"}, "review", False),
        ({"status": ""}, "review", False),
        ({"type": "02"}, "review", False),  # a refund also answers 00
        ({"type": "03"}, "review", False),
        ({"type": ""}, "review", False),
    ],
)
def test_each_answer_moves_the_attempt_where_it_belongs(past, gateway, said, state, final):
    attempt = past(ago=dt.timedelta(minutes=20))
    gateway.says(said)
    attempt = work(attempt)
    assert (attempt.state, bool(attempt.resolved_at), is_asked_again(attempt)) == (state, final, not final)
    assert attempt.money_taken == ("no" if final else "checking")
    assert attempt.obligation.dossier.state == "PAYMENT_REQUIRED"


@pytest.mark.parametrize(
    "said",
    [
        SILENCE,
        NoAnswer("not signed by the gateway", raw='{"vnp_ResponseCode": "00"}'),
        NoAnswer("HTTP 500", raw="<html>"),
        {"code": "02", "status": ""},
        {"code": "03", "status": ""},
        {"code": "97", "status": ""},
        {"code": "99", "status": ""},
        {"reference": "P261121083000A7K2"},
    ],
)
def test_what_cannot_be_believed_moves_nothing_is_kept_and_is_asked_again(past, gateway, said):
    attempt = past()
    gateway.says(said)
    after = work(attempt)
    assert (after.state, after.resolved_at, after.obligation.attempt_open) == ("sent", None, True)
    assert attempt.events.filter(kind="querydr").count() == 1 and is_asked_again(attempt)


def test_an_answer_that_was_no_answer_is_kept_word_for_word(past, gateway):
    attempt = past()
    gateway.says(NoAnswer("not signed by the gateway", raw='{"vnp_ResponseCode": "00"}'), SILENCE)
    work(attempt), work(attempt)
    raws = list(attempt.events.values_list("raw", "verdict", "point__terminal"))
    assert raws == [
        ('{"vnp_ResponseCode": "00"}', "no_answer", attempt.point.code),
        ("no answer: ReadTimeout", "no_answer", attempt.point.code),
    ]


def test_another_amount_is_looked_at_and_stands_among_the_differences(past, gateway, money_desk):
    attempt = past()
    gateway.says({"amount": 150_000})
    attempt = work(attempt)
    difference = Difference.objects.get()
    assert (attempt.state, attempt.events.get().verdict) == ("review", Verdict.WRONG_AMOUNT)
    assert (difference.kind, difference.our_amount, difference.their_amount) == ("amount", FEE, 150_000)
    assert difference.attempt == attempt and difference.owner in (money_desk.accountant, money_desk.second_accountant)
    work(attempt)
    assert Difference.objects.count() == 1


@pytest.mark.parametrize("said", [{"amount": 1500.005}, {"amount": 0, "status": "07"}])
def test_an_amount_that_cannot_be_read_or_is_in_doubt_stands_among_the_differences(past, gateway, said):
    attempt = past()
    gateway.says(said)
    attempt = work(attempt)
    difference = Difference.objects.get()
    assert (difference.kind, difference.reference, difference.our_amount) == ("amount", attempt.reference, FEE)


def test_a_doubt_that_clears_up_settles_the_fee(past, gateway):
    attempt = past()
    gateway.says({"status": "07"}, PAID)
    assert work(attempt).state == "review"
    assert work(attempt).settles and attempt.obligation.dossier.events.filter(step="paid").count() == 1


@pytest.mark.parametrize(("said", "state"), [({"status": "02"}, "failed"), ({"status": "11"}, "cancelled"), (UNKNOWN, "expired")])
def test_a_doubt_ends_when_the_gateway_says_no_for_good(past, gateway, said, state):
    attempt = past()
    gateway.says({"status": "04"}, said)
    work(attempt)
    attempt = work(attempt)
    assert (attempt.state, attempt.money_taken, attempt.obligation.attempt_open) == (state, "no", False)


def test_not_finished_does_not_end_a_doubt(past, gateway):
    attempt = past(ago=dt.timedelta(minutes=20))
    gateway.says({"status": "07"}, UNFINISHED)
    work(attempt)
    assert work(attempt).state == "review" and is_asked_again(attempt)


# ------------------------------------------------------------ when it is asked, and when again


def test_before_its_time_is_over_not_finished_waits_for_the_end(money_desk, gateway, settings):
    attempt = money_desk.paying()
    gateway.says(UNFINISHED)
    attempt = work(attempt)
    assert attempt.state == "sent"
    assert question_of(attempt).next_at == attempt.expires_at + dt.timedelta(seconds=settings.PAYMENT_TIMES["ask_after_expiry"])


def test_before_its_time_is_over_no_answer_is_asked_again_soon(money_desk, gateway):
    attempt = money_desk.paying()
    gateway.says(SILENCE)
    assert work(attempt).state == "sent" and 50 < in_seconds(question_of(attempt)) <= 60


def test_the_pauses_grow_and_then_stay_the_longest_for_ever(past, gateway):
    attempt = past()
    gateway.says(SILENCE)
    pauses = []
    for _ in range(8):
        work(attempt)
        pauses.append(round(in_seconds(question_of(attempt)), -1))
    assert pauses == [60, 120, 300, 600, 1800, 1800, 1800, 1800]
    assert GatewayQuestion.objects.filter(attempt=attempt).count() == 1


def test_an_attempt_given_up_by_us_is_asked_until_the_word_is_final(past, gateway, money_desk):
    attempt = past(ago=dt.timedelta(minutes=20))
    gateway.says(UNFINISHED, UNFINISHED, {"status": "02"})
    assert (work(attempt).state, is_asked_again(attempt)) == ("expired", True)
    assert (work(attempt).resolved_at, is_asked_again(attempt)) == (None, True)
    attempt = work(attempt)
    assert (attempt.state, bool(attempt.resolved_at), is_asked_again(attempt)) == ("expired", True, False)


def test_not_finished_long_after_its_time_is_the_last_word(past, gateway):
    attempt = past(ago=dt.timedelta(hours=1, minutes=20))
    gateway.says(UNFINISHED)
    attempt = work(attempt)
    assert (attempt.state, attempt.money_taken, is_asked_again(attempt)) == ("expired", "no", False)


def test_money_after_the_last_word_is_still_not_lost(past, gateway):
    attempt = past(ago=dt.timedelta(hours=3))
    gateway.says(UNFINISHED)
    work(attempt)
    settled = settlement.settle(attempt.reference, cause="ipn")
    assert settled.settles and Dossier.objects.get(pk=attempt.obligation.dossier_id).state == "SUBMITTED"


@pytest.mark.parametrize("state", ["paid", "failed"])
def test_what_is_known_is_not_asked(past, gateway, state):
    attempt = past()
    if state == "paid":
        settlement.settle(attempt.reference, cause="ipn")
    else:
        settlement.record_outcome(attempt.reference, "failed", cause="ipn")
    outbox.do(GatewayQuestion, GatewayQuestion.objects.get(attempt=attempt).pk)
    assert gateway.asked == [] and not is_asked_again(attempt)


def test_a_returning_payer_brings_the_question_forward_and_never_doubles_it(money_desk, settings):
    attempt = money_desk.paying()
    schedule.ask_soon(attempt, "returned")
    schedule.ask_soon(attempt, "again")
    assert in_seconds(question_of(attempt)) <= settings.PAYMENT_TIMES["ask_after_return"]
    schedule.ask_soon(attempt, "complaint", seconds=500)
    found = question_of(attempt)
    assert (found.cause, in_seconds(found) <= settings.PAYMENT_TIMES["ask_after_return"]) == ("complaint", True)


def test_a_question_that_is_asked_late_does_not_come_too_early(past, gateway):
    attempt = past()
    gateway.says(SILENCE)
    work(attempt)
    assert outbox.lease(GatewayQuestion) == []


# ------------------------------------------------------------ one at a time, and silence after 94


def test_after_94_the_whole_terminal_is_quiet_and_nobody_is_forgotten(past, gateway, settings):
    first, second = past(), past()
    gateway.says(TOO_SOON)
    work(first)
    assert gateway.asked == [first.reference]
    quiet = terminal_lease.quiet_until(first.point_id)
    wanted = settings.PAYMENT_TIMES["quiet_when_busy"]
    assert wanted - 5 < (quiet - clock.now()).total_seconds() < 1.1 * wanted + 1
    work(second)
    assert gateway.asked == [first.reference]
    for attempt in (first, second):
        found = question_of(attempt)
        assert found.next_at >= quiet and found.tries_so_far == 0
    assert PaymentAttempt.objects.get(pk=first.pk).state == "sent"


def test_even_an_unsigned_94_is_heard_as_a_wish_for_patience(past, gateway):
    attempt = past()
    gateway.says(NoAnswer("not signed by the gateway", raw="{}", is_busy=True))
    work(attempt)
    assert terminal_lease.quiet_until(attempt.point_id)


def test_another_terminal_may_be_asked_meanwhile(past, gateway):
    attempt = past()
    other = CollectionPoint.objects.create(terminal=world.terminal("DVCTEST1"), name="Điểm thu khác")
    terminal_lease.silence(other.pk, 300)
    gateway.says(PAID)
    assert work(attempt).state == "paid"


def test_when_the_silence_is_over_everybody_is_asked_by_one_worker(past, gateway):
    attempts = [past() for _ in range(4)]
    gateway.says(TOO_SOON)
    work(attempts[0])
    for attempt in attempts[1:]:
        work(attempt)
    CollectionPoint.objects.update(quiet_until=None)
    GatewayQuestion.objects.update(next_at=clock.now())
    gateway.says(PAID)
    outbox.do(GatewayQuestion, question_of(attempts[2]).pk)
    assert sorted(gateway.asked[1:]) == sorted(attempt.reference for attempt in attempts)
    assert PaymentAttempt.objects.filter(state="paid").count() == 4


def test_people_who_wait_for_an_answer_go_first_then_who_was_never_asked_then_the_oldest(past, gateway):
    old, tried, complained, young = past(), past(), past(), past()
    GatewayQuestion.objects.filter(attempt=tried).update(tries_so_far=3)
    schedule.ask_soon(complained, "complaint", seconds=0)
    gateway.says(PAID)
    work(young)
    assert gateway.asked == [one.reference for one in (complained, old, young, tried)]


@pytest.mark.slow
def test_a_storm_of_94_ends_with_everybody_asked(past, gateway):
    """After each accepted query the gateway answers «too soon» for a while, as the real one does."""
    for _ in range(6):
        past()
    window = {"open": True}

    def moody(attempt):
        if not window["open"]:
            return TOO_SOON
        window["open"] = False
        return PAID

    gateway.says(moody)
    for _ in range(12):
        for found in GatewayQuestion.objects.filter(due_state="waiting", next_at__lte=clock.now()):
            outbox.do(GatewayQuestion, found.pk)
        CollectionPoint.objects.update(quiet_until=None)
        GatewayQuestion.objects.filter(due_state="waiting").update(next_at=clock.now())
        window["open"] = True
    assert PaymentAttempt.objects.filter(state="paid", settles=True).count() == 6
    assert len(gateway.asked) <= 12


def test_a_busy_terminal_leaves_the_question_due(past, gateway):
    attempt = past()
    lease = terminal_lease.acquire(attempt.point_id)
    work(attempt)
    assert gateway.asked == [] and question_of(attempt).next_at <= clock.now()
    terminal_lease.release(lease)
    gateway.says(PAID)
    assert work(attempt).state == "paid"


def test_a_turn_belongs_to_one_and_ends_by_itself(money_desk):
    point = money_desk.paying().point_id
    lease = terminal_lease.acquire(point)
    assert lease and terminal_lease.acquire(point) is None
    terminal_lease.release(terminal_lease.Lease(point, lease.until + dt.timedelta(seconds=1)))  # somebody else's
    assert terminal_lease.acquire(point) is None
    CollectionPoint.objects.filter(pk=point).update(busy_until=clock.now() - dt.timedelta(seconds=1))
    second = terminal_lease.acquire(point)
    assert second and terminal_lease.renew(lease) is None
    third = terminal_lease.renew(second)
    assert third and third.until >= second.until
    terminal_lease.silence(point, 60)
    assert terminal_lease.renew(third) is None and terminal_lease.acquire(point) is None


def test_a_silence_is_never_shortened(money_desk):
    point = money_desk.paying().point_id
    terminal_lease.silence(point, 600)
    terminal_lease.silence(point, 10)
    assert (terminal_lease.quiet_until(point) - clock.now()).total_seconds() > 500


# ------------------------------------------------------------ trouble in the middle


def test_nothing_is_locked_and_the_row_is_moved_on_before_the_gateway_is_asked(past, gateway):
    attempt = past()

    def look(attempt):
        found = question_of(attempt)
        assert found.next_at > clock.now() and found.due_state == "waiting"
        return PAID

    gateway.says(look)
    assert work(attempt).state == "paid"


def test_a_worker_that_dies_while_asking_leaves_the_question_for_later(past, gateway):
    attempt = past()
    gateway.says(lambda attempt: (_ for _ in ()).throw(SystemExit("killed")))
    with pytest.raises(SystemExit):
        work(attempt)
    assert 0 < in_seconds(question_of(attempt)) <= 60
    gateway.says(PAID)
    assert work(attempt).state == "paid"


def test_what_was_heard_stays_when_acting_on_it_fails_and_the_next_question_is_not_kept_waiting(past, gateway, monkeypatch):
    broken, whole = past(), past()
    real = settlement.settle

    def fails(reference, *args, **kwargs):
        if reference == broken.reference:
            raise RuntimeError("mid-way")
        return real(reference, *args, **kwargs)

    monkeypatch.setattr(query.settlement, "settle", fails)
    gateway.says(PAID)
    work(whole)
    assert broken.events.get().verdict == "valid" and is_asked_again(broken)
    assert PaymentAttempt.objects.get(pk=whole.pk).state == "paid"
    monkeypatch.undo()


def test_a_terminal_without_a_secret_is_logged_and_asked_later(past, settings, caplog):
    attempt = past()
    settings.VNPAY_SECRETS = {}
    work(attempt)
    assert "a question to the gateway failed" in caplog.text and in_seconds(question_of(attempt)) > 0


def test_the_gateway_is_never_asked_inside_a_lock_on_money(past, gateway):
    """Two queries of one terminal, each in its own transaction: during the first, the second attempt can be settled."""
    attempt = past()

    def meanwhile(asked):
        with transaction.atomic():
            settlement.settle(attempt.reference, cause="ipn")
        return PAID

    gateway.says(meanwhile)
    attempt = work(attempt)
    assert attempt.moves.filter(target="paid").count() == 1 and sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0


# ------------------------------------------------------------ over the wire, with the real client


def signed(values, **changed):
    """The JSON answer of the gateway to this query, signed with the secret of the terminal."""
    terminal = values["vnp_TmnCode"]
    facts = {
        "TmnCode": terminal,
        "TxnRef": values["vnp_TxnRef"],
        "Amount": str(FEE * 100),
        "OrderInfo": "Le phi",
        **changed,
    }
    return httpx.Response(200, content=wire_words.api_answer(secret=f"DVC-MOCK-SECRET-KHONG-DUNG-THAT-{terminal}", **facts))


def test_over_the_wire_a_signed_success_settles(past, monkeypatch):
    attempt = past()
    heard = over_the_wire(monkeypatch, signed)
    attempt = work(attempt)
    assert (attempt.state, attempt.transaction_no, attempt.bank_code) == ("paid", "14226112", "NCB")
    assert [values["vnp_Command"] for values in heard] == ["querydr"]
    assert json.loads(attempt.events.get().raw)["vnp_TransactionStatus"] == "00"


@pytest.mark.parametrize(
    "respond",
    [
        lambda values: httpx.Response(
            200, content=wire_words.api_answer(TmnCode=values["vnp_TmnCode"], TxnRef=values["vnp_TxnRef"])
        ),
        lambda values: httpx.Response(500, content=b"<h1>500</h1>"),
        lambda values: httpx.Response(200, content=b"[]"),
        lambda values: signed(values, TmnCode="DVCTEST1"),
        lambda values: (_ for _ in ()).throw(httpx.ReadTimeout("slow")),
        lambda values: (_ for _ in ()).throw(httpx.ConnectError("nobody")),
    ],
)
def test_over_the_wire_anything_else_is_no_answer(past, monkeypatch, respond):
    attempt = past()
    over_the_wire(monkeypatch, respond)
    assert work(attempt).state == "sent" and attempt.events.get().verdict == "no_answer" and is_asked_again(attempt)


def test_over_the_wire_a_signed_answer_of_another_attempt_settles_neither(past, monkeypatch, money_desk):
    attempt, other = past(), money_desk.paying()
    over_the_wire(monkeypatch, lambda values: signed(values, TxnRef=other.reference))
    work(attempt)
    assert not PaymentAttempt.objects.filter(state="paid").exists() and not Refund.objects.exists()
    assert GatewayEvent.objects.filter(verdict="unknown_ref").exists()


# ------------------------------------------------------------ the payer is told


def told(attempt):
    return list(
        Message.objects.filter(recipient=attempt.obligation.dossier.submitter, channel="inbox", key__startswith="money:")
        .order_by("pk")
        .values_list("subject", "body")
    )


def test_a_failed_payment_is_told_once_a_day_with_what_to_do(past, gateway, money_desk):
    attempt = past()
    gateway.says({"status": "02"})
    work(attempt)
    again = past(dossier=attempt.obligation.dossier)
    work(again)
    ((subject, body),) = told(attempt)
    assert subject.startswith("Chưa trả được phí") and "tiền chưa bị trừ" in body and "Trả trước" in body
    assert attempt.obligation.dossier.code in body


def test_who_cancels_himself_or_pays_another_way_is_not_told_of_it(past, gateway, money_desk):
    attempt = past()
    gateway.says({"status": "11"})
    work(attempt)
    first = past()
    money_desk.paying("transfer", dossier=first.obligation.dossier)
    gateway.says({"status": "02"})
    work(first)
    assert told(attempt) == told(first) == []


def test_a_doubt_is_told_to_the_payer_and_to_the_accountants(past, gateway, money_desk):
    attempt = past()
    gateway.says({"status": "07"})
    work(attempt), work(attempt)
    ((_subject, body),) = told(attempt)
    assert "Đừng trả lần nữa" in body
    for accountant in (money_desk.accountant, money_desk.second_accountant):
        assert Message.objects.filter(recipient=accountant, channel="inbox", key=f"money:doubt:{attempt.pk}").count() == 1
