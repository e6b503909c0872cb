"""Daily anchors: one Merkle root over the heads of all histories that moved since the anchor before, signed and kept outside."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common.outbox import OutboxRow


class Anchor(OutboxRow):
    """The anchor of one day. `document` is the exact text that is signed; once written it never changes.

    Made by `dossiers.evidence.anchors`. `signature`, `time_token`: base64; `certificates`: PEM, the portal's own and its root.
    """

    day = models.DateField(_("ngày"), unique=True)
    document = models.TextField(_("văn bản đã ký"), blank=True)
    signature = models.TextField(_("chữ ký"), blank=True)
    certificates = models.TextField(_("chứng thư"), blank=True)
    time_token = models.TextField(_("dấu thời gian"), blank=True)

    class Meta:
        verbose_name = _("neo của ngày")
        verbose_name_plural = _("neo của ngày")
        ordering = ["day"]

    def __str__(self):
        return str(self.day)


class AnchorLeaf(models.Model):
    """One leaf of the tree of an anchor. `ref`: key of the row it speaks of; `hash`: the leaf hash."""

    class Kind(models.TextChoices):
        EVENT = "event", _("sự kiện cuối của một hồ sơ")
        PAPER = "paper", _("giấy đã cấp")
        ANSWERS = "answers", _("bản khai có sẵn")

    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="leaves")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    ref = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("lá của neo")
        verbose_name_plural = _("lá của neo")
        constraints = [
            models.UniqueConstraint(fields=["anchor", "position"], name="one_leaf_a_position"),
            models.UniqueConstraint(fields=["kind", "ref", "sequence"], name="a_thing_is_anchored_once"),
        ]

    def __str__(self):
        return f"{self.kind} {self.ref}/{self.sequence}"
