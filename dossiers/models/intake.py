"""How a dossier was taken in at the counter or by post: whose document was seen, who brought it, what came on paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dossiers.models.dossier import Dossier


class ApplicantDocument(models.TextChoices):
    """The document from which the clerk entered name and number of the applicant."""

    ID_CARD = "can_cuoc", _("thẻ căn cước, căn cước công dân")
    OLD_ID_CARD = "cmnd", _("giấy chứng minh nhân dân")
    PASSPORT = "ho_chieu", _("hộ chiếu")
    BIRTH_CERTIFICATE = "khai_sinh", _("giấy khai sinh")
    REGISTRATION = "dang_ky", _("giấy đăng ký doanh nghiệp, quyết định thành lập")
    COPY = "ban_sao", _("bản sao gửi trong thư")


class BroughtAs(models.TextChoices):
    """In which role somebody brought or sent the dossier."""

    SELF = "self", _("chính chủ hồ sơ, hoặc người đứng đầu tổ chức")
    PROXY = "proxy", _("người được ủy quyền, có giấy")
    PARENT = "parent", _("cha, mẹ hoặc người giám hộ")


class CounterIntake(models.Model):
    """One row for each dossier of channel counter or post that a clerk entered. A trigger keeps it as it was filed.

    `papers`: {item key: {"originals": n, "copies": n, "seen": true}}, what the desk received on paper or was only shown.
    `hands`: [{"from", "to" (ids of users), "at"}], how the draft was passed on before it was filed.
    """

    dossier = models.OneToOneField(Dossier, verbose_name=_("hồ sơ"), on_delete=models.CASCADE, related_name="intake")
    document = models.CharField(_("giấy tờ đã xem"), max_length=10, choices=ApplicantDocument.choices)
    brought_as = models.CharField(_("người nộp là"), max_length=6, choices=BroughtAs.choices, default=BroughtAs.SELF)
    brought_by = models.CharField(_("người đến nộp, người gửi"), max_length=100, blank=True)
    brought_number = models.CharField(_("số giấy tờ của người đến nộp"), max_length=20, blank=True)
    letter_number = models.CharField(_("số bưu gửi"), max_length=40, blank=True)
    letter_on = models.DateField(_("ngày nhận thư"), null=True, blank=True)
    letter_contents = models.TextField(_("trong thư có gì"), blank=True)
    missing = models.TextField(_("còn thiếu gì"), blank=True)
    papers = models.JSONField(_("bản giấy đã nhận"), default=dict, blank=True)
    hands = models.JSONField(_("đã chuyển tay"), default=list, db_default=[], blank=True)

    class Meta:
        verbose_name = _("lần nhận tại quầy, qua bưu chính")
        verbose_name_plural = _("các lần nhận tại quầy, qua bưu chính")

    def __str__(self):
        return str(self.dossier)

    @property
    def bearer(self):
        """Who brought or sent it: the name printed beside the signature; empty when it was the subject."""
        return self.brought_by if self.brought_as != BroughtAs.SELF or self.dossier.organisation_id else ""

    def evidence(self):
        """What the history keeps of it."""
        names = (
            "document",
            "brought_as",
            "brought_by",
            "brought_number",
            "letter_number",
            "letter_contents",
            "missing",
            "papers",
        )
        found = {name: getattr(self, name) for name in names} | {"letter_on": self.letter_on and self.letter_on.isoformat()}
        return found | ({"hands": self.hands} if self.hands else {})
