"""Payment gateway terminals of the places that collect fees."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common import clock


class Terminal(models.Model):
    """A terminal at the payment gateway. Offerings refer to the terminal where their fees are paid; `payments` stores its account
    and its query lease (`CollectionPoint`). While it is not open, nothing can be paid online at its offerings (the rule:
    `dossiers.fees.payable`; the level: `procedures.levels`); payments that were begun before are still accepted.

    People set `active`. `ready` is found by `payments` every minute: is there a way to pay, by gateway or by transfer?
    """

    code = models.CharField(_("mã điểm thu"), max_length=8, unique=True)
    active = models.BooleanField(_("đang thu trên mạng"), default=True)
    ready = models.BooleanField(_("có cách trả"), default=True, editable=False)
    switched_at = models.DateTimeField(_("bật hoặc tắt lúc"), null=True, editable=False)  # empty: never since it was made

    class Meta:
        verbose_name = _("điểm thu trên mạng")
        verbose_name_plural = _("điểm thu trên mạng")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Can fees be paid online here now?"""
        return self.active and self.ready

    def switch(self, *, on: bool) -> None:
        """Switch online payment on or off. Payment deadlines count from the moment it is switched on again."""
        self._set(active=on)

    def set_ready(self, ready: bool) -> None:
        """Note whether there is a way to pay. Payment deadlines count from the moment there is one again."""
        self._set(ready=ready)

    def _set(self, **values: bool) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.switched_at = clock.now()
        self.save(update_fields=[*values, "switched_at"])
