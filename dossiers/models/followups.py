"""Follow-ups: outbox rows for the work after a step (papers, signing of a result, delivery)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.history import Event
from portal.common.outbox import OutboxRow


class FollowUp(OutboxRow):
    """One piece of work after an event: make a paper, sign the result, deliver it. At most one for each event and kind."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="followups")
    kind = models.CharField(_("việc"), max_length=30)

    class Meta:
        verbose_name = _("việc phải làm sau bước")
        verbose_name_plural = _("việc phải làm sau bước")
        constraints = [models.UniqueConstraint(fields=["event", "kind"], name="one_followup_an_event_and_kind")]
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="followups_that_are_due")]

    def __str__(self):
        return f"{self.kind} · {self.event}"
