"""A job of the minute: the steps that other programs are told of become rows of the outbox, once for each endpoint.

A step does not pay for it: the rows are found afterwards, by the number of the event. A transaction may commit later than others
with higher numbers, so events of the last hour are looked at again; one row an endpoint and event is kept by the database.
"""

import datetime as dt
import json

from django.db.models import F, Max, Min

from dossiers.models import Event
from dossiers.webhooks.models import Delivery, Endpoint
from portal.common import clock, outbox

AT_ONCE = 500  # events of one endpoint in one run
LATE = dt.timedelta(hours=1)  # no transaction takes longer
KEPT = dt.timedelta(days=90)  # what was sent, for replaying


def run():
    """Write what is new; delete what was sent long ago."""
    for endpoint in Endpoint.objects.filter(disabled_at=None):
        _collect(endpoint)
    old = Delivery.objects.filter(due_state=outbox.OutboxState.DONE, done_at__lt=clock.now() - KEPT)
    old.filter(event__lte=Endpoint.objects.aggregate(least=Min("after_event"))["least"] or 0).delete()
    old.filter(event=None).delete()


def _collect(endpoint):
    fresh = list(_fresh(endpoint)[:AT_ONCE])
    rows = [Delivery(endpoint=endpoint, event=event, kind=kind_of(event), body=body_of(event)) for event in fresh]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        outbox.wake_relay()
    if len(fresh) < AT_ONCE:
        Endpoint.objects.filter(pk=endpoint.pk).update(after_event=_settled(endpoint))


def _fresh(endpoint):
    """Steps that changed the state, of dossiers whose submitter is not kept confidential, that this endpoint is not told yet."""
    told = Delivery.objects.filter(endpoint=endpoint, event__gt=endpoint.after_event).values("event")
    steps = Event.objects.filter(pk__gt=endpoint.after_event, at__gte=endpoint.active_since, dossier__confidential=False)
    facts = steps.exclude(source=F("target")).exclude(pk__in=told).order_by("pk")
    related = facts.select_related("dossier__version__procedure", "dossier__receiving_agency")
    return related.defer("dossier__answers", "dossier__asked", "dossier__version__document")


def _settled(endpoint):
    """The number of the event up to which no transaction can be open any more."""
    events = Event.objects.filter(pk__gt=endpoint.after_event)
    young = events.filter(at__gte=clock.now() - LATE).aggregate(first=Min("pk"))["first"]
    if young is not None:
        return young - 1
    return events.aggregate(last=Max("pk"))["last"] or endpoint.after_event


def kind_of(event):
    """«dossier.accepted»: by the state the dossier has come to."""
    return f"dossier.{event.target.lower()}"


def body_of(event):
    """What is told: no person, no code of the dossier, no words anybody wrote."""
    dossier = event.dossier
    facts = {"procedure": dossier.version.procedure.code, "agency": dossier.receiving_agency.code}
    return written(kind_of(event), event.at, facts)


def written(kind, at, facts):
    return json.dumps({"type": kind, "timestamp": at.isoformat(), "data": facts}, ensure_ascii=False, separators=(",", ":"))
