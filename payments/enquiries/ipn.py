"""What a gateway says of a payment without being asked (IPN), and what a payer's browser brings back (return).

Nothing is believed before its signature. Only the IPN moves money, and it is confirmed only when that is committed. The words
of the gateway, and of our answer to it, are its provider's (`payments.gateways.base`).
"""

import datetime as dt
import logging
from collections import Counter

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from payments.attempts import settlement
from payments.attempts.lifecycle import UnknownReference, lock_for_payment
from payments.enquiries import schedule
from payments.gateways.base import BadSignature, ForeignTerminal, Notice, NoticeResult, Provider, Unreadable
from payments.gateways.outcomes import Outcome
from payments.models import MOST_RAW, EventKind, GatewayEvent, PaymentAttempt, Verdict, store_event
from payments.models.states import ATTEMPT_EDGES, AttemptState
from portal.common import clock

log = logging.getLogger(__name__)

MOST_A_MINUTE = 60  # events of one kind that belong to no attempt of ours: forgeries fill neither the disk nor the list
MOST_OF_ONE = 30  # events of one kind and attempt that say nothing new; the gateway itself calls ten times at most
LOCK_WAIT = "8s"  # rather an error now, and the gateway's next call in five minutes, than a server full of waiting calls
_not_kept: Counter[EventKind] = Counter()
# The signed messages that are refused, with the result that says so.
REFUSALS = {
    Verdict.UNKNOWN_REFERENCE: NoticeResult.UNKNOWN_REFERENCE,
    Verdict.FOREIGN_TERMINAL: NoticeResult.BAD_SIGNATURE,
    Verdict.WRONG_AMOUNT: NoticeResult.WRONG_AMOUNT,
    Verdict.MALFORMED: NoticeResult.FAILED,
}


def receive_ipn(provider: Provider, raw: str) -> NoticeResult:
    """Take one notice of this provider (its text). Returns the result to answer, when everything it caused is committed."""
    try:
        with translation.override(settings.LANGUAGE_CODE):  # what a payment writes down is in the portal's first language
            return _receive_ipn(provider, raw)
    except Exception:
        log.exception("an IPN could not be taken")
        _keep_quietly(provider, raw, Verdict.ERROR, NoticeResult.FAILED)
        return NoticeResult.FAILED


def _receive_ipn(provider: Provider, raw: str) -> NoticeResult:
    try:
        notice = provider.read_notice(raw)
    except (Unreadable, BadSignature, ForeignTerminal) as refusal:
        _keep_ipn(provider, raw, _verdict_of(refusal), NoticeResult.BAD_SIGNATURE)
        return NoticeResult.BAD_SIGNATURE
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
        return _take(provider, notice, raw)


def _verdict_of(refusal: Exception) -> Verdict:
    if isinstance(refusal, Unreadable):
        return Verdict.MALFORMED
    return Verdict.FOREIGN_TERMINAL if isinstance(refusal, ForeignTerminal) else Verdict.BAD_SIGNATURE


def _take(provider: Provider, notice: Notice, raw: str) -> NoticeResult:
    """The rest of the checks, in the order in which gateways want them, under the locks of the money."""
    try:
        held = lock_for_payment(notice.reference)
    except UnknownReference:
        held = (None, None, None)
    attempt = held[-1]
    verdict = _objection(provider, notice, attempt)
    if verdict:
        result = REFUSALS[verdict]
        _keep_ipn(provider, raw, verdict, result, attempt if verdict != Verdict.UNKNOWN_REFERENCE else None)
        return result
    if _is_known(attempt, notice.outcome, notice.code):
        _keep_ipn(provider, raw, Verdict.DUPLICATE, NoticeResult.ALREADY_CONFIRMED, attempt)
        return NoticeResult.ALREADY_CONFIRMED
    event = _keep_ipn(provider, raw, Verdict.VALID, NoticeResult.CONFIRMED, attempt)
    _act(held, notice, event)
    return NoticeResult.CONFIRMED


def _objection(provider: Provider, notice: Notice, attempt: PaymentAttempt | None) -> Verdict | None:
    """Why a signed message is not for us; None when it is."""
    if attempt is None or not attempt.is_online or attempt.point.provider != provider.key:
        return Verdict.UNKNOWN_REFERENCE
    if attempt.point.code != notice.terminal:
        return Verdict.FOREIGN_TERMINAL
    if notice.amount != attempt.amount:
        return Verdict.WRONG_AMOUNT
    return None if notice.is_readable else Verdict.MALFORMED


