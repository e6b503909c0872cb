"""Effects of supplements, decisions and results."""

from typing import Any

from dossiers.choices import PaperKind
from dossiers.filing import supplements
from dossiers.models import AnswerRevision, Decision, Event, FollowUp, SupplementItem, SupplementRequest
from dossiers.papers import numbering
from dossiers.papers.frozen import content_hash
from dossiers.states import DossierState
from dossiers.transitions import conditions
from dossiers.transitions.choices import Effect
from dossiers.transitions.step import Step
from dossiers.workflow.effects.registry import after, before


@before(Effect.SET_SUPPLEMENT_TERM)
def set_supplement_term(step: Step) -> None:
    """Set the deadline of the citizen, from the version (default 7 working days), and record what is asked."""
    step.recorded["items"] = [
        {"target": item["target"], "key": item["key"], "label": item["label"], "reason": item["reason"]}
        for item in step.details["items"]
    ]
    version = step.dossier.version
    term = version.facts["supplement_term"] or version.document["defaults"]["supplement_term"]
    step.dossier.supplement_due_at = step.timekeeper.working_deadline(step.now, term)


@after(Effect.OPEN_SUPPLEMENT)
def open_supplement(step: Step, event: Event) -> None:
    """Store the request and its items. Each item names a form field or a document, with a reason."""
    request = SupplementRequest.objects.create(
        dossier=step.dossier,
        event=event,
        number=step.dossier.supplement_count,
        due_at=step.dossier.supplement_due_at,
        approved_by=step.details.get("approved_by"),
    )
    SupplementItem.objects.bulk_create(SupplementItem(request=request, **item) for item in step.recorded["items"])


@before(Effect.APPLY_SUPPLEMENT)
def apply_supplement(step: Step) -> None:
    supplements.apply(step)
    step.revises = AnswerRevision.Kind.SUPPLEMENT


@before(Effect.RECORD_LEGAL_GROUND)
def record_legal_ground(step: Step) -> None:
    """Record the legal ground; the stop notice prints it."""
    step.recorded["legal_ground"] = step.details["legal_ground"]


# ---------------------------------------------------------------- decisions and papers
@before(Effect.RECORD_DECISION)
def record_decision(step: Step) -> None:
    """Record the hash of the decision, so that the history covers it."""
    if step.details.get("action") != "revoke":
        step.recorded["content_sha256"] = content_hash(_decision_content(step))


def _decision_content(step: Step) -> dict[str, Any]:
    dossier = step.dossier
    reason = step.note if step.name == "refuse_substance" else ""
    return {**step.details["content"], "code": dossier.code, "subject": dossier.subject_name, "reason": reason}


@after(Effect.FREEZE_DECISION)
def freeze_decision(step: Step, event: Event) -> None:
    """Store the decision with its content and hash; the signing job signs exactly this content."""
    dossier = step.dossier
    refused = step.name == "refuse_substance"
    content = _decision_content(step)
    kind = PaperKind.REFUSAL_OF_SUBSTANCE if refused else PaperKind.RESULT
    Decision.objects.create(
        dossier=dossier,
        event=event,
        outcome=Decision.Outcome.REFUSED if refused else Decision.Outcome.APPROVED,
        signer=step.user,
        agency=dossier.lead_agency,
        number=str(numbering.give(event, kind, body=dossier.lead_agency)),
        content=content,
        content_hash=step.recorded["content_sha256"],
        decided_at=step.now,
    )


@after(Effect.OWE_ISSUE)
def owe_issue(step: Step, event: Event) -> None:
    FollowUp.objects.create(event=event, kind="issue", next_at=step.now)


@after(Effect.OWE_DELIVERY)
def owe_delivery(step: Step, event: Event) -> None:
    """Enqueue the delivery to the account, when there is a result and no fee is owed."""
    dossier = step.dossier
    if dossier.state == DossierState.COMPLETED and dossier.delivery_way == "account" and conditions.nothing_owed(dossier):
        FollowUp.objects.create(event=event, kind="deliver", next_at=step.now)


@after(Effect.OWE_LAST_CONTROL_SHEET)
def owe_last_control_sheet(step: Step, event: Event) -> None:
    """The control sheet (form 06) of a dossier that ends, if it ever went to the office."""
    if step.dossier.step_runs.exclude(opened_at=None).exists():
        FollowUp.objects.create(event=event, kind=f"paper:{PaperKind.CONTROL_SHEET}", next_at=step.now)


@after(Effect.CORRECT_THE_PAPER)
def correct_the_paper(step: Step, event: Event) -> None:
    """Revoke the old paper, or freeze a new decision whose paper will replace it. The old file is kept."""
    dossier = step.dossier
    old = dossier.decisions.last().paper
    if step.details["action"] == "revoke":
        old.state, old.state_reason = old.State.REVOKED, step.note
        old.save(update_fields=["state", "state_reason"])
    else:
        freeze_decision(step, event)
        FollowUp.objects.create(event=event, kind="replace", next_at=step.now)
