"""Payment gateway terminals of the places that collect fees."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common import clock


class Terminal(models.Model):
    """A terminal at the payment gateway. Offerings refer to the terminal where their fees are paid; `payments` stores its account
    and its query lease (`CollectionPoint`). While it is switched off, nothing can be paid online at its offerings (the rule:
    `dossiers.fees.payable`; the level: `procedures.levels`); payments that were begun before are still accepted."""

    code = models.CharField(_("mã điểm thu"), max_length=8, unique=True)
    active = models.BooleanField(_("đang thu trên mạng"), default=True)
    switched_at = models.DateTimeField(_("bật hoặc tắt lúc"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("điểm thu trên mạng")
        verbose_name_plural = _("điểm thu trên mạng")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def switch(self, *, on: bool) -> None:
        """Switch online payment on or off. Payment deadlines count from the moment it is switched on again."""
        self.active, self.switched_at = on, clock.now()
        self.save(update_fields=["active", "switched_at"])
