"""What the signer decided, frozen with its hash."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from dossiers.models.dossier import Dossier
from dossiers.models.history import Event
from portal.common import clock


class Decision(models.Model):
    """What the signer decided, frozen with its hash. Exactly this content is signed."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("đồng ý giải quyết")
        REFUSED = "refused", _("không giải quyết")
        REVOKED = "revoked", _("thu hồi kết quả đã cấp")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="decisions")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("kết luận"), max_length=8, choices=Outcome.choices)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("người ký"), on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("số"), max_length=60)  # of its only paper, or of its first
    numbers = models.JSONField(_("số của từng giấy"), default=dict, blank=True)  # {result key: number}
    content = models.JSONField(_("nội dung đã duyệt"))
    content_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField(_("quyết định lúc"), default=clock.now)

    class Meta:
        verbose_name = _("quyết định")
        verbose_name_plural = _("quyết định")

    def number_of(self, key):
        """The number of its paper with this result key."""
        return self.numbers.get(key, self.number)
