"""The record of what administrators of agencies changed in their own agency and its offerings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from portal.common import clock
from procedures.models.catalogue import Procedure
from procedures.models.offering import Offering


class AgencyChange(models.Model):
    """One saved change of an agency's desk, of one of its offerings, or of the amounts it sets for a procedure, from its page.
    Never updated or deleted (a trigger refuses it).

    `places`: [{"place", "old", "new"}], each in Vietnamese words. `before`: the values of the page before the change, to restore
    them; empty where the page of the change is itself the way back. `applied_from`: the offering that was applied as a template.
    `procedure`: of amounts only.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="changes")
    offering = models.ForeignKey(Offering, null=True, on_delete=models.PROTECT, related_name="changes")
    applied_from = models.ForeignKey(Offering, null=True, on_delete=models.PROTECT, related_name="+")
    procedure = models.ForeignKey(Procedure, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"), default=clock.now)
    places = models.JSONField(_("chỗ sửa"))
    before = models.JSONField(_("trước khi sửa"), default=dict)

    class Meta:
        verbose_name = _("thay đổi ở cơ quan")
        verbose_name_plural = _("thay đổi ở cơ quan")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.agency} · {self.at:%d/%m/%Y}"
