"""The schedule of queries: one waiting `GatewayQuestion` an attempt, and one query at a time at a terminal.

`next_at` is set to the next try before each query, so a crash only delays it. The row is done when the answer is final.
No row is locked during a query.
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
MAX_WORKER_SECONDS = 20  # of one worker at one terminal
BUSY_PAUSE_SECONDS = 2  # until a worker tries again to get the lease
JITTER = 0.05  # share of the silence, added at random so that waiting queries do not start at the same moment
WEB_TIMEOUT_SECONDS = 6  # of a query while a person waits for the page
MIN_ASK_INTERVAL_SECONDS = 20  # between two queries of one attempt from a page


def ask_soon(attempt: PaymentAttempt, cause: str, *, seconds: float | None = None) -> None:
    """Schedule a query in `seconds` (default: as after a return). A waiting row is reused: it keeps the earlier time, and
    gets the cause COMPLAINT if this is one."""
    wait = settings.PAYMENT_TIMES["ask_after_return"] if seconds is None else seconds
    at = clock.now() + dt.timedelta(seconds=wait)
    waiting = GatewayQuestion.objects.filter(attempt=attempt, due_state=outbox.OutboxState.WAITING)
    urgent = {"cause": Cause.COMPLAINT} if cause == Cause.COMPLAINT else {}
    if not waiting.update(next_at=Least(F("next_at"), at), **urgent):
        row = GatewayQuestion(attempt=attempt, cause=cause, next_at=at)
        GatewayQuestion.objects.bulk_create([row], ignore_conflicts=True)
    outbox.wake_relay()


def pause(tries: int) -> float:
    """The back-off in seconds after so many answers that were not final: from PAYMENT_TIMES["ask_again"], the last for ever."""
    steps = settings.PAYMENT_TIMES["ask_again"]
    return steps[min(tries, len(steps) - 1)]


# ------------------------------------------------------------ the worker


@outbox.worker(GatewayQuestion)
def ask(question: GatewayQuestion) -> None:
    """In the worker's transaction, which locks only this row: acquire the lease of the terminal, or postpone the query."""
    question.lease = None
    if not query.needs_query(question.attempt):
        return
    question.keep_waiting = True
    question.lease = terminal_lease.acquire(question.attempt.point_id)
    if question.lease is None:
        _postpone(question)


def _postpone(question: GatewayQuestion) -> None:
    """The lease is taken: try again soon. The terminal is silenced: try again after the silence."""
    until = terminal_lease.quiet_until(question.attempt.point_id)
    if until:
        question.next_at = _with_jitter(until)
        question.leased_until = None
    else:
        question.leased_until = clock.now() + dt.timedelta(seconds=BUSY_PAUSE_SECONDS)
    question.save(update_fields=["next_at", "leased_until"])


def _with_jitter(moment: dt.datetime) -> dt.datetime:
    max_jitter = JITTER * settings.PAYMENT_TIMES["quiet_when_busy"]
    return moment + dt.timedelta(seconds=random.uniform(0, max_jitter))


@outbox.after_commit(GatewayQuestion)
def ask_if_leased(question: GatewayQuestion) -> None:
    """After the commit: query, if the worker got the lease."""
    if question.lease:
        ask_due(question.lease)


def ask_due(lease: Lease) -> None:
    """With the lease and no row lock: run the queries due at this terminal, each once, the most urgent first."""
    deadline = time.monotonic() + MAX_WORKER_SECONDS
    held: Lease | None = lease
    asked: list[int] = []
    try:
        while held and time.monotonic() < deadline and (question := _next_due(held.point_id, asked)):
            asked.append(question.pk)
            _query_and_reschedule(question)
            lease, held = held, terminal_lease.renew(held)
    finally:
        terminal_lease.release(held or lease)
        _wake_workers_for_rest(lease.point_id)


def _next_due(point_id: int, asked: list[int]) -> GatewayQuestion | None:
    """The most urgent query due at a terminal that is not in `asked`: complaints first, then never tried, then the oldest. Its
    `next_at` is moved forward at once, so that a crash only delays it."""
    with transaction.atomic():
        question = due_at(point_id).exclude(pk__in=asked).select_for_update(of=("self",), skip_locked=True).first()
        if question:
            question.next_at = clock.now() + dt.timedelta(seconds=pause(question.tries_so_far))
            question.leased_until = None
            question.save(update_fields=["next_at", "leased_until"])
    return question


