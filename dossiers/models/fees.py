"""The fee of a dossier: the obligation and its lines, frozen at submit, in whole đồng."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from dossiers.states import ALIVE, DossierState
from portal.common import clock


class FeeObligation(models.Model):
    """The fee of a dossier, frozen at submit, in whole đồng. Attempts, refunds and receipts are rows of `payments`, which also
    updates `settled_amount` (paid minus refunded) and `attempt_open` here, under the lock of the dossier."""

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", _("tạm tính")
        DUE = "due", _("phải trả")
        PAID = "paid", _("đã trả")
        PAID_AT_COUNTER = "paid_at_counter", _("đã trả tại quầy")
        WAIVED = "waived", _("được miễn")
        PART_REFUNDED = "part_refunded", _("đã hoàn một phần")
        REFUNDED = "refunded", _("đã hoàn lại")

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="obligation")
    total = models.PositiveBigIntegerField(_("tổng (đồng)"), null=True, help_text=_("trống: xác định sau"))
    status = models.CharField(_("tình trạng"), max_length=16, choices=Status.choices)
    timing = models.CharField(_("trả khi nào"), max_length=20)
    frozen_at = models.DateTimeField(_("chốt lúc"), default=clock.now)
    settled_at = models.DateTimeField(_("trả xong lúc"), null=True, blank=True)
    settled_amount = models.PositiveBigIntegerField(_("đang giữ (đồng)"), default=0)
    attempt_open = models.BooleanField(_("đang có một lần trả chưa xong"), default=False)

    class Meta:
        verbose_name = _("khoản phải trả")
        verbose_name_plural = _("khoản phải trả")
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_amount=0) | Q(settled_amount__lte=models.F("total")), name="no_more_is_kept_than_was_owed"
            )
        ]

    @property
    def is_due(self):
        """Is a fixed sum still owed? A payment received now settles it, also while a withdrawal is pending."""
        return self.status == self.Status.DUE and bool(self.total) and self.dossier.state in ALIVE

    @property
    def is_too_early(self):
        """Is the fee due only after acceptance, and the dossier not accepted yet?"""
        return self.timing == "after_acceptance" and self.dossier.accepted_at is None

    @property
    def may_be_paid(self):
        """May a payment be started now? (Whether online payment is offered: `dossiers.fees.payable`.)"""
        return self.is_due and not self.is_too_early and self.dossier.state != DossierState.WITHDRAWN

    @property
    def is_settled(self):
        """Is nothing left to pay? (A refunded fee is not due again.)"""
        return self.status not in (self.Status.PROVISIONAL, self.Status.DUE)

    @property
    def is_paid(self):
        """Was it paid, online or at the counter?"""
        return self.is_settled and self.status != self.Status.WAIVED

    def lines_to_set(self):
        """The lines whose amount an officer must set; one new unsaved line when the obligation has no lines."""
        lines = list(self.lines.order_by("pk"))
        if not lines:
            return [FeeLine(obligation=self, key="set_by_office", label=str(_("Phí, lệ phí do cơ quan tính")), kind="phi")]
        return [line for line in lines if line.amount is None]

    def lines_refundable_on(self, occasion):
        """The lines refunded on this occasion: "refused", "withdrawn" or "stopped". "stopped" includes the lines refunded on
        "refused"."""
        words = {occasion, "refused"} if occasion == "stopped" else {occasion}
        return [line for line in self.lines.all() if words & set(line.refundable_on)]


class FeeLine(models.Model):
    """One frozen line of an obligation. Amounts in whole đồng; null: to be set by an officer."""

    obligation = models.ForeignKey(FeeObligation, on_delete=models.PROTECT, related_name="lines")
    key = models.CharField(max_length=60)
    label = models.CharField(_("khoản"), max_length=300)
    kind = models.CharField(_("loại"), max_length=12)
    unit_price = models.PositiveBigIntegerField(_("đơn giá"), null=True)
    quantity = models.PositiveIntegerField(_("số lượng"), default=1)
    amount = models.PositiveBigIntegerField(_("thành tiền"), null=True)
    legal_ref = models.CharField(_("căn cứ"), max_length=120, blank=True)
    refundable_on = models.JSONField(_("được hoàn khi"), default=list, blank=True)
    certainty = models.CharField(_("độ chắc chắn"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("dòng phí")
        verbose_name_plural = _("dòng phí")
        constraints = [models.UniqueConstraint(fields=["obligation", "key"], name="one_fee_line_a_key")]
