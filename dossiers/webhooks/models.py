"""Where other programs are told what happens to dossiers, and what each of them is told. Explained in `docs/operations.md`."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models import Event
from dossiers.webhooks.signing import new_secret, opened
from portal.common import clock
from portal.common.outbox import OutboxRow

GIVEN_UP_AFTER = dt.timedelta(hours=72)
OVERLAP = dt.timedelta(hours=24)  # a secret that was replaced still signs
# The pause after each try; the last try is 72 hours after the first.
PAUSES = [dt.timedelta(seconds=10), dt.timedelta(minutes=1), dt.timedelta(minutes=5), dt.timedelta(minutes=30)]
PAUSES += [dt.timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)]


class Endpoint(models.Model):
    """An https address of another program. `after_event`: events up to this one have been looked at (`webhooks.collecting`).

    `secret` and `old_secret` are sealed (`webhooks.signing`).
    """

    name = models.CharField(_("tên"), max_length=100)
    url = models.URLField(_("địa chỉ"), max_length=500, unique=True)
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(default=clock.now)
    active_since = models.DateTimeField(default=clock.now)
    after_event = models.BigIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_why = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("nơi nhận thông báo")
        verbose_name_plural = _("nơi nhận thông báo")

    def __str__(self):
        return self.name

    def secrets_now(self):
        """The secrets that sign now, opened, the newest first. Raises sealing.CannotOpen."""
        overlaps = self.old_secret and self.old_secret_until and clock.now() < self.old_secret_until
        return [opened(self.secret), *([opened(self.old_secret)] if overlaps else [])]


class Delivery(OutboxRow):
    """One message to one endpoint. `body` is sent as it stands, under the same `message_id` however often. No event: a trial."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, null=True, on_delete=models.PROTECT, related_name="+")
    message_id = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=40)
    body = models.TextField()
    last_status = models.PositiveSmallIntegerField(_("trả lời gần nhất"), null=True)

    class Meta:
        verbose_name = _("thông báo cho phần mềm khác")
        verbose_name_plural = _("thông báo cho phần mềm khác")
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="one_webhook_an_endpoint_and_event")]
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="webhooks_that_are_due")]

    def __str__(self):
        return f"msg_{self.message_id.hex}"

    @property
    def until(self):
        """When the last try is."""
        return self.created_at + GIVEN_UP_AFTER

    def retry_delay(self):
        """The pause after the try that is counted in `tries`, at most until the last try."""
        pause = PAUSES[min(max(self.tries, 1), len(PAUSES)) - 1]
        left = self.until - clock.now()
        return min(pause, left) if left > dt.timedelta(0) else pause
