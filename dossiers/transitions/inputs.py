"""Required inputs of steps: reasons, items, dates, amounts, and what a job must pass. Named as in the workflow file.

An input raises DetailsMissing when a user's input is missing or wrong, and PermissionDenied when a job may take the step, but
not in this case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from dossiers.choices import (
    ON_ITS_WAY,
    SIGNED_FORM,
    UNDELIVERED,
    DeliveryWay,
    FilingChannel,
    Job,
    ParcelState,
    Product,
    StepState,
)
from dossiers.permissions import does_the_step, has_its_role, heads, is_submitter, own_steps, steps_headed
from dossiers.transitions import conditions, drafts
from dossiers.transitions.handing_out import whoever_takes
from dossiers.transitions.missing import DetailsMissing as DetailsMissing
from portal.common.dates import moment
from portal.common.identity import to_e164

if TYPE_CHECKING:
    from accounts.models import User
    from dossiers.models import StepRun
    from dossiers.transitions.step import Step

NO_SUCH_PARCEL = "the job of the post brings no such parcel of this dossier"
JOINT = "joint"  # kind of the step in which a body signs a joint record off
MIN_ADDRESS = 10  # characters; shorter, no postman finds it
MIN_REASON = 5  # characters of a reason or an opinion
MAX_FEE = 99_999_999_999  # đồng; the amount field of a gateway (đồng × 100) holds almost ten times this


def reason(step: Step) -> None:
    if len(step.note.strip()) < MIN_REASON:
        raise DetailsMissing("note", _("Ghi rõ lý do để người nộp hiểu."))


def form_signed_on_paper(step: Step) -> None:
    """A clerk files what the applicant signed on paper: its scan is among the files."""
    dossier = step.dossier
    if dossier.channel == FilingChannel.ONLINE or dossier.submitter_id is not None:
        return
    if not dossier.attachments.current().filter(item_key=SIGNED_FORM).exists():
        raise DetailsMissing(SIGNED_FORM, _("Quét tờ khai người nộp đã ký rồi gửi ở mục “Tờ khai đã ký”."))


def signed_by_the_visitor(step: Step) -> None:
    """A clerk who takes a citizen's step brings the paper that the citizen signed."""
    if step.user is not None and not is_submitter(step.dossier, step.user) and not step.details.get("signed"):
        raise DetailsMissing("signed", _("Gửi bản quét giấy người dân đã ký."))


def legal_ground(step: Step) -> None:
    if not str(step.details.get("legal_ground", "")).strip():
        raise DetailsMissing("legal_ground", _("Ghi căn cứ pháp luật."))


def items_with_reasons(step: Step) -> None:
    items = step.details.get("items") or []
    if not items:
        raise DetailsMissing("items", _("Chọn ít nhất một chỗ cần bổ sung."))
    for item in items:
        if not item.get("reason", "").strip():
            raise DetailsMissing("items", _("Ghi lý do cho từng chỗ cần bổ sung: %(label)s.") % {"label": item.get("label", "")})


def as_proposed(step: Step) -> None:
    """While a request is proposed, exactly this one is sent or declined."""
    if proposal := step.dossier.open_proposal:
        if step.details.get("items") or step.name == "ask_supplement" and step.note:
            raise DetailsMissing("items", _("Chỉ duyệt đúng yêu cầu đã trình. Cần khác thì không duyệt, ghi rõ cần sửa gì."))
        step.details["proposal"] = proposal
        if step.name == "ask_supplement":
            step.details["items"], step.note = proposal.text.details["proposed"], proposal.text.note


def question(step: Step) -> None:
    if not str(step.details.get("question", "")).strip():
        raise DetailsMissing("question", _("Ghi nội dung cần lấy ý kiến hoặc xác nhận."))


def hours_given(step: Step) -> None:
    if not step.details.get("hours"):
        raise DetailsMissing("hours", _("Ghi thời hạn trả lời, tính bằng giờ làm việc."))


def signatories(step: Step) -> None:
    """`agencies`: other bodies, each once, that sign a joint record off."""
    agencies = step.details.get("agencies") or []
    if not agencies or len({agency.pk for agency in agencies}) != len(agencies) or step.dossier.lead_agency in agencies:
        raise DetailsMissing("agencies", _("Chọn các cơ quan cùng ký."))


