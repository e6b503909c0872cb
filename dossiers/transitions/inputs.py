"""What must come with a step: reasons, items, dates, amounts. Named on the transition lines as in the workflow file."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from dossiers.permissions import is_head
from dossiers.transitions import conditions
from portal.common import clock
from procedures.models import working_calendar

NEEDS = {}
HIGHEST_FEE = 99_999_999_999  # đồng: what a gateway's amount (đồng × 100) has room for is a little less than ten times this


class DetailsMissing(ValueError):
    """Something that must come with the step is missing; `field` names it for the form."""

    def __init__(self, field, sentence):
        super().__init__(str(sentence))
        self.field = field


def needed(check):
    """Registers what a step needs under its own name."""
    NEEDS[check.__name__] = check
    return check


@needed
def reason(step):
    if len(step.note.strip()) < 5:
        raise DetailsMissing("note", _("Ghi rõ lý do để người nộp hiểu."))


@needed
def legal_ground(step):
    if not str(step.details.get("legal_ground", "")).strip():
        raise DetailsMissing("legal_ground", _("Ghi căn cứ pháp luật."))


@needed
def items_with_reasons(step):
    items = step.details.get("items") or []
    if not items:
        raise DetailsMissing("items", _("Chọn ít nhất một chỗ cần bổ sung."))
    for item in items:
        if not item.get("reason", "").strip():
            raise DetailsMissing("items", _("Ghi lý do cho từng chỗ cần bổ sung: %(label)s.") % {"label": item.get("label", "")})


@needed
def first_time_or_head_approved(step):
    if step.dossier.supplement_count and not _approved_by_head(step):
        raise DetailsMissing("approved_by", _("Yêu cầu bổ sung lần thứ hai cần trưởng bộ phận duyệt."))


@needed
def within_3_working_days_or_head_approved(step):
    accepted = step.dossier.accepted_at
    if accepted is None or _approved_by_head(step):
        return
    if working_calendar().add_working_days(clock.local(accepted).date(), 3) < clock.today():
        raise DetailsMissing("approved_by", _("Đã quá 3 ngày làm việc từ khi tiếp nhận: cần trưởng bộ phận duyệt."))


def _approved_by_head(step):
    approver = step.details.get("approved_by")
    return approver is not None and is_head(step.dossier, approver)


@needed
def question(step):
    if not str(step.details.get("question", "")).strip():
        raise DetailsMissing("question", _("Ghi nội dung cần lấy ý kiến hoặc xác nhận."))


@needed
def deadline(step):
    if not step.details.get("hours"):
        raise DetailsMissing("hours", _("Ghi thời hạn trả lời, tính bằng giờ làm việc."))
    if step.details.get("agency") is None:
        raise DetailsMissing("agency", _("Chọn cơ quan được hỏi ý kiến."))


@needed
def earlier_step(step):
    if step.details.get("back_to") is None:
        raise DetailsMissing("back_to", _("Chọn bước cần làm lại."))


@needed
def assignee_has_role(step):
    holder = step.details.get("holder")
    dossier = step.dossier
    wanted = [(run.role, run.agency_id) for run in dossier.open_steps] or [(Role.RECEIVING_CLERK, dossier.receiving_agency_id)]
    if holder is None or not any(holder.has_role(role, agency) for role, agency in wanted):
        raise DetailsMissing("holder", _("Chọn người đang làm việc ở cơ quan của bước này."))


@needed
def new_date(step):
    date = step.details.get("new_due_at")
    if not isinstance(date, dt.datetime) or step.dossier.due_at is None or date <= step.dossier.due_at:
        raise DetailsMissing("new_due_at", _("Chọn ngày hẹn mới, sau ngày hẹn cũ."))


@needed
def content_frozen(step):
    if not step.details.get("content"):
        raise DetailsMissing("content", _("Ghi nội dung kết quả trước khi duyệt."))


@needed
def new_decision(step):
    if step.details.get("action") not in ("replace", "revoke"):
        raise DetailsMissing("action", _("Chọn thay thế hoặc thu hồi giấy đã cấp."))
    if step.details["action"] == "replace" and not step.details.get("content"):
        raise DetailsMissing("content", _("Ghi nội dung của giấy thay thế."))


@needed
def exemption_decided(step):
    if conditions.claims_exemption(step.dossier) and step.details.get("exemption") not in ("confirm", "refuse"):
        raise DetailsMissing("exemption", _("Chọn: công nhận hay không công nhận diện miễn, giảm phí mà người nộp khai."))


@needed
def exemption_confirmed(step):
    if not str(step.details.get("evidence", "")).strip():
        raise DetailsMissing("evidence", _("Ghi giấy tờ hoặc dữ liệu chứng minh diện được miễn."))


@needed
def amount_received(step):
    """A clerk records cash: the amount must be the one owed. A payment job comes with a settled obligation."""
    if step.job:
        return
    if step.details.get("amount") != step.dossier.obligation.total:
        raise DetailsMissing("amount", _("Số tiền thu phải bằng số phải trả."))


@needed
def amounts_set(step):
    """{fee line key: whole đồng} for every line that is open, nothing else, nothing below zero."""
    amounts = step.details.get("amounts") or {}
    asked = {line.key for line in step.dossier.obligation.lines_to_set()}
    if set(amounts) != asked or not all(isinstance(sum_, int) and 0 <= sum_ <= HIGHEST_FEE for sum_ in amounts.values()):
        raise DetailsMissing("amounts", _("Ghi số tiền của từng khoản, bằng đồng."))


@needed
def originals_returned(step):
    if step.dossier.accepted_at and not step.job and not step.details.get("originals_returned"):
        raise DetailsMissing("originals_returned", _("Xác nhận đã trả lại giấy tờ gốc, hoặc không giữ giấy tờ gốc nào."))


@needed
def published_and_notified_or_signed_for(step):
    if step.job:
        paper = step.dossier.decisions.last().paper
        if paper.published_at is None:
            raise DetailsMissing("paper", _("Kết quả chưa được đưa vào tài khoản."))
    elif not str(step.details.get("signed_for_by", "")).strip():
        raise DetailsMissing("signed_for_by", _("Ghi tên người ký nhận kết quả."))