def due_at(point_id: int) -> QuerySet:
    """The queries due at a terminal, the most urgent first."""
    urgency = Case(When(cause=Cause.COMPLAINT, then=Value(0)), default=Value(1))
    rows = GatewayQuestion.objects.filter(due_state=outbox.OutboxState.WAITING, attempt__point=point_id, next_at__lte=Now())
    return rows.order_by(urgency, "tries_so_far", "created_at", "pk").select_related("attempt__point")


def _query_and_reschedule(question: GatewayQuestion) -> None:
    try:
        attempt = question.attempt
        outcome = query.query_gateway(attempt) if query.needs_query(attempt) else None
        reschedule(attempt, question.cause, outcome)
    except Exception:  # must not block the next query; this one is tried again at its `next_at`
        log.exception("a question to the gateway failed", extra={"reference": question.attempt.reference})


def reschedule(attempt: PaymentAttempt, cause: str, outcome: Outcome | None) -> None:
    """After a query: mark the waiting row done if the answer was final, else set its next try, or create the row."""
    attempt = PaymentAttempt.objects.get(pk=attempt.pk)
    waiting = GatewayQuestion.objects.filter(attempt=attempt, due_state=outbox.OutboxState.WAITING)
    if not query.needs_query(attempt):
        waiting.update(due_state=outbox.OutboxState.DONE, done_at=clock.now(), last_error="")
        return
    again = _next_try(attempt, cause, outcome, waiting.values_list("tries_so_far", flat=True).first() or 0)
    if cause == Cause.COMPLAINT:
        again["cause"] = cause
    if not waiting.update(**again):
        ask_soon(attempt, cause, seconds=max(0, (again["next_at"] - clock.now()).total_seconds()))


def _next_try(attempt: PaymentAttempt, cause: str, outcome: Outcome | None, tries: int) -> dict[str, Any]:
    """The fields of the next try. A silence of the terminal does not count as a try."""
    quiet = terminal_lease.quiet_until(attempt.point_id)
    if quiet:
        return {"next_at": quiet if cause == Cause.COMPLAINT else _with_jitter(quiet)}
    soon = clock.now() + dt.timedelta(seconds=pause(tries))
    if outcome is UNFINISHED and attempt.state == AttemptState.SENT:  # the payer may still pay: wait until it expires
        return {"next_at": max(soon, attempt.expires_at + dt.timedelta(seconds=settings.PAYMENT_TIMES["ask_after_expiry"]))}
    return {"next_at": soon, "tries_so_far": tries + 1}


def _wake_workers_for_rest(point_id: int) -> None:
    """Release the rows still due, so that workers take them now and not when their leases end."""
    rest = list(due_at(point_id).values_list("pk", flat=True)[:5])
    if rest:
        outbox.release(GatewayQuestion, rest)
        outbox.wake_relay()


# ------------------------------------------------------------ at once, for a person who waits


@dataclass(frozen=True)
class Known:
    """The result of `ask_now`: the reloaded attempt, its outcome, and whether the gateway was asked just now (False: no need,
    or the terminal was not free, and the query is scheduled)."""

    attempt: PaymentAttempt
    outcome: Outcome
    asked: bool


def ask_now(attempt: PaymentAttempt, *, force: bool = False) -> Known:
    """Query at once, for «Tôi đã trả tiền»; call it outside any transaction. If the terminal is not free, the query is scheduled.
    `force`: also after a final answer that was not «paid»."""
    attempt = PaymentAttempt.objects.select_related("point").get(pk=attempt.pk)
    may_ask = query.needs_query(attempt) or (force and _may_be_asked(attempt))
    lease = terminal_lease.acquire(attempt.point_id) if may_ask and not _was_asked_recently(attempt) else None
    if lease:
        try:
            outcome = query.query_gateway(attempt, timeout=WEB_TIMEOUT_SECONDS)
        finally:
            terminal_lease.release(lease)
        reschedule(attempt, Cause.COMPLAINT, outcome)
    if query.needs_query(attempt := fresh(attempt)) and not lease:
        ask_soon(attempt, Cause.COMPLAINT, seconds=0)
    return Known(attempt, outcomes.of_attempt(attempt), bool(lease))


def _may_be_asked(attempt: PaymentAttempt) -> bool:
    return attempt.is_online and attempt.state != AttemptState.PAID


def _was_asked_recently(attempt: PaymentAttempt) -> bool:
    lately = clock.now() - dt.timedelta(seconds=MIN_ASK_INTERVAL_SECONDS)
    return attempt.events.filter(kind=EventKind.QUERYDR, received_at__gt=lately).exists()


def fresh(attempt: PaymentAttempt) -> PaymentAttempt:
    """The reloaded attempt, with the related rows that its outcome needs."""
    return PaymentAttempt.objects.select_related("point", "collector", "obligation__dossier__version").get(pk=attempt.pk)
