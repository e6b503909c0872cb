"""When the gateway is asked what became of an attempt: one question waits an attempt, one is asked at a time at a terminal.

A question is a row, moved forward before each try: a crash only delays it. It is done when the gateway's word is final.
Nothing is locked while the gateway thinks.
"""

import datetime as dt
import logging
import random
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Least, Now

from payments import outcomes
from payments.enquiries import query, terminal_lease
from payments.enquiries.terminal_lease import Lease
from payments.gateways.outcomes import UNFINISHED, Outcome
from payments.models import AttemptState, EventKind, GatewayQuestion, PaymentAttempt
from portal.common import clock, outbox

log = logging.getLogger(__name__)
Cause = GatewayQuestion.Cause
MOST_AT_ONCE = 20  # seconds one worker goes on asking at one terminal
BUSY_PAUSE = 2  # seconds until somebody looks again whether the terminal is free
JITTER = 0.05  # of a pause, so that those who wait for the same moment do not all come at it
WEB_PATIENCE = 6  # seconds a person waits for the gateway on a page
JUST_ASKED = 20  # seconds in which the same person hears the same answer without a new question


def ask_soon(attempt: PaymentAttempt, cause: str, *, seconds: float | None = None) -> None:
    """Have the gateway asked in so many seconds (default: as after a return), or sooner when a question is due sooner.
    Never two questions at once; a complaint makes the waiting one a complaint."""
    wait = settings.PAYMENT_TIMES["ask_after_return"] if seconds is None else seconds
    at = clock.now() + dt.timedelta(seconds=wait)
    waiting = GatewayQuestion.objects.filter(attempt=attempt, due_state=outbox.OutboxState.WAITING)
    urgent = {"cause": Cause.COMPLAINT} if cause == Cause.COMPLAINT else {}
    if not waiting.update(next_at=Least(F("next_at"), at), **urgent):
        row = GatewayQuestion(attempt=attempt, cause=cause, next_at=at)
        GatewayQuestion.objects.bulk_create([row], ignore_conflicts=True)
    outbox.wake_relay()


def pause(tries: int) -> float:
    """How long to wait after so many answers that settled nothing: longer and longer, then for ever the longest. Seconds."""
    steps = settings.PAYMENT_TIMES["ask_again"]
    return steps[min(tries, len(steps) - 1)]


# ------------------------------------------------------------ the worker


@outbox.worker(GatewayQuestion)
def ask(question: GatewayQuestion) -> None:
    """In the transaction that holds the question alone: take the lease of its terminal, or wait for it."""
    question.lease = None
    if not query.wants_asking(question.attempt):
        return
    question.keep_waiting = True
    question.lease = terminal_lease.acquire(question.attempt.point_id)
    if question.lease is None:
        _wait_for_the_terminal(question)


def _wait_for_the_terminal(question: GatewayQuestion) -> None:
    """It is busy: somebody looks again soon. It is quiet: until the gateway hears again. The question is never lost."""
    until = terminal_lease.quiet_until(question.attempt.point_id)
    if until:
        question.next_at = _a_little_after(until)
        question.leased_until = None
    else:
        question.leased_until = clock.now() + dt.timedelta(seconds=BUSY_PAUSE)
    question.save(update_fields=["next_at", "leased_until"])


def _a_little_after(moment: dt.datetime) -> dt.datetime:
    most = JITTER * settings.PAYMENT_TIMES["quiet_when_busy"]
    return moment + dt.timedelta(seconds=random.uniform(0, most))


@outbox.after_commit(GatewayQuestion)
def ask_if_leased(question: GatewayQuestion) -> None:
    """Ask at the terminal, if the worker got its lease."""
    if question.lease:
        ask_due(question.lease)


def ask_due(lease: Lease) -> None:
    """With the lease, and no lock: ask whatever is due at this terminal, each once, the most urgent first."""
    enough = time.monotonic() + MOST_AT_ONCE
    held: Lease | None = lease
    put: list[int] = []
    try:
        while held and time.monotonic() < enough and (question := _next_due(held.point_id, put)):
            put.append(question.pk)
            _put_safely(question)
            lease, held = held, terminal_lease.renew(held)
    finally:
        terminal_lease.release(held or lease)
        _hand_out_the_rest(lease.point_id)


def _next_due(point_id: int, put: list[int]) -> GatewayQuestion | None:
    """The most urgent question due at a terminal that was not `put` just now: complaints, then what was never asked, then
    the oldest. It is moved forward at once, so that a crash while asking only delays it."""
    with transaction.atomic():
        question = due_at(point_id).exclude(pk__in=put).select_for_update(of=("self",), skip_locked=True).first()
        if question:
            question.next_at = clock.now() + dt.timedelta(seconds=pause(question.tries_so_far))
            question.leased_until = None
            question.save(update_fields=["next_at", "leased_until"])
    return question