def joint_record_signed(step: Step) -> None:
    """The step that sent a joint record waits until each body has signed the newest one off."""
    run = step.details["step"]
    if run.question:  # asked by somebody else: it has sent nothing
        return
    records = step.dossier.step_runs.filter(kind=JOINT, round=run.round, asked_by__isnull=False).select_related("agency")
    newest = max((record.opened_at for record in records), default=None)
    lacking = [record.agency for record in records if record.opened_at == newest and record.state != StepState.DONE]
    if lacking:
        facts = {"agencies": ", ".join(str(agency) for agency in lacking)}
        raise DetailsMissing(
            "step", _("Biên bản chung chưa đủ chữ ký: %(agencies)s. Chờ ký, hoặc sửa biên bản rồi gửi lại.") % facts
        )


def deadline(step: Step) -> None:
    hours_given(step)
    if step.details.get("agency") is None:
        raise DetailsMissing("agency", _("Chọn cơ quan được hỏi ý kiến."))
    answer_by, due_at = step.timekeeper.after(step.now, step.details["hours"]), step.dossier.due_at
    if due_at and answer_by > due_at and not step.details.get("past_the_term"):
        facts = {"answer_by": moment(answer_by), "due": moment(due_at)}
        sentence = _("Hạn trả lời %(answer_by)s ở sau ngày hẹn trả kết quả %(due)s. Rút ngắn, hoặc xác nhận là vẫn hỏi.")
        raise DetailsMissing("past_the_term", sentence % facts)


def earlier_step(step: Step) -> None:
    """`back_to` is a finished step before the open ones. Nobody takes back what is open at another body, except a question that
    was asked from here (`_takes_back`)."""
    target, dossier = step.details.get("back_to"), step.dossier
    first = min((run.position for run in dossier.open_steps), default=0)
    if target is None or target.dossier_id != dossier.pk or target.state != StepState.DONE or target.position >= first:
        raise DetailsMissing("back_to", _("Chọn bước cần làm lại."))
    assert step.user is not None
    theirs = [run for run in dossier.open_steps if not _takes_back(run, step)]
    if theirs:
        facts = {"step": theirs[0].name, "agency": theirs[0].agency}
        sentence = _("Bước “%(step)s” của %(agency)s đang mở, không lấy lại được. Chờ nơi đó làm xong.")
        raise DetailsMissing("back_to", sentence % facts)


def _takes_back(run: StepRun, step: Step) -> bool:
    """May the actor take this open step back: their own, one of a body they head, or a question that they, or the body they lead,
    have asked?"""
    assert step.user is not None
    if run.question and run.asked_by_id:
        return run.asked_by_id == step.user.pk or heads(step.user, step.dossier.lead_agency_id)
    return does_the_step(run, step.user) or heads(step.user, run.agency_id)


def own_step(step: Step) -> None:
    """`step`: the open step that is closed; needed only where this person does several. The applicant's confirmation is asked
    for, never skipped."""
    assert step.user is not None
    mine = [run for run in own_steps(step.dossier, step.user) if run.kind != "sign"]
    chosen = step.details.get("step") or (mine[0] if len(mine) == 1 else None)
    if chosen is None:
        raise DetailsMissing("step", _("Chọn bước đã làm xong."))
    if chosen not in mine:
        raise DetailsMissing("step", _("Bước này không còn mở, hoặc không phải việc của anh/chị."))
    if chosen.kind == "applicant_confirm":
        raise DetailsMissing("step", _("Bước này phải hỏi người nộp: dùng “Xin người nộp xác nhận”."))
    step.details["step"] = next(run for run in mine if run == chosen)


def own_signatures(step: Step) -> None:
    """An approval closes the signatures that are open: all must be this signer's."""
    assert step.user is not None
    theirs = [run for run in step.dossier.open_steps if run not in own_steps(step.dossier, step.user)]
    if theirs:
        facts = {"step": theirs[0].name, "agency": theirs[0].agency}
        raise DetailsMissing("shown", _("Bước “%(step)s” của %(agency)s chưa ký.") % facts)


