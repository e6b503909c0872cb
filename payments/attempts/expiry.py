"""The sweeper, every minute: finds attempts and refunds without a waiting query, and expires transfers.

An attempt at a gateway never expires by time alone: the gateway is always asked first. Times are those of the database.
"""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from payments.attempts import settlement
from payments.models import GatewayQuestion, PaymentAttempt, Refund, RefundCall, RefundWay, Way
from payments.models.states import AttemptState, RefundState
from portal.common import clock, outbox

log = logging.getLogger(__name__)
MAX_ROWS = 200  # rows of one kind in one run; the rest follows a minute later
_WAITING = {"due_state": outbox.OutboxState.WAITING}


def run() -> None:
    """The periodic job, every minute. Safe to run twice."""
    if query_forgotten_attempts() + query_forgotten_refunds():
        outbox.wake_relay()
    expire_transfers()


@transaction.atomic
def query_forgotten_attempts() -> int:
    """Queue a query for attempts past their time, without a final answer or a waiting query (after a crash). Returns how many."""
    past = Now() - dt.timedelta(seconds=settings.PAYMENT_TIMES["ask_after_expiry"])
    rows = PaymentAttempt.objects.filter(
        Q(resolved_at=None) | Q(state=AttemptState.REVIEW), way=Way.GATEWAY, expires_at__lt=past
    ).exclude(state=AttemptState.PAID)
    rows = rows.exclude(Exists(GatewayQuestion.objects.filter(attempt=OuterRef("pk"), **_WAITING)))
    # A locked attempt is skipped: whoever holds the lock queues the query. The others are locked until ours are written.
    lost = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("expires_at")[:MAX_ROWS])
    GatewayQuestion.objects.bulk_create(
        [GatewayQuestion(attempt=attempt, cause=GatewayQuestion.Cause.EXPIRED, next_at=clock.now()) for attempt in lost],
        ignore_conflicts=True,
    )
    return len(lost)


def query_forgotten_refunds() -> int:
    """Queue a call for approved or sent refunds at the gateway that have no waiting call. Returns how many."""
    rows = Refund.objects.filter(
        state__in=(RefundState.SENT, RefundState.PROCESSING, RefundState.UNKNOWN), way=RefundWay.GATEWAY
    ).exclude(Exists(RefundCall.objects.filter(refund=OuterRef("pk"), **_WAITING)))
    unsent = Refund.objects.filter(state=RefundState.APPROVED, way=RefundWay.GATEWAY).exclude(
        Exists(RefundCall.objects.filter(refund=OuterRef("pk"), **_WAITING))
    )
    calls = [RefundCall(refund=refund, kind=RefundCall.Kind.QUERY) for refund in rows[:MAX_ROWS]]
    calls += [RefundCall(refund=refund, kind=RefundCall.Kind.SEND) for refund in unsent[:MAX_ROWS]]
    RefundCall.objects.bulk_create(calls)
    return len(calls)


def expire_transfers() -> None:
    """Expire transfers past their time whose money was not received. Money that comes later is still matched."""
    late = PaymentAttempt.objects.filter(way=Way.TRANSFER, state=AttemptState.SENT, expires_at__lt=Now())
    for reference in late.order_by("expires_at").values_list("reference", flat=True)[:MAX_ROWS]:
        try:
            with transaction.atomic():
                settlement.record_outcome(reference, AttemptState.EXPIRED, cause="window_over")
        except Exception:  # one failure must not block the other transfers
            log.exception("a transfer could not be ended", extra={"reference": reference})
