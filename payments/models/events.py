"""Raw messages of gateways and banks, valid and invalid ones. Append-only."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from payments.models.points import CollectionPoint
from portal.common import clock

if TYPE_CHECKING:
    from payments.models.attempts import PaymentAttempt
    from payments.models.refunds import Refund

MAX_RAW_LENGTH = 4000  # characters stored of one event


class EventKind(models.TextChoices):
    IPN = "ipn", _("cổng thanh toán báo (IPN)")
    RETURN = "return", _("người trả quay về")
    QUERYDR = "querydr", _("trả lời câu hỏi (querydr)")
    REFUND = "refund", _("trả lời yêu cầu hoàn")
    STATEMENT = "statement", _("sao kê ngân hàng")
    SETTLEMENT = "settlement", _("tệp đối soát")


class Verdict(models.TextChoices):
    VALID = "valid", _("đúng")
    DUPLICATE = "duplicate", _("đúng, đã biết")
    BAD_SIGNATURE = "bad_signature", _("sai chữ ký")
    FOREIGN_TERMINAL = "foreign_terminal", _("điểm thu lạ")
    UNKNOWN_REFERENCE = "unknown_ref", _("không có lần trả này")
    WRONG_AMOUNT = "wrong_amount", _("sai số tiền")
    MALFORMED = "malformed", _("không đọc được")
    NO_ANSWER = "no_answer", _("không trả lời")
    ERROR = "error", _("lỗi bên mình")


class GatewayEvent(models.Model):
    """One received message. `raw` is cut at MAX_RAW_LENGTH; `answer` is the code we answered (of the provider)."""

    kind = models.CharField(_("loại"), max_length=10, choices=EventKind.choices)
    attempt = models.ForeignKey(
        "payments.PaymentAttempt", verbose_name=_("lần trả"), null=True, on_delete=models.PROTECT, related_name="events"
    )
    refund = models.ForeignKey(
        "payments.Refund", verbose_name=_("lần hoàn"), null=True, on_delete=models.PROTECT, related_name="events"
    )
    point = models.ForeignKey(
        CollectionPoint, verbose_name=_("điểm thu"), null=True, on_delete=models.PROTECT, related_name="events"
    )
    raw = models.TextField(_("nguyên văn"), max_length=MAX_RAW_LENGTH)
    verdict = models.CharField(_("kết luận"), max_length=16, choices=Verdict.choices)
    answer = models.CharField(_("đã đáp"), max_length=8, blank=True)
    received_at = models.DateTimeField(_("lúc"), default=clock.now)

    class Meta:
        verbose_name = _("lời của cổng thanh toán")
        verbose_name_plural = _("lời của cổng thanh toán")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["kind", "received_at"], condition=~models.Q(verdict="valid"), name="bad_events_of_a_minute"),
        ]
        constraints = [models.CheckConstraint(condition=LessThanOrEqual(Length("raw"), MAX_RAW_LENGTH), name="events_are_capped")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_verdict_display()}"


def store_event(
    kind: EventKind,
    raw: str,
    verdict: Verdict,
    *,
    attempt: "PaymentAttempt | None" = None,
    refund: "Refund | None" = None,
    point: CollectionPoint | None = None,
    answer: str = "",
) -> GatewayEvent:
    """Store a received message, cut at MAX_RAW_LENGTH. `point` defaults to that of the attempt. Returns the event."""
    if point is None and attempt is not None:
        point = attempt.point
    return GatewayEvent.objects.create(
        kind=kind, attempt=attempt, refund=refund, point=point, raw=_storable(raw), verdict=verdict, answer=answer,
        received_at=clock.now(),
    )  # fmt: skip


def store_new_event(kind: EventKind, raw: str, verdict: Verdict, *, point: CollectionPoint) -> GatewayEvent | None:
    """As `store_event`, for messages that may be read repeatedly: None if this text is stored for this point and verdict."""
    there = GatewayEvent.objects.filter(kind=kind, point=point, verdict=verdict, raw=_storable(raw)).exists()
    return None if there else store_event(kind, raw, verdict, point=point)


def _storable(raw: str) -> str:
    return raw.replace("\0", "\ufffd")[:MAX_RAW_LENGTH]
