"""Effects of supplements, decisions and results."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from dossiers.choices import RESULT_KINDS, PaperKind
from dossiers.filing import supplements
from dossiers.models import AnswerRevision, Decision, Event, FollowUp, SupplementItem, SupplementRequest
from dossiers.papers import drafting, numbering
from dossiers.papers.frozen import content_hash, papers_in
from dossiers.papers.models import DECIDED_AS, IssuedPaper
from dossiers.states import DossierState
from dossiers.transitions import conditions
from dossiers.transitions.choices import Effect
from dossiers.transitions.inputs import DetailsMissing
from dossiers.transitions.step import AskedItem, Choice, Step
from dossiers.workflow.effects.registry import after, before


@before(Effect.SET_SUPPLEMENT_TERM)
def set_supplement_term(step: Step) -> None:
    """Set the deadline of the citizen, from the version (default 7 working days), and record what is asked."""
    step.recorded["items"] = _items(step)
    if proposal := step.details.get("proposal"):
        step.recorded["proposed_by"] = proposal.text.actor_name
    version = step.dossier.version
    term = version.facts["supplement_term"] or version.document["defaults"]["supplement_term"]
    step.dossier.supplement_due_at = step.timekeeper.working_deadline(step.now, term)


@before(Effect.RECORD_PROPOSAL)
def record_proposal(step: Step) -> None:
    step.recorded["proposed"] = _items(step)


def _items(step: Step) -> list[AskedItem]:
    return [
        {"target": item["target"], "key": item["key"], "label": item["label"], "reason": item["reason"]}
        for item in step.details["items"]
    ]


@after(Effect.OPEN_SUPPLEMENT)
def open_supplement(step: Step, event: Event) -> None:
    """Store the request and its items. Each item names a form field or a document, with a reason."""
    request = SupplementRequest.objects.create(
        dossier=step.dossier,
        event=event,
        number=step.dossier.supplement_count,
        due_at=step.dossier.supplement_due_at,
        approved_by=step.user if "proposal" in step.details else None,
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
@before(Effect.CARRY_DRAFT)
def carry_draft(step: Step) -> None:
    """Record the draft that is handed on, returned or signed, and the places that must be mended."""
    draft = drafting.newest(step.dossier)
    if draft:
        step.recorded["draft"] = {"number": draft.number, "sha256": draft.content_hash}
    if marks := step.details.get("marks"):
        step.recorded["marks"] = marks


@before(Effect.RECORD_DECISION)
def record_decision(step: Step) -> None:
    """Record the content's hash and the numbers of its papers, so that the history covers them. What an approval signs must be
    what was shown."""
    if step.name == "correct_result":
        step.corrects = _papers_to_correct(step)
        step.recorded["action"] = step.details["action"]
        step.recorded["corrected"] = [paper.number for paper in step.corrects]
    step.decides = _decision_content(step)
    step.recorded["content_sha256"] = content_hash(step.decides)
    if step.name == "approve":
        if step.recorded["content_sha256"] != step.details["shown"]:
            raise DetailsMissing(
                "shown", _("Bản soạn đã đổi sau khi mở trang này nên chưa ký gì. Dưới đây là bản mới nhất: xem lại rồi ký.")
            )
        step.recorded["read"] = _read(step, papers_in(step.decides))


def _read(step: Step, keys: Iterable[str]) -> dict[str, str | None]:
    """{result key: when the signer had this paper on screen; None when never}."""
    rows = step.dossier.papers_seen.filter(user=step.user, shown=step.details["shown"])
    seen = {row.result_key: row.seen_at.isoformat() for row in rows}
    return {key: seen.get(key) for key in keys}


def _decision_content(step: Step) -> drafting.Content:
    dossier, details = step.dossier, step.details
    if step.name == "approve":
        draft = drafting.newest(dossier)
        assert draft is not None  # `inputs.content_frozen`
        return drafting.decision_content(dossier, draft.content)
    if step.name == "refuse_substance":
        return drafting.decision_content(dossier, details["content"], reason=step.note)
    if details["action"] == "revoke":
        return drafting.revocation(dossier, step.corrects, step.note, details["legal_ground"])
    return drafting.replacement(dossier, details["content"], step.corrects, step.note)


def _papers_to_correct(step: Step) -> list[IssuedPaper]:
    """The valid results of the dossier, or those of them that `keys` names."""
    papers = step.dossier.papers.filter(kind__in=RESULT_KINDS, state=IssuedPaper.State.VALID).select_related("decision")
    wanted = step.details.get("keys")
    found = [paper for paper in papers if wanted is None or paper.result_key in wanted]
    if not found:
        raise DetailsMissing("keys", _("Chọn giấy cần thay thế hoặc thu hồi."))
    if step.details.get("action") == "replace" and not all(paper.replaceable for paper in found):
        raise DetailsMissing("action", _("Thông báo không giải quyết thì thu hồi, không thay bằng giấy khác."))
    return found


@after(Effect.FREEZE_DECISION)
def freeze_decision(step: Step, event: Event) -> None:
    """Store the decision with its content and hash; the signing job signs exactly this content."""
    _freeze(step, event, Decision.Outcome.REFUSED if step.name == "refuse_substance" else Decision.Outcome.APPROVED)


def _freeze(step: Step, event: Event, outcome: Choice) -> Decision:
    """The decision, with a number for each of its papers."""
    dossier, content = step.dossier, step.decides
    numbers = {
        key: str(numbering.give(event, DECIDED_AS[outcome], body=dossier.lead_agency, item=key)) for key in papers_in(content)
    }  # fmt: skip
    return Decision.objects.create(
        dossier=dossier,
        event=event,
        outcome=outcome,
        signer=step.user,
        agency=dossier.lead_agency,
        number=next(iter(numbers.values())),
        numbers=numbers,
        content=content,
        content_hash=step.recorded["content_sha256"],
        decided_at=step.now,
    )


@after(Effect.OWE_ISSUE)
def owe_issue(step: Step, event: Event) -> None:
    FollowUp.objects.create(event=event, kind="issue", next_at=step.now)


@before(Effect.NAME_WHAT_IS_DELIVERED)
def name_what_is_delivered(step: Step) -> None:
    """A result may have been revoked before it was delivered: then the history and the message must not speak of a result."""
    results = step.dossier.papers.filter(kind__in=RESULT_KINDS, decision__isnull=False)
    if results.exists() and not results.filter(state="valid").exists():
        step.recorded["revoked"] = True


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
    """Freeze the decision that replaces or revokes; its paper is signed by the job. A revoked paper is void at once, a
    replaced one when the new one is there. Old files are kept."""
    revokes = step.details["action"] == "revoke"
    decision = _freeze(step, event, Decision.Outcome.REVOKED if revokes else Decision.Outcome.APPROVED)
    if revokes:
        reason = f"{step.note} (Quyết định số {decision.number})"
        for paper in step.corrects:
            paper.state, paper.state_reason = IssuedPaper.State.REVOKED, reason
            paper.save(update_fields=["state", "state_reason"])
    FollowUp.objects.create(event=event, kind=step.details["action"], next_at=step.now)
