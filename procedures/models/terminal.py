"""The gateway terminals of the places that collect fees."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common import clock


class Terminal(models.Model):
    """A terminal at the payment gateway (vnp_TmnCode). It belongs to a place: offerings name the one where their fees are paid,
    and `payments` keeps the account and the gateway's state of it (`CollectionPoint`). Switched off, nothing can be paid
    online at its offerings (`procedures.levels`); money that still comes for payments already begun is accepted."""

    code = models.CharField(_("mã điểm thu"), max_length=8, unique=True)
    active = models.BooleanField(_("đang thu trên mạng"), default=True)
    switched_at = models.DateTimeField(_("bật hoặc tắt lúc"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("điểm thu trên mạng")
        verbose_name_plural = _("điểm thu trên mạng")
        ordering = ["code"]

    def __str__(self):
        return self.code

    def switch(self, *, on):
        """Open or close online payment here. Deadlines of fees count from the moment it was opened again."""
        self.active, self.switched_at = on, clock.now()
        self.save(update_fields=["active", "switched_at"])
