"""Requests for supplements and their items."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.choices import SupplementTarget
from dossiers.models.dossier import Dossier
from dossiers.models.history import Event


class SupplementRequest(models.Model):
    """One request for supplements. The citizen's edits are stored here until they are sent."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="supplements")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="supplement")
    number = models.PositiveSmallIntegerField(_("lần"))
    due_at = models.DateTimeField(_("bổ sung trước"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("trưởng bộ phận duyệt"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    edits = models.JSONField(_("phần đang sửa"), default=dict, blank=True)
    sent_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("yêu cầu bổ sung")
        verbose_name_plural = _("yêu cầu bổ sung")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["dossier", "number"], name="one_supplement_request_a_number")]


class SupplementItem(models.Model):
    """One requested item: a form field or a document, with the clerk's reason. `key`: its key in the procedure version."""

    Target = SupplementTarget

    request = models.ForeignKey(SupplementRequest, on_delete=models.CASCADE, related_name="items")
    target = models.CharField(_("loại"), max_length=8, choices=Target.choices)
    key = models.CharField(_("khóa"), max_length=80)
    label = models.CharField(_("tên"), max_length=300)
    reason = models.TextField(_("lý do"))

    class Meta:
        verbose_name = _("mục cần bổ sung")
        verbose_name_plural = _("mục cần bổ sung")
        constraints = [models.UniqueConstraint(fields=["request", "target", "key"], name="a_thing_is_asked_once_a_request")]
