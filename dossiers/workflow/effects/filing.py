"""Effects of filing: visible answers, copy of the subject, dossier code."""

from accounts.addresses import address_text
from dossiers.codes import next_code
from dossiers.filing import rules
from dossiers.models import AnswerRevision
from dossiers.transitions.choices import Effect
from dossiers.transitions.step import Step
from dossiers.workflow.effects.registry import before


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
    dossier.subject_id_number = (subject.tax_code if dossier.organisation_id else subject.id_number) or ""
    address = subject.address if dossier.organisation_id else subject.current_address or subject.permanent_address
    dossier.subject_address = address_text(address)[:400]
    dossier.subject_phone = subject.phone or (dossier.submitter.phone if dossier.submitter else "")
    dossier.subject_email = subject.email or (dossier.submitter.email if dossier.submitter else "")
    dossier.identity_verified = not dossier.organisation_id and subject.identity_level == 2
    dossier.receiving_agency, dossier.lead_agency = dossier.offering.receiving_agency, dossier.offering.lead_agency
    dossier.code_agency = dossier.receiving_agency


@before(Effect.NUMBER_THE_DOSSIER)
def number_the_dossier(step: Step) -> None:
    """Assign the dossier code. Last effect, because it locks the counter until the transaction ends."""
    step.dossier.code = next_code(step.dossier.code_agency)
