"""Query the gateway about one attempt, and apply the answer. The caller holds the lease of the terminal, and no row lock."""

import datetime as dt
import logging
import random

from django.conf import settings
from django.db import transaction

from payments import differences
from payments.attempts import settlement
from payments.attempts.lifecycle import lock_for_payment
from payments.enquiries import terminal_lease
from payments.gateways import register
from payments.gateways.base import Answer, NoAnswer, Subject
from payments.gateways.outcomes import UNANSWERED, Outcome
from payments.models import AttemptState, EventKind, GatewayEvent, PaymentAttempt, Verdict, store_event
from portal.common import clock

log = logging.getLogger(__name__)
JITTER = 0.1  # share of the silence after «too soon»


def needs_query(attempt: PaymentAttempt) -> bool:
    """Must the gateway be asked? True for an online attempt that was sent and has no final answer."""
    return (
        attempt.is_online
        and attempt.state not in (AttemptState.PAID, AttemptState.CREATED)
        and (attempt.resolved_at is None or attempt.state == AttemptState.REVIEW)
    )


def query_gateway(attempt: PaymentAttempt, *, timeout: float | None = None) -> Outcome:
    """Query, store the raw answer as an event, apply it. Returns the Outcome: UNANSWERED without a valid answer."""
    try:
        answer = register.provider_of(attempt).query(attempt, timeout=timeout)
    except NoAnswer as refusal:
        store_event(EventKind.QUERYDR, refusal.raw or refusal.reason, Verdict.NO_ANSWER, attempt=attempt)
        if refusal.is_busy:
            silence_terminal(attempt.point_id)
        return UNANSWERED
    event = store_event(EventKind.QUERYDR, answer.raw, verdict_on(answer, attempt, attempt.amount), attempt=attempt)
    if answer.is_busy:
        silence_terminal(attempt.point_id)
        return UNANSWERED
    return _apply(attempt, answer, event)


def verdict_on(answer: Answer, attempt: PaymentAttempt, amount: int) -> Verdict:
    """The verdict on a signed answer: is it about this attempt and this amount (đồng)?"""
    if not answer.is_done:
        return Verdict.VALID
    if answer.reference != attempt.reference:
        return Verdict.UNKNOWN_REFERENCE
    return Verdict.VALID if answer.amount == amount else Verdict.WRONG_AMOUNT


def silence_terminal(point_id: int) -> None:
    """After «too soon»: silence the terminal for a while, with jitter."""
    seconds = settings.PAYMENT_TIMES["quiet_when_busy"]
    terminal_lease.silence(point_id, seconds * (1 + random.uniform(0, JITTER)))


@transaction.atomic
def _apply(attempt: PaymentAttempt, answer: Answer, event: GatewayEvent) -> Outcome:
    """Apply an answer to the attempt, with the rows locked. Returns the Outcome."""
    locked_rows = lock_for_payment(attempt.reference)
    attempt = locked_rows[-1]
    outcome = answer.outcome
    if event.verdict == Verdict.WRONG_AMOUNT and answer.subject is not Subject.REFUND and _may_be_money(answer):
        differences.open_wrong_amount(attempt, answer.amount)
    if outcome.state is None:
        return outcome
    if outcome.state == AttemptState.PAID:
        facts = {"transaction_no": answer.transaction_no, "bank_code": answer.bank_code[:20], "code": answer.code}
        settlement.settle(attempt.reference, event, cause="querydr", locked_rows=locked_rows, **facts)
        return outcome
    final = outcome.final or (outcome.state == AttemptState.EXPIRED and _waited_long_enough(attempt))
    if attempt.state == AttemptState.REVIEW and outcome.state != AttemptState.REVIEW and not final:
        return outcome  # only a final outcome ends a review
    cause = outcome.doubt or "querydr"
    settlement.record_outcome(
        attempt.reference, outcome.state, cause=cause, proof=event, code=answer.code, final=final, locked_rows=locked_rows
    )
    return outcome


def _may_be_money(answer: Answer) -> bool:
    """Does the answer say that money was taken, or that this is in doubt?"""
    return answer.is_success or bool(answer.outcome.doubt)


def _waited_long_enough(attempt: PaymentAttempt) -> bool:
    """Twice the longest pause after expiry, «not finished» counts as final. Later money is found by IPN or settlement file."""
    longest = settings.PAYMENT_TIMES["ask_again"][-1]
    return attempt.expires_at + dt.timedelta(seconds=2 * longest) < clock.now()
