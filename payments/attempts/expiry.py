"""Every minute: nothing that is unknown stays unasked, and a transfer code does not stay open for ever.

The gateway is asked first, always: no attempt at a gateway expires by the clock alone. All times are the database's.
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
MOST = 200  # rows of one kind a minute: the rest comes a minute later
_WAITING = {"due_state": outbox.OutboxState.WAITING}


def run():
    """The job of the minute. Safe to run twice."""
    if ask_the_forgotten() + look_after_refunds():
        outbox.wake_relay()
    end_transfers()


@transaction.atomic
def ask_the_forgotten():
    """Attempts whose word is not final, past their time, for which no question waits (a crash, a dead row). Returns how many."""
    past = Now() - dt.timedelta(seconds=settings.PAYMENT_TIMES["ask_after_expiry"])
    rows = PaymentAttempt.objects.filter(
        Q(resolved_at=None) | Q(state=AttemptState.REVIEW), way=Way.GATEWAY, expires_at__lt=past
    ).exclude(state=AttemptState.PAID)
    rows = rows.exclude(Exists(GatewayQuestion.objects.filter(attempt=OuterRef("pk"), **_WAITING)))
    # Whoever holds an attempt now is about to write its question; the rest is kept from changing until ours is there.
    lost = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("expires_at")[:MOST])
    GatewayQuestion.objects.bulk_create(
        [GatewayQuestion(attempt=attempt, cause=GatewayQuestion.Cause.EXPIRED, next_at=clock.now()) for attempt in lost],
        ignore_conflicts=True,
    )
    return len(lost)


def look_after_refunds():
    """Refunds on their way at the gateway of which nobody asks any more. Returns how many."""
    rows = Refund.objects.filter(
        state__in=(RefundState.SENT, RefundState.PROCESSING, RefundState.UNKNOWN), way=RefundWay.GATEWAY
    ).exclude(Exists(RefundCall.objects.filter(refund=OuterRef("pk"), **_WAITING)))
    unsent = Refund.objects.filter(state=RefundState.APPROVED, way=RefundWay.GATEWAY).exclude(
        Exists(RefundCall.objects.filter(refund=OuterRef("pk"), **_WAITING))
    )
    calls = [RefundCall(refund=refund, kind=RefundCall.Kind.QUERY) for refund in rows[:MOST]]
    calls += [RefundCall(refund=refund, kind=RefundCall.Kind.SEND) for refund in unsent[:MOST]]
    RefundCall.objects.bulk_create(calls)
    return len(calls)


def end_transfers():
    """Transfer codes whose time is over and whose money was not seen. Money that comes later is still recognised."""
    late = PaymentAttempt.objects.filter(way=Way.TRANSFER, state=AttemptState.SENT, expires_at__lt=Now())
    for reference in late.order_by("expires_at").values_list("reference", flat=True)[:MOST]:
        try:
            with transaction.atomic():
                settlement.record_outcome(reference, AttemptState.EXPIRED, cause="window_over")
        except Exception:  # the others do not wait for this one
            log.exception("a transfer could not be ended", extra={"reference": reference})
