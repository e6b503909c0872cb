"""Outbox rows of settlement files: fetch one, and apply one of its rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.events import GatewayEvent
from payments.models.points import CollectionPoint
from payments.models.reconciliation import SettlementRun
from portal.common.outbox import OutboxRow


class SettlementFetch(OutboxRow):
    """Fetch and read the file of one terminal and local day."""

    point = models.ForeignKey(CollectionPoint, verbose_name=_("điểm thu"), on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("ngày"))

    class Meta:
        verbose_name = _("tệp đối soát phải lấy")
        verbose_name_plural = _("tệp đối soát phải lấy")
        constraints = [models.UniqueConstraint(fields=["point", "day"], name="a_settlement_file_is_fetched_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="settlement_files_that_are_due")]


class SettlementProof(OutboxRow):
    """Apply one row of a file that proves a payment or refund we did not know of. Each in its own transaction, because settling
    locks a dossier and the receipt counter of its body."""

    run = models.ForeignKey(SettlementRun, verbose_name=_("lần đối soát"), on_delete=models.PROTECT, related_name="proofs")
    event = models.OneToOneField(GatewayEvent, verbose_name=_("dòng của tệp"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("dòng đối soát phải ghi nhận")
        verbose_name_plural = _("dòng đối soát phải ghi nhận")
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="settlement_proofs_due")]
