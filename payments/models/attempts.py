"""Payment attempts of an obligation, with the history of their states, and pay links."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from dossiers.models import Dossier, FeeObligation
from dossiers.models.dossier import new_secret
from payments.models.moves import Move, Moving
from payments.models.points import CollectionPoint
from payments.models.states import ATTEMPT_EDGES, BEING_PAID, OPEN_ATTEMPT, AttemptState
from portal.common import clock


class Way(models.TextChoices):
    """The way of paying. GATEWAY is any provider (`CollectionPoint.provider` says which); its stored value is historical."""

    GATEWAY = "vnpay", _("qua cổng thanh toán")
    TRANSFER = "transfer", _("chuyển khoản VietQR")
    COUNTER = "counter", _("tiền mặt tại quầy")


class BankChoice(models.TextChoices):
    """What the payer chose on our page, mapped by the provider to its own codes; empty: chosen at the gateway."""

    ANY = "", _("chọn ở cổng thanh toán")
    QR = "VNPAYQR", _("ứng dụng ngân hàng")
    DOMESTIC = "VNBANK", _("thẻ ATM, tài khoản ngân hàng")
    INTERNATIONAL = "INTCARD", _("thẻ quốc tế")


class PayLink(models.Model):
    """A link by which another person pays without a login. Its page shows the amount and the code, no personal data."""

    obligation = models.ForeignKey(FeeObligation, on_delete=models.PROTECT, related_name="pay_links")
    token = models.CharField(max_length=32, unique=True, default=new_secret)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("tạo lúc"), default=clock.now)
    expires_at = models.DateTimeField(_("dùng được tới"))
    revoked_at = models.DateTimeField(_("đã thôi dùng lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("đường dẫn nhờ trả")
        verbose_name_plural = _("đường dẫn nhờ trả")

    @property
    def usable(self) -> bool:
        return self.revoked_at is None and self.expires_at > clock.now()


class PaymentAttempt(Moving):
    """One attempt to pay, in whole đồng; times in UTC. The amount is frozen. `state` changes only by `move`, along the graph in
    `payments.models.states`, with the rows locked by `payments.attempts.lifecycle.lock_for_payment`."""

    EDGES = ATTEMPT_EDGES

    obligation = models.ForeignKey(
        FeeObligation, verbose_name=_("khoản phải trả"), on_delete=models.PROTECT, related_name="attempts"
    )
    reference = models.CharField(_("mã lần trả"), max_length=20, unique=True)
    way = models.CharField(_("cách trả"), max_length=8, choices=Way.choices)
    bank_choice = models.CharField(_("đã chọn"), max_length=8, choices=BankChoice.choices, blank=True)
    amount = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    collector = models.ForeignKey(Agency, verbose_name=_("cơ quan thu"), on_delete=models.PROTECT, related_name="+")
    point = models.ForeignKey(
        CollectionPoint, verbose_name=_("điểm thu"), null=True, blank=True, on_delete=models.PROTECT, related_name="attempts"
    )
    state = models.CharField(_("tình trạng"), max_length=10, choices=AttemptState.choices, default=AttemptState.CREATED)
    code = models.CharField(_("mã của cổng thanh toán"), max_length=8, blank=True)
    settles = models.BooleanField(_("trả xong khoản phí"), default=False)
    transaction_no = models.CharField(_("mã giao dịch"), max_length=40, blank=True)
    bank_code = models.CharField(_("ngân hàng của người trả"), max_length=20, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người trả"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    link = models.ForeignKey(
        PayLink, verbose_name=_("trả giúp qua"), null=True, blank=True, on_delete=models.PROTECT, related_name="attempts"
    )
    created_at = models.DateTimeField(_("bắt đầu lúc"))  # whole seconds: part of the query at some gateways
    expires_at = models.DateTimeField(_("trả được tới"), null=True, blank=True)
    paid_at = models.DateTimeField(_("nhận tiền lúc"), null=True, blank=True)
    ended_at = models.DateTimeField(_("khép lúc"), null=True, blank=True)
    resolved_at = models.DateTimeField(
        _("biết chắc lúc"), null=True, blank=True
    )  # when the answer was final; until then the gateway is queried

    class Meta:
        verbose_name = _("lần trả tiền")
        verbose_name_plural = _("lần trả tiền")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(state__in=BEING_PAID), name="one_open_attempt_an_obligation"
            ),
            models.UniqueConstraint(fields=["obligation"], condition=Q(settles=True), name="one_attempt_settles_an_obligation"),
            models.CheckConstraint(condition=Q(settles=False) | Q(state=AttemptState.PAID), name="only_paid_money_settles"),
            models.CheckConstraint(
                condition=Q(state=AttemptState.PAID, paid_at__isnull=False) | (~Q(state=AttemptState.PAID) & Q(paid_at=None)),
                name="a_paid_attempt_knows_when",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="nobody_pays_nothing"),
            models.CheckConstraint(condition=Q(way=Way.COUNTER) | Q(point__isnull=False), name="money_goes_to_a_point"),
        ]
        indexes = [
            models.Index(fields=["collector", "paid_at"], condition=Q(state="paid"), name="money_taken_by_a_body"),
            models.Index(fields=["point", "paid_at"], condition=Q(state="paid"), name="money_taken_at_a_point"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def dossier(self) -> Dossier:
        return self.obligation.dossier

    @property
    def is_online(self) -> bool:
        """Is it paid through a gateway? (Which: `gateways.register.provider_of`.)"""
        return self.way == Way.GATEWAY

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ATTEMPT

    @property
    def money_taken(self) -> str:
        """Was money taken? «yes», «no», or «checking» until it is certain."""
        if self.state == AttemptState.PAID:
            return "yes"
        if self.state in (AttemptState.CREATED,) or self.resolved_at or self.way == Way.COUNTER:
            return "checking" if self.state == AttemptState.REVIEW else "no"
        if self.way == Way.TRANSFER and self.state != AttemptState.SENT:
            return "no"
        return "checking"

    def stamp(self, now: dt.datetime) -> None:
        self.paid_at = (self.paid_at or now) if self.state == AttemptState.PAID else None
        self.ended_at = None if self.is_open else now

    def move(self, target: Any, **facts: Any) -> None:
        """As `Moving.move`; also updates `attempt_open` of the obligation."""
        super().move(target, **facts)
        if self.obligation.attempt_open != self.is_open:
            self.obligation.attempt_open = self.is_open or self.obligation.attempts.filter(state__in=OPEN_ATTEMPT).exists()
            self.obligation.save(update_fields=["attempt_open"])


class AttemptMove(Move):
    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="moves")
    source = models.CharField(_("từ"), max_length=10, choices=AttemptState.choices)
    target = models.CharField(_("đến"), max_length=10, choices=AttemptState.choices)

    class Meta:
        verbose_name = _("bước của lần trả")
        verbose_name_plural = _("bước của lần trả")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(source=F("target")), name="an_attempt_moves_somewhere")]
