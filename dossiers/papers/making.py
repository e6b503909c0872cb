"""Makes papers: renders, signs where needed, stores the file, saves the row. Idempotent for each event and kind."""

import hashlib

from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from dossiers.choices import RESULT_KINDS
from dossiers.files import storage
from dossiers.papers import contexts, frozen, numbering, rendering, signing
from dossiers.papers.models import DECIDED_AS, IssuedPaper, PaperKind, new_verification_code
from portal.common import clock
from portal.common.pdf import PdfError
from portal.common.vietnamese import fold

REPLACING = {  # papers of which the newest stands for those before it: {kind: why}
    PaperKind.CONTROL_SHEET: gettext_lazy("Đã có phiếu của cả quá trình."),
    PaperKind.APPLICATION_FORM: gettext_lazy("Đã có tờ khai sau khi bổ sung."),
}


def make_paper(event, kind):
    """Make the paper of this event unless it exists. Returns it."""
    existing = IssuedPaper.objects.filter(event=event, kind=kind).first()
    if existing:
        return existing
    code = new_verification_code()
    number = _number(event, kind)
    content = rendering.render_paper(kind, contexts.context(kind, event.dossier, event, number=number, verification_code=code))
    paper = _store(content, event, kind=kind, number=number, verification_code=code)
    if kind in REPLACING:
        earlier = IssuedPaper.objects.filter(dossier=event.dossier, kind=kind, state=IssuedPaper.State.VALID, pk__lt=paper.pk)
        earlier.update(state=IssuedPaper.State.REPLACED, replaced_by=paper, state_reason=REPLACING[kind])
    return paper


def _number(event, kind):
    """The number to print. Both control sheets of a dossier carry the number given when it went to the office."""
    if kind == PaperKind.APPLICATION_FORM:  # the code; after a supplement with its number: a form of its own
        request = event.dossier.supplements.filter(sent_at=event.at).first() if event.step == "resubmit" else None
        return f"{event.dossier.code}/BS{request.number}" if request else event.dossier.code
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


def make_results(decision):
    """Make the signed papers of a decision, each unless it exists. Returns them. Raises SigningError, PdfError."""
    made = {paper.result_key: paper for paper in IssuedPaper.objects.filter(decision=decision)}
    return [made.get(key) or _make_result(decision, key) for key in frozen.papers_in(decision.content)]


def _make_result(decision, key):
    kind, code, number = DECIDED_AS[decision.outcome], new_verification_code(), decision.number_of(key)
    context = contexts.result_context(kind, contexts.Signing.of(decision), key, number=number, verification_code=code)
    paper = frozen.paper_in(decision.content, key)
    pdf = rendering.render_result(kind, context, [frozen.attachment(decision), *_files_of(paper)])
    signed = signing.sign_decision(decision, pdf)
    return _store(
        signed.content, decision.event, decision=decision, result_key=key, kind=kind, number=number, verification_code=code,
        signed_by=signed.signer_name, signed_at=signed.signed_at,
    )  # fmt: skip


def preview(kind, signing_now, key):
    """The PDF that would be signed now: number, check code and signature come with signing. Raises PdfError."""
    context = contexts.result_context(
        kind, signing_now, key, number=contexts.NUMBER_TO_COME, verification_code=contexts.CODE_TO_COME
    )
    return rendering.render_result(kind, context, _files_of(frozen.paper_in(signing_now.content, key)))


def _files_of(paper):
    """[(name, bytes)] of the files made elsewhere that the paper carries. Raises PdfError when one is not what was attached."""
    files = []
    for n, row in enumerate(frozen.given_elsewhere(paper), start=1):
        content = storage.read_stored(row["file"]["storage_key"])
        if hashlib.sha256(content).hexdigest() != row["file"]["sha256"]:
            raise PdfError(f"tệp kèm theo {row['file']['name']} không còn như lúc soạn")
        files.append((f"{n}-{slugify(fold(row['file']['name'].removesuffix('.pdf')))[:60] or 'tep'}.pdf", content))
    return files


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
    """Make the corrected papers and mark those they replace. Returns the new ones."""
    papers = make_results(decision)
    numbers = [row["number"] for row in decision.content.get("replaces", [])]
    olds = IssuedPaper.objects.filter(dossier=decision.dossier, kind__in=RESULT_KINDS, state=IssuedPaper.State.VALID)
    for old in olds.exclude(decision=decision).filter(number__in=numbers):
        new = next((paper for paper in papers if paper.result_key == old.result_key), papers[0])
        old.state, old.replaced_by, old.state_reason = IssuedPaper.State.REPLACED, new, "Đã có giấy thay thế."
        old.save(update_fields=["state", "replaced_by", "state_reason"])
    return publish_all(papers)


def publish(dossier):
    """Show the results in the citizen's account. Idempotent."""
    return publish_all(dossier.papers.filter(decision__isnull=False))


def publish_all(papers):
    for paper in papers:
        if paper.published_at is None:
            paper.published_at = clock.now()
            paper.save(update_fields=["published_at"])
    return list(papers)