def product_of_the_step(step: Step) -> None:
    """The step delivers what it must: an opinion in words (the note), a number, a file, or a draft that fits the case."""
    run = step.details["step"]
    wanted, label = run.must_produce, run.produces.get("label", "")
    product = step.details.get("product") or {}
    if wanted == Product.OPINION and len(step.note.strip()) < MIN_REASON:
        raise DetailsMissing("note", _("Ghi %(label)s trước khi chuyển bước này.") % {"label": label or _("ý kiến")})
    if wanted == Product.NUMBER and not str(product.get("text", "")).strip():
        raise DetailsMissing("number", _("Ghi %(label)s trước khi chuyển bước này.") % {"label": label or _("số")})
    if wanted == Product.FILE and not product.get("file"):
        raise DetailsMissing("file", _("Gửi kèm %(label)s trước khi chuyển bước này.") % {"label": label or _("tệp")})
    if wanted == Product.DRAFT:
        _fitting_draft(step)


def own_visit(step: Step) -> None:
    """`step`: the open check on site of this person; needed only where there are several."""
    assert step.user is not None
    mine = [run for run in own_steps(step.dossier, step.user) if run.kind == "site_check"]
    chosen = step.details.get("step") or (mine[0] if len(mine) == 1 else None)
    if chosen is None or chosen not in mine:
        raise DetailsMissing("step", _("Chọn bước kiểm tra tại chỗ."))
    step.details["step"] = next(run for run in mine if run == chosen)


def visit_announced(step: Step) -> None:
    visit = step.details.get("visit") or {}
    at = visit.get("at")
    if not isinstance(at, dt.datetime) or at <= step.now:
        raise DetailsMissing("day", _("Hẹn một lúc sau bây giờ."))
    for name, words in (("place", _("Ghi nơi kiểm tra.")), ("people", _("Ghi người đến kiểm tra."))):
        if not str(visit.get(name, "")).strip():
            raise DetailsMissing(name, words)


def visit_recorded(step: Step) -> None:
    """A visit that was announced has its record before the step is closed: when it was, and what was found (the note)."""
    run, held_at = step.details["step"], (step.details.get("visit") or {}).get("held_at")
    if not run.visit:
        return
    if not isinstance(held_at, dt.datetime) or held_at > step.now:
        raise DetailsMissing("held_day", _("Ghi lúc đã kiểm tra tại chỗ, không sau bây giờ."))
    if len(step.note.strip()) < MIN_REASON:
        raise DetailsMissing("note", _("Ghi kết quả kiểm tra tại chỗ."))


def _fitting_draft(step: Step) -> None:
    draft = drafts.newest(step.dossier)
    if draft is None:
        raise DetailsMissing("draft", _("Soạn kết quả trước khi chuyển bước này."))
    if lack := drafts.unfit(step.dossier, draft):
        raise DetailsMissing("draft", lack)


def assignee_has_role(step: Step) -> None:
    """`holder` has the role of the open `step` at a body that the actor heads, or of the desk before steps are open. `step` is
    needed only where this person could get several. Taking it from somebody else needs a reason."""
    holder, dossier = step.details.get("holder"), step.dossier
    assert step.user is not None
    if holder is None:
        raise DetailsMissing("holder", _("Chọn người đang làm việc ở cơ quan của bước này."))
    if dossier.open_steps:
        step.details["step"] = run = _step_to_give(step, holder)
        held_by = run.holder_id
    elif holder.has_role(Role.RECEIVING_CLERK, dossier.receiving_agency_id):
        held_by = dossier.holder_id
    else:
        raise DetailsMissing("holder", _("Chọn người đang làm việc ở cơ quan của bước này."))
    if held_by not in (None, holder.pk) and len(step.note.strip()) < MIN_REASON:
        raise DetailsMissing("note", _("Đang có người giữ: ghi lý do giao lại."))


