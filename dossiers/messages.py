"""Messages after a step: short, without identity numbers, with the next thing to do and a link."""

import datetime as dt
from enum import StrEnum

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.messages.models import queue_mail, queue_messages
from accounts.models import Membership, User
from accounts.roles import Role
from dossiers.fees import ending, wording
from dossiers.permissions import is_submitter, roles_of
from dossiers.states import DossierState
from dossiers.transitions.choices import Tells
from portal.common import clock
from portal.common.dates import moment
from portal.common.money import dong

HEADS_MUST_ACT = ("propose_supplement",)  # what heads hear of other steps comes once a morning, unless they chose otherwise
RUNNING = {DossierState.ACCEPTED, DossierState.PROCESSING}


@translation.override("vi")
def notify_step(step, event):
    """Write the messages of this event, one for each recipient and channel, in the transaction of the step.

    Always in Vietnamese: the language of the user who took the step is not the language of the recipients.
    """
    dossier = step.dossier
    roles = step.line.custom["tells"]
    if step.name == "submit" and dossier.state == DossierState.PAYMENT_REQUIRED:
        roles = [Tells.SUBMITTER]  # the desk gets its message after the payment
    for role in roles:
        recipients = RECIPIENTS[role](dossier, step)
        recipients = recipients if role == Tells.SUBMITTER else _who_may_know(dossier, recipients)
        if role == Tells.SUBMITTER:
            subject, body = citizen_text(step, dossier)
            link = _link(dossier)
        else:
            subject, body = staff_text(step, dossier)
            link = reverse("desk:dossier", args=[dossier.code])
        grouped = role == Tells.HEAD and step.name not in HEADS_MUST_ACT
        queue_messages(f"event:{event.pk}", recipients, subject=subject, body=body, link=link, grouped=grouped)
        if role == Tells.SUBMITTER and not recipients:
            subject, body = citizen_text(step, dossier, visitor=True)
            mail_visitor(f"event:{event.pk}", dossier, subject=subject, body=body)


class Reach(StrEnum):
    """How the citizen's side of a dossier can be told: in an account; by e-mail only; by phone only, by people; not at all."""

    ACCOUNT = "account"
    MAIL = "mail"
    PHONE = "phone"
    NONE = "none"


def reach_of(dossier):
    if _citizen_recipients(dossier, None):
        return Reach.ACCOUNT
    if _mail_address(dossier):
        return Reach.MAIL
    return Reach.PHONE if dossier.subject_phone else Reach.NONE


def _mail_address(dossier):
    """The address that a visitor gave; none for what was filed with an account: there it may be the one of a former agent."""
    return dossier.subject_email if dossier.submitter_id is None else ""


def _to_the_citizen(key, dossier, *, subject, body):
    """A message that follows from no step: to the account, else to the e-mail address that was given."""
    if people := _citizen_recipients(dossier, None):
        queue_messages(key, people, subject=subject, body=body, link=_link(dossier))
    else:
        mail_visitor(key, dossier, subject=subject, body=body)


def citizen_readers(dossier):
    """The logins of the citizen's side; empty for a visitor without an account, who cannot read letters here."""
    return _citizen_recipients(dossier, None)


def mail_visitor(key, dossier, *, subject, body):
    """An e-mail to somebody without an account who gave an address, with the page that shows state and dates; else nothing."""
    link = reverse("dossiers:track_link", args=[dossier.secret])
    queue_mail(key, _mail_address(dossier), subject=subject, body=body, link=link)


def _link(dossier):
    """The link of a message: the payment page while the dossier waits for a payment, else the page of the dossier."""
    waits = dossier.state == DossierState.PAYMENT_REQUIRED
    return waits and wording.payment_url(dossier) or reverse("dossiers:detail", args=[dossier.code])


