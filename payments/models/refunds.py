"""Refunds: proposed by one person, approved by another, sent once under one number."""

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.models.attempts import PaymentAttempt
from payments.models.moves import Move, Moving
from payments.models.states import OPEN_REFUND, REFUND_EDGES, RefundState
from portal.common import clock
from portal.common.outbox import OutboxRow

if TYPE_CHECKING:
    from payments.enquiries.terminal_lease import Lease


class RefundReason(models.TextChoices):
    PAID_TWICE = "paid_twice", _("trả hai lần")
    WITHDRAWN = "withdrawn", _("hồ sơ đã rút")
    REFUSED = "refused", _("hồ sơ bị từ chối")
    STOPPED = "stopped", _("hồ sơ đã dừng")
    OVERPAID = "overpaid", _("chuyển thừa tiền")
    OTHER = "other", _("lý do khác")


class RefundWay(models.TextChoices):
    GATEWAY = "gateway", _("qua cổng thanh toán")
    BY_HAND = "by_hand", _("chuyển khoản hoặc tiền mặt")


class Refund(Moving):
    """One refund of the money of an attempt, in full or in part, whole đồng. `requested_by` is null when the portal proposed it
    by itself. `request_id` is the one number the gateway knows it by: it is never sent under another."""

    EDGES = REFUND_EDGES

    attempt = models.ForeignKey(PaymentAttempt, verbose_name=_("lần trả"), on_delete=models.PROTECT, related_name="refunds")
    amount = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    reason = models.CharField(_("lý do"), max_length=10, choices=RefundReason.choices)
    note = models.CharField(_("ghi chú"), max_length=500, blank=True)
    way = models.CharField(_("cách hoàn"), max_length=8, choices=RefundWay.choices)
    state = models.CharField(_("tình trạng"), max_length=10, choices=RefundState.choices, default=RefundState.REQUESTED)
    request_id = models.CharField(_("số yêu cầu"), max_length=32, unique=True)
    code = models.CharField(_("mã của cổng thanh toán"), max_length=8, blank=True)
    transaction_no = models.CharField(_("mã giao dịch, số chứng từ"), max_length=40, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người đề nghị"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người duyệt"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("đề nghị lúc"), default=clock.now)
    approved_at = models.DateTimeField(_("duyệt lúc"), null=True)
    sent_at = models.DateTimeField(_("gửi lúc"), null=True)
    done_at = models.DateTimeField(_("hoàn xong lúc"), null=True)
    refused_at = models.DateTimeField(_("ngân hàng từ chối lúc"), null=True)

    class Meta:
        verbose_name = _("lần hoàn tiền")
        verbose_name_plural = _("lần hoàn tiền")
        ordering = ["requested_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt"], condition=Q(state__in=OPEN_REFUND), name="one_open_refund_an_attempt"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(requested_by=None) | ~Q(approved_by=F("requested_by")),
                name="a_refund_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RefundState.REQUESTED, RefundState.DECLINED]) | Q(approved_by__isnull=False),
                name="no_refund_without_approval",
            ),
            models.CheckConstraint(
                condition=Q(state=RefundState.DONE, done_at__isnull=False) | ~Q(state=RefundState.DONE),
                name="a_refund_done_knows_when",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="nothing_is_not_refunded"),
        ]

    def __str__(self) -> str:
        return self.request_id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REFUND

    @property
    def is_to_be_paid_out(self) -> bool:
        """Approved, and an accountant must pay it out by hand."""
        return self.state == RefundState.APPROVED and self.way == RefundWay.BY_HAND

    def stamp(self, now: dt.datetime) -> None:
        stamps = {RefundState.APPROVED: "approved_at", RefundState.SENT: "sent_at", RefundState.DONE: "done_at",
                  RefundState.REFUSED: "refused_at"}  # fmt: skip
        if self.state in stamps:
            setattr(self, stamps[self.state], now)


class RefundMove(Move):
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="moves")
    source = models.CharField(_("từ"), max_length=10, choices=RefundState.choices)
    target = models.CharField(_("đến"), max_length=10, choices=RefundState.choices)

    class Meta:
        verbose_name = _("bước của lần hoàn")
        verbose_name_plural = _("bước của lần hoàn")
        ordering = ["pk"]


class RefundCall(OutboxRow):
    """An outbox row of a call to the gateway about a refund: the order, or a query."""

    class Kind(models.TextChoices):
        SEND = "send", _("gửi yêu cầu hoàn")
        QUERY = "query", _("hỏi kết quả hoàn")

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="calls")
    kind = models.CharField(_("việc"), max_length=5, choices=Kind.choices)

    class Meta:
        verbose_name = _("việc hoàn tiền phải làm")
        verbose_name_plural = _("việc hoàn tiền phải làm")
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="refund_calls_that_are_due")]

    lease: "Lease | None" = None  # `terminal_lease.Lease`, set by the worker; not stored
    is_sending = False  # set by the worker when the order must be sent after the commit; not stored
