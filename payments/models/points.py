"""Where money goes: gateway terminals with their accounts, and the bodies whose receipts are numbered."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from portal.common import clock
from portal.common.provenance import Provenance, ProvenanceQuerySet
from procedures.models import Terminal

MAX_DELAY = dt.timedelta(days=31)  # between an attempt and its money or settlement file


class CollectionPointQuerySet(ProvenanceQuerySet):
    def with_money_coming(self) -> "CollectionPointQuerySet":
        """Points whose accounts and settlement files must be read: in use, or with an attempt younger than MAX_DELAY."""
        lately = models.Q(attempts__created_at__gt=clock.now() - MAX_DELAY)
        return self.filter(models.Q(terminal__active=True) | models.Q(pk__in=self.model.objects.filter(lately).values("pk")))


class CollectionPoint(Provenance):
    """Where the fees of a terminal go: its provider, the bank account for transfers, and the lease and silence for queries.

    Without a provider the place has no gateway: fees are paid by transfer alone.
    """

    SHIPPED_KEY = ("terminal_id",)

    terminal = models.OneToOneField(
        Terminal, verbose_name=_("điểm thu trên mạng"), to_field="code", on_delete=models.PROTECT, related_name="point"
    )
    name = models.CharField(_("tên điểm thu"), max_length=120)
    # A key of `payments.gateways.register`; empty: no gateway here.
    provider = models.CharField(_("cổng thanh toán"), max_length=20, default="vnpay", blank=True)
    bank_bin = models.CharField(_("mã BIN ngân hàng"), max_length=6, blank=True)
    bank_name = models.CharField(_("ngân hàng"), max_length=80, blank=True)
    account_number = models.CharField(_("số tài khoản"), max_length=19, blank=True)
    account_name = models.CharField(_("chủ tài khoản"), max_length=120, blank=True)
    demo = models.BooleanField(_("bịa ra để chạy thử"), default=False)
    # Lease and silence of `payments.enquiries.terminal_lease`, in database time.
    busy_until = models.DateTimeField(null=True, blank=True, editable=False)
    quiet_until = models.DateTimeField(_("cổng thanh toán xin đừng hỏi tới"), null=True, blank=True, editable=False)

    objects = CollectionPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("điểm thu")
        verbose_name_plural = _("điểm thu")
        ordering = ["terminal_id"]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    @property
    def code(self) -> str:
        """The terminal's code, without a query."""
        return self.terminal_id

    @property
    def takes_transfers(self) -> bool:
        return bool(self.bank_bin and self.account_number)


class CollectingBody(models.Model):
    """A body that collects fees in its own name and numbers its electronic receipts (Decree 254/2026, articles 23–24)."""

    agency = models.OneToOneField(Agency, verbose_name=_("cơ quan thu"), on_delete=models.PROTECT, related_name="collecting")
    tax_code = models.CharField(_("mã số thuế"), max_length=14, blank=True)
    template_symbol = models.CharField(_("ký hiệu mẫu biên lai"), max_length=20)
    series_symbol = models.CharField(_("ký hiệu biên lai"), max_length=20)
    demo = models.BooleanField(_("bịa ra để chạy thử"), default=False)

    class Meta:
        verbose_name = _("cơ quan thu phí")
        verbose_name_plural = _("cơ quan thu phí")

    def __str__(self) -> str:
        return str(self.agency)
