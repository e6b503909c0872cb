"""The worker of webhooks: one try, with no lock held; the next try is planned before the call, so that a crash loses nothing."""

import datetime as dt
import logging

import httpx
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.messages.models import queue_messages
from accounts.models import User
from dossiers.webhooks import addresses, signing
from dossiers.webhooks.models import GIVEN_UP_AFTER, Delivery, Endpoint
from portal.common import clock, outbox
from portal.common.outbox import OutboxState

log = logging.getLogger(__name__)
A_LITTLE = dt.timedelta(hours=1)  # the first try fails some moments after its row was written
TIMEOUT = httpx.Timeout(10, connect=3)  # seconds


class NotTaken(Exception):
    """The other program did not answer with 2xx; `str()` says what happened."""

    def __init__(self, why, status=None):
        super().__init__(why)
        self.status = status


@outbox.worker(Delivery)
def prepare(delivery):
    """In the transaction of the worker: the row stays due until the other program has taken it."""
    delivery.keep_waiting = True
    if delivery.endpoint.disabled_at:
        Delivery.objects.filter(pk=delivery.pk).update(due_state=OutboxState.DEAD, last_error="endpoint disabled")
        return
    delivery.tries += 1
    delivery.next_at, delivery.leased_until = clock.now() + delivery.retry_delay(), None
    delivery.save(update_fields=["tries", "next_at", "leased_until"])


@outbox.after_commit(Delivery)
def send(delivery):
    """After the commit: send once and keep what came of it."""
    delivery = Delivery.objects.select_related("endpoint").get(pk=delivery.pk)
    if delivery.due_state != OutboxState.WAITING or delivery.endpoint.disabled_at:
        return
    try:
        status = post(delivery)
    except Exception as error:  # whatever stops it, also the time limit of the task, is a try that failed
        _failed(delivery, error)
        return
    with transaction.atomic():
        _of(delivery).update(due_state=OutboxState.DONE, done_at=clock.now(), last_error="", last_status=status)
        Endpoint.objects.filter(pk=delivery.endpoint_id).update(failing_since=None)


def post(delivery):
    """Send it to the address that its name has now; the status of the answer. Raises Refused, NotTaken or httpx.HTTPError.

    The connection goes to the number that was checked; TLS and `Host` know the name. Redirects are not followed, the body of the
    answer is not read.
    """
    target = addresses.look_up(delivery.endpoint.url)
    signed = signing.headers(delivery.endpoint.secrets_now(), str(delivery), int(clock.now().timestamp()), delivery.body)
    headers = {**signed, "Host": target.parts.netloc, "Content-Type": "application/json", "User-Agent": "dvc-webhook/1"}
    with (
        httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "POST", target.pinned, content=delivery.body.encode(), headers=headers, extensions={"sni_hostname": target.host}
        ) as answer,
    ):
        if not answer.is_success:
            raise NotTaken(f"HTTP {answer.status_code}", answer.status_code)
        return answer.status_code


def _of(delivery):
    return Delivery.objects.filter(pk=delivery.pk, due_state=OutboxState.WAITING)


def _failed(delivery, error):
    """Keep the reason; after 72 hours give up, and switch off an endpoint that took nothing for 72 hours. 410: at once."""
    now, status = clock.now(), getattr(error, "status", None)
    log.warning("a webhook was not taken", extra={"webhook": str(delivery), "error": str(error)[:200]})
    given_up = {"due_state": OutboxState.DEAD} if now >= delivery.until else {}
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
        _of(delivery).update(last_error=f"{type(error).__name__}: {error}"[:500], last_status=status, **given_up)
        if endpoint.failing_since is None:
            endpoint.failing_since = now
            endpoint.save(update_fields=["failing_since"])
        if status == httpx.codes.GONE:
            disable(endpoint, _("Nơi nhận trả lời rằng nó không còn nữa (410)."))
        elif now - endpoint.failing_since >= GIVEN_UP_AFTER - A_LITTLE:
            disable(endpoint, _("72 giờ liền không gửi được."))
        elif given_up:
            _tell(endpoint, f"webhook:{delivery.pk}", _("Một thông báo không gửi được trong 72 giờ; có thể gửi lại."))


def disable(endpoint, why, *, tell=True):
    """Switch it off; what waits is not sent. System administrators are told."""
    if endpoint.disabled_at:
        return
    endpoint.disabled_at, endpoint.disabled_why = clock.now(), why
    endpoint.save(update_fields=["disabled_at", "disabled_why"])
    endpoint.deliveries.filter(due_state=OutboxState.WAITING).update(due_state=OutboxState.DEAD)
    if tell:
        _tell(endpoint, f"webhook-off:{endpoint.pk}:{endpoint.disabled_at:%Y%m%d%H%M}", _("Đã tắt nơi nhận này: ") + why)


def _tell(endpoint, key, words):
    with translation.override("vi"):
        subject = _("Webhook «%(name)s» không gửi được") % {"name": endpoint.name}
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    queue_messages(key, administrators, subject=subject, body=words, link=reverse("webhooks:endpoint", args=[endpoint.pk]))