def _is_known(attempt: PaymentAttempt, outcome: Outcome, code: str) -> bool:
    """Have we heard exactly this? What is paid stays paid, whatever comes after; a contradiction is for people to see."""
    if attempt.state != AttemptState.PAID:
        return (attempt.state, attempt.code) == (outcome.state, code)
    if outcome.state != AttemptState.PAID:
        log.warning("the gateway contradicts a payment", extra={"reference": attempt.reference, "codes": code})
    return True


def _act(held: tuple, notice: Notice, event: GatewayEvent | None) -> None:
    attempt, outcome = held[-1], notice.outcome
    if outcome.state == AttemptState.PAID:
        facts = {"transaction_no": notice.transaction_no, "bank_code": notice.bank_code[:20], "code": notice.code}
        settlement.settle(attempt.reference, event, cause="ipn", held=held, **facts)
        return
    cause = outcome.doubt or "ipn"
    if attempt.is_open and attempt.state != outcome.state and not _may_move(attempt, outcome.state, cause):
        schedule.ask_soon(attempt, "again")  # somebody looks at it already: only an answer to our own question may end that
        return
    settlement.record_outcome(
        attempt.reference, outcome.state, cause=cause, proof=event, code=notice.code, final=outcome.final, held=held
    )
    if not outcome.final:
        schedule.ask_soon(attempt, "again")


def _may_move(attempt: PaymentAttempt, target: AttemptState | None, cause: str) -> bool:
    return cause in ATTEMPT_EDGES.get((attempt.state, target), {})


# ------------------------------------------------------------ the payer is back


@transaction.atomic
def receive_return(provider: Provider, raw: str) -> PaymentAttempt | None:
    """The attempt a returning browser truly speaks of, or None. Nothing moves by it; when we do not know yet how it went,
    the gateway is asked soon."""
    try:
        notice = provider.read_return(raw)
    except (Unreadable, BadSignature, ForeignTerminal) as refusal:
        _keep(EventKind.RETURN, raw, _verdict_of(refusal))
        return None
    found = PaymentAttempt.objects.select_related("point", "link", "obligation__dossier__version__procedure")
    attempt = found.filter(reference=notice.reference).first()
    verdict = _objection(provider, notice, attempt)
    if verdict in (Verdict.UNKNOWN_REFERENCE, Verdict.FOREIGN_TERMINAL):
        _keep(EventKind.RETURN, raw, verdict)
        return None
    if _says_something_new(attempt, raw):
        _keep(EventKind.RETURN, raw, verdict or Verdict.VALID, attempt=attempt)
        if attempt.resolved_at is None:
            schedule.ask_soon(attempt, "returned")
    return attempt


def _says_something_new(attempt: PaymentAttempt, raw: str) -> bool:
    """Not a page loaded again, nor a good return decorated without end."""
    said = attempt.events.filter(kind=EventKind.RETURN)
    return not said.filter(raw=raw[:MOST_RAW]).exists() and said.count() < MOST_OF_ONE


# ------------------------------------------------------------ keeping what was heard


def _keep_ipn(
    provider: Provider, raw: str, verdict: Verdict, result: NoticeResult, attempt: PaymentAttempt | None = None
) -> GatewayEvent | None:
    return _keep(EventKind.IPN, raw, verdict, answer=provider.answer_notice(result).code, attempt=attempt)


def _keep(
    kind: EventKind, raw: str, verdict: Verdict, *, answer: str = "", attempt: PaymentAttempt | None = None
) -> GatewayEvent | None:
    """Store what nobody asked for. What says nothing new is kept up to a cap, the rest only logged: None."""
    if verdict != Verdict.VALID and _is_too_much(kind, attempt):
        _not_kept[kind] += 1
        log.warning("event not kept", extra={"kind": kind, "verdict": verdict, "answer": answer, "not_kept": _not_kept[kind]})
        return None
    return store_event(kind, raw, verdict, attempt=attempt, answer=answer)


def _is_too_much(kind: EventKind, attempt: PaymentAttempt | None) -> bool:
    said = GatewayEvent.objects.filter(kind=kind)
    if attempt:
        return said.filter(attempt=attempt).exclude(verdict=Verdict.VALID).count() >= MOST_OF_ONE
    lately = clock.now() - dt.timedelta(minutes=1)
    return said.filter(attempt=None, received_at__gt=lately).exclude(verdict=Verdict.VALID).count() >= MOST_A_MINUTE


def _keep_quietly(provider: Provider, raw: str, verdict: Verdict, result: NoticeResult) -> None:
    """When even that fails there is the log."""
    try:
        with transaction.atomic():
            _keep_ipn(provider, raw, verdict, result)
    except Exception:
        log.exception("an event could not be kept")
