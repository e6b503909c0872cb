"""Papers of the lead agency: control sheet, consultation, apology, and the decision."""

import datetime as dt
import itertools
from dataclasses import dataclass

from accounts.models import Agency
from dossiers.clock import lateness
from dossiers.models import Dossier, Event, StepState
from dossiers.papers import frozen, wording
from dossiers.papers.contexts.shared import builds, money_note, sign
from dossiers.papers.models import PaperKind
from dossiers.papers.wording import moment_in_words
from portal.common import clock

OPENING = "Xét đề nghị của {subject} tại hồ sơ mã {code}, {agency} xác nhận:"


@builds(PaperKind.CONTROL_SHEET)
def control_sheet(dossier, event):
    givers = {e.at: e.text.actor_name for e in dossier.events.select_related("text")}
    runs = dossier.step_runs.exclude(opened_at=None).select_related("agency", "holder", "done_by").order_by("opened_at", "pk")
    return {
        "lead_agency": dossier.lead_agency.name,
        "consulted": sorted({run.agency.name for run in runs if run.agency_id != dossier.lead_agency_id}),
        "due_at": moment_in_words(dossier.due_at) or "không có hạn theo ngày",
        "missed": moment_in_words(dossier.missed_due_at) if lateness.missed_its_promise(dossier, event.at) else "",
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
        "note": _delivered(run),
    }


def _visited(run):
    """When, where and by whom something was checked on site; empty without a visit."""
    if not run.visit:
        return ""
    held = f"đã kiểm tra tại chỗ {wording.short_moment(run.visit_held_at)}" if run.visit_held_at else ""
    planned = f"hẹn kiểm tra tại chỗ {wording.short_moment(run.visit_at)}"
    photos = f", {len(run.visit['photos'])} ảnh" if run.visit.get("photos") else ""
    return f"{held or planned}, {run.visit['place']}, {run.visit['people']}{photos}"


def _delivered(run):
    """What the step was asked, answered and made, for the column of notes."""
    label = run.produces.get("label", "")
    said = [_visited(run), run.answer or run.question]
    said.append(f"{label}: {run.product['text']}" if "text" in run.product else "")
    said.append(f"{label}: tệp {run.product['file']['name']}" if "file" in run.product else "")
    said.append({StepState.RETURNED: "bị trả lại", StepState.CANCELLED: "thôi, không làm nữa"}.get(run.state, ""))
    return "; ".join(part for part in said if part)


def _punctuality(run):
    if run.done_at is None:
        return "đang làm"
    if run.state == StepState.CANCELLED:
        return ""
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
    """Before the due time (an extension, once) or after it was missed (`late`): other words."""
    old, new = (dt.datetime.fromisoformat(event.text.details[key]) for key in ("old", "new"))
    return {
        "accepted_on": wording.day_in_words(dossier.accepted_at),
        "old_due_at": moment_in_words(old),
        "new_due_at": moment_in_words(new),
        "late": event.at > old,
        "once": event.step == "extend",
        "sign": sign("Trưởng bộ phận", event),
    }


@dataclass(frozen=True)
class Signing:
    """What a paper of a decision prints besides its own words: frozen, or as it would be if it were signed now."""

    dossier: Dossier
    event: Event
    agency: Agency
    signer: str
    at: dt.datetime
    content: dict

    @classmethod
    def of(cls, decision):
        return cls(decision.dossier, decision.event, decision.agency, str(decision.signer), decision.decided_at, decision.content)


def result(signing, key, number):
    """Prints the frozen content only: nothing that could change after the decision."""
    content, paper = signing.content, frozen.paper_in(signing.content, key)
    return {
        "content": paper,
        "blocks": blocks_of(paper),
        "replaces": content.get("replaces", []),
        "why_replaced": content.get("why_replaced", ""),
        "reason": content.get("reason", ""),
        "letterhead": wording.letterhead(signing.agency, signing.at, number),
        "opening": paper.get("opening")
        or OPENING.format(subject=content["subject"], code=content["code"], agency=wording.full_name(signing.agency.name)),
        "recipients": [content["subject"]],
        "sign": {"role": paper.get("signer_title") or wording.head_of(signing.agency), "name": signing.signer},
    }


def blocks_of(paper):
    """The lines as the template prints them: runs of numbered lines, tables, lines beside each other."""
    blocks, number = [], 0
    for kind, lines in itertools.groupby(paper.get("lines", []), key=_kind_of):
        lines = list(lines)
        if kind == "table":
            blocks += [{"table": line} for line in lines]
        elif kind == "sides":
            blocks.append({"sides": [[line for line in lines if line["side"] == side] for side in ("left", "right")]})
        else:
            blocks.append({"lines": list(enumerate(lines, start=number + 1))})
            number += len(lines)
    return blocks + [{"table": table} for table in paper.get("tables", [])]


def _kind_of(line):
    return "table" if "columns" in line else "sides" if line.get("side") else "lines"


def refusal_of_substance(signing, key, number):
    return result(signing, key, number) | {
        "legal_basis": signing.content.get("legal_ground", ""),
        "money_note": money_note(signing.dossier, "refuse_substance"),
    }


RESULTS = {
    PaperKind.RESULT: result,
    PaperKind.REFUSAL_OF_SUBSTANCE: refusal_of_substance,
    PaperKind.REVOCATION: result,
}