def due_at(point_id: int) -> QuerySet:
    """The questions due at a terminal, in the order in which they are asked."""
    urgency = Case(When(cause=Cause.COMPLAINT, then=Value(0)), default=Value(1))
    rows = GatewayQuestion.objects.filter(due_state=outbox.OutboxState.WAITING, attempt__point=point_id, next_at__lte=Now())
    return rows.order_by(urgency, "tries_so_far", "created_at", "pk").select_related("attempt__point")


def _put_safely(question: GatewayQuestion) -> None:
    try:
        attempt = question.attempt
        heard = query.query_gateway(attempt) if query.wants_asking(attempt) else None
        after_asking(attempt, question.cause, heard)
    except Exception:  # the next question is not to wait for this one's trouble; the row says when it is asked again
        log.exception("a question to the gateway failed", extra={"reference": question.attempt.reference})


def after_asking(attempt: PaymentAttempt, cause: str, heard: Outcome | None) -> None:
    """What becomes of the question: done when the word is final, else asked again later. Without a row, one is made."""
    attempt = PaymentAttempt.objects.get(pk=attempt.pk)
    waiting = GatewayQuestion.objects.filter(attempt=attempt, due_state=outbox.OutboxState.WAITING)
    if not query.wants_asking(attempt):
        waiting.update(due_state=outbox.OutboxState.DONE, done_at=clock.now(), last_error="")
        return
    again = _when_again(attempt, cause, heard, waiting.values_list("tries_so_far", flat=True).first() or 0)
    if cause == Cause.COMPLAINT:
        again["cause"] = cause
    if not waiting.update(**again):
        ask_soon(attempt, cause, seconds=max(0, (again["next_at"] - clock.now()).total_seconds()))


def _when_again(attempt: PaymentAttempt, cause: str, heard: Outcome | None, tries: int) -> dict[str, Any]:
    """The next moment, and how many answers have settled nothing so far. A silence is the terminal's, not counted as a try."""
    quiet = terminal_lease.quiet_until(attempt.point_id)
    if quiet:
        return {"next_at": quiet if cause == Cause.COMPLAINT else _a_little_after(quiet)}
    soon = clock.now() + dt.timedelta(seconds=pause(tries))
    if heard is UNFINISHED and attempt.state == AttemptState.SENT:  # the payer may be at it: wait for the end
        return {"next_at": max(soon, attempt.expires_at + dt.timedelta(seconds=settings.PAYMENT_TIMES["ask_after_expiry"]))}
    return {"next_at": soon, "tries_so_far": tries + 1}


def _hand_out_the_rest(point_id: int) -> None:
    """What is due still goes to the workers at once, not when its lease ends."""
    rest = list(due_at(point_id).values_list("pk", flat=True)[:5])
    if rest:
        outbox.release(GatewayQuestion, rest)
        outbox.wake_relay()


# ------------------------------------------------------------ a person waits for the answer


@dataclass(frozen=True)
class Known:
    """What is known of an attempt after asking: the row afresh, the words for the payer, and whether the gateway was asked
    just now (False: it knows already, or it cannot be asked at this moment, and will be)."""

    attempt: PaymentAttempt
    outcome: Outcome
    asked: bool


def ask_now(attempt: PaymentAttempt, *, insist: bool = False) -> Known:
    """Ask at once, outside any transaction: for «Tôi đã trả tiền». Busy or quiet: the question is left due. `insist` asks
    again what the gateway had denied for good."""
    attempt = PaymentAttempt.objects.select_related("point").get(pk=attempt.pk)
    may_ask = query.wants_asking(attempt) or (insist and _may_be_asked(attempt))
    lease = terminal_lease.acquire(attempt.point_id) if may_ask and not _just_asked(attempt) else None
    if lease:
        try:
            heard = query.query_gateway(attempt, patience=WEB_PATIENCE)
        finally:
            terminal_lease.release(lease)
        after_asking(attempt, Cause.COMPLAINT, heard)
    if query.wants_asking(attempt := fresh(attempt)) and not lease:
        ask_soon(attempt, Cause.COMPLAINT, seconds=0)
    return Known(attempt, outcomes.of_attempt(attempt), bool(lease))


def _may_be_asked(attempt: PaymentAttempt) -> bool:
    return attempt.is_online and attempt.state != AttemptState.PAID


def _just_asked(attempt: PaymentAttempt) -> bool:
    lately = clock.now() - dt.timedelta(seconds=JUST_ASKED)
    return attempt.events.filter(kind=EventKind.QUERYDR, received_at__gt=lately).exists()


def fresh(attempt: PaymentAttempt) -> PaymentAttempt:
    """The attempt as it stands now, with what its words need."""
    return PaymentAttempt.objects.select_related("point", "collector", "obligation__dossier__version").get(pk=attempt.pk)
