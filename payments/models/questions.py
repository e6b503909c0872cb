"""Outbox rows of queries to the gateway: one waiting row an attempt."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.attempts import PaymentAttempt
from portal.common.outbox import OutboxRow

if TYPE_CHECKING:
    from payments.enquiries.terminal_lease import Lease


class GatewayQuestion(OutboxRow):
    """Query the gateway (querydr) about an attempt, not before `next_at`. `tries_so_far` counts the queries."""

    class Cause(models.TextChoices):
        EXPIRED = "expired", _("đã quá giờ mà chưa có tin")
        RETURNED = "returned", _("người trả đã quay về mà chưa có tin")
        COMPLAINT = "complaint", _("người trả nói đã trả")
        AGAIN = "again", _("lần hỏi trước chưa có câu trả lời chắc chắn")

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="questions")
    cause = models.CharField(_("vì"), max_length=10, choices=Cause.choices)
    tries_so_far = models.PositiveSmallIntegerField(_("đã hỏi"), default=0)

    class Meta:
        verbose_name = _("câu hỏi cổng thanh toán")
        verbose_name_plural = _("câu hỏi cổng thanh toán")
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="questions_that_are_due")]
        constraints = [
            models.UniqueConstraint(fields=["attempt"], condition=Q(due_state="waiting"), name="one_question_waits_an_attempt")
        ]

    lease: "Lease | None" = None  # `terminal_lease.Lease`, set by the worker; not stored
