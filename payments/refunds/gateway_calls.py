"""Refunds through the gateway.

Before an order is sent, its state SENT and a query for its result are committed. It is sent again only under the same number,
and only if the gateway does not have it.
"""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from payments import differences
from payments.enquiries import query, schedule, terminal_lease
from payments.gateways import register
from payments.gateways.base import Answer, NoAnswer, NotSent, Subject
from payments.models import Difference, EventKind, GatewayEvent, GatewayQuestion, Refund, RefundCall, Verdict, store_event
from payments.models.states import RefundState
from payments.refunds import approval
from portal.common import clock, outbox

log = logging.getLogger(__name__)
R, Kind = RefundState, RefundCall.Kind
UNDER_WAY = (R.SENT, R.PROCESSING, R.UNKNOWN)


@outbox.worker(RefundCall)
def prepare(call: RefundCall) -> None:
    """In the transaction of the worker: record what `send` will do after the commit."""
    if call.kind == Kind.SEND:
        call.is_sending = _begin_sending(call)
    elif call.refund.state in UNDER_WAY:
        _acquire_terminal(call)


@outbox.after_commit(RefundCall)
def send(call: RefundCall) -> None:
    """After the commit, with no lock: send the order or the query."""
    refund = Refund.objects.select_related("attempt__point", "attempt__obligation__dossier").get(pk=call.refund_id)
    if call.is_sending:
        _send_order(refund)
    elif call.lease:
        try:
            _query(refund, call)
        finally:
            terminal_lease.release(call.lease)


# ------------------------------------------------------------ the order


def _begin_sending(call: RefundCall) -> bool:
    refund = approval.lock(call.refund)
    if refund.state == R.APPROVED:
        refund.move(R.SENT, cause="sending", job="payment")
    elif refund.state == R.UNKNOWN:
        refund.move(R.SENT, cause="not_received", job="payment")
    else:
        return False
    _ask_later(refund, settings.PAYMENT_TIMES["refund_query_after"])
    return True


def _send_order(refund: Refund) -> None:
    attempt = refund.attempt
    try:
        answer = register.provider_of(attempt).refund(
            refund, by=f"canbo{refund.approved_by_id}"
        )  # a number: no name is sent to the gateway
    except NoAnswer as refusal:
        event = _store(EventKind.REFUND, refusal.raw or refusal.reason, Verdict.NO_ANSWER, refund)
        _record(refund, R.UNKNOWN, event, cause="no_answer")
        if isinstance(refusal, NotSent):  # nothing was sent: the same order may be sent again
            _send_again(refund, schedule.pause(refund.calls.filter(kind=Kind.SEND).count() - 1))
        return
    event = _store(EventKind.REFUND, answer.raw, query.verdict_on(answer, attempt, refund.amount), refund)
    if event.verdict == Verdict.WRONG_AMOUNT:
        _open_wrong_amount(refund, answer)
    target: RefundState | None = answer.refund if event.verdict == Verdict.VALID else R.UNKNOWN
    if answer.is_busy:  # it has this order, or works on another one of this payment: the query will tell
        target = None
    _record(refund, target, event, cause="no_answer" if target == R.UNKNOWN else "answer", answer=answer)


def _open_wrong_amount(refund: Refund, answer: Answer) -> None:
    """The gateway names another amount for this refund, or one that is not a whole number of đồng."""
    attempt, day = refund.attempt, clock.local(refund.requested_at).date()
    differences.open_difference(
        attempt.point, day, Difference.Kind.REFUND, refund.request_id, ours=refund.amount, theirs=answer.amount, attempt=attempt
    )


def _send_again(refund: Refund, seconds: float = 0) -> None:
    """Queue the same order under the same number, unless it is queued already."""
    if not refund.calls.filter(kind=Kind.SEND, due_state=outbox.OutboxState.WAITING).exists():
        RefundCall.objects.create(refund=refund, kind=Kind.SEND, next_at=clock.now() + dt.timedelta(seconds=seconds))
        outbox.wake_relay()


# ------------------------------------------------------------ the query


def _ask_later(refund: Refund, seconds: float) -> None:
    at = clock.now() + dt.timedelta(seconds=seconds)
    if not refund.calls.filter(kind=Kind.QUERY, due_state=outbox.OutboxState.WAITING).update(next_at=at):
        RefundCall.objects.create(refund=refund, kind=Kind.QUERY, next_at=at)


def _acquire_terminal(call: RefundCall) -> None:
    """Acquire the lease of the terminal, which queries about payments share; complaints go first. Sets the next try."""
    point = call.refund.attempt.point_id
    call.keep_waiting = True
    if not schedule.due_at(point).filter(cause=GatewayQuestion.Cause.COMPLAINT).exists():
        call.lease = terminal_lease.acquire(point)
    if call.lease:
        call.tries += 1
        pause = schedule.pause(call.tries - 1)
    else:
        quiet = terminal_lease.quiet_until(point)
        pause = (quiet - clock.now()).total_seconds() + 1 if quiet else schedule.BUSY_PAUSE_SECONDS
    call.next_at, call.leased_until = clock.now() + dt.timedelta(seconds=pause), None
    call.save(update_fields=["next_at", "leased_until", "tries"])


