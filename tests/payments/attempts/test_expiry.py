"""The sweeper: queries missing answers, expires transfers; a dossier stops only after the gateway was asked."""

import datetime as dt
import time

import pytest

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.models import Dossier
from dossiers.workflow import deadlines
from payments.accounting import invariants
from payments.attempts import expiry, settlement
from payments.enquiries import schedule as asking
from payments.models import BankCredit, GatewayQuestion, PaymentAttempt, Refund
from portal import schedule
from portal.common import clock, outbox
from tests.dossiers.workflow.test_at_once import at_once
from tests.money import FEE
from tests.payments.gateway import PAID, SILENCE, UNFINISHED, UNKNOWN

pytestmark = pytest.mark.django_db


def waiting(attempt):
    return GatewayQuestion.objects.filter(attempt=attempt, due_state="waiting")


def forget(attempt, how="dead"):
    """Lose the waiting query of this attempt."""
    if how == "gone":
        GatewayQuestion.objects.filter(attempt=attempt).delete()
    GatewayQuestion.objects.filter(attempt=attempt).update(due_state=how if how != "gone" else "done")


def fresh(attempt):
    return PaymentAttempt.objects.select_related("obligation__dossier").get(pk=attempt.pk)


def work():
    """Run all due queries, as the workers would."""
    for question in GatewayQuestion.objects.filter(due_state="waiting", next_at__lte=clock.now()):
        outbox.do(GatewayQuestion, question.pk)


# ------------------------------------------------------------ the sweeper


def test_the_sweeper_is_one_of_the_jobs_of_the_minute():
    assert expiry.run in schedule.JOBS


@pytest.mark.parametrize("how", ["dead", "done", "gone"])
def test_an_attempt_nobody_asks_about_is_asked_about_again(past, gateway, how):
    attempt = past()
    forget(attempt, how)
    expiry.run(), expiry.run()
    assert waiting(attempt).get().next_at <= clock.now()
    gateway.says(PAID)
    work()
    assert fresh(attempt).settles


@pytest.mark.parametrize("state", ["failed", "cancelled", "expired", "review"])
def test_so_is_one_that_ended_here_while_the_word_of_the_gateway_is_open(past, state):
    attempt = past()
    causes = {"failed": "ipn", "cancelled": "ipn", "expired": "ipn", "review": "suspicion"}
    settlement.record_outcome(attempt.reference, state, cause=causes[state], final=False)
    forget(attempt)
    expiry.run()
    assert waiting(attempt).exists()


def test_what_is_known_or_not_over_or_no_matter_of_the_gateway_is_left_alone(past, money_desk):
    paid, denied, young, transfer = past(), past(), money_desk.paying(), past("transfer")
    settlement.settle(paid.reference, cause="ipn")
    settlement.record_outcome(denied.reference, "failed", cause="ipn")
    for attempt in (paid, denied, young, transfer):
        forget(attempt)
    expiry.run()
    assert not GatewayQuestion.objects.filter(due_state="waiting").exists()


def test_an_attempt_at_the_gateway_never_expires_by_the_clock_alone(past, gateway):
    attempt = past(ago=dt.timedelta(days=3))
    gateway.says(SILENCE)
    for _ in range(3):
        expiry.run()
        GatewayQuestion.objects.update(next_at=clock.now())
        work()
    assert fresh(attempt).state == "sent" and fresh(attempt).obligation.attempt_open
    gateway.says(UNKNOWN)
    GatewayQuestion.objects.update(next_at=clock.now())
    work()
    assert fresh(attempt).state == "expired"


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_make_one_question_and_two_workers_ask_it_once(past, gateway):
    attempt = past()
    forget(attempt)
    assert at_once([expiry.run] * 4) == [None] * 4
    question = waiting(attempt).get()
    gateway.says(PAID)
    assert set(at_once([lambda: outbox.do(GatewayQuestion, question.pk)] * 6)) == {False}
    if not gateway.asked:  # who had the terminal found the row held by another for a moment: the relay hands it out again
        outbox.do(GatewayQuestion, question.pk)
    assert gateway.asked == [attempt.reference] and fresh(attempt).settles


