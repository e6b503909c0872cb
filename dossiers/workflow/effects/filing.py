"""Effects of filing: visible answers, copy of the subject, dossier code."""

import hashlib

from accounts.addresses import address_text
from dossiers.codes import next_code
from dossiers.files.changing import OpenFiles
from dossiers.files.models import SIGNED_PAPER, Attachment
from dossiers.filing import rules
from dossiers.models import AnswerRevision, Dossier, Event
from dossiers.transitions.choices import Effect
from dossiers.transitions.step import Step
from dossiers.workflow.effects.registry import after, before


@before(Effect.TIDY_ANSWERS)
def tidy_answers(step: Step) -> None:
    """Remove answers of questions that the form's conditions hide."""
    step.dossier.answers = rules.storable_answers(step.dossier)
    step.revises = AnswerRevision.Kind.FILED


@before(Effect.COPY_SUBJECT)
def copy_subject(step: Step) -> None:
    """Copy name, number, address and contact of the subject: papers, register and search use the copy."""
    dossier = step.dossier
    if dossier.person_id is None and dossier.organisation_id is None:
        dossier.person = dossier.submitter.person
    subject = dossier.subject
    dossier.subject_name = subject.name if dossier.organisation_id else subject.full_name
    dossier.subject_id_number = subject.tax_code if dossier.organisation_id else subject.number_on_paper
    address = subject.address if dossier.organisation_id else subject.current_address or subject.permanent_address
    dossier.subject_address = (_given(dossier, "address") or address_text(address))[:400]
    dossier.subject_phone, dossier.subject_email = (_contact(dossier, name) for name in ("phone", "email"))
    by_account = dossier.submitter_id is not None  # at the counter a document was seen, no account
    dossier.identity_verified = by_account and not dossier.organisation_id and subject.identity_level == 2
    dossier.receiving_agency, dossier.lead_agency = dossier.offering.receiving_agency, dossier.offering.lead_agency
    dossier.code_agency = dossier.receiving_agency
    dossier.confidential = dossier.confidential or dossier.version.procedure.is_denunciation


@before(Effect.RECORD_SIGNED_PAPER)
def record_signed_paper(step: Step) -> None:
    """Record the digests of the paper that a visitor signed for this step; nothing for a step that citizens take themselves."""
    if signed := step.details.get("signed"):
        step.recorded["signed"] = [hashlib.sha256(checked.original).hexdigest() for checked in signed]


@after(Effect.KEEP_SIGNED_PAPER)
def keep_signed_paper(step: Step, event: Event) -> None:
    """Keep the scans with the event. They are no part of what is filed."""
    files = OpenFiles(step.dossier, None)
    for checked in step.details.get("signed") or []:
        files.add(SIGNED_PAPER, checked, signed_for=event, source=Attachment.Source.SCAN, uploaded_by=step.user)


def _given(dossier: Dossier, name: str) -> str:
    """What a clerk entered for this matter; "" for what was filed with an account."""
    return "" if dossier.submitter_id else getattr(dossier, f"subject_{name}")


def _contact(dossier: Dossier, name: str) -> str:
    """Phone or e-mail: given for this matter at the counter, else the subject's, else the submitter's."""
    submitter = dossier.submitter
    return _given(dossier, name) or getattr(dossier.subject, name) or (getattr(submitter, name) if submitter else "")


@before(Effect.NUMBER_THE_DOSSIER)
def number_the_dossier(step: Step) -> None:
    """Assign the dossier code. Last effect, because it locks the counter until the transaction ends."""
    step.dossier.code = next_code(step.dossier.code_agency)
