"""Runs of a draft version against filed dossiers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.common.outbox import OutboxRow
from procedures.models import ProcedureVersion


class Simulation(OutboxRow):
    """What a draft would have meant for the dossiers filed from `first_on` to `last_on` (`dossiers.simulation.run`).

    Worked through in slices, so that its progress is seen: `done` of `total`, the last one `last_pk`. `sha256`: of the document
    that is run; `result`: counts only, no person. A new run replaces the row's content.
    """

    version = models.OneToOneField(ProcedureVersion, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    asked_by = models.ForeignKey(User, verbose_name=_("người chạy"), on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField(_("từ ngày"))
    last_on = models.DateField(_("đến ngày"))
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    last_pk = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("lần chạy thử phiên bản")
        verbose_name_plural = _("lần chạy thử phiên bản")
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="simulations_that_are_due")]

    def __str__(self):
        return f"{self.version} · {self.first_on:%d/%m/%Y}"
