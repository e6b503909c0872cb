"""The ledger, by double entry. Append-only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from dossiers.models import FeeObligation
from payments.models.attempts import PaymentAttempt
from payments.models.refunds import Refund
from portal.common import clock


class Account(models.TextChoices):
    RECEIVED = "received", _("tiền đã nhận")
    SETTLED = "settled", _("tiền của khoản phí")
    OWED_BACK = "owed_back", _("tiền phải trả lại")


class LedgerEntry(models.Model):
    """One side of a movement, whole đồng; the two sides add up to 0. `day` is the local day."""

    at = models.DateTimeField(_("lúc"), default=clock.now)
    day = models.DateField(_("ngày"), default=clock.today)
    collector = models.ForeignKey(Agency, verbose_name=_("cơ quan thu"), on_delete=models.PROTECT, related_name="+")
    obligation = models.ForeignKey(FeeObligation, on_delete=models.PROTECT, related_name="entries")
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="entries")
    refund = models.ForeignKey(Refund, null=True, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(_("tài khoản"), max_length=10, choices=Account.choices)
    amount = models.BigIntegerField(_("số tiền (đồng)"))

    class Meta:
        verbose_name = _("bút toán")
        verbose_name_plural = _("sổ cái")
        ordering = ["pk"]
        indexes = [models.Index(fields=["collector", "day"])]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="an_entry_moves_money")]
