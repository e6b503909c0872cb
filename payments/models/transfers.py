"""Money seen on the account of a collection point: matched by reference, or waiting for a person."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models.attempts import PaymentAttempt
from payments.models.points import CollectionPoint
from portal.common import clock


class BankCredit(models.Model):
    """One credit of a bank statement, whole đồng. `bank_ref` is the bank's own number: read twice, kept once."""

    class State(models.TextChoices):
        MATCHED = "matched", _("đã khớp")
        UNMATCHED = "unmatched", _("không rõ của ai")
        UNDER = "under", _("chuyển thiếu")
        OVER = "over", _("chuyển thừa")
        LATE = "late", _("khoản phí không chờ tiền này nữa")
        ASSIGNED = "assigned", _("kế toán đã gán cho một khoản phí")
        RETURNED = "returned", _("đã trả lại người chuyển")

    WAITING = (State.UNMATCHED, State.UNDER, State.OVER, State.LATE)

    point = models.ForeignKey(CollectionPoint, verbose_name=_("điểm thu"), on_delete=models.PROTECT, related_name="credits")
    bank_ref = models.CharField(_("số của ngân hàng"), max_length=60)
    amount = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    content = models.CharField(_("nội dung chuyển"), max_length=500, blank=True)
    received_at = models.DateTimeField(_("tiền về lúc"))
    read_at = models.DateTimeField(_("đọc lúc"), default=clock.now)
    state = models.CharField(_("tình trạng"), max_length=9, choices=State.choices)
    attempt = models.ForeignKey(
        PaymentAttempt, verbose_name=_("lần trả"), null=True, blank=True, on_delete=models.PROTECT, related_name="credits"
    )
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người xử lý"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(_("xử lý lúc"), null=True, blank=True)
    note = models.CharField(_("đã làm gì"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("khoản tiền về")
        verbose_name_plural = _("khoản tiền về")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["point", "bank_ref"], name="a_credit_is_read_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_credit_brings_money"),
        ]

    def __str__(self):
        return f"{self.bank_ref} · {self.amount}"
