"""What steps ask about the draft of a result: which step drafts, and does the draft still fit the case?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from dossiers.choices import Product
from dossiers.filing import rules
from procedures.results import offered

if TYPE_CHECKING:
    from dossiers.models import Dossier, ResultDraft, StepRun


def newest(dossier: Dossier) -> ResultDraft | None:
    return dossier.result_drafts.last()


def drafting_step(dossier: Dossier) -> StepRun | None:
    """The open step that must deliver the draft of the result; None when it is not open."""
    return next((run for run in dossier.open_steps if run.must_produce == Product.DRAFT), None)


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