def _step_to_give(step: Step, holder: User) -> StepRun:
    assert step.user is not None
    fitting = [run for run in step.dossier.open_steps if heads(step.user, run.agency_id) and has_its_role(run, holder)]
    if not fitting:
        raise DetailsMissing("holder", _("Chọn người đang làm việc ở cơ quan của bước này."))
    chosen = step.details.get("step") or (fitting[0] if len(fitting) == 1 else None)
    if chosen is None:
        raise DetailsMissing("step", _("Hồ sơ có nhiều bước đang mở: chọn bước giao cho người này."))
    if chosen not in fitting:
        raise DetailsMissing("holder", _("Người này không có vai trò của bước đã chọn."))
    return next(run for run in fitting if run == chosen)


def fits_the_post(step: Step) -> None:
    """`holder` has the role of the open `step`, or of the desk before steps are open, and nobody holds it. `step` is needed only
    where several are free."""
    holder, dossier = step.details.get("holder"), step.dossier
    if dossier.open_steps:
        free = [run for run in dossier.open_steps if run.holder_id is None and holder and has_its_role(run, holder)]
        wanted = step.details.get("step") or (free[0] if len(free) == 1 else None)
        fits = wanted in free
        if fits:
            step.details["step"] = next(run for run in free if run == wanted)
    else:
        fits = dossier.holder_id is None and bool(holder and holder.has_role(Role.RECEIVING_CLERK, dossier.receiving_agency_id))
    if not fits:
        raise DetailsMissing("holder", _("Chọn người đang làm việc ở cơ quan của bước này."))


def colleague(step: Step) -> None:
    """`holder`: another person with the role of what the actor holds, at the same body."""
    holder, dossier = step.details.get("holder"), step.dossier
    assert step.user is not None
    posts = [(run.role, run.agency_id) for run in dossier.open_steps if run.holder_id == step.user.pk]
    if not dossier.open_steps:
        posts = [(Role.RECEIVING_CLERK, dossier.receiving_agency_id)]
    if holder is None or holder.pk == step.user.pk or not all(holder.has_role(*post) for post in posts):
        raise DetailsMissing("holder", _("Chọn một đồng nghiệp cùng vai trò, ở cùng nơi làm việc."))


def step_handed(step: Step) -> None:
    """`step`: an open step that was handed over and that nobody has taken; needed only where there are several."""
    assert step.user is not None
    handed = [run for run in own_steps(step.dossier, step.user) if run.untaken]
    chosen = step.details.get("step") or (handed[0] if len(handed) == 1 else None)
    if chosen is None:
        raise DetailsMissing("step", _("Chọn bước được bàn giao."))
    if chosen not in handed:
        raise DetailsMissing("step", _("Bước này đã có người nhận, hoặc không bàn giao cho anh/chị."))
    step.details["step"] = next(run for run in handed if run == chosen)


def can_go_back(step: Step) -> None:
    """A refused hand-over has a step before it, and takes nothing away from others who work at the same time. A question to
    another body can always be refused."""
    run, dossier = step.details["step"], step.dossier
    if run.question:
        return
    if others := [other for other in dossier.open_steps if other != run]:
        facts = {"step": others[0].name, "agency": others[0].agency}
        sentence = _("Bước “%(step)s” của %(agency)s đang mở cùng lúc: không trả về được. Nhận việc rồi ghi ý kiến.")
        raise DetailsMissing("step", sentence % facts)
    done = dossier.step_runs.filter(state=StepState.DONE, question="", position__lt=run.position)
    before = done.order_by("-position", "-round").first()
    if before is None:
        raise DetailsMissing("step", _("Đây là bước đầu tiên, không có bước trước để trả về. Thiếu giấy tờ thì yêu cầu bổ sung."))
    step.details["back_to"] = before


def step_headed(step: Step) -> None:
    """`step`: an open step of the actor's own body; needed only where there are several."""
    assert step.user is not None
    theirs = [run for run in steps_headed(step.dossier, step.user) if run.holder_id != step.user.pk]
    chosen = step.details.get("step") or (theirs[0] if len(theirs) == 1 else None)
    if chosen is None or chosen not in theirs:
        raise DetailsMissing("step", _("Chọn bước nhận làm thay, trong các bước đang mở của cơ quan mình."))
    step.details["step"] = next(run for run in theirs if run == chosen)


