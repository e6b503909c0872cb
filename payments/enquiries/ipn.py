"""The callbacks of a gateway: IPN (server to server) and return (the payer's browser).

Both are verified first. Only an IPN changes an attempt, and it is confirmed only after the commit. Formats and codes belong
to the provider (`payments.gateways.base`).
"""

import datetime as dt
import logging
from collections import Counter

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from payments import differences
from payments.attempts import settlement
from payments.attempts.lifecycle import LockedRows, UnknownReference, lock_for_payment
from payments.enquiries import schedule
from payments.gateways.base import BadSignature, ForeignTerminal, Notice, NoticeResult, Provider, Unreadable
from payments.gateways.outcomes import NO, Outcome
from payments.models import (
    MAX_RAW_LENGTH,
    CollectionPoint,
    Difference,
    EventKind,
    GatewayEvent,
    PaymentAttempt,
    Verdict,
    store_event,
)
from payments.models.states import ATTEMPT_EDGES, AttemptState
from portal.common import clock

log = logging.getLogger(__name__)

MAX_UNMATCHED_PER_MINUTE = 60  # stored events of one kind without an attempt: forgeries must not fill the disk
MAX_REPEATS_PER_ATTEMPT = 30  # stored repetitions of one kind and attempt; the gateway retries 10 times at most
LOCK_TIMEOUT = "8s"  # of PostgreSQL; on an error the gateway retries in five minutes, so workers are not blocked
_dropped: Counter[EventKind] = Counter()
# Signed messages that are rejected, with their results.
REFUSALS = {
    Verdict.UNKNOWN_REFERENCE: NoticeResult.UNKNOWN_REFERENCE,
    Verdict.FOREIGN_TERMINAL: NoticeResult.BAD_SIGNATURE,
    Verdict.WRONG_AMOUNT: NoticeResult.WRONG_AMOUNT,
    Verdict.MALFORMED: NoticeResult.FAILED,
}


def receive_ipn(provider: Provider, raw: str) -> NoticeResult:
    """Process the raw IPN of a provider. Returns the result to answer, after the commit. Never raises: an error gives FAILED."""
    try:
        with translation.override(settings.LANGUAGE_CODE):  # texts that are stored are in the portal's default language
            return _receive_ipn(provider, raw)
    except Exception:
        log.exception("an IPN could not be taken")
        _store_error(provider, raw, Verdict.ERROR, NoticeResult.FAILED)
        return NoticeResult.FAILED


def _receive_ipn(provider: Provider, raw: str) -> NoticeResult:
    try:
        notice = provider.read_notice(raw)
    except (Unreadable, BadSignature, ForeignTerminal) as refusal:
        _store_ipn(provider, raw, _verdict_of(refusal), NoticeResult.BAD_SIGNATURE)
        return NoticeResult.BAD_SIGNATURE
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        return _process(provider, notice, raw)


def _verdict_of(refusal: Exception) -> Verdict:
    if isinstance(refusal, Unreadable):
        return Verdict.MALFORMED
    return Verdict.FOREIGN_TERMINAL if isinstance(refusal, ForeignTerminal) else Verdict.BAD_SIGNATURE


def _process(provider: Provider, notice: Notice, raw: str) -> NoticeResult:
    """Check a verified notice, in the order VNPAY requires, and apply it, with the rows locked."""
    try:
        locked_rows = lock_for_payment(notice.reference)
    except UnknownReference:
        _report_unknown(provider, notice)
        return _refuse(provider, raw, Verdict.UNKNOWN_REFERENCE)
    attempt = locked_rows[-1]
    if verdict := _rejection(provider, notice, attempt):
        if verdict == Verdict.WRONG_AMOUNT and notice.outcome.money != NO:
            differences.open_wrong_amount(attempt, notice.amount)
        return _refuse(provider, raw, verdict, attempt if verdict != Verdict.UNKNOWN_REFERENCE else None)
    if _is_duplicate(attempt, notice.outcome, notice.code):
        _store_ipn(provider, raw, Verdict.DUPLICATE, NoticeResult.ALREADY_CONFIRMED, attempt)
        return NoticeResult.ALREADY_CONFIRMED
    event = _store_ipn(provider, raw, Verdict.VALID, NoticeResult.CONFIRMED, attempt)
    _apply(locked_rows, notice, event)
    return NoticeResult.CONFIRMED


def _report_unknown(provider: Provider, notice: Notice) -> None:
    """Open a difference if the gateway took money under a reference that we do not have."""
    point = CollectionPoint.objects.filter(terminal=notice.terminal, provider=provider.key).first()
    if point and notice.reference and notice.outcome.money != NO:
        kind = Difference.Kind.MISSING_HERE
        differences.open_difference(point, clock.today(), kind, notice.reference, theirs=notice.amount)


def _refuse(provider: Provider, raw: str, verdict: Verdict, attempt: PaymentAttempt | None = None) -> NoticeResult:
    _store_ipn(provider, raw, verdict, REFUSALS[verdict], attempt)
    return REFUSALS[verdict]


