"""Conditions of steps, named as in the workflow file. Each has the sentence that is shown when it fails.

A condition depends on the dossier only; what the user must enter (reason, items, dates) is in `dossiers.transitions.inputs`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from django.utils.translation import gettext_lazy as _

from dossiers.choices import ON_ITS_WAY, RESULT_KINDS, DeliveryWay, ParcelState, StepState
from dossiers.fees import payable
from dossiers.filing import judging, rules, supplements
from dossiers.states import DossierState
from portal.common import clock
from procedures.models import working_calendar

if TYPE_CHECKING:
    from dossiers.models import Dossier


class Condition(Protocol):
    """A predicate over a dossier; `sentence` says why the step is not possible when it is False."""

    __name__: str
    sentence: str

    def __call__(self, dossier: Dossier, /) -> bool: ...


def condition(sentence: str) -> Callable[[Callable[[Dossier], bool]], Condition]:
    """Decorator: makes a predicate a condition, with the sentence shown when it is False."""

    def mark(predicate: Callable[[Dossier], bool]) -> Condition:
        marked = cast(Condition, predicate)
        marked.sentence = sentence
        return marked

    return mark


# ---------------------------------------------------------------- conditions on the dossier
# Calendar days: up to three working days never take less than that many or, over Tết, more than 30. Outside no calendar is read.
FEWEST_DAYS, MOST_DAYS = 3, 30


@condition(_("Tờ khai còn chỗ chưa điền hoặc cần sửa."))
def form_valid(dossier: Dossier) -> bool:
    return judging.is_complete(dossier)


@condition(_("Còn thiếu giấy tờ bắt buộc."))
def required_documents_present(dossier: Dossier) -> bool:
    return not rules.missing_documents(dossier)


@condition(_("Thủ tục đã có bản mới. Xem lại tờ khai theo bản mới rồi nộp."))
def version_in_effect(dossier: Dossier) -> bool:
    return dossier.version.in_effect()


@condition(_("Nơi đã chọn chưa nhận hồ sơ này theo cách nộp này."))
def offered_for_submission(dossier: Dossier) -> bool:
    return rules.taken_in_by_its_channel(dossier)


def claims_exemption(dossier: Dossier) -> bool:
    """Is a claimed fee reduction still undecided?"""
    claimed = bool(dossier.asked.get("priority_group"))
    return claimed and hasattr(dossier, "obligation") and dossier.obligation.status == "provisional"


@condition(_("Chưa hết hạn trả phí."))
def payment_deadline_passed(dossier: Dossier) -> bool:
    return payable.deadline_passed(dossier, clock.now())


@condition(_("Chưa nhắc người nộp lần nào."))
def reminded(dossier: Dossier) -> bool:
    return dossier.reminded_at is not None


@condition(_("Đang có một lần trả tiền chờ ngân hàng trả lời."))
def no_open_attempt(dossier: Dossier) -> bool:
    """An attempt is open while it may still have taken money: the gateway must be queried before the dossier is stopped."""
    return not dossier.obligation.attempt_open


@condition(_("Chưa hết hạn bổ sung."))
def supplement_due_passed(dossier: Dossier) -> bool:
    return bool(dossier.supplement_due_at) and dossier.supplement_due_at <= clock.now()


@condition(_("Đây là yêu cầu bổ sung lần thứ hai: trình trưởng bộ phận duyệt trước."))
def first_time_or_head_approved(dossier: Dossier) -> bool:
    """Approved: proposed, so that only a head may ask (`permissions.or_approves_supplement`)."""
    return not dossier.supplement_count or dossier.supplement_proposed_at is not None


@condition(_("Đã quá 3 ngày làm việc từ khi tiếp nhận: trình trưởng bộ phận duyệt trước."))
def within_3_working_days_or_head_approved(dossier: Dossier) -> bool:
    return dossier.supplement_proposed_at is not None or not _late_for_supplement(dossier)


def _late_for_supplement(dossier: Dossier) -> bool:
    if dossier.accepted_at is None:
        return False
    passed = (clock.today() - clock.local(dossier.accepted_at).date()).days
    if not FEWEST_DAYS < passed < MOST_DAYS:
        return passed >= MOST_DAYS
    return working_calendar().add_working_days(clock.local(dossier.accepted_at).date(), 3) < clock.today()


def why_approval(dossier: Dossier) -> str:
    """Why a head must approve a request for supplements; empty when nobody must."""
    if dossier.supplement_count:
        return _("Yêu cầu bổ sung lần thứ hai cần trưởng bộ phận duyệt.")
    return _("Đã quá 3 ngày làm việc từ khi tiếp nhận: cần trưởng bộ phận duyệt.") if _late_for_supplement(dossier) else ""


@condition(_("Lần này không cần trưởng bộ phận duyệt: gửi thẳng yêu cầu bổ sung."))
def approval_needed(dossier: Dossier) -> bool:
    return bool(why_approval(dossier))


@condition(_("Không có yêu cầu bổ sung nào đang chờ duyệt."))
def supplement_proposed(dossier: Dossier) -> bool:
    return dossier.open_proposal is not None


@condition(_("Còn mục được yêu cầu mà chưa bổ sung."))
def all_requested_items_answered(dossier: Dossier) -> bool:
    return not supplements.unanswered(dossier)


@condition(_("Hồ sơ này không trả phí trên mạng ở nơi đã chọn."))
def offered_level_4(dossier: Dossier) -> bool:
    return payable.taken_online(dossier)


@condition(_("Không có khoản phí nào phải trả."))
def amount_positive(dossier: Dossier) -> bool:
    return hasattr(dossier, "obligation") and bool(dossier.obligation.total) and not dossier.obligation.is_settled


@condition(_("Khoản phí này không chặn bước tiếp theo."))
def payment_blocks_next_step(dossier: Dossier) -> bool:
    """A fee due on submit also blocks later states: after a refused reduction, or an amount set later."""
    timing = dossier.version.facts["payment_timing"]
    wanted = {
        DossierState.SUBMITTED: ("on_submit",),
        DossierState.ACCEPTED: ("on_submit", "after_acceptance"),
        DossierState.PROCESSING: ("on_submit", "after_acceptance", "before_result"),
    }
    return timing in wanted.get(dossier.state, ())


@condition(_("Số phí đã rõ."))
def amount_not_set(dossier: Dossier) -> bool:
    """Must an officer still set the amount of the fee?"""
    return hasattr(dossier, "obligation") and dossier.obligation.total is None and not dossier.obligation.is_settled


@condition(_("Chưa có các bước xử lý."))
def step_runs_created(dossier: Dossier) -> bool:
    return dossier.step_runs.exists()


@condition(_("Không có bước nào đang mở."))
def current_step_done(dossier: Dossier) -> bool:
    return bool(dossier.open_steps) and dossier.decided_at is None and not any(run.kind == "sign" for run in dossier.open_steps)


@condition(_("Bước đang làm không phải bước xin người nộp xác nhận."))
def step_kind_applicant_confirm(dossier: Dossier) -> bool:
    return any(run.kind == "applicant_confirm" and not run.waits_for_applicant for run in dossier.open_steps)


@condition(_("Không có điều gì đang chờ người nộp xác nhận."))
def confirmation_open(dossier: Dossier) -> bool:
    return any(run.asks_applicant for run in dossier.open_steps)


@condition(_("Đang chờ người nộp xác nhận. Chờ trả lời, hoặc làm tiếp khi hết hạn trả lời."))
def applicant_not_asked(dossier: Dossier) -> bool:
    """No step may leave the applicant's confirmation behind with its clock interval open."""
    return not any(run.waits_for_applicant for run in dossier.open_steps)