def new_date(step: Step) -> None:
    """After the present promise and after now, at most `Timekeeper.furthest_promise`."""
    date, due_at = step.details.get("new_due_at"), step.dossier.due_at
    if not isinstance(date, dt.datetime) or due_at is None or date <= max(due_at, step.now):
        raise DetailsMissing("new_due_at", _("Chọn ngày hẹn mới, sau ngày hẹn cũ và sau hôm nay."))
    furthest = step.timekeeper.furthest_promise()
    if furthest and date > furthest:
        sentence = _("Hẹn lại xa nhất %(when)s: thêm đúng một lần thời hạn ban đầu.")
        raise DetailsMissing("new_due_at", sentence % {"when": moment(furthest, year=True)})


def content_frozen(step: Step) -> None:
    """Refusal and correction bring their content. An approval signs the newest draft, which the signer was shown."""
    if step.name != "approve":
        if not step.details.get("content"):
            raise DetailsMissing("content", _("Ghi nội dung kết quả trước khi duyệt."))
        return
    draft = drafts.newest(step.dossier)
    if draft is None:
        raise DetailsMissing("shown", _("Chưa có bản soạn kết quả. Soạn trước, xem lại rồi ký."))
    if not step.details.get("shown"):
        raise DetailsMissing("shown", _("Xem bản soạn kết quả trước khi ký."))
    if lack := drafts.unfit(step.dossier, draft):
        raise DetailsMissing("shown", lack)


def new_decision(step: Step) -> None:
    if step.details.get("action") not in ("replace", "revoke"):
        raise DetailsMissing("action", _("Chọn thay thế hoặc thu hồi giấy đã cấp."))
    if step.details["action"] == "replace" and not step.details.get("content"):
        raise DetailsMissing("content", _("Ghi nội dung của giấy thay thế."))
    if step.details["action"] == "revoke" and not str(step.details.get("legal_ground", "")).strip():
        raise DetailsMissing("legal_ground", _("Ghi căn cứ pháp luật của việc thu hồi."))
    if "keys" in step.details and not step.details["keys"]:
        raise DetailsMissing("keys", _("Chọn giấy cần thay thế hoặc thu hồi."))


def exemption_decided(step: Step) -> None:
    if conditions.claims_exemption(step.dossier) and step.details.get("exemption") not in ("confirm", "refuse"):
        raise DetailsMissing("exemption", _("Chọn: công nhận hay không công nhận diện miễn, giảm phí mà người nộp khai."))


def exemption_confirmed(step: Step) -> None:
    if not str(step.details.get("evidence", "")).strip():
        raise DetailsMissing("evidence", _("Ghi giấy tờ hoặc dữ liệu chứng minh diện được miễn."))


def amount_received(step: Step) -> None:
    """The fee was paid: a clerk enters the cash amount in đồng, the payment job passes the attempt that settles it."""
    if step.job:
        if not _attempt_settles_fee(step):
            raise PermissionDenied("the payment job brings no attempt that settles this fee")
    elif step.details.get("amount") != step.dossier.obligation.total or step.details.keys() & {"attempt", "settled_before"}:
        raise DetailsMissing("amount", _("Số tiền thu phải bằng số phải trả."))


def _attempt_settles_fee(step: Step) -> bool:
    obligation, attempt = step.dossier.obligation, step.details.get("attempt")
    if attempt is None or not attempt.settles or (attempt.obligation_id, attempt.amount) != (obligation.pk, obligation.total):
        return False
    return bool(step.details.get("settled_before")) == obligation.is_paid


def amounts_set(step: Step) -> None:
    """`amounts`: {fee line key: whole đồng} for exactly the lines without an amount, each from 0 to the maximum."""
    amounts = step.details.get("amounts") or {}
    asked = {line.key for line in step.dossier.obligation.lines_to_set()}
    if set(amounts) != asked or not all(isinstance(sum_, int) and 0 <= sum_ <= MAX_FEE for sum_ in amounts.values()):
        raise DetailsMissing("amounts", _("Ghi số tiền của từng khoản, bằng đồng."))


