"""The intervals of the processing clock."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.choices import IntervalKind
from dossiers.models.dossier import Dossier
from portal.common import clock


class ClockInterval(models.Model):
    """A time interval of one kind. All are kept: both the due time and the indicators of QĐ 766 are computed from them."""

    Kind = IntervalKind

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="intervals")
    kind = models.CharField(_("loại"), max_length=12, choices=Kind.choices)
    started_at = models.DateTimeField(_("từ"), default=clock.now)
    ended_at = models.DateTimeField(_("đến"), null=True, blank=True)
    restart = models.BooleanField(_("tính lại từ đầu"), default=False)

    class Meta:
        verbose_name = _("khoảng thời gian")
        verbose_name_plural = _("khoảng thời gian")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(ended_at=None) & ~Q(kind="outage"), name="one_open_interval_a_dossier"
            )
        ]
