"""Work that comes with settlement files: fetching one, and believing one row of one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.events import GatewayEvent
from payments.models.points import CollectionPoint
from payments.models.reconciliation import SettlementRun
from portal.common.outbox import OutboxRow


class SettlementFetch(OutboxRow):
    """The file of one terminal and one local day, to be fetched from the gateway and read. Owed once."""

    point = models.ForeignKey(CollectionPoint, verbose_name=_("điểm thu"), on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("ngày"))

    class Meta:
        verbose_name = _("tệp đối soát phải lấy")
        verbose_name_plural = _("tệp đối soát phải lấy")
        constraints = [models.UniqueConstraint(fields=["point", "day"], name="a_settlement_file_is_fetched_once")]
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="settlement_files_that_are_due")]


class SettlementProof(OutboxRow):
    """One row of a file that proves what we did not know: money came, or went back. Each is believed in a transaction of its
    own, since settling locks a dossier and the receipt counter of its body."""

    run = models.ForeignKey(SettlementRun, verbose_name=_("lần đối soát"), on_delete=models.PROTECT, related_name="proofs")
    event = models.OneToOneField(GatewayEvent, verbose_name=_("dòng của tệp"), on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("dòng đối soát phải ghi nhận")
        verbose_name_plural = _("dòng đối soát phải ghi nhận")
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="settlement_proofs_due")]
