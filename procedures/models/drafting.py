"""Work on a version before it is published, and the record of who changed what in the catalogue."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.common import clock
from procedures.models.catalogue import Procedure, ProcedureVersion


class VersionDraft(models.Model):
    """The open draft of a procedure: its document is the one of `version`, which stays in the state `draft` until published.

    `unrecorded`: the facts as last recorded, while what was typed since is stored by itself and not recorded yet.
    `revision` grows with each save; `holder` is who edits now. While `asked_by` is set, the document is frozen and waits for a
    second person; once `approved_by` is set, the job `publish_due` publishes it on `publish_on`. `ends`: no new version, the
    procedure is not offered any more from that day; `version` is then the copy of the one in effect that the draft began with.
    """

    procedure = models.OneToOneField(Procedure, on_delete=models.PROTECT, related_name="draft")
    version = models.OneToOneField(ProcedureVersion, on_delete=models.CASCADE, related_name="work")
    based_on = models.ForeignKey(ProcedureVersion, null=True, on_delete=models.PROTECT, related_name="+")
    ends = models.BooleanField(_("ngừng cung cấp"), default=False)
    revision = models.PositiveIntegerField(default=0)
    unrecorded = models.JSONField(null=True)
    writers = models.ManyToManyField(User, related_name="+")
    holder = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True)
    publish_on = models.DateField(_("có hiệu lực từ"), null=True)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("bản thảo")
        verbose_name_plural = _("bản thảo")
        constraints = [
            models.CheckConstraint(
                name="a_version_is_approved_by_a_second_person",
                condition=Q(approved_by__isnull=True)
                | Q(asked_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="a_version_asked_for_has_a_day",
                condition=Q(asked_by__isnull=True) | Q(asked_at__isnull=False, publish_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)


class CatalogueChange(models.Model):
    """One act on a procedure of the catalogue. Never updated or deleted (a trigger refuses it).

    `places`: [{"place": words, "old": words, "new": words}] of an edit.
    """

    class Act(models.TextChoices):
        START = "start", _("mở bản thảo")
        EDIT = "edit", _("sửa")
        TAKE_OVER = "take_over", _("giành quyền sửa")
        ASK = "ask", _("gửi duyệt")
        TAKE_BACK = "take_back", _("đưa về sửa tiếp")
        APPROVE = "approve", _("duyệt")
        PUBLISH = "publish", _("công bố")
        REFUSED = "refused", _("không công bố: ví dụ không khớp")
        END = "end", _("ngừng cung cấp")
        DISCARD = "discard", _("bỏ bản thảo")

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="changes")
    version_number = models.PositiveIntegerField(_("phiên bản"))
    act = models.CharField(_("việc"), max_length=10, choices=Act.choices)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"), default=clock.now)
    places = models.JSONField(_("chỗ sửa"), default=list)

    class Meta:
        verbose_name = _("thay đổi của danh mục")
        verbose_name_plural = _("thay đổi của danh mục")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.procedure} · {self.get_act_display()}"
