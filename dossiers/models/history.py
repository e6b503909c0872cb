"""The append-only history of a dossier: one event for each step, chained by hashes, and the answers as they were filed.

Database triggers refuse changes. By law texts and answers may be erased (`dossiers.workflow.history.erase`): text and salt go,
the digest stays in the event.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier
from dossiers.states import DossierState
from portal.common import clock
from portal.common.digests import canonical, content_digest, new_salt, sha256

GENESIS = "0" * 64


class Event(models.Model):
    """One step taken. The hash chain covers codes, times and salted digests of texts and answers, so that these can be erased."""

    class Format(models.IntegerChoices):
        """What the hash covers. An event keeps the format it was written in."""

        TEXTS = 1, _("lời ghi")
        TEXTS_AND_ANSWERS = 2, _("lời ghi, câu trả lời và tệp")

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
    format = models.PositiveSmallIntegerField(_("dạng"), choices=Format.choices, default=Format.TEXTS_AND_ANSWERS)
    text_digest = models.CharField(max_length=64)
    content_digest = models.CharField(max_length=64, blank=True, help_text="của AnswerRevision, nếu bước này ghi một bản")
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

    @property
    def ends_the_dossier(self):
        return DossierState(self.target).is_final

    def hashed_fields(self):
        """What the hash covers, in order; the proof file shows the same list."""
        fields = [
            self.previous_hash, self.dossier.code, self.sequence, self.step, self.source, self.target,
            self.actor_id, self.job, self.at.isoformat(timespec="microseconds"), self.text_digest,
        ]  # fmt: skip
        return fields if self.format == self.Format.TEXTS else [*fields, self.format, self.content_digest]

    def computed_hash(self):
        """SHA-256 (hex) over the previous hash and all fields of this event."""
        return sha256(canonical(self.hashed_fields()))


class ErasableByLaw(models.Model):
    """Texts beside an event: may be emptied by law, with the ground, and are never changed otherwise."""

    salt = models.CharField(max_length=32, default=new_salt, blank=True)
    erased_at = models.DateTimeField(_("xóa theo luật lúc"), null=True, blank=True)
    erased_ground = models.CharField(_("căn cứ xóa"), max_length=300, blank=True)

    class Meta:
        abstract = True


class EventText(ErasableByLaw):
    """Note and details of an event, in their own row with a salt: can be erased without breaking the hash chain."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="text")
    actor_name = models.CharField(_("tên người làm"), max_length=120, blank=True)
    note = models.TextField(_("ghi chú"), blank=True)
    details = models.JSONField(_("chi tiết"), default=dict, blank=True)

    class Meta:
        verbose_name = _("lời của sự kiện")
        verbose_name_plural = _("lời của sự kiện")

    def digest(self):
        """Salted SHA-256 (hex) of the texts; stored in `Event.text_digest`."""
        return sha256(self.salt + canonical([self.actor_name, self.note, self.details]))


class AnswerRevision(ErasableByLaw):
    """What was filed, as it stood after one step: answers, subject, files with their hashes. The newest one is in force."""

    class Kind(models.TextChoices):
        FILED = "filed", _("khi nộp")
        SUPPLEMENT = "supplement", _("khi bổ sung")
        EXEMPTION_REFUSED = "exemption", _("khi không được miễn, giảm phí")
        FOUND = "found", _("có sẵn khi cổng bắt đầu giữ từng bản")  # filed earlier: no event carries its digest

    dossier = models.ForeignKey(Dossier, verbose_name=_("hồ sơ"), on_delete=models.PROTECT, related_name="answer_revisions")
    event = models.OneToOneField(Event, null=True, on_delete=models.PROTECT, related_name="revision")
    kind = models.CharField(_("ghi khi"), max_length=12, choices=Kind.choices)
    content = models.JSONField(_("nội dung"), null=True, help_text='{"answers": {…}, "files": {…}, …}; null: đã xóa theo luật')
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("ghi lúc"), default=clock.now)

    class Meta:
        verbose_name = _("bản khai")
        verbose_name_plural = _("bản khai")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(event=None, kind="found") | models.Q(event__isnull=False) & ~models.Q(kind="found"),
                name="a_revision_belongs_to_an_event",
            ),
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.kind}"

    def computed_digest(self):
        return content_digest(self.content or {}, self.salt)