@pytest.mark.django_db(transaction=True)
def test_many_workers_and_many_questions_of_a_terminal_are_asked_one_at_a_time(past, gateway):
    attempts = [past() for _ in range(5)]
    at, most = [0], [0]

    def slow(attempt):
        at[0] += 1
        most[0] = max(most[0], at[0])
        time.sleep(0.05)
        at[0] -= 1
        return PAID

    gateway.says(slow)
    questions = list(GatewayQuestion.objects.values_list("pk", flat=True))
    at_once([lambda pk=pk: outbox.do(GatewayQuestion, pk) for pk in questions * 2])
    assert most == [1] and sorted(gateway.asked) == sorted(attempt.reference for attempt in attempts)
    assert PaymentAttempt.objects.filter(settles=True).count() == 5
    assert list(invariants.violations()) == []


@pytest.mark.django_db(transaction=True)
def test_the_gateways_own_call_while_we_ask_settles_once_and_nobody_waits_for_the_other(past, gateway):
    """No row is locked during a query, so an IPN can settle meanwhile."""
    attempt = past()

    def calls_meanwhile(asked):
        done = at_once([lambda: settlement.settle(attempt.reference, cause="ipn"), lambda: asking.ask_soon(attempt, "again")])
        assert not [error for error in done if isinstance(error, Exception)]
        return PAID

    gateway.says(calls_meanwhile)
    outbox.do(GatewayQuestion, waiting(attempt).get().pk)
    assert fresh(attempt).moves.filter(target="paid").count() == 1 and not waiting(attempt).exists()


# ------------------------------------------------------------ transfers


def test_a_transfer_code_ends_when_its_time_is_over_and_its_payer_is_told(past):
    attempt = past("transfer", ago=dt.timedelta(hours=49))
    expiry.run(), expiry.run()
    attempt = fresh(attempt)
    assert (attempt.state, attempt.moves.last().cause, attempt.obligation.attempt_open) == ("expired", "window_over", False)
    told = Message.objects.get(recipient=attempt.obligation.dossier.submitter, channel="inbox", key__startswith="money:unpaid:")
    assert attempt.reference in told.body and "Tôi đã trả tiền" in told.body


def test_a_transfer_in_time_is_left_alone_and_one_that_comes_late_still_counts(past):
    young, old = past("transfer", ago=dt.timedelta(hours=47)), past("transfer", ago=dt.timedelta(hours=49))
    expiry.run()
    assert fresh(young).state == "sent"
    BankCredit.objects.create(point=old.point, bank_ref="FT1", amount=FEE, received_at=clock.now(), state="matched", attempt=old)
    assert settlement.settle(old.reference, cause="statement").settles and list(invariants.violations()) == []


def test_one_transfer_that_cannot_be_ended_does_not_keep_the_others(past, monkeypatch, caplog):
    broken, whole = past("transfer", ago=dt.timedelta(hours=50)), past("transfer", ago=dt.timedelta(hours=49))
    real = settlement.record_outcome

    def fails(reference, *args, **kwargs):
        if reference == broken.reference:
            raise RuntimeError("no")
        return real(reference, *args, **kwargs)

    monkeypatch.setattr(expiry.settlement, "record_outcome", fails)
    expiry.run()
    assert fresh(whole).state == "expired" and "a transfer could not be ended" in caplog.text


# ------------------------------------------------------------ unpaid: reminded, stopped, and paid too late


def a_day_later(moment, days=1):
    return moment + dt.timedelta(days=days)


