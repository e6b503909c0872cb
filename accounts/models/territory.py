"""Territory: provinces and communes. A territorial unit is not an agency: one commune has several agencies."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PROVINCE_KINDS = ["tinh", "thanh_pho_tw"]
COMMUNE_KINDS = ["xa", "phuong", "dac_khu"]
DISTRICT_KINDS = ["quan", "huyen", "thi_xa", "thanh_pho"]  # abolished on 1 July 2025
OLD_COMMUNE_KINDS = ["xa", "phuong", "thi_tran"]


class UnitQuerySet(models.QuerySet):
    def in_force(self, day: dt.date):
        """Units that exist on this day."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_to=None) | Q(valid_to__gte=day),
        )

    def provinces(self):
        return self.filter(kind__in=PROVINCE_KINDS)

    def communes(self):
        """Communes of the two-level government; with those abolished, unless `in_force` is asked, too."""
        return self.filter(kind__in=COMMUNE_KINDS)


class AdministrativeUnit(models.Model):
    """A province or a commune, identified by code and validity, never by name (names repeat after the mergers of 2025).

    Units abolished on 1 July 2025 (communes, districts, provinces) are rows with `valid_to` and `successors`. Their codes begin
    with "cu." because the statistics office gave most codes of theirs to their successors, too.
    """

    code = models.CharField(_("mã"), max_length=20, unique=True)
    official_code = models.CharField(_("mã thống kê"), max_length=10, blank=True)
    kind = models.CharField(_("loại"), max_length=20)
    name = models.CharField(_("tên"), max_length=120)
    short_name = models.CharField(_("tên ngắn"), max_length=120)
    sort_key = models.CharField(max_length=300, editable=False, db_collation="C")
    search_text = models.CharField(max_length=500, editable=False, help_text="tên và nơi thuộc về, không dấu")
    parent = models.ForeignKey(
        "self", verbose_name=_("thuộc"), null=True, blank=True, on_delete=models.PROTECT, related_name="communes"
    )
    valid_from = models.DateField(_("có từ"), null=True, blank=True)
    valid_to = models.DateField(_("có đến"), null=True, blank=True)
    successors = models.ManyToManyField(
        "self", verbose_name=_("đơn vị thay thế"), symmetrical=False, blank=True, related_name="predecessors"
    )
    merged_from = models.JSONField(_("nhập từ"), default=list, blank=True)
    agency_code = models.CharField(_("mã cơ quan cấp 1"), max_length=10, blank=True)
    certainty = models.CharField(_("độ chắc chắn của mã"), max_length=80, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị hành chính")
        verbose_name_plural = _("đơn vị hành chính")
        ordering = ["sort_key"]

    def __str__(self):
        return self.name

    @property
    def is_province(self):
        return self.kind in PROVINCE_KINDS

    def exists_on(self, day: dt.date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def full_name(self):
        """The name with the units it belongs to: «Phường Mường Thanh, Thành phố Điện Biên Phủ, Tỉnh Điện Biên»."""
        return f"{self.name}, {self.parent.full_name}" if self.parent else self.name
