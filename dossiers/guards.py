"""Conditions a step must meet, named as in the workflow file. Each carries the sentence people read when it fails.

Conditions look at the dossier only. `needs` look at what came with the step (reason, items, dates).
"""

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from dossiers.states import DossierState
from portal.common import clock

NEEDS = {}


def says(sentence):
    """Gives a condition the sentence that tells people why the step is not possible."""

    def mark(condition):
        condition.sentence = sentence
        return condition

    return mark


# ---------------------------------------------------------------- conditions on the dossier
@says(_("Tờ khai còn chỗ chưa điền hoặc cần sửa."))
def form_valid(dossier):
    from dossiers import filing

    return not filing.form_errors(dossier)


@says(_("Còn thiếu giấy tờ bắt buộc."))
def required_documents_present(dossier):
    from dossiers import filing

    return not filing.missing_documents(dossier)


@says(_("Thủ tục đã có bản mới. Xem lại tờ khai theo bản mới rồi nộp."))
def version_in_effect(dossier):
    return dossier.version.in_effect()


@says(_("Nơi đã chọn chưa nhận hồ sơ này trên mạng."))
def offered_for_submission(dossier):
    from dossiers import filing

    return filing.offered_level(dossier).offers_submission


@says(_("Chưa trả đủ phí."))
def obligation_settled(dossier):
    return hasattr(dossier, "obligation") and dossier.obligation.is_settled


def claims_exemption(dossier):
    """Has the citizen claimed a reduction that no clerk has confirmed or refused yet?"""
    claimed = bool(dossier.asked.get("priority_group"))
    return claimed and hasattr(dossier, "obligation") and dossier.obligation.status == "provisional"


@says(_("Chưa hết hạn trả phí."))
def payment_deadline_passed(dossier):
    return bool(dossier.payment_due_at) and dossier.payment_due_at <= clock.now()


@says(_("Chưa nhắc người nộp lần nào."))
def reminded(dossier):
    return dossier.reminded_at is not None


@says(_("Đang có một lần trả tiền chờ ngân hàng trả lời."))
def no_open_attempt(dossier):
    """Attempts come with the payments; until then there is none."""
    return True


@says(_("Chưa hết hạn bổ sung."))
def supplement_due_passed(dossier):
    return bool(dossier.supplement_due_at) and dossier.supplement_due_at <= clock.now()


@says(_("Còn mục được yêu cầu mà chưa bổ sung."))
def all_requested_items_answered(dossier):
    from dossiers import supplements

    return not supplements.unanswered(dossier)


@says(_("Hồ sơ này không trả phí trên mạng ở nơi đã chọn."))
def offered_level_4(dossier):
    from dossiers import filing

    return filing.offered_level(dossier).offers_online_payment


@says(_("Không có khoản phí nào phải trả."))
def amount_positive(dossier):
    return hasattr(dossier, "obligation") and bool(dossier.obligation.total) and not dossier.obligation.is_settled


@says(_("Khoản phí này không chặn bước tiếp theo."))
def payment_blocks_next_step(dossier):
    timing = dossier.version.facts["payment_timing"]
    wanted = {
        DossierState.SUBMITTED: "on_submit",
        DossierState.ACCEPTED: "after_acceptance",
        DossierState.PROCESSING: "before_result",
    }
    return timing == wanted.get(dossier.state)


@says(_("Chưa có các bước xử lý."))
def step_runs_created(dossier):
    return dossier.step_runs.exists()


@says(_("Không có bước nào đang mở."))
def current_step_done(dossier):
    return bool(dossier.open_steps) and dossier.decided_at is None and not any(run.kind == "sign" for run in dossier.open_steps)


@says(_("Bước đang làm không phải bước xin người nộp xác nhận."))
def step_kind_applicant_confirm(dossier):
    return any(run.kind == "applicant_confirm" and not run.question for run in dossier.open_steps)


@says(_("Không có điều gì đang chờ người nộp xác nhận."))
def confirmation_open(dossier):
    return any(run.kind == "applicant_confirm" and run.question for run in dossier.open_steps)


@says(_("Hồ sơ đã xin lỗi, gia hạn một lần rồi."))
def not_extended(dossier):
    return dossier.extended_at is None


@says(_("Chỉ được gia hạn chậm nhất một ngày làm việc trước ngày hẹn."))
def one_working_day_before_due(dossier):
    from procedures.models import working_calendar

    if dossier.due_at is None:
        return False
    first_too_late = clock.local(dossier.due_at).date()
    return working_calendar().add_working_days(clock.today(), 1) <= first_too_late


@says(_("Các bước trước chưa xong."))
def steps_done(dossier):
    open_steps = dossier.open_steps
    return bool(open_steps) and all(run.kind == "sign" for run in open_steps)


@says(_("Còn khoản phí phải trả trước khi có kết quả."))
def nothing_owed_before_result(dossier):
    return not hasattr(dossier, "obligation") or dossier.obligation.timing != "before_result" or not amount_positive(dossier)


@says(_("Chưa có quyết định."))
def decided(dossier):
    return dossier.decided_at is not None


@says(_("Hồ sơ đã có quyết định."))
def not_decided(dossier):
    return dossier.decided_at is None


@says(_("Chưa có tệp kết quả đã ký."))
def signed_file_stored(dossier):
    decision = dossier.decisions.last()
    return decision is not None and hasattr(decision, "paper")


@says(_("Người nộp còn khoản phí chưa trả."))
def nothing_owed(dossier):
    return not hasattr(dossier, "obligation") or not amount_positive(dossier)


@says(_("Chỉ hồ sơ chưa được tiếp nhận mới dừng ngay khi rút."))
def system_only_if_never_accepted(dossier):
    """Told to the job by `workflow.withdraw`; a clerk may confirm a withdrawal at any time."""
    return True


@says(_("Thủ tục này có kết quả phải trả."))
def is_only_a_notification(dossier):
    return bool(dossier.offering_id) and dossier.offering.no_result


# ---------------------------------------------------------------- what must come with a step
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
    from procedures.models import working_calendar

    accepted = step.dossier.accepted_at
    if accepted is None or _approved_by_head(step):
        return
    if working_calendar().add_working_days(clock.local(accepted).date(), 3) < clock.today():
        raise DetailsMissing("approved_by", _("Đã quá 3 ngày làm việc từ khi tiếp nhận: cần trưởng bộ phận duyệt."))


def _approved_by_head(step):
    from dossiers.permissions import is_head

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
    wanted = [(run.role, run.agency_id) for run in dossier.open_steps] or [(Role.RECEIVING_CLERK, dossier.received_at_id)]
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
    if claims_exemption(step.dossier) and step.details.get("exemption") not in ("confirm", "refuse"):
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


def blocks_on_submit(dossier):
    """Is there a fee that must be paid at once? Only where paying online is offered and nothing is claimed."""
    from dossiers import filing

    return settings.PAYMENTS_OPEN and filing.fee_is_due_on_submit(dossier)