@translation.override("vi")
def remind(dossier, due_at, action, *, reminder_at, stops_at):
    """Remind the citizen of a deadline (all moments in UTC). `action`: what to do («gửi bổ sung»). `reminder_at`: the moment this
    reminder was due; idempotent for the same moment. After the deadline the text says when the dossier will be stopped
    (`stops_at`)."""
    facts = {"code": dossier.code, "deed": action, "when": moment(due_at), "stops": moment(stops_at)}
    if due_at > clock.now():
        text = _("Hồ sơ %(code)s đang chờ: %(deed)s trước %(when)s. Quá hạn, hồ sơ sẽ dừng.")
    else:
        text = _("Hồ sơ %(code)s đã quá hạn %(deed)s. Làm ngay: %(stops)s hồ sơ sẽ dừng.")
    key = f"remind:{dossier.pk}:{reminder_at:%Y%m%d%H%M}"
    _to_the_citizen(key, dossier, subject=_("Nhắc: còn việc cần làm ngay"), body=text % facts)


@translation.override("vi")
def promise_missed(dossier):
    """Tell the citizen that the promised time has passed without a result. Once for each promise; the heads hear by an alarm."""
    desk = dossier.receiving_agency
    facts = {"code": dossier.code, "due": moment(dossier.due_at), "name": dossier.version.short_name}
    facts |= {"desk": desk.desk_name or desk.name, "phone": desk.desk_phone}
    key, subject = f"missed:{dossier.pk}:{dossier.due_at:%y%m%d%H%M}", _("Đã quá ngày hẹn: %(name)s") % facts
    body = _("Hồ sơ %(code)s đã quá ngày hẹn %(due)s mà chưa xong. Người có trách nhiệm được báo trong 15 phút.")
    body += " " + _("Hỏi: %(desk)s, %(phone)s.")
    _to_the_citizen(key, dossier, subject=subject, body=body % facts)


@translation.override("vi")
def promise_moved(dossier, due_before, until_before, *, outage=False):
    """Tell the citizen once that a promised date or a deadline moved, or that a provisional date is certain now, because days
    off, office hours or an outage were recorded. `due_before`, `until_before`: what was told before (UTC or None).
    `outage`: only an outage was recorded."""
    until = dossier.supplement_due_at or dossier.payment_due_at
    facts = {"code": dossier.code, "name": dossier.version.short_name, "desk": dossier.receiving_agency.desk_name}
    facts |= {"desk": facts["desk"] or dossier.receiving_agency.name, "phone": dossier.receiving_agency.desk_phone}
    sentences = []
    if dossier.due_at != due_before:
        moved = _("Ngày hẹn trả kết quả là %(due)s, trước đó hẹn %(before)s, vì lịch làm việc thay đổi.")
        because = _("Ngày hẹn trả kết quả là %(due)s, trước đó hẹn %(before)s, vì hệ thống ngừng theo sự cố đã ghi nhận.")
        sentences.append(because if outage else moved)
        facts |= {"due": moment(dossier.due_at), "before": moment(due_before)}
    elif dossier.due_at and not dossier.due_is_provisional and until == until_before:
        sentences.append(_("Lịch nghỉ đã công bố. Ngày hẹn trả kết quả vẫn là %(due)s, không còn là ngày tạm tính."))
        facts |= {"due": moment(dossier.due_at)}
    if until and until != until_before:
        sentences.append(_("Hạn của anh chị lùi tới %(until)s."))
        facts |= {"until": moment(until)}
    if not sentences:
        return
    sentences.append(_("Hồ sơ %(code)s. Hỏi: %(desk)s, %(phone)s."))
    known = f"{dossier.due_at:%y%m%d%H%M}" if dossier.due_at else "-"
    key = f"recount:{dossier.pk}:{known}:{dossier.due_is_provisional:d}:{f'{until:%y%m%d%H%M}' if until else '-'}"
    subject, body = _("Ngày hẹn tính lại: %(name)s") % facts, " ".join(sentences) % facts
    _to_the_citizen(key, dossier, subject=subject, body=body)


def _citizen_recipients(dossier, step):
    """The submitter (with a mandate only while it is in force) and the subject."""
    filed = dossier.submitter and is_submitter(dossier, dossier.submitter)
    people = [dossier.submitter] if filed else []
    if dossier.person_id and hasattr(dossier.person, "user"):
        people.append(dossier.person.user)
    return people


