"""Parcels with results, and what the carrier reported about them.

A parcel's address is frozen with the order; a notice is never changed or deleted (database triggers). `Parcel.state` is
`standing.state_of` of its notices, kept for lists.
"""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.choices import ON_ITS_WAY, UNDELIVERED, ParcelState, Payer
from dossiers.models import Dossier
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