def system_only_if_never_accepted(step: Step) -> None:
    """The job may confirm a withdrawal only before acceptance; the desk may at any time."""
    if step.job and step.dossier.accepted_at is not None:
        raise PermissionDenied(_("Chỉ hồ sơ chưa được tiếp nhận mới dừng ngay khi rút."))


def system_only_if_silence_is_consent(step: Step) -> None:
    """The job may confirm for the applicant only when the version says that silence is consent, after the deadline."""
    if not step.job:
        return
    asked = [run for run in step.dossier.open_steps if run.waits_for_applicant]
    over = any(run.due_at and run.due_at <= step.now for run in asked)
    if not (over and step.dossier.version.facts.get("silence_is_consent")):
        raise PermissionDenied("silence is no consent here, or not yet")


def originals_returned(step: Step) -> None:
    """What the books of originals say comes before what somebody ticks."""
    held = step.dossier.originals.to_return().count()
    if held and not step.job:
        raise DetailsMissing("originals_returned", _("Sổ còn ghi giữ %(n)d giấy tờ gốc: trả lại trước.") % {"n": held})
    if step.dossier.accepted_at and not step.details.get("originals_returned"):
        raise DetailsMissing("originals_returned", _("Xác nhận đã trả lại giấy tờ gốc, hoặc không giữ giấy tờ gốc nào."))


def published_and_notified_or_signed_for(step: Step) -> None:
    """In the account: published. By post: the parcel was delivered. At the counter: who took it, the document seen, the right."""
    if step.job == Job.POST:
        if not _parcel_in(step, {ParcelState.DELIVERED}):
            raise PermissionDenied(NO_SUCH_PARCEL)
    elif step.job:
        if step.dossier.delivery_way != DeliveryWay.ACCOUNT:
            raise PermissionDenied("a paper is delivered by who hands it out, not by a job")
        if step.dossier.papers.filter(decision__isnull=False, published_at=None).exists():
            raise DetailsMissing("paper", _("Kết quả chưa được đưa vào tài khoản."))
    else:
        taken = whoever_takes(step.dossier, step.details)
        step.details["seen_number"] = taken["seen_number"]


# ---------------------------------------------------------------- originals and post
def original_with_legal_reason(step: Step) -> None:
    """`original`: the key of a document that has its reason in the procedure. Without one nobody may ask."""
    if step.details.get("original") not in conditions.originals_with_reason(step.dossier):
        raise DetailsMissing("original", _("Thủ tục này không cho phép đòi bản chính của giấy tờ đó."))


def whole_address(step: Step) -> None:
    """Name, phone and address of the recipient; with a carrier that takes no orders, the number of the sending."""
    texts = {name: str(step.details.get(name, "")).strip() for name in ("recipient", "phone", "address")}
    if not texts["recipient"]:
        raise DetailsMissing("recipient", _("Ghi tên người nhận."))
    if to_e164(texts["phone"]) is None:
        raise DetailsMissing("phone", _("Ghi số điện thoại người nhận, ví dụ 0912 345 678: bưu tá gọi trước khi phát."))
    if len(texts["address"]) < MIN_ADDRESS:
        raise DetailsMissing("address", _("Ghi đủ địa chỉ: số nhà, đường hoặc thôn, xã, tỉnh."))


def parcel_undelivered(step: Step) -> None:
    if not _parcel_in(step, UNDELIVERED - {ParcelState.CANCELLED}):
        raise PermissionDenied(NO_SUCH_PARCEL)


def parcel_cancelled(step: Step) -> None:
    if not _parcel_in(step, {ParcelState.CANCELLED}):
        raise PermissionDenied(NO_SUCH_PARCEL)


def parcel_found(step: Step) -> None:
    if not _parcel_in(step, ON_ITS_WAY):
        raise PermissionDenied(NO_SUCH_PARCEL)


def _parcel_in(step: Step, states: Collection[str]) -> bool:
    """Does the job bring a parcel of this dossier, in one of these states?"""
    parcel = step.details.get("parcel")
    return parcel is not None and parcel.dossier_id == step.dossier.pk and parcel.state in states
