"""Settlement runs (our books against the file of the gateway, day by day) and their differences."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from payments.models.attempts import PaymentAttempt
from payments.models.points import CollectionPoint
from payments.models.transfers import BankCredit
from portal.common import clock


class SettlementRun(models.Model):
    """One settlement file that was read: point, local day, and the totals of both sides (whole đồng, refunds subtracted)."""

    point = models.ForeignKey(CollectionPoint, verbose_name=_("điểm thu"), on_delete=models.PROTECT, related_name="runs")
    day = models.DateField(_("ngày"))
    sha256 = models.CharField(max_length=64)
    our_count = models.PositiveIntegerField(_("số giao dịch của cổng"))
    our_total = models.BigIntegerField(_("tổng của cổng (đồng)"))
    their_count = models.PositiveIntegerField(_("số giao dịch trong tệp"))
    their_total = models.BigIntegerField(_("tổng trong tệp (đồng)"))
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người nạp"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    read_at = models.DateTimeField(_("nạp lúc"), default=clock.now)

    class Meta:
        verbose_name = _("lần đối soát")
        verbose_name_plural = _("lần đối soát")
        ordering = ["-day", "point", "-read_at"]


class Difference(models.Model):
    """One point in which the two books differ. Open until it is explained.

    `credit`: the bank credit it is about; a DOUBLE is closed by the decision about it (`transfers.matching.decide_double`)."""

    class Kind(models.TextChoices):
        MISSING_HERE = "missing_here", _("tệp có, cổng không có")
        MISSING_THERE = "missing_there", _("cổng có, tệp không có")
        AMOUNT = "amount", _("số tiền khác nhau")
        REFUND = "refund", _("khoản hoàn không khớp")
        REVERSED = "reversed", _("ngân hàng đảo giao dịch sau khi đã báo trả")
        DOUBLE = "double", _("tiền về giống một khoản đã có")
        UNREADABLE = "unreadable", _("dòng sao kê không đọc được")

    run = models.ForeignKey(
        SettlementRun, verbose_name=_("lần đối soát"), null=True, blank=True, on_delete=models.PROTECT, related_name="differences"
    )
    point = models.ForeignKey(CollectionPoint, verbose_name=_("điểm thu"), on_delete=models.PROTECT, related_name="differences")
    collector = models.ForeignKey(
        Agency, verbose_name=_("cơ quan thu"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(_("ngày"))
    kind = models.CharField(_("khác ở đâu"), max_length=14, choices=Kind.choices)
    reference = models.CharField(_("mã lần trả"), max_length=100)
    attempt = models.ForeignKey(
        PaymentAttempt, verbose_name=_("lần trả"), null=True, blank=True, on_delete=models.PROTECT, related_name="differences"
    )
    credit = models.ForeignKey(
        BankCredit, verbose_name=_("khoản tiền về"), null=True, blank=True, on_delete=models.PROTECT, related_name="differences"
    )
    our_amount = models.BigIntegerField(_("cổng ghi (đồng)"), null=True, blank=True)
    their_amount = models.BigIntegerField(_("bên kia ghi (đồng)"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người lo"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(_("mở lúc"), default=clock.now)
    closed_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người khép"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resolution = models.CharField(_("đã làm gì"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("chỗ chênh lệch")
        verbose_name_plural = _("chỗ chênh lệch")
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "day", "kind", "reference"], condition=Q(closed_at=None), name="a_difference_is_open_once"
            ),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(resolution__gt=""), name="a_closed_difference_is_explained"),
        ]
