"""What the gateway says of a payment without being asked (IPN), and what a payer's browser brings back (return).

Nothing is believed before its signature. Only the IPN moves money, and it is answered `00` only when that is committed.
"""

import datetime as dt
import logging
from collections import Counter

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from payments import outcomes
from payments.attempts import settlement
from payments.attempts.lifecycle import UnknownReference, lock_for_payment
from payments.enquiries import schedule
from payments.gateways.vnpay import answers
from payments.gateways.vnpay.canonical import Unreadable
from payments.models import MOST_RAW, EventKind, GatewayEvent, PaymentAttempt, Verdict, Way
from payments.models.states import ATTEMPT_EDGES, AttemptState
from portal.common import clock

log = logging.getLogger(__name__)

# The gateway's own words for our answer; 00 and 02 end its retries.
CONFIRMED, UNKNOWN, WRONG_AMOUNT, ALREADY, BAD_SIGNATURE, FAILED = "00", "01", "04", "02", "97", "99"
MESSAGES = {
    CONFIRMED: "Confirm Success",
    UNKNOWN: "Order not found",
    WRONG_AMOUNT: "Invalid amount",
    ALREADY: "Order already confirmed",
    BAD_SIGNATURE: "Invalid signature",
    FAILED: "Unknown error",
}
MOST_A_MINUTE = 60  # events of one kind that belong to no attempt of ours: forgeries fill neither the disk nor the list
MOST_OF_ONE = 30  # events of one kind and attempt that say nothing new; the gateway itself calls ten times at most
LOCK_WAIT = "8s"  # rather an error now, and the gateway's next call in five minutes, than a server full of waiting calls
_not_kept = Counter()


def receive_ipn(raw):
    """Take one IPN (its query string). Returns the RspCode to answer, when everything it caused is committed."""
    try:
        with translation.override(settings.LANGUAGE_CODE):  # what a payment writes down is in the portal's first language
            return _receive_ipn(raw)
    except Exception:
        log.exception("an IPN could not be taken")
        _keep_quietly(EventKind.IPN, raw, Verdict.ERROR, answer=FAILED)
        return FAILED


def _receive_ipn(raw):
    answer, verdict = _read(raw)
    if answer is None:
        keep(EventKind.IPN, raw, verdict, answer=BAD_SIGNATURE)
        return BAD_SIGNATURE
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
        return _take(answer, raw)


def _read(raw):
    """(the verified answer, None), or (None, why not)."""
    try:
        return answers.read_pay(raw, settings.VNPAY_SECRETS), None
    except Unreadable:
        return None, Verdict.MALFORMED
    except answers.ForeignTerminal:
        return None, Verdict.FOREIGN_TERMINAL
    except answers.BadSignature:
        return None, Verdict.BAD_SIGNATURE


def _take(answer, raw):
    """The rest of the checks, in the order the gateway wants its codes, under the locks of the money."""
    try:
        held = lock_for_payment(answer.reference)
    except UnknownReference:
        held = (None, None, None)
    attempt = held[-1]
    verdict, said = _objection(answer, attempt)
    if verdict:
        keep(EventKind.IPN, raw, verdict, answer=said, attempt=attempt if verdict != Verdict.UNKNOWN_REFERENCE else None)
        return said
    outcome = outcomes.of_pay(answer.response_code, answer.status)
    code = f"{answer.response_code}/{answer.status}"
    if _is_known(attempt, outcome, code):
        keep(EventKind.IPN, raw, Verdict.DUPLICATE, answer=ALREADY, attempt=attempt)
        return ALREADY
    event = keep(EventKind.IPN, raw, Verdict.VALID, answer=CONFIRMED, attempt=attempt)
    _act(held, answer, outcome, code, event)
    return CONFIRMED


def _objection(answer, attempt):
    """Why a signed message is not for us, with the code that says so; ("", "") when it is."""
    if attempt is None or attempt.way != Way.VNPAY:
        return Verdict.UNKNOWN_REFERENCE, UNKNOWN
    if attempt.point.code != answer.terminal:
        return Verdict.FOREIGN_TERMINAL, BAD_SIGNATURE
    if not answer.is_amount(attempt.amount):
        return Verdict.WRONG_AMOUNT, WRONG_AMOUNT
    if not answer.is_readable:
        return Verdict.MALFORMED, FAILED
    return "", ""


