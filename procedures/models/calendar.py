"""Days off and swapped working days, entered by officials for each year, and the working calendar built from them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.provenance import Provenance
from procedures.calendar import WorkCalendar


class Holiday(Provenance):
    """A day off, or a Saturday worked instead. In a year without rows due dates are provisional."""

    class Kind(models.TextChoices):
        STATUTORY = "statutory", _("nghỉ lễ")
        COMPENSATORY = "compensatory", _("nghỉ bù")
        SWAP_DAY_OFF = "swap_day_off", _("nghỉ hoán đổi")
        SWAP_WORKING_DAY = "swap_working_day", _("làm bù")

    SHIPPED_KEY = ("date",)

    date = models.DateField(_("ngày"), unique=True)
    name = models.CharField(_("tên"), max_length=120)
    kind = models.CharField(_("loại"), max_length=16, choices=Kind.choices)
    certainty = models.CharField(_("độ chắc chắn"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("ngày nghỉ, ngày làm bù")
        verbose_name_plural = _("ngày nghỉ, ngày làm bù")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"


class UndecidedHoliday(Provenance):
    """Days off that are expected but not decided (Tết of next year). Terms that touch them have provisional due dates."""

    SHIPPED_KEY = ("name",)

    first_on = models.DateField(_("từ ngày"))
    last_on = models.DateField(_("đến ngày"))
    name = models.CharField(_("tên"), max_length=120)

    class Meta:
        verbose_name = _("kỳ nghỉ chưa chốt")
        verbose_name_plural = _("kỳ nghỉ chưa chốt")
        ordering = ["first_on"]

    def __str__(self) -> str:
        return self.name


def working_calendar() -> WorkCalendar:
    """The current calendar of working days. Two small queries."""
    spans = UndecidedHoliday.objects.values_list("first_on", "last_on", "name")
    return WorkCalendar.from_rows(Holiday.objects.all(), undecided=list(spans))
