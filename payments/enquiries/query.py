"""One question to the gateway (querydr), and what its answer moves. The caller has the turn of the terminal, and no lock."""

import datetime as dt
import logging
import random

from django.conf import settings
from django.db import transaction

from payments import differences, outcomes
from payments.attempts import settlement
from payments.attempts.lifecycle import lock_for_payment
from payments.enquiries import terminal_lease
from payments.gateways import vnpay
from payments.gateways.base import NoAnswer
from payments.models import MOST_RAW, AttemptState, Difference, EventKind, GatewayEvent, Verdict, Way
from portal.common import clock

log = logging.getLogger(__name__)
BUSY = "94"
JITTER = 0.1  # of the silence after a 94


def wants_asking(attempt):
    """Is there something only the gateway knows? What is paid, or denied for good, is not asked again."""
    return (
        attempt.way == Way.VNPAY
        and attempt.state not in (AttemptState.PAID, AttemptState.CREATED)
        and (attempt.resolved_at is None or attempt.state == AttemptState.REVIEW)
    )


def query_gateway(attempt, **patience):
    """Ask, keep what came word for word, then act on it. Returns the Outcome. A bad answer is no answer: it moves nothing."""
    try:
        answer = vnpay.query(attempt, **patience)
    except NoAnswer as refusal:
        keep(EventKind.QUERYDR, refusal.raw or refusal.reason, Verdict.NO_ANSWER, attempt)
        if refusal.code == BUSY:
            silence_terminal(attempt.point_id)
        return outcomes.UNANSWERED
    event = keep(EventKind.QUERYDR, answer.raw, verdict_on(answer, attempt, attempt.amount), attempt)
    if answer.code == BUSY:
        silence_terminal(attempt.point_id)
        return outcomes.UNANSWERED
    return _act(attempt, answer, event)


def keep(kind, raw, verdict, attempt, refund=None):
    """Store what was heard, in a transaction of its own: it stays, whatever becomes of what it moves."""
    return GatewayEvent.objects.create(
        kind=kind, attempt=attempt, refund=refund, point_id=attempt.point_id, raw=raw[:MOST_RAW], verdict=verdict
    )


def verdict_on(answer, attempt, amount):
    """What is wrong with a signed answer about something of ours, if anything is."""
    if answer.code != "00":
        return Verdict.VALID
    if answer.reference != attempt.reference:
        return Verdict.UNKNOWN_REFERENCE
    return Verdict.VALID if answer.hundredths == amount * 100 else Verdict.WRONG_AMOUNT


def silence_terminal(point_id):
    """The gateway said «too soon»: all questions of this terminal wait, a little differently each time."""
    seconds = settings.PAYMENT_TIMES["quiet_after_94"]
    terminal_lease.silence(point_id, seconds * (1 + random.uniform(0, JITTER)))


@transaction.atomic
def _act(attempt, answer, event):
    """Move by the answer, under the locks of the money. Returns the Outcome, which may be that nothing is known yet."""
    held = lock_for_payment(attempt.reference)
    attempt = held[-1]
    outcome = outcomes.of_query(answer, attempt)
    code = f"{answer.code}/{answer.status}".rstrip("/")
    if outcome.state is None:
        return outcome
    if outcome.state == AttemptState.PAID:
        facts = {"transaction_no": answer.transaction_no, "bank_code": answer.bank_code[:20], "code": code}
        settlement.settle(attempt.reference, event, cause="querydr", held=held, **facts)
        return outcome
    final = outcome.final or (outcome.state == AttemptState.EXPIRED and _waited_long_enough(attempt))
    if attempt.state == AttemptState.REVIEW and outcome.state != AttemptState.REVIEW and not final:
        return outcome  # a doubt is not ended by «not finished»
    cause = outcome.doubt or "querydr"
    settlement.record_outcome(attempt.reference, outcome.state, cause=cause, proof=event, code=code, final=final, held=held)
    if event.verdict == Verdict.WRONG_AMOUNT and answer.status == "00":
        theirs = None if answer.hundredths is None else answer.hundredths // 100
        differences.open_difference(
            attempt.point, clock.today(), Difference.Kind.AMOUNT, attempt.reference,
            ours=attempt.amount, theirs=theirs, attempt=attempt,
        )  # fmt: skip
    return outcome


def _waited_long_enough(attempt):
    """Twice the longest pause after its time the gateway's «not finished» is its last word. Money that comes still later
    comes by its own call, or with the settlement file."""
    longest = settings.PAYMENT_TIMES["ask_again"][-1]
    return attempt.expires_at + dt.timedelta(seconds=2 * longest) < clock.now()
