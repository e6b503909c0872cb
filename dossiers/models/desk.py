"""What the desk keeps for its people: when they last had a dossier open, and lists they saved."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from dossiers.models.dossier import Dossier
from portal.common import clock


class DeskVisit(models.Model):
    """When this member of staff opened the dossier last, and until when its page was open. Not evidence: who looked at what is in
    the access log."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="visits")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(_("mở xem lúc"), null=True, default=clock.now)
    present_at = models.DateTimeField(_("còn mở lúc"), null=True, default=clock.now)

    class Meta:
        verbose_name = _("lần xem ở một cửa")
        verbose_name_plural = _("lần xem ở một cửa")
        constraints = [models.UniqueConstraint(fields=["user", "dossier"], name="one_visit_a_person_and_dossier")]


class DeskSettings(models.Model):
    """How this member of staff wants the desk. No row: as it comes."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="desk_settings")
    keys = models.BooleanField(_("phím tắt"), default=True)

    class Meta:
        verbose_name = _("cách dùng một cửa")
        verbose_name_plural = _("cách dùng một cửa")


class SavedList(models.Model):
    """Filters and order of a worklist under a name. `agency`: shared with all staff of this body; null: its owner's alone.

    `query`: {word of the address: value}; never the words of a search, which may be somebody's name.
    """

    owner = models.ForeignKey(User, verbose_name=_("của"), on_delete=models.CASCADE, related_name="saved_lists")
    agency = models.ForeignKey(
        Agency, verbose_name=_("dùng chung ở"), null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(_("tên danh sách"), max_length=60)
    query = models.JSONField(default=dict)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("danh sách đã lưu")
        verbose_name_plural = _("danh sách đã lưu")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(F("owner"), F("name"), condition=Q(agency=None), name="one_own_list_a_name"),
            models.UniqueConstraint(F("agency"), F("name"), name="one_shared_list_a_name"),
        ]

    def __str__(self):
        return self.name
