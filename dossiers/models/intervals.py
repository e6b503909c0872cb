"""The intervals of the processing clock."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.choices import IntervalKind
from dossiers.models.dossier import Dossier
from portal.common import clock


class CountingBasis(models.Model):
    """The calendar and the office hours with which due times were counted. A promise is explained with the same ones, whatever
    the calendar says later. `document`: {"calendar": …, "hours": …}; `digest`: SHA-256 of it."""

    digest = models.CharField(max_length=64, primary_key=True)
    document = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self):
        return self.digest[:12]


class ClockInterval(models.Model):
    """A time interval of one kind. All are kept: both the due time and the indicators of QĐ 766 are computed from them."""

    Kind = IntervalKind

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="intervals")
    kind = models.CharField(_("loại"), max_length=12, choices=Kind.choices)
    started_at = models.DateTimeField(_("từ"), default=clock.now)
    ended_at = models.DateTimeField(_("đến"), null=True, blank=True)
    restart = models.BooleanField(_("tính lại từ đầu"), default=False)
    outage = models.ForeignKey("dossiers.Outage", null=True, blank=True, on_delete=models.PROTECT, related_name="intervals")

    class Meta:
        verbose_name = _("khoảng thời gian")
        verbose_name_plural = _("khoảng thời gian")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(ended_at=None) & ~Q(kind="outage"), name="one_open_interval_a_dossier"
            ),
            models.UniqueConstraint(fields=["dossier", "outage"], name="one_interval_for_each_outage"),
        ]

    def save(self, **options):
        """An outage is recorded afterwards: the promise of its dossier is counted again by the job `workflow.recount`."""
        super().save(**options)
        if self.kind == IntervalKind.OUTAGE:
            Dossier.objects.filter(pk=self.dossier_id).update(recounted_for="")
