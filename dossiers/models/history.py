"""The append-only history of a dossier: one event for each step, chained by hashes. A database trigger refuses changes."""

import hashlib
import json
import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from dossiers.states import DossierState
from portal.common import clock

GENESIS = "0" * 64


class Event(models.Model):
    """One step taken. The hash chain covers codes, times and salted digests of the texts, so that a text can be erased."""

    dossier = models.ForeignKey(Dossier, verbose_name=_("hồ sơ"), on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField(_("thứ tự"))
    step = models.CharField(_("bước"), max_length=30)
    source = models.CharField(_("từ"), max_length=20, choices=DossierState.choices)
    target = models.CharField(_("đến"), max_length=20, choices=DossierState.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người làm"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    job = models.CharField(_("việc tự động"), max_length=40, blank=True)
    at = models.DateTimeField(_("lúc"), default=clock.now)
    text_digest = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("sự kiện")
        verbose_name_plural = _("lịch sử")
        ordering = ["dossier", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "sequence"], name="one_event_a_sequence"),
            models.CheckConstraint(condition=models.Q(actor=None) ^ models.Q(job=""), name="an_event_has_one_actor"),
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.sequence} {self.step}"

    def computed_hash(self):
        """SHA-256 (hex) over the previous hash and all fields of this event."""
        fields = [
            self.previous_hash, self.dossier.code, self.sequence, self.step, self.source, self.target,
            self.actor_id, self.job, self.at.isoformat(timespec="microseconds"), self.text_digest,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def new_salt():
    """128 random bits (hex), so that an erased text cannot be guessed from its digest."""
    return secrets.token_hex(16)


class EventText(models.Model):
    """Note and details of an event, in their own row with a salt: can be erased without breaking the hash chain."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="text")
    salt = models.CharField(max_length=32, default=new_salt)
    actor_name = models.CharField(_("tên người làm"), max_length=120, blank=True)
    note = models.TextField(_("ghi chú"), blank=True)
    details = models.JSONField(_("chi tiết"), default=dict, blank=True)

    class Meta:
        verbose_name = _("lời của sự kiện")
        verbose_name_plural = _("lời của sự kiện")

    def digest(self):
        """Salted SHA-256 (hex) of the texts; stored in `Event.text_digest`."""
        words = json.dumps([self.actor_name, self.note, self.details], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(f"{self.salt}{words}".encode()).hexdigest()