def _desk_recipients(dossier, step):
    """The clerks on the duty list of the offering; all clerks of the desk when none of them has a login. Of a parcel that could
    not be delivered: its owner, when there is one."""
    if step and step.name == "note_undelivered" and dossier.holder:
        return [dossier.holder]
    clerks = User.objects.filter(memberships__in=_current(Role.RECEIVING_CLERK, dossier.receiving_agency_id)).distinct()
    duty = {person["login"] for person in (dossier.offering.duty if dossier.offering else {}).values()}
    return [clerk for clerk in clerks if clerk.username in duty] or list(clerks)


def _office_recipients(dossier, step):
    """Holders of the open steps, or everybody with the role of an open step. Without open steps: officers of the lead agency."""
    if step.name in ("assign", "give_out", "pass_on"):
        return [step.details["holder"]]
    people = []
    for run in dossier.open_steps or []:
        people += _people_of_step(run)
    return people or list(User.objects.filter(memberships__in=_current(Role.OFFICER, dossier.lead_agency_id)).distinct())


def _people_of_step(run):
    """Who holds the step, or everybody who may do it."""
    if run.holder:
        return [run.holder]
    theirs = Membership.objects.current().filter(role__in=roles_of(run), agency=run.agency_id)
    return list(User.objects.filter(memberships__in=theirs).distinct())


def _current(role, agency_id):
    return Membership.objects.current().filter(role=role, agency=agency_id)


def _head_recipients(dossier, step):
    """Heads and deputies of the bodies that receive and decide, but who took the step (None: nobody did)."""
    bodies = {dossier.receiving_agency_id, dossier.lead_agency_id}
    theirs = Membership.objects.current().filter(role__in=(Role.HEAD, Role.DEPUTY), agency__in=bodies)
    return list(User.objects.filter(memberships__in=theirs).exclude(pk=step.user.pk if step and step.user else None).distinct())


@translation.override("vi")
def answer_awaited(run):
    """Remind the body that was asked: who holds the question, or everybody with its role."""
    facts = {"code": run.dossier.code, "when": moment(run.due_at)}
    queue_messages(
        f"answer:remind:{run.pk}",
        _who_may_know(run.dossier, _people_of_step(run)),
        subject=_("Nhắc trả lời ý kiến: %(code)s") % facts,
        body=_("Trả lời trước %(when)s.") % facts,
        link=reverse("desk:dossier", args=[run.dossier.code]),
    )


@translation.override("vi")
def letter_for_the_citizen(dossier, letter):
    """Tell the citizen's side that the office has written. The message does not repeat the letter."""
    desk = letter.agency.desk_name or letter.agency.name
    facts = {"name": dossier.version.short_name, "code": dossier.code, "desk": desk}
    queue_messages(
        f"letter:{letter.pk}",
        citizen_readers(dossier),
        subject=_("Cơ quan viết cho ông bà: %(name)s") % facts,
        body=_("%(desk)s có thư về hồ sơ %(code)s. Mở hồ sơ để đọc và trả lời.") % facts,
        link=reverse("dossiers:conversation", args=[dossier.code]),
    )


@translation.override("vi")
def letter_for_the_office(dossier, letter):
    """Tell who is in charge that the citizen's side has written: the holders of the open steps, else the desk."""
    holders = [run.holder for run in dossier.open_steps if run.holder and run.kind != "consult"]
    facts = {"code": dossier.code, "when": moment(letter.answer_by)}
    queue_messages(
        f"letter:{letter.pk}",
        _who_may_know(dossier, holders or ([dossier.holder] if dossier.holder else _desk_recipients(dossier, None))),
        subject=_("Người nộp viết thư: %(code)s") % facts,
        body=_("Trả lời trước %(when)s.") % facts,
        link=reverse("desk:conversation", args=[dossier.code]),
    )


def _who_may_know(dossier, staff):
    """These people, without those who may not know of a confidential dossier; where nobody is left, its heads who may."""
    if not dossier.confidential:
        return staff
    return _named_among(dossier, staff) or _named_among(dossier, _head_recipients(dossier, None))


def _named_among(dossier, staff):
    return [user for user in staff if type(dossier).objects.visible_to(user).filter(pk=dossier.pk).exists()]