def _rejection(provider: Provider, notice: Notice, attempt: PaymentAttempt | None) -> Verdict | None:
    """Why a verified message cannot be applied to this attempt; None if it can."""
    if attempt is None or not attempt.is_online or attempt.point.provider != provider.key:
        return Verdict.UNKNOWN_REFERENCE
    if attempt.point.code != notice.terminal:
        return Verdict.FOREIGN_TERMINAL
    if notice.amount != attempt.amount:
        return Verdict.WRONG_AMOUNT
    return None if notice.is_readable else Verdict.MALFORMED


def _is_duplicate(attempt: PaymentAttempt, outcome: Outcome, code: str) -> bool:
    """Was the same outcome recorded before? A paid attempt stays paid; a later contradiction is logged."""
    if attempt.state != AttemptState.PAID:
        return (attempt.state, attempt.code) == (outcome.state, code)
    if outcome.state != AttemptState.PAID:
        log.warning("the gateway contradicts a payment", extra={"reference": attempt.reference, "codes": code})
    return True


def _apply(locked_rows: LockedRows, notice: Notice, event: GatewayEvent | None) -> None:
    attempt, outcome = locked_rows[-1], notice.outcome
    if outcome.state == AttemptState.PAID:
        facts = {"transaction_no": notice.transaction_no, "bank_code": notice.bank_code[:20], "code": notice.code}
        settlement.settle(attempt.reference, event, cause="ipn", locked_rows=locked_rows, **facts)
        return
    cause = outcome.doubt or "ipn"
    if attempt.is_open and attempt.state != outcome.state and not _may_move(attempt, outcome.state, cause):
        schedule.ask_soon(attempt, "again")  # under review: only the answer to a query may end it
        return
    settlement.record_outcome(
        attempt.reference, outcome.state, cause=cause, proof=event, code=notice.code, final=outcome.final, locked_rows=locked_rows
    )
    if not outcome.final:
        schedule.ask_soon(attempt, "again")


def _may_move(attempt: PaymentAttempt, target: AttemptState | None, cause: str) -> bool:
    return target is not None and cause in ATTEMPT_EDGES.get((attempt.state, target), {})


# ------------------------------------------------------------ the payer is back


@transaction.atomic
def receive_return(provider: Provider, raw: str) -> PaymentAttempt | None:
    """The attempt of a verified return, or None. It does not change the attempt; without a final answer, a query is scheduled."""
    try:
        notice = provider.read_return(raw)
    except (Unreadable, BadSignature, ForeignTerminal) as refusal:
        _store(EventKind.RETURN, raw, _verdict_of(refusal))
        return None
    found = PaymentAttempt.objects.select_related("point", "link", "obligation__dossier__version__procedure")
    attempt = found.filter(reference=notice.reference).first()
    verdict = _rejection(provider, notice, attempt)
    if verdict in (Verdict.UNKNOWN_REFERENCE, Verdict.FOREIGN_TERMINAL):
        _store(EventKind.RETURN, raw, verdict)
        return None
    if _is_new_return(attempt, raw):
        _store(EventKind.RETURN, raw, verdict or Verdict.VALID, attempt=attempt)
        if attempt.resolved_at is None:
            schedule.ask_soon(attempt, "returned")
    return attempt


def _is_new_return(attempt: PaymentAttempt, raw: str) -> bool:
    """Is it neither a reload, nor one of too many variants of a valid return?"""
    events = attempt.events.filter(kind=EventKind.RETURN)
    return not events.filter(raw=raw[:MAX_RAW_LENGTH]).exists() and events.count() < MAX_REPEATS_PER_ATTEMPT


# ------------------------------------------------------------ storing events


def _store_ipn(
    provider: Provider, raw: str, verdict: Verdict, result: NoticeResult, attempt: PaymentAttempt | None = None
) -> GatewayEvent | None:
    return _store(EventKind.IPN, raw, verdict, answer=provider.answer_notice(result).code, attempt=attempt)


def _store(
    kind: EventKind, raw: str, verdict: Verdict, *, answer: str = "", attempt: PaymentAttempt | None = None
) -> GatewayEvent | None:
    """Store a callback as an event. Events that are not VALID are stored up to a cap; above it they are only logged (None)."""
    if verdict != Verdict.VALID and _is_over_cap(kind, attempt):
        _dropped[kind] += 1
        log.warning("event not kept", extra={"kind": kind, "verdict": verdict, "answer": answer, "not_kept": _dropped[kind]})
        return None
    return store_event(kind, raw, verdict, attempt=attempt, answer=answer)


def _is_over_cap(kind: EventKind, attempt: PaymentAttempt | None) -> bool:
    events = GatewayEvent.objects.filter(kind=kind)
    if attempt:
        return events.filter(attempt=attempt).exclude(verdict=Verdict.VALID).count() >= MAX_REPEATS_PER_ATTEMPT
    lately = clock.now() - dt.timedelta(minutes=1)
    return events.filter(attempt=None, received_at__gt=lately).exclude(verdict=Verdict.VALID).count() >= MAX_UNMATCHED_PER_MINUTE


def _store_error(provider: Provider, raw: str, verdict: Verdict, result: NoticeResult) -> None:
    """Store the event of an IPN that failed; if that fails too, log it."""
    try:
        with transaction.atomic():
            _store_ipn(provider, raw, verdict, result)
    except Exception:
        log.exception("an event could not be kept")
