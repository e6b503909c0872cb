"""Asking the carrier about parcels it has: where one is, and to cancel one before its pick-up. By people, and by a job for
parcels that it is silent about."""

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Exists, OuterRef

from dossiers.choices import ON_ITS_WAY, ParcelState
from dossiers.models import Dossier
from dossiers.parcels import notices
from dossiers.parcels.carriers import register
from dossiers.parcels.carriers.base import CancelRefused, NoAnswer, UnknownHere, Unreadable
from dossiers.parcels.models import Parcel, ParcelRequest
from portal.common import clock, outbox
from portal.common.outbox import OutboxState

log = logging.getLogger(__name__)
WHERE, CANCEL, Outcome = ParcelRequest.Kind.WHERE, ParcelRequest.Kind.CANCEL, ParcelRequest.Outcome
QUIET_AFTER = dt.timedelta(days=5)  # without a notice somebody should ask: the job does, and the lists mark the parcel
ASK_AGAIN = dt.timedelta(days=1)  # the job asks about one parcel no more often


@transaction.atomic
def ask(parcel, kind, *, by=None, reason=""):
    """Write the request down; the worker asks. Pressed twice it is one. None when nothing can be asked any more."""
    Dossier.objects.select_for_update(of=("self",)).get(pk=parcel.dossier_id)
    parcel = Parcel.objects.get(pk=parcel.pk)
    if not (parcel.may_be_cancelled if kind == CANCEL else parcel.may_be_asked):
        return None
    waiting = parcel.requests.filter(kind=kind).exclude(due_state=OutboxState.DONE).first()
    if waiting is not None and waiting.due_state == OutboxState.DEAD:
        waiting.resend()
    outbox.wake_relay()
    return waiting or ParcelRequest.objects.create(parcel=parcel, kind=kind, asked_by=by, reason=reason.strip())


def run():
    """Ask about parcels on their way that nobody has heard of for QUIET_AFTER, each at most once in ASK_AGAIN."""
    now = clock.now()
    lately = ParcelRequest.objects.filter(parcel=OuterRef("pk"), kind=WHERE, asked_at__gt=now - ASK_AGAIN)
    asked = [key for key, carrier in register.CARRIERS.items() if carrier.takes_orders and carrier.is_configured()]
    away = Parcel.objects.filter(state__in=ON_ITS_WAY - {ParcelState.ORDERED}, carrier__in=asked)
    for parcel in away.filter(~Exists(lately), state_at__lt=now - QUIET_AFTER).order_by("state_at")[:50]:
        ask(parcel, WHERE)


# ---------------------------------------------------------------- the worker
@outbox.worker(ParcelRequest)
def prepare(request):
    """In the transaction of the worker, as `sending.prepare`. What the parcel no longer needs is not asked."""
    if not (request.parcel.may_be_cancelled if request.kind == CANCEL else request.parcel.may_be_asked):
        request.outcome = Outcome.TOO_LATE
        request.save(update_fields=["outcome"])
        return
    request.keep_waiting = True
    request.tries += 1
    request.next_at, request.leased_until = clock.now() + request.retry_delay(), None
    request.save(update_fields=["tries", "next_at", "leased_until"])


@outbox.after_commit(ParcelRequest)
def call(request):
    """After the commit: ask, and keep what the carrier tells. Without an answer the same question goes out again."""
    if not request.keep_waiting:
        return
    parcel = Parcel.objects.get(pk=request.parcel_id)
    carrier = register.carrier_of(parcel)
    try:
        told = carrier.cancel(parcel) if request.kind == CANCEL else carrier.find(parcel)
    except CancelRefused as refusal:
        _answered(request, Outcome.REFUSED, str(refusal))
        return
    except UnknownHere:
        _answered(request, Outcome.UNKNOWN)
        return
    except (NoAnswer, Unreadable) as silence:
        log.warning("no answer about a parcel", extra={"parcel": parcel.reference, "error": str(silence)})
        given_up = clock.now() - request.created_at > outbox.DEAD_AFTER
        state = {"due_state": OutboxState.DEAD} if given_up else {}
        ParcelRequest.objects.filter(pk=request.pk).update(last_error=str(silence)[:2000], **state)
        return
    with transaction.atomic():
        kept = [notices.keep(notice, carrier=parcel.carrier) for notice in told]
        news = Outcome.NEWS if notices.Kept.NEW in kept else Outcome.NO_NEWS
        _answered(request, Outcome.CANCELLED if request.kind == CANCEL else news)


def _answered(request, outcome, words=""):
    ParcelRequest.objects.filter(pk=request.pk).update(
        outcome=outcome, words=words[:300], due_state=OutboxState.DONE, done_at=clock.now(), last_error=""
    )
