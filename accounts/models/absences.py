"""When staff are away, and who does their work meanwhile."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from portal.common import clock


class AbsenceQuerySet(models.QuerySet):
    def current(self):
        """Absences of today that were not cancelled."""
        today = clock.today()
        return self.filter(first_on__lte=today, last_on__gte=today, cancelled_at=None)


class Absence(models.Model):
    """A member of staff is away on these days, both included. `stand_in` does what they hold; without one, every colleague with
    the role may. A row is cancelled, never changed."""

    user = models.ForeignKey(User, verbose_name=_("người vắng"), on_delete=models.PROTECT, related_name="absences")
    first_on = models.DateField(_("vắng từ ngày"))
    last_on = models.DateField(_("đến ngày"))
    stand_in = models.ForeignKey(
        User, verbose_name=_("người làm thay"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_by = models.ForeignKey(User, verbose_name=_("người ghi"), on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("ghi lúc"), default=clock.now)
    cancelled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(_("hủy lúc"), null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("ngày vắng mặt")
        verbose_name_plural = _("ngày vắng mặt")
        ordering = ["-first_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="an_absence_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(stand_in=F("user")) | Q(stand_in=None), name="nobody_stands_in_for_oneself"),
        ]
        indexes = [models.Index(fields=["last_on"], condition=Q(cancelled_at=None), name="absences_that_may_count")]

    def __str__(self):
        return f"{self.user} {self.first_on}–{self.last_on}"
