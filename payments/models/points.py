"""Where money goes: gateway terminals with their accounts, and the bodies whose receipts are numbered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency


class CollectionPoint(models.Model):
    """A terminal at a provider (`Offering.gateway_terminal`) and the account that transfers go to."""

    code = models.CharField(_("mã điểm thu"), max_length=8, unique=True)
    name = models.CharField(_("tên điểm thu"), max_length=120)
    provider = models.CharField(_("cổng thanh toán"), max_length=20, default="vnpay")  # a key of `payments.gateways.register`
    bank_bin = models.CharField(_("mã BIN ngân hàng"), max_length=6, blank=True)
    bank_name = models.CharField(_("ngân hàng"), max_length=80, blank=True)
    account_number = models.CharField(_("số tài khoản"), max_length=19, blank=True)
    account_name = models.CharField(_("chủ tài khoản"), max_length=120, blank=True)
    active = models.BooleanField(_("đang dùng"), default=True)
    demo = models.BooleanField(_("bịa ra để chạy thử"), default=False)
    # One question to the gateway at a time, and silence when it asked for it. Database time.
    busy_until = models.DateTimeField(null=True, blank=True, editable=False)
    quiet_until = models.DateTimeField(_("cổng thanh toán xin đừng hỏi tới"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("điểm thu")
        verbose_name_plural = _("điểm thu")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} · {self.name}"

    @property
    def takes_transfers(self):
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

    def __str__(self):
        return str(self.agency)
