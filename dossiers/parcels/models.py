"""Parcels with results, and what the carrier reported about them.

A parcel's address is frozen with the order; a notice is never changed or deleted (database triggers). `Parcel.state` is
`standing.state_of` of its notices, kept for lists.
"""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.choices import BEFORE_PICK_UP, ON_ITS_WAY, UNDELIVERED, ParcelState, Payer
from dossiers.models import Dossier
from dossiers.parcels.carriers import register
from portal.common import clock
from portal.common.outbox import OutboxRow

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another


def new_reference():
    """«BG» and 12 letters: 60 bits, readable on the telephone."""
    return "BG" + "".join(secrets.choice(LETTERS) for _n in range(12))


class Parcel(OutboxRow):
    """One sending. The outbox row is the order that the carrier must hear. `reference`: our number, which makes the order
    idempotent. `owner`: who cares for it at the desk after it could not be delivered."""

    dossier = models.ForeignKey(Dossier, verbose_name=_("hồ sơ"), on_delete=models.PROTECT, related_name="parcels")
    reference = models.CharField(_("mã gửi"), max_length=14, unique=True, default=new_reference)
    carrier = models.CharField(_("bên chuyển phát"), max_length=20)
    tracking = models.CharField(_("số hiệu bưu gửi"), max_length=40, blank=True)
    contents = models.JSONField(_("giấy trong phong bì"), default=list)  # ["Kết quả số …"]
    recipient = models.CharField(_("người nhận"), max_length=200)
    phone = models.CharField(_("điện thoại"), max_length=16)
    address = models.CharField(_("địa chỉ"), max_length=400)
    payer = models.CharField(_("ai trả cước"), max_length=10, choices=Payer.choices)
    postage = models.PositiveIntegerField(_("cước (đồng)"), null=True, blank=True)
    ordered_by = models.ForeignKey(User, verbose_name=_("người gửi"), on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(_("đặt lúc"), default=clock.now)
    replaces = models.OneToOneField(
        "self", verbose_name=_("gửi lại của"), null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    state = models.CharField(_("tình trạng"), max_length=16, choices=ParcelState.choices, default=ParcelState.ORDERED)
    state_at = models.DateTimeField(_("từ lúc"), default=clock.now)
    owner = models.ForeignKey(
        User, verbose_name=_("người phải lo"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("bưu gửi")
        verbose_name_plural = _("bưu gửi")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(state__in=sorted(ON_ITS_WAY)), name="one_parcel_of_a_dossier_is_on_its_way"
            ),
            models.UniqueConstraint(
                fields=["carrier", "tracking"], condition=~Q(tracking=""), name="a_tracking_number_names_one_parcel"
            ),
        ]
        indexes = [models.Index(fields=["state", "state_at"], name="parcels_by_state")]

    def __str__(self):
        return self.reference

    @property
    def is_on_its_way(self):
        return self.state in ON_ITS_WAY

    @property
    def is_undelivered(self):
        return self.state in UNDELIVERED

    @property
    def may_be_asked(self):
        """Can the carrier be asked where it is? On its way or lost, and taken by a carrier that answers machines."""
        asked = ON_ITS_WAY - {ParcelState.ORDERED} | {ParcelState.LOST}
        return self.state in asked and register.takes_orders(self.carrier)

    @property
    def may_be_cancelled(self):
        """Is it not picked up yet, by all we know? The carrier decides."""
        return self.state in BEFORE_PICK_UP and register.takes_orders(self.carrier)


class ParcelRequest(OutboxRow):
    """Something asked of the carrier about a parcel that was ordered. The outbox row is what it must hear; `outcome` its answer,
    `words` its reason. `asked_by`: None for the job. `reason`: why the desk cancels."""

    class Kind(models.TextChoices):
        WHERE = "where", _("hỏi đang ở đâu")
        CANCEL = "cancel", _("hủy gửi")

    class Outcome(models.TextChoices):
        NEWS = "news", _("bưu điện có tin mới")
        NO_NEWS = "no_news", _("bưu điện chưa có tin mới")
        UNKNOWN = "unknown", _("bưu điện không biết bưu gửi này")
        CANCELLED = "cancelled", _("bưu điện đã hủy")
        REFUSED = "refused", _("bưu điện không hủy được")
        TOO_LATE = "too_late", _("bưu gửi không còn chờ ở bưu điện, không hỏi nữa")

    parcel = models.ForeignKey(Parcel, verbose_name=_("bưu gửi"), on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(_("việc"), max_length=8, choices=Kind.choices)
    reason = models.CharField(_("lý do"), max_length=300, blank=True)
    asked_by = models.ForeignKey(
        User, verbose_name=_("người hỏi"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("hỏi lúc"), default=clock.now)
    outcome = models.CharField(_("trả lời"), max_length=10, choices=Outcome.choices, blank=True)
    words = models.CharField(_("bưu điện nói"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("lần hỏi bưu điện")
        verbose_name_plural = _("các lần hỏi bưu điện")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "kind"], condition=~Q(due_state="done"), name="one_request_of_a_kind_waits_for_the_carrier"
            ),
            models.CheckConstraint(condition=~Q(kind="cancel") | Q(asked_by__isnull=False), name="people_cancel_parcels"),
        ]

    def __str__(self):
        return f"{self.parcel_id} {self.kind}"


class ParcelNotice(models.Model):
    """One thing the carrier told about a parcel, or a clerk wrote down of it (`entered_by`). `happened_at`: the carrier's time,
    never later than `received_at`. `words`: reason, or who took it."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="notices")
    key = models.CharField(_("mã tin"), max_length=64)
    state = models.CharField(_("tình trạng"), max_length=16, choices=ParcelState.choices)
    happened_at = models.DateTimeField(_("xảy ra lúc"))
    received_at = models.DateTimeField(_("nhận tin lúc"), default=clock.now)
    place = models.CharField(_("ở đâu"), max_length=120, blank=True)
    words = models.CharField(_("ghi chú"), max_length=300, blank=True)
    raw = models.TextField(_("nguyên văn"), blank=True)
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("tin của bưu điện")
        verbose_name_plural = _("tin của bưu điện")
        ordering = ["happened_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["parcel", "key"], name="a_notice_is_kept_once")]

    def __str__(self):
        return f"{self.parcel_id} {self.state}"
