"""What an administrator does to an endpoint: register, replace its secret, switch it off and on, try it, send again. A job of the
minute seals secrets again after SECRET_KEY was replaced."""

from django.db import transaction
from django.db.models import Max

from dossiers.models import Event
from dossiers.webhooks.collecting import written
from dossiers.webhooks.models import OVERLAP, Delivery, Endpoint
from dossiers.webhooks.signing import new_secret, opened, resealed
from portal.common import clock, outbox
from portal.common.outbox import OutboxState, Priority
from portal.common.sealing import CannotOpen

TRIAL = "webhook.trial"


def register(endpoint, user):
    """Store a new endpoint. It is told of what happens from now on."""
    endpoint.registered_by = user
    _begin_now(endpoint)
    endpoint.save()
    return endpoint


def _begin_now(endpoint):
    endpoint.active_since = clock.now()
    endpoint.after_event = Event.objects.aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def replace_secret(pk):
    """A new secret; the old one signs beside it for OVERLAP, unless it cannot be opened any more. Returns the endpoint."""
    endpoint = Endpoint.objects.select_for_update().get(pk=pk)
    try:
        opened(endpoint.secret)
    except CannotOpen:
        endpoint.old_secret, endpoint.old_secret_until = "", None
    else:
        endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, clock.now() + OVERLAP
    endpoint.secret = new_secret()
    endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
    return endpoint


def seal_again():
    """A job of the minute: what is sealed under one of SECRET_KEY_FALLBACKS comes under SECRET_KEY, so that the former may go."""
    for found in Endpoint.objects.only("secret", "old_secret"):
        fresh = {"secret": resealed(found.secret), "old_secret": resealed(found.old_secret)}
        if fresh != {"secret": found.secret, "old_secret": found.old_secret}:
            unchanged = Endpoint.objects.filter(pk=found.pk, secret=found.secret, old_secret=found.old_secret)
            unchanged.update(**fresh)


@transaction.atomic
def switch_on(pk):
    """Tell it again of what happens from now on. What happened while it was off is not sent."""
    endpoint = Endpoint.objects.select_for_update().get(pk=pk)
    if endpoint.disabled_at:
        endpoint.disabled_at, endpoint.disabled_why, endpoint.failing_since = None, "", None
        _begin_now(endpoint)
        endpoint.save()
    return endpoint


def try_it(endpoint):
    """One message about nothing, to see whether it arrives."""
    outbox.wake_relay()
    return Delivery.objects.create(endpoint=endpoint, kind=TRIAL, body=written(TRIAL, clock.now(), {}))


def drop_lost(endpoint):
    """Forget what could not be delivered. Its number."""
    return endpoint.deliveries.filter(due_state=OutboxState.DEAD).delete()[0]


def send_again(deliveries):
    """Send these (a queryset) again, with 72 hours for tries. Their number; what is on its way is left alone."""
    number = deliveries.exclude(due_state=OutboxState.WAITING).update(
        due_state=OutboxState.WAITING, priority=Priority.AWAITED, next_at=clock.now(), leased_until=None, created_at=clock.now(),
        tries=0, done_at=None, last_error="", last_status=None,
    )  # fmt: skip
    outbox.wake_relay()
    return number