@condition(_("Chưa hết hạn người nộp trả lời."))
def confirmation_due_passed(dossier: Dossier) -> bool:
    """Is the applicant's term over: noticed by the job already, or not yet?"""
    asked = [run for run in dossier.open_steps if run.asks_applicant]
    return any(not run.waits_for_applicant for run in asked) or confirmation_term_over(dossier)


@condition(_("Chưa hết hạn người nộp trả lời."))
def confirmation_term_over(dossier: Dossier) -> bool:
    """Does the clock still wait for an applicant whose term is over?"""
    now = clock.now()
    return any(run.waits_for_applicant and run.due_at and run.due_at <= now for run in dossier.open_steps)


@condition(_("Không có ý kiến nào quá hạn mà được coi là đồng ý."))
def silence_counts(dossier: Dossier) -> bool:
    """Only where the step says by which law silence is consent."""
    now = clock.now()
    return any(run.is_silent(now) for run in dossier.open_steps)


@condition(_("Hồ sơ đã xin lỗi, gia hạn một lần rồi."))
def not_extended(dossier: Dossier) -> bool:
    return dossier.extended_at is None


@condition(_("Chỉ được gia hạn chậm nhất một ngày làm việc trước ngày hẹn."))
def one_working_day_before_due(dossier: Dossier) -> bool:
    if dossier.due_at is None:
        return False
    first_too_late = clock.local(dossier.due_at).date()
    left = (first_too_late - clock.today()).days
    if not 0 < left < MOST_DAYS:
        return left >= MOST_DAYS
    return working_calendar().add_working_days(clock.today(), 1) <= first_too_late


