"""Files a citizen uploads. A file is never overwritten: a replacement is a new row."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier, SupplementRequest
from portal.common import clock

OTHER_PAPERS = "khac"  # item key of papers that were not requested


class AttachmentQuerySet(models.QuerySet):
    def current(self):
        """Files in force: not replaced, and not staged in a supplement that is not sent yet."""
        return self.filter(replaced_at=None, staged_in=None)


class Attachment(models.Model):
    """One stored file for one document item. `storage_key` is random; `sha256` is of the stored bytes; `size` in bytes."""

    class Source(models.TextChoices):
        UPLOAD = "upload", _("tải lên")
        SCAN = "scan", _("cán bộ quét")
        WALLET = "wallet", _("giấy đã có trên cổng")

    dossier = models.ForeignKey(Dossier, verbose_name=_("hồ sơ"), on_delete=models.CASCADE, related_name="attachments")
    item_key = models.CharField(_("giấy tờ"), max_length=80, help_text="khóa của giấy tờ trong phiên bản thủ tục")
    page = models.PositiveSmallIntegerField(_("trang"), default=1)
    name = models.CharField(_("tên tệp"), max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("dung lượng (byte)"))
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=80, unique=True)
    source = models.CharField(_("nguồn"), max_length=8, choices=Source.choices, default=Source.UPLOAD)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("gửi lúc"), default=clock.now)
    replaced_at = models.DateTimeField(_("thay lúc"), null=True, blank=True)
    staged_in = models.ForeignKey(
        SupplementRequest,
        verbose_name=_("chờ gửi bổ sung"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="staged",
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("giấy tờ tải lên")
        verbose_name_plural = _("giấy tờ tải lên")
        ordering = ["item_key", "page", "pk"]

    def __str__(self):
        return self.name

    def evidence(self):
        """What the history says about this file; its digest stands in the event of the filing."""
        return {"item": self.item_key, "page": self.page, "name": self.name, "size": self.size, "sha256": self.sha256}
