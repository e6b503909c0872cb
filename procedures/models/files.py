"""Files of the catalogue that people import, and shipped documents that differ from what people made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.common import clock
from procedures.models.catalogue import Procedure


class CatalogueFile(models.Model):
    """A file that was sent to be imported. `entries`: [{"name", "document"}] until it is used; [] afterwards."""

    name = models.CharField(_("tên tệp"), max_length=200)
    sha256 = models.CharField(max_length=64)
    entries = models.JSONField(default=list)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"), default=clock.now)
    used_at = models.DateTimeField(_("nhập lúc"), null=True)

    class Meta:
        verbose_name = _("tệp danh mục")
        verbose_name_plural = _("tệp danh mục")

    def __str__(self) -> str:
        return self.name


class ShippedDocument(models.Model):
    """What the last load of the shipped data says of a procedure whose version comes from people, where it differs."""

    procedure = models.OneToOneField(Procedure, on_delete=models.CASCADE, related_name="shipped")
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(_("lúc"), default=clock.now)

    class Meta:
        verbose_name = _("nội dung kèm bản cài")
        verbose_name_plural = _("nội dung kèm bản cài")

    def __str__(self) -> str:
        return str(self.procedure)
