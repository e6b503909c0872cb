"""One step asked for several dossiers: the run, and a row for each dossier with what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.models.dossier import Dossier
from portal.common import clock
from portal.common.outbox import OutboxRow


class BulkRun(models.Model):
    """`asked`: [[code, sequence of its last event when it was chosen, or null]]; rows are made when the person confirms."""

    user = models.ForeignKey(User, verbose_name=_("người yêu cầu"), on_delete=models.PROTECT, related_name="+")
    step = models.CharField(_("bước"), max_length=30)
    asked = models.JSONField(default=list)
    note = models.TextField(_("lời ghi"), blank=True)
    holder = models.ForeignKey(
        User, verbose_name=_("giao cho"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("chọn lúc"), default=clock.now)
    confirmed_at = models.DateTimeField(_("xác nhận lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("việc làm cùng lúc")
        verbose_name_plural = _("việc làm cùng lúc")

    def __str__(self):
        return f"{self.step} {self.pk}"


class BulkItem(OutboxRow):
    """One dossier of a run. `outcome` is empty until it was its turn; `said`: the result in words, where it was refused."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("đã làm")
        REFUSED = "refused", _("chưa làm")

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    code = models.CharField(_("mã hồ sơ"), max_length=60)
    dossier = models.ForeignKey(Dossier, null=True, on_delete=models.CASCADE, related_name="+")
    seen = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    said = models.TextField(blank=True)

    class Meta:
        verbose_name = _("hồ sơ của việc làm cùng lúc")
        verbose_name_plural = _("hồ sơ của việc làm cùng lúc")
        ordering = ["position"]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(due_state="waiting"), name="bulk_items_that_are_due"),
        ]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="one_item_a_place")]

    def __str__(self):
        return f"{self.run_id} {self.code}"
