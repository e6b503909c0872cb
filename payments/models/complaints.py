"""«Tôi đã trả tiền»: a ticket about one attempt, with an owner, until it is answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.attempts import PaymentAttempt
from portal.common import clock


class PaymentComplaint(models.Model):
    """A payer claims to have paid. Closed by the final answer of the gateway, or by its owner."""

    attempt = models.ForeignKey(PaymentAttempt, verbose_name=_("lần trả"), on_delete=models.PROTECT, related_name="complaints")
    opened_at = models.DateTimeField(_("mở lúc"), default=clock.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người hỏi"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người lo"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người trả lời"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answer = models.CharField(_("trả lời"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("phiếu hỏi về tiền")
        verbose_name_plural = _("phiếu hỏi về tiền")
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt"], condition=Q(closed_at=None), name="one_open_complaint_an_attempt"),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(answer__gt=""), name="a_closed_complaint_was_answered"),
        ]
