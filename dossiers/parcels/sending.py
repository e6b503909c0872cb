"""The worker of parcels: tells the carrier of an order, with no lock held, and keeps its answer."""

import logging

from django.db import transaction

from dossiers.choices import ParcelState
from dossiers.parcels import notices
from dossiers.parcels.carriers import register
from dossiers.parcels.carriers.base import NoAnswer, Notice, OrderRefused, Unreadable
from dossiers.parcels.models import Parcel
from portal.common import clock, outbox
from portal.common.outbox import OutboxState

log = logging.getLogger(__name__)
ORDER_KEY = "order"


@outbox.worker(Parcel)
def prepare(parcel):
    """In the transaction of the worker: the row stays due until the carrier has answered. The next try is planned before the
    call, so that a crash between the two loses nothing."""
    if parcel.state != ParcelState.ORDERED or not register.carrier_of(parcel).takes_orders:
        return
    parcel.keep_waiting = True
    parcel.tries += 1
    parcel.next_at, parcel.leased_until = clock.now() + parcel.retry_delay(), None
    parcel.save(update_fields=["tries", "next_at", "leased_until"])


@outbox.after_commit(Parcel)
def order(parcel):
    """After the commit: order at the carrier. Without an answer the same order goes out again, with growing pauses, until
    somebody at the desk is told."""
    if not parcel.keep_waiting:
        return
    parcel = Parcel.objects.select_related("dossier__receiving_agency").get(pk=parcel.pk)
    try:
        answer = register.carrier_of(parcel).order(parcel)
    except OrderRefused as refusal:
        _keep(parcel, ParcelState.NOT_TAKEN, clock.now(), str(refusal))
        return
    except (NoAnswer, Unreadable) as silence:
        log.warning("no answer to an order of a parcel", extra={"parcel": parcel.reference, "error": str(silence)})
        given_up = clock.now() - parcel.created_at > outbox.DEAD_AFTER
        state = {"due_state": OutboxState.DEAD} if given_up else {}
        Parcel.objects.filter(pk=parcel.pk, state=ParcelState.ORDERED).update(last_error=str(silence)[:2000], **state)
        return
    with transaction.atomic():
        Parcel.objects.filter(pk=parcel.pk).update(tracking=answer.tracking, postage=answer.postage)
        _keep(parcel, ParcelState.LABELLED, answer.at, raw=answer.raw)


def _keep(parcel, state, at, words="", raw=""):
    with transaction.atomic():
        notices.keep(Notice(parcel.reference, ORDER_KEY, state, at, "", words, raw))
        Parcel.objects.filter(pk=parcel.pk).update(due_state=OutboxState.DONE, done_at=clock.now(), last_error="")
