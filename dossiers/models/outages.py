"""Recorded outages: times in which the systems of one body, or of all, do not work. The clocks of dossiers are paused."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from portal.common import clock


class Outage(models.Model):
    """One outage. `agency`: the receiving body; null: all bodies. A row is never changed but cancelled; a correction is a
    cancelled row and a new one. `settled`: over, and all dossiers that ran in it have their interval."""

    agency = models.ForeignKey(
        Agency, verbose_name=_("cơ quan"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(_("từ"))
    ended_at = models.DateTimeField(_("đến"))
    reason = models.TextField(_("lý do"))
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=clock.now)
    cancelled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)
    settled = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("sự cố")
        verbose_name_plural = _("sự cố")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="an_outage_ends_after_it_began"),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None) | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="a_cancelled_outage_names_who",
            ),
        ]

    def __str__(self):
        return f"{self.agency or '*'} {self.started_at:%Y-%m-%d %H:%M}"
