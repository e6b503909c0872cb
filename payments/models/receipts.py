"""Electronic receipts (Decree 254/2026, articles 23–24): one series a body and year, numbered in order without gaps."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.models import Event
from dossiers.papers.models import IssuedPaper
from payments.models.attempts import PaymentAttempt
from payments.models.points import CollectingBody
from portal.common import clock
from portal.common.outbox import OutboxRow

MAX_NUMBER = 99_999_999  # eight digits


class ReceiptCounter(models.Model):
    """The last number of a body and year. Locked until the transaction of the receipt ends, so that there are no gaps."""

    body = models.ForeignKey(CollectingBody, on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["body", "year"], name="one_receipt_counter_a_body_and_year"),
            models.CheckConstraint(condition=Q(last__lte=MAX_NUMBER), name="receipt_numbers_have_eight_digits"),
        ]


class EReceipt(OutboxRow):
    """A receipt for money that settled a fee. Its data are frozen; a worker makes the signed PDF.

    A wrong receipt is replaced or cancelled; its number is not used again. A trigger refuses any other change.
    """

    class State(models.TextChoices):
        VALID = "valid", _("còn giá trị")
        REPLACED = "replaced", _("đã được thay thế")
        CANCELLED = "cancelled", _("đã hủy")

    attempt = models.ForeignKey(PaymentAttempt, verbose_name=_("lần trả"), on_delete=models.PROTECT, related_name="receipts")
    event = models.ForeignKey(Event, verbose_name=_("sự kiện"), on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(CollectingBody, verbose_name=_("cơ quan thu"), on_delete=models.PROTECT, related_name="receipts")
    year = models.PositiveSmallIntegerField(_("năm"))
    number = models.PositiveIntegerField(_("số"))
    template_symbol = models.CharField(_("ký hiệu mẫu"), max_length=20)
    series_symbol = models.CharField(_("ký hiệu"), max_length=20)
    collector_name = models.CharField(_("tên cơ quan thu"), max_length=250)
    tax_code = models.CharField(_("mã số thuế của cơ quan thu"), max_length=14, blank=True)
    treasury_account = models.CharField(_("tài khoản nhận tiền"), max_length=250, blank=True)
    demo = models.BooleanField(_("biên lai thử"), default=False)
    payer_name = models.CharField(_("người nộp tiền"), max_length=250)
    amount = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    lines = models.JSONField(_("các khoản"), default=list)  # [{label, kind, quantity, amount, legal_ref}]
    issued_at = models.DateTimeField(_("lập lúc"), default=clock.now)
    state = models.CharField(_("giá trị"), max_length=9, choices=State.choices, default=State.VALID)
    state_reason = models.CharField(_("lý do"), max_length=500, blank=True)
    state_at = models.DateTimeField(_("hủy, thay lúc"), null=True, blank=True)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người hủy, thay"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    replaces = models.OneToOneField(
        "self", verbose_name=_("thay cho"), null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    paper = models.OneToOneField(
        IssuedPaper, verbose_name=_("giấy"), null=True, blank=True, on_delete=models.PROTECT, related_name="e_receipt"
    )

    class Meta:
        verbose_name = _("biên lai điện tử")
        verbose_name_plural = _("biên lai điện tử")
        ordering = ["body", "year", "number"]
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="receipts_that_are_due")]
        constraints = [
            models.UniqueConstraint(fields=["body", "year", "number"], name="one_receipt_a_number"),
            models.UniqueConstraint(fields=["attempt"], condition=Q(state="valid"), name="one_valid_receipt_an_attempt"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=MAX_NUMBER), name="a_receipt_has_a_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_receipt_is_for_money"),
            models.CheckConstraint(
                condition=Q(state="valid", state_at=None) | (~Q(state="valid") & Q(state_at__isnull=False) & ~Q(state_reason="")),
                name="a_receipt_that_ended_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_symbol} {self.number:07d}"
