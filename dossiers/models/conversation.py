"""What the citizen's side and the office write to each other about one dossier, and what staff write for themselves.

Two tables, so that no query for a citizen's page can return a note of staff.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from dossiers.models.dossier import Dossier
from portal.common import clock


class Letter(models.Model):
    """One letter (trao đổi). A sent letter is never edited.

    `from_office`: written by staff of `agency`. A letter of the citizen's side waits for an answer until `answer_by` (UTC) and is
    closed by the next letter of the office, or by staff who say that none is needed; both set `closed_at`.
    `files`: [{name, type, size, sha256, storage_key}]. `sent_key`: of the form it came from, a form sent twice is one letter.
    """

    dossier = models.ForeignKey(Dossier, verbose_name=_("hồ sơ"), on_delete=models.PROTECT, related_name="letters")
    author = models.ForeignKey(User, verbose_name=_("người viết"), on_delete=models.PROTECT, related_name="+")
    from_office = models.BooleanField()
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("nội dung"))
    files = models.JSONField(default=list, blank=True)
    sent_key = models.UUIDField()
    sent_at = models.DateTimeField(_("gửi lúc"), default=clock.now)
    opened_at = models.DateTimeField(_("bên kia mở lúc"), null=True, blank=True)
    answer_by = models.DateTimeField(_("trả lời trước"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("thư trao đổi")
        verbose_name_plural = _("thư trao đổi")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "author", "sent_key"], name="one_letter_for_each_form"),
            models.CheckConstraint(
                condition=Q(from_office=True, agency__isnull=False, answer_by=None, closed_at=None)
                | Q(from_office=False, agency=None, answer_by__isnull=False),
                name="a_letter_of_the_citizen_waits_for_the_office",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(from_office=False, closed_at=None), name="letters_without_answer")
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.sent_at:%Y-%m-%d %H:%M}"


class InternalNote(models.Model):
    """A note of staff for staff. No page, paper, export or API of the citizen's side shows it. Never edited."""

    dossier = models.ForeignKey(Dossier, verbose_name=_("hồ sơ"), on_delete=models.PROTECT, related_name="internal_notes")
    author = models.ForeignKey(User, verbose_name=_("người viết"), on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("nội dung"))
    sent_key = models.UUIDField()
    written_at = models.DateTimeField(_("viết lúc"), default=clock.now)

    class Meta:
        verbose_name = _("ghi chú nội bộ")
        verbose_name_plural = _("ghi chú nội bộ")
        ordering = ["written_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["dossier", "author", "sent_key"], name="one_note_for_each_form")]

    def __str__(self):
        return f"{self.dossier_id} {self.written_at:%Y-%m-%d %H:%M}"


class ReadyAnswer(models.Model):
    """A text that the heads of a body offer for answers to citizens. Removed rows are kept out of sight (`removed_at`)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("nội dung"))
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("câu trả lời mẫu")
        verbose_name_plural = _("câu trả lời mẫu")
        ordering = ["pk"]

    def __str__(self):
        return self.text[:60]
