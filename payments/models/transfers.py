"""Credits on the bank account of a collection point: matched by reference, or waiting for an accountant."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from payments.models.attempts import PaymentAttempt
from payments.models.events import GatewayEvent
from payments.models.points import CollectionPoint
from portal.common import clock
from portal.common.outbox import OutboxRow


class StatementReading(OutboxRow):
    """The recurring task to read the account of a point: one row a point. `cursor` is the bank's number
    after which credits are requested; the last minutes are read again, since banks do not write in order."""

    point = models.OneToOneField(
        CollectionPoint, verbose_name=_("điểm thu"), on_delete=models.PROTECT, related_name="statement_reading"
    )
    cursor = models.CharField(_("đã đọc tới"), max_length=60, blank=True)
    read_at = models.DateTimeField(_("đọc được lần cuối lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("việc đọc sao kê")
        verbose_name_plural = _("việc đọc sao kê")
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="statements_that_are_due")]


class BankCredit(OutboxRow):
    """One credit of a bank statement, whole đồng. `bank_ref` is the bank's own number, unique at its point. A worker matches each
    credit in a transaction of its own.

    `double_of`: an earlier credit with the same account, moment, sum and words under another number. Until a person decides
    whether both are the same money (state DOUBLE) it counts nowhere."""

    class State(models.TextChoices):
        NEW = "new", _("chưa xem")
        MATCHED = "matched", _("đã khớp")
        UNMATCHED = "unmatched", _("không rõ của ai")
        UNDER = "under", _("chuyển thiếu")
        OVER = "over", _("chuyển thừa")
        LATE = "late", _("khoản phí không chờ tiền này nữa")
        ASSIGNED = "assigned", _("kế toán đã gán cho một khoản phí")
        RETURNING = "returning", _("chờ người thứ hai duyệt trả lại")
        RETURNED = "returned", _("đã trả lại người chuyển")
        DOUBLE = "double", _("giống khoản đã có")
        SAME = "same", _("trùng khoản đã có")

    WAITING = (State.UNMATCHED, State.UNDER, State.OVER, State.LATE)

    point = models.ForeignKey(CollectionPoint, verbose_name=_("điểm thu"), on_delete=models.PROTECT, related_name="credits")
    bank_ref = models.CharField(_("số của ngân hàng"), max_length=60)
    amount = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    content = models.CharField(_("nội dung chuyển"), max_length=500, blank=True)
    event = models.ForeignKey(
        GatewayEvent, verbose_name=_("dòng sao kê"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField(_("tiền về lúc"))
    read_at = models.DateTimeField(_("đọc lúc"), default=clock.now)
    state = models.CharField(_("tình trạng"), max_length=9, choices=State.choices, default=State.NEW)
    attempt = models.ForeignKey(
        PaymentAttempt, verbose_name=_("lần trả"), null=True, blank=True, on_delete=models.PROTECT, related_name="credits"
    )
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người nạp sao kê"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    double_of = models.ForeignKey(
        "self", verbose_name=_("giống khoản"), null=True, blank=True, on_delete=models.PROTECT, related_name="doubles"
    )
    double_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người kết luận một hay hai khoản"), null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip
    return_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người đề nghị trả lại"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người xử lý"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(_("xử lý lúc"), null=True, blank=True)
    note = models.CharField(_("đã làm gì"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("khoản tiền về")
        verbose_name_plural = _("khoản tiền về")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="credits_nobody_looked_at"),
            models.Index(
                fields=["point", "received_at"], condition=Q(state__in=["unmatched", "under", "over", "late", "returning"]),
                name="credits_that_wait_for_a_person",
            ),
            models.Index(fields=["point", "amount", "received_at"], name="credits_that_may_be_doubles"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["point", "bank_ref"], name="a_credit_is_read_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_credit_brings_money"),
            models.CheckConstraint(
                condition=~Q(state__in=["matched", "assigned"]) | Q(attempt__isnull=False), name="a_counted_credit_has_an_attempt"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["double", "same"]) | Q(double_of__isnull=False), name="a_double_names_the_earlier_credit"
            ),
            models.CheckConstraint(
                condition=~Q(state="double") | Q(attempt__isnull=True), name="a_possible_double_counts_nowhere"
            ),
            models.CheckConstraint(
                condition=~Q(state="same") | Q(double_decided_by__isnull=False), name="a_person_said_that_it_is_the_same_credit"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned")
                | (Q(return_asked_by__isnull=False, resolved_by__isnull=False) & ~Q(resolved_by=F("return_asked_by"))),
                name="a_credit_goes_back_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_ref} · {self.amount}"

    @property
    def waits(self) -> bool:
        """Must an accountant decide what this money is?"""
        return self.state in self.WAITING
