"""Papers of the lead agency: control sheet, consultation, apology, and the decision."""

import datetime as dt

from dossiers.papers import wording
from dossiers.papers.contexts.shared import builds, money_note, sign
from dossiers.papers.models import PaperKind
from dossiers.papers.wording import moment_in_words
from portal.common import clock
from portal.common.dates import GLUE

OPENING = "Xét đề nghị của {subject} tại hồ sơ mã {code}, {agency} xác nhận:"


@builds(PaperKind.CONTROL_SHEET)
def control_sheet(dossier, event):
    givers = {e.at: e.text.actor_name for e in dossier.events.select_related("text")}
    runs = dossier.step_runs.exclude(opened_at=None).select_related("agency", "holder", "done_by").order_by("opened_at", "pk")
    return {
        "lead_agency": dossier.lead_agency.name,
        "consulted": sorted({run.agency.name for run in runs if run.agency_id != dossier.lead_agency_id}),
        "due_at": moment_in_words(dossier.due_at) or "không có hạn theo ngày",
        "printed_at": moment_in_words(event.at),
        "rows": [_hand_over(run, givers.get(run.opened_at, "")) for run in runs],
        "state": "",
    }


def now_in_control_sheet(dossier):
    """What a control sheet says besides, when it is drawn while the dossier goes on."""
    return {"printed_at": moment_in_words(clock.now()), "state": str(dossier.get_state_display())}


def _hand_over(run, giver):
    taker = str(run.holder or run.done_by or run.get_role_display())
    return {
        "giver": giver,
        "taker": f"{taker}, {run.agency.name}",
        "at": wording.short_moment(run.opened_at),
        "task": f"{run.name}; hạn {wording.short_moment(run.due_at) or 'theo hẹn chung'}",
        "punctuality": _punctuality(run),
        "note": run.answer or run.question or ("bị trả lại" if run.state == "returned" else ""),
    }


def _punctuality(run):
    if run.done_at is None:
        return "đang làm"
    if run.due_at is None:
        return "xong"
    if run.done_at > run.due_at:
        return "quá hạn"
    return "trước hạn" if run.done_at.date() < run.due_at.date() else "đúng hạn"


@builds(PaperKind.CONSULTATION)
def consultation(dossier, event):
    run = dossier.step_runs.filter(key="consult", opened_at=event.at).select_related("agency").last()
    return {
        "asked_agency": wording.full_name(run.agency.name),
        "question": event.text.details["question"],
        "answer_due_at": moment_in_words(run.due_at),
        "sign": sign("Người xin ý kiến", event),
        "recipients": ["Như trên"],
    }


@builds(PaperKind.APOLOGY)
def apology(dossier, event):
    old, new = (dt.datetime.fromisoformat(event.text.details[key]) for key in ("old", "new"))
    return {
        "accepted_on": wording.day_in_words(dossier.accepted_at).removeprefix(f"ngày{GLUE}"),
        "old_due_at": moment_in_words(old),
        "new_due_at": moment_in_words(new),
        "sign": sign("Trưởng bộ phận", event),
    }


@builds(PaperKind.RESULT)
def result(dossier, event):
    """Prints the frozen content only: nothing that could change after the decision."""
    decision = event.decision
    content = decision.content
    return {
        "content": content,
        "letterhead": wording.letterhead(decision.agency, decision.decided_at, decision.number),
        "opening": content.get("opening")
        or OPENING.format(subject=content["subject"], code=content["code"], agency=wording.full_name(decision.agency.name)),
        "recipients": [content["subject"]],
        "sign": {
            "role": content.get("signer_title") or wording.head_of(decision.agency),
            "name": str(decision.signer),
        },
    }


@builds(PaperKind.REFUSAL_OF_SUBSTANCE)
def refusal_of_substance(dossier, event):
    content = event.decision.content
    return result(dossier, event) | {
        "reason": content["reason"],
        "legal_basis": content.get("legal_ground", ""),
        "money_note": money_note(dossier, event.step),
    }
