"""Answers to the public check of a paper, by its code or by the file.

The register is checked first: a file with a known hash is unchanged. Then its signature is checked. A file whose beginning is an
issued paper is told apart from a changed one: mail programs and editors add or drop line feeds at the end.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from dossiers.papers.contexts import verification_url
from dossiers.papers.models import ALPHABET, IssuedPaper
from dossiers.papers.verification import Verdict, check_pdf
from dossiers.papers.verification_child import BLANK
from portal.common.codes import letters_and_digits_in
from portal.common.dates import moment
from portal.common.identity import mask_name

CODE_LENGTH = 16
END = b"%%EOF"
LINE_FEEDS = (b"", b"\n", b"\r\n", b"\r")
MAX_ENDS = 10  # ends of a PDF looked at: one for each time it was saved
FACTS_PROVIDERS = {}  # {PaperKind: function(paper) -> PublicFacts}, filled by apps above this one


class Outcome(TextChoices):
    """The outcome of a check; the label is the headline."""

    VALID = "valid", _("Giấy thật, còn giá trị")
    REPLACED = "replaced", _("Giấy này đã được thay bằng giấy khác")
    REVOKED = "revoked", _("Giấy này đã bị thu hồi, không còn giá trị")
    CHANGED = "changed", _("Tệp này đã bị sửa sau khi ký, không dùng được")
    ADDED_TO = "added_to", _("Phần đã cấp còn nguyên, nhưng phía sau có thêm nội dung")
    NOT_IN_REGISTER = "not_in_register", _("Chữ ký đúng, nhưng giấy không có trong sổ của cổng này")
    UNKNOWN = "unknown", _("Không phải giấy do cổng này cấp")
    NO_SUCH_CODE = "no_such_code", _("Không có giấy nào mang mã này")
    NOT_A_PDF = "not_a_pdf", _("Tệp này không phải tệp PDF")
    TOO_LARGE = "too_large", _("Tệp này lớn quá, không phải giấy do cổng này cấp")

    @property
    def tone(self):
        return {"valid": "ok", "replaced": "warn", "not_in_register": "warn", "not_a_pdf": "info", "no_such_code": "info"}.get(
            self.value, "bad"
        )


@dataclass(frozen=True)
class PublicFacts:
    """What an app above this one adds to the public answer about a paper. Empty fields: the default of all papers."""

    holder: str = ""  # the name on the paper, unmasked
    rows: tuple = ()  # (label, text) to compare with the paper in hand
    headline: str = ""
    advice: str = ""
    value: str = ""  # the state in words


def gives_facts(kind):
    """Decorator: registers the function that gives these facts for papers of this kind."""

    def register(function):
        FACTS_PROVIDERS[kind] = function
        return function

    return register


@dataclass(frozen=True)
class Answer:
    """The outcome; the paper when it is in the register; the verdict on the signature when a file was given."""

    outcome: Outcome
    paper: IssuedPaper | None = None
    verdict: Verdict | None = None
    exact: bool = True  # False: only the line feeds at the end differ from the issued file

    @property
    def headline(self):
        """The headline. A code alone proves only that such a paper exists: it can be printed on a forged paper."""
        if self.outcome is Outcome.VALID and self.verdict is None:
            return _("Có giấy mang mã này, còn giá trị")
        if self.outcome is Outcome.ADDED_TO:
            return self.outcome.label
        return self.facts.headline or self.outcome.label

    @cached_property
    def facts(self):
        """The facts that an app above adds for this paper."""
        provider = FACTS_PROVIDERS.get(self.paper.kind) if self.paper else None
        return provider(self.paper) if provider else PublicFacts()

    @property
    def issued(self):
        return moment(self.paper.issued_at, year=True)

    @property
    def signed(self):
        return moment(self.verdict.signed_at, year=True) if self.verdict.signed_at else ""

    @property
    def address(self):
        """The URL of the paper's QR code."""
        return verification_url(self.paper.verification_code)

    @property
    def holder(self):
        """The holder's name, masked: enough to compare with the paper, not enough to learn the name."""
        dossier = self.paper.dossier
        if dossier.confidential:
            return _("được giữ kín")
        name = self.facts.holder or dossier.subject_name
        return name if dossier.organisation_id else mask_name(name)

    @property
    def value(self):
        """The state in words."""
        return self.facts.value or self.paper.get_state_display()


def about_code(code):
    """Answer for a typed code, with or without hyphens."""
    code = "".join(char for char in letters_and_digits_in(code) if char in ALPHABET)
    paper = _papers().filter(verification_code=code).first() if len(code) == CODE_LENGTH else None
    return Answer(Outcome(paper.state), paper) if paper else Answer(Outcome.NO_SUCH_CODE)


def about_file(data):
    """Answer for the bytes of a file. The file is not stored."""
    paper, issued = _issued_part(data)
    if paper and not data[len(issued) :].strip(BLANK):
        return Answer(Outcome(paper.state), paper, check_pdf(issued), exact=issued == data)
    verdict = check_pdf(data)
    if paper:
        return Answer(Outcome.ADDED_TO, paper, verdict)
    if verdict.reason in (Outcome.NOT_A_PDF, Outcome.TOO_LARGE):
        return Answer(Outcome(verdict.reason))
    if verdict.good:
        return Answer(Outcome.NOT_IN_REGISTER, verdict=verdict)
    if verdict.trusted and verdict.reason == "added_to":
        return Answer(Outcome.ADDED_TO, verdict=verdict)
    if verdict.signed and verdict.reason in ("changed", "broken", "added_to"):
        return Answer(Outcome.CHANGED, verdict=verdict)
    return Answer(Outcome.UNKNOWN, verdict=verdict)


def _issued_part(data):
    """(paper, its bytes) when the file or its beginning is an issued paper, also with other line feeds at its end; (None, b"").

    A beginning ends at one of the first ends of a PDF in it: later ones belong to what was added.
    """
    found, digest, start = {hashlib.sha256(data).hexdigest(): data}, hashlib.sha256(), 0
    for _n in range(MAX_ENDS):
        end = data.find(END, start)
        if end < 0:
            break
        end += len(END)
        digest.update(data[start:end])
        for line_feed in LINE_FEEDS:
            longer = digest.copy()
            longer.update(line_feed)
            found[longer.hexdigest()] = data[:end] + line_feed
        start = end
    paper = _papers().filter(sha256__in=found).first()
    return (paper, found[paper.sha256]) if paper else (None, b"")


def _papers():
    return IssuedPaper.objects.select_related(
        "dossier__receiving_agency", "dossier__lead_agency", "dossier__version", "decision__agency", "replaced_by"
    )
