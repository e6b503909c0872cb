"""Makes papers: renders, signs where needed, stores the file, saves the row. Idempotent for each event and kind."""

from django.utils.translation import gettext as _

from dossiers.files import storage
from dossiers.models import Decision
from dossiers.papers import contexts, numbering, rendering, signing
from dossiers.papers.models import IssuedPaper, PaperKind, new_verification_code
from portal.common import clock


def make_paper(event, kind):
    """Make the paper of this event unless it exists; with the acknowledgement also the filled application form. Returns it."""
    if kind == PaperKind.ACKNOWLEDGEMENT:
        _make(event, PaperKind.APPLICATION_FORM)
    return _make(event, kind)


def _make(event, kind):
    existing = IssuedPaper.objects.filter(event=event, kind=kind).first()
    if existing:
        return existing
    if kind == PaperKind.APPLICATION_FORM and not event.dossier.version.document["form"]:
        return None
    code = new_verification_code()
    number = _number(event, kind)
    content = rendering.render_paper(kind, contexts.context(kind, event.dossier, event, number=number, verification_code=code))
    paper = _store(content, event, kind=kind, number=number, verification_code=code)
    if kind == PaperKind.CONTROL_SHEET:
        earlier = IssuedPaper.objects.filter(dossier=event.dossier, kind=kind, state=IssuedPaper.State.VALID)
        earlier.exclude(pk=paper.pk).update(
            state=IssuedPaper.State.REPLACED, replaced_by=paper, state_reason=_("Đã có phiếu của cả quá trình.")
        )
    return paper


def _number(event, kind):
    """The number to print. Both control sheets of a dossier carry the number given when it went to the office."""
    if kind == PaperKind.APPLICATION_FORM:
        return event.dossier.code
    if kind == PaperKind.CONTROL_SHEET:
        first = IssuedPaper.objects.filter(dossier=event.dossier, kind=kind).order_by("pk").first()
        if first:
            return first.number
        event = event.dossier.events.get(step="transfer")
    return str(numbering.number_of(event, kind))


def is_out_of_date(paper):
    """Is this the control sheet of a dossier that has gone on since? Then `present_copy` shows where it is now."""
    return paper.kind == PaperKind.CONTROL_SHEET and paper.state == paper.State.VALID and not paper.event.ends_the_dossier


def present_copy(paper):
    """The control sheet as of now, as PDF bytes, without a verification code: it is not stored. Raises PdfError."""
    context = contexts.context(paper.kind, paper.dossier, paper.event, number=paper.number, verification_code="")
    return rendering.render_paper(paper.kind, context | contexts.office.now_in_control_sheet(paper.dossier))


def office_copy(paper):
    """The acknowledgement or receipt slip for staff, as PDF bytes: drawn again from the event, without the secret that opens the
    tracking page. Raises PdfError."""
    context = contexts.context(
        paper.kind, paper.dossier, paper.event, number=paper.number, verification_code=paper.verification_code
    )
    return rendering.render_paper(paper.kind, context | {"tracking_qr": "", "tracking_secret": ""})


def make_result(decision):
    """Make the signed result of a decision unless it exists. Returns the paper. Raises SigningError, PdfError."""
    existing = IssuedPaper.objects.filter(decision=decision).first()
    if existing:
        return existing
    kind = PaperKind.RESULT if decision.outcome == Decision.Outcome.APPROVED else PaperKind.REFUSAL_OF_SUBSTANCE
    code = new_verification_code()
    context = contexts.context(kind, decision.dossier, decision.event, number=decision.number, verification_code=code)
    signed = signing.sign_decision(decision, rendering.render_paper(kind, context, decision=decision))
    return _store(
        signed.content, decision.event, decision=decision, kind=kind, number=decision.number, verification_code=code,
        signed_by=signed.signer_name, signed_at=signed.signed_at,
    )  # fmt: skip


def make_signed(kind, event, facts, *, number, agency, reason, stamp_lines=()):
    """Make a signed paper for an app above this one, which passes the `facts` of the context. Published at once.

    Not idempotent: the caller checks whether the paper exists.
    """
    code = new_verification_code()
    context = contexts.frame(kind, event.dossier, event, number=number, verification_code=code) | facts
    signed = signing.sign_pdf(rendering.render_paper(kind, context), agency=agency, reason=reason, stamp_lines=stamp_lines)
    return _store(
        signed.content, event, kind=kind, number=number, verification_code=code, signed_by=signed.signer_name,
        signed_at=signed.signed_at, published_at=clock.now(),
    )  # fmt: skip


def _store(content, event, **facts):
    """Store the file, then the row. A file without a row is cleaned up later; a row without a file must not exist."""
    stored = storage.store(content)
    return IssuedPaper.objects.create(
        dossier=event.dossier, event=event, storage_key=stored.storage_key, sha256=stored.sha256, size=stored.size,
        issued_at=clock.now(), **facts,
    )  # fmt: skip


def replace_result(decision):
    """Make the corrected result and mark the earlier ones as replaced. Returns the new paper."""
    paper = make_result(decision)
    olds = IssuedPaper.objects.filter(dossier=decision.dossier, decision__isnull=False, state=IssuedPaper.State.VALID).exclude(
        pk=paper.pk
    )
    olds.update(state=IssuedPaper.State.REPLACED, replaced_by=paper, state_reason=_("Đã có giấy thay thế."))
    if paper.published_at is None:
        paper.published_at = clock.now()
        paper.save(update_fields=["published_at"])
    return paper


def publish(dossier):
    """Show the result in the citizen's account. Idempotent."""
    paper = dossier.decisions.last().paper
    if paper.published_at is None:
        paper.published_at = clock.now()
        paper.save(update_fields=["published_at"])
    return paper
