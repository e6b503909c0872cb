"""What steps ask about the draft of a result: which step drafts, and does the draft still fit the case?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.roles import Role
from dossiers.choices import StepState
from dossiers.filing import rules
from procedures.results import offered

if TYPE_CHECKING:
    from dossiers.models import Dossier, ResultDraft, StepRun


def newest(dossier: Dossier) -> ResultDraft | None:
    return dossier.result_drafts.last()


def drafting_step(dossier: Dossier) -> StepRun | None:
    """The open step that must hand on a draft: the last review by an officer before somebody signs; None when it is not open."""
    mine = [run for run in dossier.open_steps if run.kind == "review" and run.role == Role.OFFICER]
    if not mine:
        return None
    last = mine[-1]
    later = [run for run in dossier.step_runs.all() if run.state == StepState.WAITING]
    if any(run.kind == "review" and run.role == Role.OFFICER for run in later):
        return None
    return last if any(run.kind == "sign" for run in later) else None


def unfit(dossier: Dossier, draft: ResultDraft) -> str:
    """Why this draft may not be given in this case (any more), as a sentence; empty when it may."""
    chosen = {row["key"] for paper in draft.content["papers"] for row in paper.get("given", [paper])}
    may_be = {row["key"]: row for row in offered(dossier.version.document, rules.context(dossier), rules.filing_day(dossier))}
    if not chosen <= may_be.keys():
        return _("Bản soạn có kết quả không cấp được cho hồ sơ này (tờ khai đã đổi sau khi soạn?). Soạn lại rồi chuyển tiếp.")
    groups = [may_be[key]["group"] for key in chosen if may_be[key]["group"]]
    if not chosen or len(groups) != len(set(groups)):
        return _("Bản soạn phải có đúng một kết quả trong mỗi nhóm chỉ được chọn một. Soạn lại rồi chuyển tiếp.")
    return ""