def live(dossier, until, *, gateway_asked=True):
    """Run the periodic jobs at 8:00 and 18:00 each day, up to `until`."""
    moment = dossier.submitted_at
    while moment < until:
        moment += dt.timedelta(hours=12)
        with clock.at(moment):
            deadlines.run(), expiry.run()
            if gateway_asked:
                GatewayQuestion.objects.filter(due_state="waiting", next_at__lte=clock.now()).update(next_at=dossier.submitted_at)
                work()
    return Dossier.objects.select_related("obligation").get(pk=dossier.pk)


def subjects(dossier):
    rows = Message.objects.filter(recipient=dossier.submitter, channel="inbox").order_by("pk")
    return list(rows.values_list("subject", flat=True))


@pytest.mark.slow
def test_unpaid_is_reminded_and_then_stopped_and_money_that_comes_later_goes_back(money_desk, gateway):
    long_ago = clock.now() - dt.timedelta(days=40)
    with clock.at(long_ago):
        attempt = money_desk.paying()
    gateway.says(UNFINISHED)
    dossier = live(attempt.obligation.dossier, long_ago + dt.timedelta(days=25))
    assert (dossier.state, fresh(attempt).state) == ("STOPPED", "expired")
    assert sum(subject.startswith("Nhắc") for subject in subjects(dossier)) >= 2  # moments of one day are one reminder
    assert dossier.events.last().step == "payment_timeout"

    settled = settlement.settle(attempt.reference, cause="ipn", transaction_no="14226112")
    refund = Refund.objects.get()
    assert (settled.settles, refund.reason, refund.amount, refund.state) == (False, "stopped", FEE, "requested")
    assert subjects(dossier)[-1].startswith("Sẽ trả lại 200.000\xa0đồng")
    assert Dossier.objects.get(pk=dossier.pk).state == "STOPPED" and list(invariants.violations()) == []


@pytest.mark.slow
def test_while_the_gateway_is_silent_about_an_attempt_nobody_is_stopped(money_desk, gateway):
    long_ago = clock.now() - dt.timedelta(days=40)
    with clock.at(long_ago):
        attempt = money_desk.paying()
    gateway.says(SILENCE)
    dossier = live(attempt.obligation.dossier, long_ago + dt.timedelta(days=25))
    assert dossier.state == "PAYMENT_REQUIRED" and dossier.obligation.attempt_open
    gateway.says(PAID)
    assert live(dossier, long_ago + dt.timedelta(days=26)).state == "SUBMITTED"


@pytest.mark.slow
def test_who_pays_on_the_last_day_is_not_stopped(money_desk, gateway):
    long_ago = clock.now() - dt.timedelta(days=40)
    with clock.at(long_ago):
        dossier = money_desk.waiting()
    with clock.at(dossier.payment_due_at - dt.timedelta(minutes=5)):
        attempt = money_desk.paying(dossier=dossier)
    gateway.says(PAID)
    assert live(dossier, long_ago + dt.timedelta(days=25)).state == "SUBMITTED" and fresh(attempt).settles


@pytest.mark.slow
def test_a_payer_who_gave_up_does_not_hold_the_stop_back(money_desk, gateway):
    long_ago = clock.now() - dt.timedelta(days=40)
    with clock.at(long_ago):
        attempt = money_desk.paying()
        settlement.record_outcome(attempt.reference, "cancelled", cause="ipn")
    assert live(attempt.obligation.dossier, long_ago + dt.timedelta(days=25)).state == "STOPPED" and gateway.asked == []


@pytest.mark.slow
def test_an_open_transfer_holds_the_stop_back_only_for_its_time(money_desk, gateway):
    long_ago = clock.now() - dt.timedelta(days=40)
    with clock.at(long_ago):
        dossier = money_desk.waiting()
    with clock.at(dossier.payment_due_at - dt.timedelta(hours=1)):
        attempt = money_desk.paying("transfer", dossier=dossier)
    with clock.at(attempt.expires_at - dt.timedelta(hours=1)), pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "payment_timeout", actor=deadlines.WAITS[1].actor)
    assert live(dossier, long_ago + dt.timedelta(days=25)).state == "STOPPED" and fresh(attempt).state == "expired"
