"""Files a citizen uploads. A file is never overwritten: a replacement is a new row."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.choices import SIGNED_FORM
from dossiers.models import Dossier, Event, SupplementRequest
from portal.common import clock

OTHER_PAPERS = "khac"  # item key of papers that were not requested
SIGNED_PAPER = "giay-da-ky"  # item key of other papers signed at the desk; `signed_for` names their step
NAMES = {OTHER_PAPERS: _("Giấy tờ khác"), SIGNED_FORM: _("Tờ khai đã ký"), SIGNED_PAPER: _("Giấy đã ký tại quầy")}


class AttachmentQuerySet(models.QuerySet):
    def current(self):
        """Files in force: not replaced, and not staged in a supplement that is not sent yet. Without papers signed for a step."""
        return self.filter(replaced_at=None, staged_in=None, signed_for=None)


class Attachment(models.Model):
    """One file for one document item: the file as received (`original_…`) and the clean copy of it that is shown.

    Both are the same stored file when the copy is byte for byte the original. Rows of pictures from before originals were kept
    have none (`original_key` empty). Keys are random, sizes in bytes, `sha256` and `original_sha256` are of the stored bytes.
    """

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
    original_type = models.CharField(max_length=40, blank=True)
    original_size = models.PositiveIntegerField(_("dung lượng tệp gốc (byte)"), default=0)
    original_sha256 = models.CharField(max_length=64, blank=True)
    original_key = models.CharField(max_length=80, blank=True)
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
    replaces = models.ForeignKey(
        "self",
        verbose_name=_("thay cho tệp"),
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        related_name="replacements",
        help_text="tệp cũ cùng trang; trống: trang thêm",
    )

    signed_for = models.ForeignKey(
        Event, verbose_name=_("ký cho bước"), null=True, blank=True, on_delete=models.PROTECT, related_name="signed_papers",
        help_text="giấy người dân ký tại quầy; không thuộc thành phần hồ sơ",
    )  # fmt: skip

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("giấy tờ tải lên")
        verbose_name_plural = _("giấy tờ tải lên")
        ordering = ["item_key", "page", "pk"]
        constraints = [
            models.CheckConstraint(
                name="an_original_has_a_file_and_a_digest",
                condition=models.Q(original_key="", original_sha256="")
                | ~models.Q(original_key="") & ~models.Q(original_sha256=""),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def received_sha256(self):
        """SHA-256 of the file as the citizen sent it; of the copy where no original was kept."""
        return self.original_sha256 or self.sha256

    @property
    def is_redrawn(self):
        """Is the copy that is shown another file than the one received?"""
        return bool(self.original_key) and self.original_key != self.storage_key

    @property
    def stored_keys(self):
        """Storage keys of all its files."""
        return [self.storage_key, self.original_key] if self.is_redrawn else [self.storage_key]

    def evidence(self):
        """What the history says about this file; its digest stands in the event of the filing. The original is named where it is
        another file than the copy that is shown."""
        facts = {"item": self.item_key, "page": self.page, "name": self.name, "size": self.size, "sha256": self.sha256}
        return facts | ({"original_sha256": self.original_sha256} if self.is_redrawn else {})


class Thumbnail(models.Model):
    """A small JPEG (at most 8 kB) of a picture, for lists. Made from the clean copy; can always be made again."""

    attachment = models.OneToOneField(Attachment, primary_key=True, on_delete=models.CASCADE, related_name="thumbnail")
    content = models.BinaryField(max_length=8192)

    class Meta:
        verbose_name = _("ảnh thu nhỏ")
        verbose_name_plural = _("ảnh thu nhỏ")

    def __str__(self):
        return str(self.attachment_id)
