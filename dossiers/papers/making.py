"""Papers become rows and files: rendered, signed where they must be, stored, then written down. Once an event and kind."""

from django.utils.translation import gettext as _

from dossiers.files import storage
from dossiers.models import Decision
from dossiers.papers import contexts, rendering, signing
from dossiers.papers.models import IssuedPaper, PaperKind, new_verification_code
from portal.common import clock

INITIALS = {
    PaperKind.ACKNOWLEDGEMENT: "XN", PaperKind.RECEIPT_SLIP: "TN", PaperKind.SUPPLEMENT_REQUEST: "BS",
    PaperKind.REFUSAL_OF_RECEIPT: "TC", PaperKind.APOLOGY: "XL", PaperKind.STOP_NOTICE: "DG", PaperKind.CONTROL_SHEET: "KS",
    PaperKind.PAYMENT_NOTICE: "NP", PaperKind.WITHDRAWAL_REQUEST: "RH", PaperKind.CONSULTATION: "YK",
    PaperKind.SUPPLEMENT_NOTE: "GB", PaperKind.APPLICATION_FORM: "TK",
}  # fmt: skip


def make_paper(event, kind):
    """The paper of this event, made now unless it is there already. The acknowledgement brings the filled form along."""
    if kind == PaperKind.ACKNOWLEDGEMENT:
        _make(event, PaperKind.APPLICATION_FORM)
    return _make(event, kind)


def _make(event, kind):
    there = IssuedPaper.objects.filter(event=event, kind=kind).first()
    if there:
        return there
    if kind == PaperKind.APPLICATION_FORM and not event.dossier.version.document["form"]:
        return None
    code = new_verification_code()
    number = f"{event.pk}/{INITIALS[PaperKind(kind)]}"
    content = rendering.render_paper(kind, contexts.context(kind, event.dossier, event, number=number, verification_code=code))
    return _keep(content, event, kind=kind, number=number, verification_code=code)


def make_result(decision):
    """The signed result of a decision: the frozen content, the agency's signature, its hash. Once a decision."""
    there = IssuedPaper.objects.filter(decision=decision).first()
    if there:
        return there
    kind = PaperKind.RESULT if decision.outcome == Decision.Outcome.APPROVED else PaperKind.REFUSAL_OF_SUBSTANCE
    code = new_verification_code()
    context = contexts.context(kind, decision.dossier, decision.event, number=decision.number, verification_code=code)
    signed = signing.sign_decision(decision, rendering.render_paper(kind, context, decision=decision))
    return _keep(
        signed.content, decision.event, decision=decision, kind=kind, number=decision.number, verification_code=code,
        signed_by=signed.signer_name, signed_at=signed.signed_at,
    )  # fmt: skip


def make_signed(kind, event, facts, *, number, agency, reason, stamp_lines=()):
    """A paper of a floor above: its facts are handed over, the agency signs, and it is in the account at once.

    Once a call: whoever calls knows whether there is one already.
    """
    code = new_verification_code()
    context = contexts.frame(kind, event.dossier, event, number=number, verification_code=code) | facts
    signed = signing.sign_pdf(rendering.render_paper(kind, context), agency=agency, reason=reason, stamp_lines=stamp_lines)
    return _keep(
        signed.content, event, kind=kind, number=number, verification_code=code, signed_by=signed.signer_name,
        signed_at=signed.signed_at, published_at=clock.now(),
    )  # fmt: skip


def _keep(content, event, **facts):
    """The file first, then its row: a file without a row is found and swept, a row without a file would be a lie."""
    stored = storage.store(content)
    return IssuedPaper.objects.create(
        dossier=event.dossier, event=event, storage_key=stored.storage_key, sha256=stored.sha256, size=stored.size,
        issued_at=clock.now(), **facts,
    )  # fmt: skip


def replace_result(decision):
    """A corrected result takes the place of the one before, which says so for ever."""
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
    """Put the result into the account of the citizen."""
    paper = dossier.decisions.last().paper
    if paper.published_at is None:
        paper.published_at = clock.now()
        paper.save(update_fields=["published_at"])
    return paper
