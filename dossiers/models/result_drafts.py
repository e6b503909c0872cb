"""What the office drafts as the result of a dossier, revision by revision, and who had which paper of it on screen."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from portal.common import clock


class ResultDraft(models.Model):
    """One revision of the papers that will be issued; written once. `content`: {"papers": […]}, see docs/papers.md.

    The steps that hand it on, return it or sign it name its number and its hash in their event.
    """

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="result_drafts")
    number = models.PositiveSmallIntegerField(_("lần"))
    content = models.JSONField(_("nội dung"))
    content_hash = models.CharField(max_length=64)  # SHA-256 of `content`
    author = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("người soạn"), on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(_("lưu lúc"), default=clock.now)

    class Meta:
        verbose_name = _("bản soạn kết quả")
        verbose_name_plural = _("bản soạn kết quả")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["dossier", "number"], name="revisions_of_a_draft_are_numbered")]

    def __str__(self):
        return f"{self.dossier} #{self.number}"


class PaperSeen(models.Model):
    """A signer had this paper on screen, as a PDF. `shown`: the hash of what would be signed."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="papers_seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shown = models.CharField(max_length=64)
    result_key = models.CharField(max_length=60)
    seen_at = models.DateTimeField(_("mở lúc"), default=clock.now)

    class Meta:
        verbose_name = _("giấy đã mở trước khi ký")
        verbose_name_plural = _("giấy đã mở trước khi ký")
        constraints = [
            models.UniqueConstraint(fields=["dossier", "user", "shown", "result_key"], name="a_paper_is_seen_once_by_a_signer")
        ]
