"""Supplements, decisions, and what is owed once there is a result."""

from dossiers.filing import supplements
from dossiers.models import Decision, Event, FollowUp, SupplementItem, SupplementRequest
from dossiers.papers.frozen import content_hash
from dossiers.states import DossierState
from dossiers.transitions import conditions
from dossiers.transitions.choices import Effect
from dossiers.transitions.step import Step
from dossiers.workflow.effects.registry import after, before


@before(Effect.SET_SUPPLEMENT_TERM)
def set_supplement_term(step: Step) -> None:
    """How long the citizen has, as the version says (default 7 working days)."""
    version = step.dossier.version
    term = version.facts["supplement_term"] or version.document["defaults"]["supplement_term"]
    step.dossier.supplement_due_at = step.timekeeper.working_deadline(step.now, term)


@after(Effect.OPEN_SUPPLEMENT)
def open_supplement(step: Step, event: Event) -> None:
    """Write the request and its items. Each item names a field of the form or a document, with a reason."""
    request = SupplementRequest.objects.create(
        dossier=step.dossier,
        event=event,
        number=step.dossier.supplement_count,
        due_at=step.dossier.supplement_due_at,
        approved_by=step.details.get("approved_by"),
    )
    SupplementItem.objects.bulk_create(
        SupplementItem(request=request, **{key: item[key] for key in ("target", "key", "label", "reason")})
        for item in step.details["items"]
    )


@before(Effect.APPLY_SUPPLEMENT)
def apply_supplement(step: Step) -> None:
    supplements.apply(step)


@before(Effect.RECORD_LEGAL_GROUND)
def record_legal_ground(step: Step) -> None:
    """The notice of stopping prints it."""
    step.recorded["legal_ground"] = step.details["legal_ground"]


# ---------------------------------------------------------------- decisions and papers
@after(Effect.FREEZE_DECISION)
def freeze_decision(step: Step, event: Event) -> None:
    """Freeze what was decided: the signing job signs exactly this content."""
    dossier = step.dossier
    refused = step.name == "refuse_substance"
    content = {
        **step.details["content"],
        "code": dossier.code,
        "subject": dossier.subject_name,
        "reason": step.note if refused else "",
    }
    Decision.objects.create(
        dossier=dossier,
        event=event,
        outcome=Decision.Outcome.REFUSED if refused else Decision.Outcome.APPROVED,
        signer=step.user,
        agency=dossier.lead_agency,
        number=f"{event.pk}/{'TB' if refused else 'KQ'}-{dossier.lead_agency.code}",
        content=content,
        content_hash=content_hash(content),
        decided_at=step.now,
    )


@after(Effect.OWE_ISSUE)
def owe_issue(step: Step, event: Event) -> None:
    FollowUp.objects.create(event=event, kind="issue", next_at=step.now)


@after(Effect.OWE_DELIVERY)
def owe_delivery(step: Step, event: Event) -> None:
    """A result for the account is published by a job, as soon as it is there and nothing is owed."""
    dossier = step.dossier
    if dossier.state == DossierState.COMPLETED and dossier.delivery_way == "account" and conditions.nothing_owed(dossier):
        FollowUp.objects.create(event=event, kind="deliver", next_at=step.now)


@after(Effect.CORRECT_THE_PAPER)
def correct_the_paper(step: Step, event: Event) -> None:
    """The old paper stays as a row and a file, and says for ever that it was replaced or revoked."""
    dossier = step.dossier
    old = dossier.decisions.last().paper
    if step.details["action"] == "revoke":
        old.state, old.state_reason = old.State.REVOKED, step.note
        old.save(update_fields=["state", "state_reason"])
    else:
        freeze_decision(step, event)
        FollowUp.objects.create(event=event, kind="replace", next_at=step.now)