@condition(_("Còn gia hạn được: dùng “Xin lỗi, hẹn lại” trước khi trễ hẹn."))
def extension_no_longer_possible(dossier: Dossier) -> bool:
    """Extended once already, or too late for it."""
    return dossier.due_at is not None and not (not_extended(dossier) and one_working_day_before_due(dossier))


@condition(_("Các bước trước chưa xong."))
def steps_done(dossier: Dossier) -> bool:
    open_steps = dossier.open_steps
    if not open_steps or any(run.kind != "sign" for run in open_steps):
        return False
    return not dossier.step_runs.filter(state=StepState.WAITING).exists()


@condition(_("Còn khoản phí phải trả trước khi có kết quả."))
def nothing_owed_before_result(dossier: Dossier) -> bool:
    """An amount that is not set yet counts as owed."""
    if not hasattr(dossier, "obligation"):
        return True
    return not amount_not_set(dossier) and (dossier.obligation.timing != "before_result" or not amount_positive(dossier))


@condition(_("Chưa có quyết định."))
def decided(dossier: Dossier) -> bool:
    return dossier.decided_at is not None


@condition(_("Hồ sơ đã có quyết định."))
def not_decided(dossier: Dossier) -> bool:
    return dossier.decided_at is None


@condition(_("Chưa có tệp kết quả đã ký."))
def signed_file_stored(dossier: Dossier) -> bool:
    decision = dossier.decisions.last()
    return decision is not None and decision.papers.exists()


@condition(_("Không còn kết quả nào có hiệu lực để sửa, hoặc lần sửa trước chưa ký xong."))
def result_in_force(dossier: Dossier) -> bool:
    """Is there a valid result, and has every decision its papers?"""
    results = dossier.papers.filter(kind__in=RESULT_KINDS, decision__isnull=False, state="valid")
    return results.exists() and not dossier.decisions.filter(papers=None).exists()


@condition(_("Người nộp còn khoản phí chưa trả."))
def nothing_owed(dossier: Dossier) -> bool:
    return not hasattr(dossier, "obligation") or not (amount_not_set(dossier) or amount_positive(dossier))


def originals_with_reason(dossier: Dossier) -> dict[str, tuple[str, str]]:
    """{item key: (name, reason of law)} of the documents of this dossier whose original the procedure lets an office see."""
    asked = rules.asked_documents(dossier, files=[])
    return {ask.key: (ask.name, ask.item["original_must_be_shown"]) for ask in asked if ask.item["original_must_be_shown"]}


@condition(_("Thủ tục này không cho phép đòi bản chính của giấy tờ nào."))
def an_original_must_be_shown(dossier: Dossier) -> bool:
    return bool(originals_with_reason(dossier))


@condition(_("Người nộp không chọn nhận qua bưu điện."))
def goes_by_post(dossier: Dossier) -> bool:
    return dossier.delivery_way == DeliveryWay.POST


@condition(_("Bưu điện đang giữ kết quả này. Chờ bưu điện báo đã phát hay không giao được."))
def no_parcel_on_its_way(dossier: Dossier) -> bool:
    return not dossier.parcels.filter(state__in=ON_ITS_WAY).exists()


@condition(_("Bưu điện đang giữ kết quả này. Chờ bưu điện báo đã phát hay không giao được."))
def not_on_its_way(dossier: Dossier) -> bool:
    """No parcel is on its way, or one was delivered: of two, one lost and found, the first that arrives counts."""
    if dossier.delivery_way != DeliveryWay.POST:
        return True
    states = set(dossier.parcels.values_list("state", flat=True))
    return ParcelState.DELIVERED in states or not states & ON_ITS_WAY


@condition(_("Thủ tục này chỉ là thông báo: ghi nhận ở một cửa, không chuyển xử lý."))
def has_a_result(dossier: Dossier) -> bool:
    """A notification ends at the desk; behind it no step could end it, and its clock would run for ever."""
    return not is_only_a_notification(dossier)


@condition(_("Thủ tục này có kết quả phải trả."))
def is_only_a_notification(dossier: Dossier) -> bool:
    return bool(dossier.offering_id) and dossier.offering.no_result


def blocks_on_submit(dossier: Dossier) -> bool:
    """Must a fee be paid at submit? See `payable.due_on_submit`."""
    return payable.due_on_submit(dossier)