def _proposer_recipients(dossier, step):
    """Who proposed the request that a head approved or declined."""
    proposal = step.details.get("proposal")
    return [proposal.actor] if proposal else []


RECIPIENTS = {
    Tells.PROPOSER: _proposer_recipients,
    Tells.HEAD: _head_recipients,
    Tells.SUBMITTER: _citizen_recipients,
    Tells.RECEIVING_CLERK: _desk_recipients,
    Tells.OFFICER: _office_recipients,
}


def citizen_text(step, dossier, *, visitor=False):
    """(subject, body) for the citizen: what to do, until when, where to ask. `visitor`: somebody without an account, who does at
    the counter what others do on the portal."""
    words = _visitor_text if visitor else _step_text
    name = dossier.version.short_name
    facts = {
        "name": name,
        "code": dossier.code,
        "reason": step.note,
        "original": step.recorded.get("original", {}).get("name", ""),
        "original_reason": step.recorded.get("original", {}).get("reason", ""),
        "numbers": ", ".join(step.recorded.get("corrected", [])),
        "due": moment(dossier.due_at) if dossier.due_at else "",
        "until": moment(dossier.supplement_due_at or dossier.payment_due_at)
        if dossier.supplement_due_at or dossier.payment_due_at
        else "",
        "answer_by": moment(dt.datetime.fromisoformat(step.recorded["answer_by"])) if "answer_by" in step.recorded else "",
        "visit": moment(dt.datetime.fromisoformat(step.recorded["visit"]["at"])) if "visit" in step.recorded else "",
        "desk": dossier.receiving_agency.desk_name or dossier.receiving_agency.name,
        "phone": dossier.receiving_agency.desk_phone,
        "sum": dong(dossier.obligation.total) if hasattr(dossier, "obligation") and dossier.obligation.total else "",
    }
    refusal = ending.closing_event(dossier) if step.name == "issue" else None  # told when its notice is signed
    if refusal:
        facts["reason"] = refusal.text.note
        subject = _("Không được giải quyết: %(name)s")
        body = _("Lý do: %(reason)s") + "\n" + words(step, dossier)[1]
    else:
        subject, body = words(step, dossier)
    if step.name in ending.OCCASIONS or refusal:
        facts["money"] = " ".join(ending.money(dossier, refusal.step if refusal else step.name).sentences)
        again = _("Muốn làm lại: mở hồ sơ này, bấm “Nộp lại”. Câu trả lời và giấy tờ cũ có sẵn.")
        body += "\n%(money)s\n" + (_("Muốn làm lại: đến quầy nộp hồ sơ mới.") if visitor else again)
    body += "\n" + _("Hồ sơ %(code)s. Hỏi: %(desk)s, %(phone)s.")
    return subject % facts, body % facts


def _visitor_text(step, dossier):
    """`_step_text` for somebody without an account: what is done there on the portal is done at the counter or by letter."""
    subject, body = _step_text(step, dossier)
    own = {
        "ask_supplement": _(
            "Mang đến quầy hoặc gửi thư trước %(until)s phần ghi trong phiếu yêu cầu bổ sung. Nhận phiếu tại quầy."
        )
        + ("\n" + _("Cán bộ nhắn: “%(reason)s”") if step.note else ""),
        "ask_confirmation": _("Đến quầy đọc lại bản nháp kết quả và xác nhận trước %(answer_by)s."),
        "deliver": _("Kết quả đã trao hoặc đã gửi theo cách đã chọn."),
    }
    if step.name == "set_fee" and dossier.obligation.total:
        return subject, _("Phải trả %(sum)s tại quầy.")
    if step.name == "charge" and wording.payment_url(dossier):
        return subject, _("Trả phí %(sum)s tại quầy trước %(until)s để cơ quan làm tiếp.")
    if step.name in own:
        return subject, own[step.name]
    if body == _("Mở hồ sơ để xem chi tiết."):
        body = _("Xem trạng thái ở trang dưới đây, hoặc hỏi tại quầy.")
    return subject, body


