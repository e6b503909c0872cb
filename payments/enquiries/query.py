"""One question to the gateway, and what its answer moves. The caller has the lease of the terminal, and no lock."""

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
from payments.gateways.base import Answer, NoAnswer
from payments.gateways.outcomes import UNANSWERED, Outcome
from payments.models import AttemptState, Difference, EventKind, GatewayEvent, PaymentAttempt, Verdict, store_event
from portal.common import clock

log = logging.getLogger(__name__)
JITTER = 0.1  # of the silence when the gateway is busy


def wants_asking(attempt: PaymentAttempt) -> bool:
    """Is there something only the gateway knows? What is paid, or denied for good, is not asked again."""
    return (
        attempt.is_online
        and attempt.state not in (AttemptState.PAID, AttemptState.CREATED)
        and (attempt.resolved_at is None or attempt.state == AttemptState.REVIEW)
    )


def query_gateway(attempt: PaymentAttempt, *, patience: float | None = None) -> Outcome:
    """Ask, keep what came word for word, then act on it. Returns the Outcome. A bad answer is no answer: it moves nothing."""
    try:
        answer = register.provider_of(attempt).query(attempt, patience=patience)
    except NoAnswer as refusal:
        store_event(EventKind.QUERYDR, refusal.raw or refusal.reason, Verdict.NO_ANSWER, attempt=attempt)
        if refusal.is_busy:
            silence_terminal(attempt.point_id)
        return UNANSWERED
    event = store_event(EventKind.QUERYDR, answer.raw, verdict_on(answer, attempt, attempt.amount), attempt=attempt)
    if answer.is_busy:
        silence_terminal(attempt.point_id)
        return UNANSWERED
    return _act(attempt, answer, event)


def verdict_on(answer: Answer, attempt: PaymentAttempt, amount: int) -> Verdict:
    """What is wrong with a signed answer about something of ours, if anything is."""
    if not answer.is_done:
        return Verdict.VALID
    if answer.reference != attempt.reference:
        return Verdict.UNKNOWN_REFERENCE
    return Verdict.VALID if answer.amount == amount else Verdict.WRONG_AMOUNT


def silence_terminal(point_id: int) -> None:
    """The gateway said «too soon»: all questions of this terminal wait, a little differently each time."""
    seconds = settings.PAYMENT_TIMES["quiet_after_94"]
    terminal_lease.silence(point_id, seconds * (1 + random.uniform(0, JITTER)))


@transaction.atomic
def _act(attempt: PaymentAttempt, answer: Answer, event: GatewayEvent) -> Outcome:
    """Move by the answer, under the locks of the money. Returns the Outcome, which may be that nothing is known yet."""
    held = lock_for_payment(attempt.reference)
    attempt = held[-1]
    outcome = answer.outcome
    if outcome.state is None:
        return outcome
    if outcome.state == AttemptState.PAID:
        facts = {"transaction_no": answer.transaction_no, "bank_code": answer.bank_code[:20], "code": answer.code}
        settlement.settle(attempt.reference, event, cause="querydr", held=held, **facts)
        return outcome
    final = outcome.final or (outcome.state == AttemptState.EXPIRED and _waited_long_enough(attempt))
    if attempt.state == AttemptState.REVIEW and outcome.state != AttemptState.REVIEW and not final:
        return outcome  # a doubt is not ended by «not finished»
    cause = outcome.doubt or "querydr"
    settlement.record_outcome(
        attempt.reference, outcome.state, cause=cause, proof=event, code=answer.code, final=final, held=held
    )
    if event.verdict == Verdict.WRONG_AMOUNT and answer.is_success:
        differences.open_difference(
            attempt.point, clock.today(), Difference.Kind.AMOUNT, attempt.reference,
            ours=attempt.amount, theirs=answer.amount, attempt=attempt,
        )  # fmt: skip
    return outcome


def _waited_long_enough(attempt: PaymentAttempt) -> bool:
    """Twice the longest pause after its time the gateway's «not finished» is its last word. Money that comes still later
    comes by its own call, or with the settlement file."""
    longest = settings.PAYMENT_TIMES["ask_again"][-1]
    return attempt.expires_at + dt.timedelta(seconds=2 * longest) < clock.now()
