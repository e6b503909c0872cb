"""Issued papers: every numbered paper the portal makes; a row and a file."""

import secrets

from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from dossiers.choices import RESULT_KINDS, PaperKind
from dossiers.models import Decision, Dossier, Event
from dossiers.papers import frozen
from portal.common import clock
from portal.common.vietnamese import fold

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without letters and digits that look alike: 0 O, 1 I


def new_verification_code():
    """16 characters of ALPHABET (80 random bits), to be typed from paper."""
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


# For staff only: they name who held the dossier when, and which agencies were consulted.
OFFICE_PAPERS = frozenset({PaperKind.CONTROL_SHEET, PaperKind.REGISTER, PaperKind.CONSULTATION})
# Print the citizen's tracking secret. Staff get a copy without it (`making.office_copy`).
WITH_TRACKING_SECRET = frozenset({PaperKind.ACKNOWLEDGEMENT, PaperKind.RECEIPT_SLIP, PaperKind.SUPPLEMENT_NOTE})
# Issued by the lead agency; all others by the receiving agency.
OF_THE_LEADING_BODY = frozenset(
    {
        PaperKind.APOLOGY, PaperKind.CONSULTATION, PaperKind.CONTROL_SHEET, PaperKind.RESULT, PaperKind.REFUSAL_OF_SUBSTANCE,
        PaperKind.REVOCATION, PaperKind.E_RECEIPT,
    }
)  # fmt: skip


# The paper of a decision.
DECIDED_AS = {
    Decision.Outcome.APPROVED: PaperKind.RESULT,
    Decision.Outcome.REFUSED: PaperKind.REFUSAL_OF_SUBSTANCE,
    Decision.Outcome.REVOKED: PaperKind.REVOCATION,
}


class IssuedPaper(models.Model):
    """One paper. Never edited: a wrong one is replaced or revoked, and the check by its code says so."""

    class State(models.TextChoices):
        VALID = "valid", _("còn giá trị")
        REPLACED = "replaced", _("đã được thay thế")
        REVOKED = "revoked", _("đã bị thu hồi")

    dossier = models.ForeignKey(Dossier, verbose_name=_("hồ sơ"), on_delete=models.PROTECT, related_name="papers")
    event = models.ForeignKey(Event, verbose_name=_("sự kiện"), on_delete=models.PROTECT, related_name="papers")
    decision = models.ForeignKey(
        Decision, verbose_name=_("quyết định"), null=True, blank=True, on_delete=models.PROTECT, related_name="papers"
    )
    result_key = models.CharField(_("khóa kết quả"), max_length=60, blank=True)  # which paper of the decision
    kind = models.CharField(_("loại giấy"), max_length=24, choices=PaperKind.choices)
    number = models.CharField(_("số"), max_length=60)
    verification_code = models.CharField(_("mã kiểm tra"), max_length=20, unique=True, default=new_verification_code)
    storage_key = models.CharField(max_length=80, unique=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(_("dung lượng (byte)"))
    signed_by = models.CharField(_("chứng thư ký"), max_length=200, blank=True)
    signed_at = models.DateTimeField(_("ký lúc"), null=True, blank=True)
    state = models.CharField(_("giá trị"), max_length=8, choices=State.choices, default=State.VALID)
    replaced_by = models.ForeignKey(
        "self", verbose_name=_("thay bằng"), null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    state_reason = models.TextField(_("lý do thay, thu hồi"), blank=True)
    published_at = models.DateTimeField(_("đưa vào tài khoản lúc"), null=True, blank=True)
    issued_at = models.DateTimeField(_("cấp lúc"), default=clock.now)

    class Meta:
        verbose_name = _("giấy do cổng cấp")
        verbose_name_plural = _("giấy do cổng cấp")
        ordering = ["issued_at", "pk"]
        constraints = [
            # A receipt may be replaced without a new event; `payments` ensures one receipt for each number.
            models.UniqueConstraint(
                fields=["event", "kind"],
                condition=~models.Q(kind=PaperKind.E_RECEIPT) & models.Q(decision=None),
                name="one_paper_an_event_and_kind",
            ),
            models.UniqueConstraint(fields=["decision", "result_key"], name="one_paper_a_decision_and_result"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self):
        return reverse("papers:download", args=[self.pk, self.file_name.removesuffix(".pdf")])

    @property
    def file_name(self):
        """File name of the download: ASCII without spaces."""
        with translation.override("vi"):
            return f"{slugify(fold(self.get_kind_display()))}-{self.dossier.code}.pdf"

    @property
    def issuer(self):
        """The agency that issued it."""
        if self.decision_id:
            return self.decision.agency
        return self.dossier.lead_agency if self.kind in OF_THE_LEADING_BODY else self.dossier.receiving_agency

    @property
    def words(self):
        """What it says: its part of the content of the decision."""
        return frozen.paper_in(self.decision.content, self.result_key)

    @property
    def title(self):
        """The name printed at its head; of other papers their kind."""
        return (self.words.get("title") if self.decision_id else "") or self.get_kind_display()

    @property
    def replaceable(self):
        """May another paper stand in its place? A refusal is revoked."""
        return self.kind == PaperKind.RESULT

    @property
    def is_result(self):
        return self.kind in RESULT_KINDS

    @property
    def is_for_citizens(self):
        """May the citizen's side read it? A result only after publication; office papers never."""
        return self.kind not in OFFICE_PAPERS and not (self.is_result and self.published_at is None)


class NumberCounter(models.Model):
    """The last number given in a series: an agency, a series and a year. Only `papers.numbering` writes it."""

    body = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    series = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "series", "year"], name="one_counter_a_series")]


class PaperNumber(models.Model):
    """A number that an agency gave to a paper when the step that owes it was taken, before it was drawn, and for ever."""

    event = models.ForeignKey(Event, verbose_name=_("sự kiện"), on_delete=models.PROTECT, related_name="numbers")
    kind = models.CharField(_("loại giấy"), max_length=24, choices=PaperKind.choices)
    item = models.CharField(_("giấy nào trong nhiều giấy cùng loại"), max_length=80, blank=True)
    body = models.ForeignKey(Agency, verbose_name=_("cơ quan cấp số"), on_delete=models.PROTECT, related_name="+")
    series = models.CharField(_("ký hiệu"), max_length=8)
    year = models.PositiveSmallIntegerField(_("năm"))
    number = models.PositiveIntegerField(_("số"))

    class Meta:
        verbose_name = _("số của giấy")
        verbose_name_plural = _("số của giấy")
        constraints = [
            models.UniqueConstraint(fields=["body", "series", "year", "number"], name="no_number_twice"),
            models.UniqueConstraint(fields=["event", "kind", "item"], name="one_number_a_paper"),
        ]

    def __str__(self):
        """As printed, after Decree 30/2020: a number under 10 with a leading zero, then the signs. The date stands beside it."""
        return f"{self.number:02}/{self.series}-{self.body.code}"