def _query(refund: Refund, call: RefundCall) -> None:
    """Query the result of the order and apply it. The row stays waiting, with growing pauses, until the refund has ended."""
    attempt = refund.attempt
    try:
        answer = register.provider_of(attempt).query(attempt)
    except NoAnswer as refusal:
        _store(EventKind.QUERYDR, refusal.raw or refusal.reason, Verdict.NO_ANSWER, refund)
        if refusal.is_busy:
            query.silence_terminal(attempt.point_id)
        return
    amount = refund.amount if answer.subject is Subject.REFUND else attempt.amount
    verdict = query.verdict_on(answer, attempt, amount)
    event = _store(EventKind.QUERYDR, answer.raw, verdict, refund)
    if answer.is_busy:
        query.silence_terminal(attempt.point_id)
    elif answer.is_done and answer.reference == attempt.reference:
        if verdict == Verdict.WRONG_AMOUNT and not _is_about_earlier(refund, answer):
            _report_amount(refund, answer)
        _apply(refund, answer, event)
    _close_if_ended(call)


def _apply(refund: Refund, answer: Answer, event: GatewayEvent) -> None:
    target = refund_state_in(refund, answer)
    if target is None:
        _not_received(refund, event)
    elif target != R.UNKNOWN:
        _record(refund, target, event, cause="querydr", answer=answer)


def refund_state_in(refund: Refund, answer: Answer) -> RefundState | None:
    """The state of our refund by an answer about its payment; UNKNOWN if not clear, None if the gateway has no such refund. An
    answer may be about the payment alone, or about an earlier refund of it."""
    if answer.subject is Subject.PAYMENT:
        if answer.is_success:
            return None
        return R.UNKNOWN if _earlier(refund).exists() else answer.refund
    if answer.subject is not Subject.REFUND or answer.amount is None:
        return R.UNKNOWN
    if _is_about_earlier(refund, answer) or answer.amount != refund.amount:
        return None
    return answer.refund


def _earlier(refund: Refund) -> QuerySet[Refund]:
    """The other refunds of the same payment that the gateway has numbered."""
    return Refund.objects.filter(attempt=refund.attempt_id).exclude(pk=refund.pk).exclude(transaction_no="")


def _is_about_earlier(refund: Refund, answer: Answer) -> bool:
    return _earlier(refund).filter(transaction_no=answer.transaction_no).exists()


def _report_amount(refund: Refund, answer: Answer) -> None:
    """Open a difference for the wrong amount of an answer: of the refund, or of the payment."""
    if answer.subject is Subject.REFUND:
        _open_wrong_amount(refund, answer)
    elif answer.subject is Subject.PAYMENT and answer.is_success:
        differences.open_wrong_amount(refund.attempt, answer.amount)


@transaction.atomic
def _not_received(refund: Refund, event: GatewayEvent) -> None:
    """The gateway has the payment but not this refund: queue the order again under its number. A refund in PROCESSING is only
    queried again."""
    refund = approval.lock(refund)
    if refund.state == R.SENT:
        refund.move(R.UNKNOWN, cause="no_answer", event=event, job="payment")
    if refund.state == R.UNKNOWN:
        _send_again(refund)


def _close_if_ended(call: RefundCall) -> None:
    if Refund.objects.filter(pk=call.refund_id, state__in=UNDER_WAY).exists():
        return
    RefundCall.objects.filter(pk=call.pk).update(due_state=outbox.OutboxState.DONE, done_at=clock.now(), last_error="")


# ------------------------------------------------------------ storing


def _store(kind: EventKind, raw: str, verdict: Verdict, refund: Refund) -> GatewayEvent:
    return store_event(kind, raw, verdict, attempt=refund.attempt, refund=refund)


@transaction.atomic
def _record(
    refund: Refund, target: RefundState | None, event: GatewayEvent, *, cause: str, answer: Answer | None = None
) -> Refund:
    facts = {}
    if answer is not None:
        facts = {"code": answer.code}
        if answer.subject is Subject.REFUND and answer.transaction_no:
            facts["transaction_no"] = answer.transaction_no
    refund = approval.record(refund, target, cause=cause, proof=event, **facts)
    if refund.state == R.REFUSED:
        attempt = refund.attempt
        differences.open_difference(
            attempt.point, clock.today(), Difference.Kind.REFUND, refund.request_id,
            ours=refund.amount, theirs=0, attempt=attempt,
        )  # fmt: skip
    return refund