def _is_known(attempt, outcome, code):
    """Have we heard exactly this? What is paid stays paid, whatever comes after; a contradiction is for people to see."""
    if attempt.state != AttemptState.PAID:
        return (attempt.state, attempt.code) == (outcome.state, code)
    if outcome.state != AttemptState.PAID:
        log.warning("the gateway contradicts a payment", extra={"reference": attempt.reference, "codes": code})
    return True


def _act(held, answer, outcome, code, event):
    attempt = held[-1]
    if outcome.state == AttemptState.PAID:
        facts = {"transaction_no": answer.transaction_no, "bank_code": answer.bank_code[:20], "code": code}
        settlement.settle(attempt.reference, event, cause="ipn", held=held, **facts)
        return
    cause = outcome.doubt or "ipn"
    if attempt.is_open and attempt.state != outcome.state and not _may_move(attempt, outcome.state, cause):
        schedule.ask_soon(attempt, "again")  # somebody looks at it already: only an answer to our own question may end that
        return
    settlement.record_outcome(
        attempt.reference, outcome.state, cause=cause, proof=event, code=code, final=outcome.final, held=held
    )
    if not outcome.final:
        schedule.ask_soon(attempt, "again")


def _may_move(attempt, target, cause):
    return cause in ATTEMPT_EDGES.get((attempt.state, target), {})


# ------------------------------------------------------------ the payer is back


@transaction.atomic
def receive_return(raw):
    """The attempt a returning browser truly speaks of, or None. Nothing moves by it; when we do not know yet how it went,
    the gateway is asked soon."""
    answer, verdict = _read(raw)
    if answer is None:
        keep(EventKind.RETURN, raw, verdict)
        return None
    found = PaymentAttempt.objects.select_related("point", "link", "obligation__dossier__version__procedure")
    attempt = found.filter(reference=answer.reference).first()
    verdict, _said = _objection(answer, attempt)
    if verdict in (Verdict.UNKNOWN_REFERENCE, Verdict.FOREIGN_TERMINAL):
        keep(EventKind.RETURN, raw, verdict, attempt=None)
        return None
    if _says_something_new(attempt, raw):
        keep(EventKind.RETURN, raw, verdict or Verdict.VALID, attempt=attempt)
        if attempt.resolved_at is None:
            schedule.ask_soon(attempt, "returned")
    return attempt


def _says_something_new(attempt, raw):
    """Not a page loaded again, nor a good return decorated without end."""
    said = attempt.events.filter(kind=EventKind.RETURN)
    return not said.filter(raw=raw[:MOST_RAW]).exists() and said.count() < MOST_OF_ONE


# ------------------------------------------------------------ keeping what was heard


def keep(kind, raw, verdict, *, answer="", attempt=None):
    """Store what was heard, word for word and cut. What says nothing new is kept up to a cap, the rest only logged: None."""
    if verdict != Verdict.VALID and _is_too_much(kind, attempt):
        _not_kept[kind] += 1
        log.warning("event not kept", extra={"kind": kind, "verdict": verdict, "answer": answer, "not_kept": _not_kept[kind]})
        return None
    return GatewayEvent.objects.create(
        kind=kind,
        attempt=attempt,
        point=attempt.point if attempt else None,
        raw=raw.replace("\0", "\ufffd")[:MOST_RAW],
        verdict=verdict,
        answer=answer,
    )


def _is_too_much(kind, attempt):
    said = GatewayEvent.objects.filter(kind=kind)
    if attempt:
        return said.filter(attempt=attempt).exclude(verdict=Verdict.VALID).count() >= MOST_OF_ONE
    lately = clock.now() - dt.timedelta(minutes=1)
    return said.filter(attempt=None, received_at__gt=lately).exclude(verdict=Verdict.VALID).count() >= MOST_A_MINUTE


def _keep_quietly(kind, raw, verdict, *, answer):
    """When even that fails there is the log."""
    try:
        with transaction.atomic():
            keep(kind, raw, verdict, answer=answer)
    except Exception:
        log.exception("an event could not be kept")