def _step_text(step, dossier):
    if step.name == "submit" and dossier.state == DossierState.PAYMENT_REQUIRED:
        return _("Đã nộp, cần trả phí: %(name)s"), _(
            "Trả phí %(sum)s trước %(until)s để cơ quan bắt đầu. Giữ mã %(code)s để theo dõi."
        )
    if step.name == "submit":
        return _("Đã nộp: %(name)s"), _("Cơ quan đã nhận được hồ sơ và sẽ kiểm tra. Giữ mã %(code)s để theo dõi.")
    if step.name == "accept":
        if dossier.due_at:
            body = _("Hồ sơ đủ giấy tờ. Hẹn trả kết quả %(due)s.")
        else:
            body = _("Hồ sơ đủ giấy tờ. Thủ tục này không có ngày hẹn cố định.")
        return _("Đã tiếp nhận: %(name)s"), body + _exemption_sentence(step)
    if step.name == "refuse_receipt":
        return _("Không được tiếp nhận: %(name)s"), _("Lý do: %(reason)s")
    if step.name == "ask_supplement":
        body = _("Mở hồ sơ để xem chỗ cần bổ sung. Gửi lại trước %(until)s.")
        return _("Cần bổ sung: %(name)s"), body + ("\n" + _("Cán bộ nhắn: “%(reason)s”") if step.note else "")
    if step.name == "charge":
        if wording.payment_url(dossier):
            return _("Cần trả phí: %(name)s"), _("Trả phí %(sum)s trước %(until)s để cơ quan làm tiếp.")
        return _("Cần trả phí: %(name)s"), _("Trả phí %(sum)s tại quầy trước %(until)s để cơ quan làm tiếp.")
    if step.name == "set_fee":
        if not dossier.obligation.total:
            return _("Không phải trả phí: %(name)s"), _("Cơ quan đã tính: không phải trả khoản nào.")
        return _("Đã biết số phí: %(name)s"), _("Phải trả %(sum)s. Mở hồ sơ để xem cách trả.")
    if step.name in ("paid", "collect"):
        return _("Đã trả phí: %(name)s"), _("Cơ quan đã nhận được %(sum)s.") + _due_sentence(dossier)
    if step.name == "resubmit":
        return _("Đã gửi bổ sung: %(name)s"), _("Cơ quan đã nhận được phần bổ sung.") + _due_sentence(dossier)
    if step.name == "extend":
        return _("Xin lỗi, hẹn lại: %(name)s"), _("Cơ quan xin lỗi vì chậm. Ngày hẹn mới: %(due)s. Lý do: %(reason)s")
    if step.name == "apologise":
        return _("Xin lỗi, hẹn lại: %(name)s"), _(
            "Cơ quan xin lỗi vì không trả kết quả đúng hẹn. Ngày hẹn mới: %(due)s. Lý do: %(reason)s"
        )
    if step.name == "ask_confirmation":
        return _("Cần xác nhận: %(name)s"), _("Mở hồ sơ, đọc lại bản nháp kết quả và xác nhận trước %(answer_by)s.")
    if step.name == "announce_visit":
        return _("Hẹn kiểm tra tại chỗ: %(name)s"), _("Cơ quan hẹn kiểm tra lúc %(visit)s. Mở hồ sơ để xem nơi và người đến.")
    if step.name == "confirmation_timeout":
        return _("Hết hạn xác nhận: %(name)s"), _(
            "Chưa có trả lời nên cơ quan được tính giờ lại. Vẫn xác nhận được cho đến khi cơ quan làm tiếp."
        ) + _due_sentence(dossier)
    if step.name == "go_on_unconfirmed":
        return _("Cơ quan làm tiếp: %(name)s"), _("Đã hết hạn xác nhận mà chưa có trả lời.") + _due_sentence(dossier)
    if step.name == "issue":
        if dossier.delivery_way == "account":
            return _("Đã có kết quả: %(name)s"), _("Kết quả sẽ có trong tài khoản sau ít phút.")
        if dossier.delivery_way == "post":
            return _("Đã có kết quả: %(name)s"), _("Bộ phận một cửa gửi bưu điện tới địa chỉ đã ghi. Gửi rồi sẽ báo số hiệu.")
        return _("Đã có kết quả: %(name)s"), _("Mời đến nhận tại quầy, mang theo giấy hẹn.")
    if step.name == "deliver" and step.recorded.get("revoked"):
        return _("Kết quả đã bị thu hồi: %(name)s"), _("Mở hồ sơ để đọc quyết định thu hồi.")
    if step.name == "ask_original":
        return _("Cần xem bản chính: %(name)s"), _(
            "Mang bản chính “%(original)s” đến bộ phận một cửa. Căn cứ: %(original_reason)s. Thời hạn giải quyết vẫn tính như cũ."
        )
    if step.name == "send_parcel":
        return _("Đang gửi kết quả: %(name)s"), _("Đã đặt gửi bưu điện. Mở hồ sơ để xem số hiệu và bưu gửi tới đâu.")
    if step.name == "note_undelivered":
        body = _("Mở hồ sơ để xem lý do. Gọi số dưới đây để hẹn gửi lại, hoặc đến nhận tại quầy.")
        return _("Bưu điện không giao được: %(name)s"), body
    if step.name == "note_cancelled":
        body = _("Bộ phận một cửa đã hủy lần gửi này. Gọi số dưới đây để hẹn gửi lại, hoặc đến nhận tại quầy.")
        return _("Đã hủy gửi bưu điện: %(name)s"), body
    if step.name == "note_found":
        return _("Bưu điện đang gửi tiếp: %(name)s"), _("Bưu gửi không giao được lúc trước nay lại trên đường đến.")
    if step.name == "deliver" and "parcel" in step.recorded:
        return _("Bưu điện báo đã phát: %(name)s"), _("Nếu chưa nhận được, gọi ngay số dưới đây.")
    if step.name == "deliver" and step.recorded.get("signed_for_by"):
        return _("Đã trả kết quả tại quầy: %(name)s"), _("Nếu không nhờ ai đi nhận, gọi ngay số dưới đây.")
    if step.name == "deliver":
        return _("Kết quả đã sẵn sàng: %(name)s"), _("Mở hồ sơ để xem và tải kết quả.")
    if step.name in ("payment_timeout", "supplement_timeout"):
        return _("Đã dừng: %(name)s"), _("Đã quá hạn mà chưa nhận được phần cần bổ sung hoặc phí.")
    if step.name == "confirm_withdrawal":
        return _("Đã rút: %(name)s"), _("Hồ sơ đã được rút theo đề nghị.")
    if step.name == "refuse_withdrawal":
        return _("Không đồng ý cho rút: %(name)s"), _("Lý do: %(reason)s")
    if step.name == "stop":
        return _("Đã dừng xử lý: %(name)s"), _("Lý do: %(reason)s")
    if step.name == "correct_result" and step.details["action"] == "revoke":
        return _("Kết quả bị thu hồi: %(name)s"), _("Giấy số %(numbers)s không còn giá trị. Lý do: %(reason)s")
    if step.name == "correct_result":
        return _("Cấp giấy mới thay thế: %(name)s"), _(
            "Sau ít phút, hồ sơ có giấy mới thay giấy số %(numbers)s. Lý do: %(reason)s"
        )
    sentence = str(step.line.custom["sentence"]).replace("%", "%%")
    return sentence + ": %(name)s", _("Mở hồ sơ để xem chi tiết.")


def _due_sentence(dossier):
    """The date that is promised now that the dossier does not wait any more; empty without one."""
    return " " + _("Hẹn trả kết quả %(due)s.") if dossier.due_at and dossier.state in RUNNING else ""


def _exemption_sentence(step):
    """A sentence about the decision on a claimed fee reduction; empty when none was claimed."""
    decided = step.recorded.get("exemption", {}).get("decided")
    if decided == "refuse":
        return " " + _("Không đủ giấy để miễn, giảm phí: phí phải trả là %(sum)s.")
    if decided == "confirm":
        return " " + (_("Đã giảm phí: còn phải trả %(sum)s.") if step.dossier.obligation.total else _("Được miễn phí."))
    return ""


def staff_text(step, dossier):
    """(subject, body) for staff: what happened to which dossier. Without personal names: those are shown only after login."""
    subject = f"{step.line.custom['sentence']} · {dossier.code}"
    return subject, f"{dossier.version.short_name}. {dossier.get_state_display()}."
