"""Territory: provinces and communes. A territorial unit is not an agency: one commune has several agencies."""

from django.db import models
from django.utils.translation import gettext_lazy as _

PROVINCE_KINDS = ["tinh", "thanh_pho_tw"]
COMMUNE_KINDS = ["xa", "phuong", "dac_khu"]


class AdministrativeUnit(models.Model):
    """A province or a commune, identified by code and validity, never by name (names repeat after the mergers of 2025)."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    kind = models.CharField(_("loại"), max_length=20)
    name = models.CharField(_("tên"), max_length=120)
    short_name = models.CharField(_("tên ngắn"), max_length=120)
    sort_key = models.CharField(max_length=300, editable=False, db_collation="C")
    search_text = models.CharField(max_length=500, editable=False, help_text="tên hiện nay và tên cũ, không dấu")
    parent = models.ForeignKey(
        "self", verbose_name=_("thuộc"), null=True, blank=True, on_delete=models.PROTECT, related_name="communes"
    )
    valid_from = models.DateField(_("có từ"), null=True, blank=True)
    valid_to = models.DateField(_("có đến"), null=True, blank=True)
    successors = models.ManyToManyField("self", verbose_name=_("đơn vị thay thế"), symmetrical=False, blank=True)
    merged_from = models.JSONField(_("nhập từ"), default=list, blank=True)
    agency_code = models.CharField(_("mã cơ quan cấp 1"), max_length=10, blank=True)
    certainty = models.CharField(_("độ chắc chắn của mã"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("đơn vị hành chính")
        verbose_name_plural = _("đơn vị hành chính")
        ordering = ["sort_key"]

    def __str__(self):
        return self.name

    @property
    def is_province(self):
        return self.kind in PROVINCE_KINDS
