"""The record of changes of the working calendar made on its page."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.common import clock


class CalendarChange(models.Model):
    """One saved change of a year's days off. Never updated or deleted (a trigger refuses it).

    `places`: [{"place", "old", "new"}], each in Vietnamese words. `before`: the lines of the year before the change, to restore
    them (`year_calendar.text_of`).
    """

    year = models.PositiveSmallIntegerField(_("năm"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"), default=clock.now)
    places = models.JSONField(_("chỗ sửa"))
    before = models.TextField(_("trước khi sửa"), default="")

    class Meta:
        verbose_name = _("thay đổi của lịch làm việc")
        verbose_name_plural = _("thay đổi của lịch làm việc")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.year} · {self.at:%d/%m/%Y}"
