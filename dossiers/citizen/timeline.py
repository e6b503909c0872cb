"""The timeline of a dossier for the citizen: events, current holder, next steps, and how the due time is counted."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers import workflow
from dossiers.choices import IntervalKind
from dossiers.clock import lateness, rules
from dossiers.clock.timekeeper import Timekeeper
from dossiers.fees import ending as closings
from dossiers.filing import rules as rules_of_filing
from dossiers.models import DeliveryWay, StepState
from dossiers.permissions import NOTE_SHOWN_STEPS
from dossiers.states import DossierState as S
from dossiers.workflow.assignment import POST
from portal.common import clock
from portal.common.dates import clock_time, long_day, moment
from procedures.eforms.display import consent_text

HIDDEN_STEPS = {"assign", "propose_supplement", "decline_supplement"}  # steps not shown to the citizen
STEP_ICONS = {
    "submit": "send",
    "ask_supplement": "alert",
    "refuse_receipt": "x-c",
    "stop": "x-c",
    "approve": "sign",
    "deliver": "check-c",
    "send_parcel": "mail",
    "note_undelivered": "alert",
    "note_cancelled": "x",
    "note_found": "mail",
}


def timeline(dossier, *, pay_by=""):
    """Items of the timeline: steps taken with date and actor, the current one, and those to come. `pay_by`: the payment
    deadline in words; empty while the term does not run."""
    events = dossier.events.select_related("text", "actor").order_by("sequence")
    items = [_event_item(event) for event in events if event.step not in HIDDEN_STEPS]
    if not dossier.status.is_final:
        items += _now_and_later(dossier, pay_by)
    return items


def _event_item(event):
    lines = []
    text = getattr(event, "text", None)
    if text and text.note and event.step in NOTE_SHOWN_STEPS:
        lines.append(f"“{text.note}”")
    if text and event.step == "hand_over" and text.details.get("steps"):
        lines.append(", ".join(text.details["steps"]))
    if text and event.step == "announce_visit":
        visit = text.details["visit"]
        facts = {"when": moment(dt.datetime.fromisoformat(visit["at"])), "place": visit["place"], "people": visit["people"]}
        lines.append(_("Lúc %(when)s, tại %(place)s. Người đến: %(people)s.") % facts)
    who = text.actor_name if text and text.actor_name else _("Cổng dịch vụ công")
    return {
        "state": "done",
        "title": workflow.sentence_of(event),
        "text": f"{moment(event.at)} · {who}",
        "lines": lines,
        "icon": STEP_ICONS.get(event.step, ""),
    }


def _now_and_later(dossier, pay_by):
    """The items for the current step, the waiting steps, and the result."""
    items = []
    now = {
        S.SUBMITTED: _("Bộ phận một cửa kiểm tra hồ sơ"),
        S.ACCEPTED: _("Chuyển cho người xử lý"),
        S.SUPPLEMENT_REQUIRED: _("Chờ bổ sung"),
        S.PAYMENT_REQUIRED: _("Chờ trả phí"),
        S.WITHDRAWN: _("Chờ cơ quan đồng ý cho rút"),
        S.COMPLETED: _("Bưu điện đang mang kết quả đến") if dossier.waiting_on == POST else _("Chờ nhận kết quả"),
    }.get(dossier.state)
    runs = [
        run for run in dossier.step_runs.select_related("agency", "holder") if run.state in (StepState.OPEN, StepState.WAITING)
    ]
    if now:
        until = {
            S.SUBMITTED: moment(dossier.reception_due_at) if dossier.reception_due_at else "",
            S.SUPPLEMENT_REQUIRED: moment(dossier.supplement_due_at) if dossier.supplement_due_at else "",
            S.PAYMENT_REQUIRED: pay_by,
        }.get(dossier.state, "")
        items.append({"state": "now", "title": now, "text": _("Chậm nhất %s") % until if until else ""})
    if dossier.decided_at and dossier.state == S.PROCESSING:
        items.append({"state": "now", "title": _("Đang ký số và phát hành kết quả"), "text": ""})
        runs = []
    if dossier.state in (S.COMPLETED, S.WITHDRAWN):
        return items
    for run in runs:
        is_open = run.state == StepState.OPEN and dossier.state == S.PROCESSING
        who = run.holder.full_name if run.holder else run.agency.name
        text = f"{who} · {_('xong trước %s') % moment(run.due_at)}" if is_open and run.due_at else run.agency.name
        items.append(
            {
                "state": "now" if is_open else "later",
                "title": run.name,
                "text": text,
                "icon": "sign" if run.kind == "sign" else "",
            }
        )
    items.append({"state": "later", "title": _("Có kết quả"), "text": _promise(dossier), "icon": "doc"})
    return items


def _promise(dossier):
    """The due date in words; empty without one, and when it has passed while the clock is paused."""
    day = long_day(clock.local(dossier.due_at).date()) if dossier.due_at else ""
    if lateness.is_late(dossier, clock.now(), lateness.PROMISED_DUE):
        return _("Đã quá ngày hẹn %s") % day
    return _("Chậm nhất %s") % day if day and dossier.due_at >= clock.now() else ""


def holder(dossier):
    """Who holds it now, for ui/who.html; None for a final state."""
    desk, agency = dossier.receiving_agency, dossier.holder_agency or dossier.receiving_agency
    if dossier.status.is_final or desk is None:
        return None
    if dossier.waiting_on == POST:
        phone = desk.desk_phone
        return {"icon": "mail", "over": "", "name": _("Bưu điện"), "role": _("đang mang kết quả đến"), "phone": phone,
                "since": _since(dossier)}  # fmt: skip
    if dossier.waiting_on == "submitter" and not dossier.holder_id:
        return {
            "icon": "user",
            "over": _("Đang chờ"),
            "name": _("Người nộp hồ sơ"),
            "role": _("Cần hỏi gì, gọi %s") % (desk.desk_name or desk.name),
            "phone": desk.desk_phone,
        }
    phone = agency.desk_phone or desk.desk_phone
    since = _since(dossier)
    if dossier.holder_id:
        return {"over": "", "name": dossier.holder.full_name, "role": agency.name, "phone": phone, "since": since}
    return {
        "icon": "desk",
        "over": "",
        "name": agency.desk_name if agency == desk and agency.desk_name else agency.name,
        "role": _role(dossier),
        "phone": phone,
        "since": since,
    }


def _role(dossier):
    return {
        "receiving_clerk": _("Cán bộ tiếp nhận"),
        "officer": _("Chuyên viên đang xử lý"),
        "signer": _("Lãnh đạo đang xem để ký"),
    }.get(dossier.waiting_on, "")


def _since(dossier):
    last = dossier.events.order_by("-sequence").values_list("at", flat=True).first()
    return _("Từ %s") % moment(last) if last else ""


def countdown(dossier):
    """Working days left, for ui/days.html; None without a due time or while the clock does not run."""
    if dossier.due_at is None or not lateness.is_running(dossier):
        return None
    timekeeper = Timekeeper(dossier)
    due_day = clock.local(dossier.due_at)
    late = lateness.is_late(dossier, clock.now(), lateness.PROMISED_DUE)
    counted = lateness.counted_due(dossier, lateness.PROMISED_DUE) if late else dossier.due_at
    left = rules.days_left(timekeeper.promised.calendar, clock.now(), counted)
    found = {
        "due": _("Hẹn trả: %(day)s, trước %(time)s") % {"day": long_day(due_day.date()), "time": clock_time(due_day)},
        "late": left < 0,
    }
    if left < 0:
        found |= {"number": -left, "words": ngettext("ngày làm việc trễ hẹn", "ngày làm việc trễ hẹn", -left)}
    elif left == 0:
        found |= {"number": 0, "words": _("ngày làm việc nữa: hẹn trả hôm nay")}
    else:
        found |= {"number": left, "words": ngettext("ngày làm việc nữa", "ngày làm việc nữa", left)}
    standing = timekeeper.standing(now=clock.now())
    return found | _progress(standing) if left >= 0 and not standing.waiting else found


def _progress(standing):
    """The bar of days gone, in the unit in which the term is counted: working days, or calendar days with days off among them.
    Empty for a term of hours."""
    counted = [day for day in standing.days if day.number]
    if not counted:
        return {}
    gone, total = sum(day.date <= clock.today() for day in counted), len(counted)
    facts = {"gone": gone, "all": total}
    if counted[0].unit == "working_day":
        label, note = _("Đã qua %(gone)d trên %(all)d ngày làm việc") % facts, _("Ngày nghỉ không tính.")
    else:
        label, note = _("Đã qua %(gone)d trên %(all)d ngày") % facts, _("Tính cả ngày nghỉ.")
    return {"done_percent": round(100 * gone / total), "bar_label": label, "note": f"{label}. {note}"}


def why_this_date(dossier):
    """How the due time is counted: {"reasons", "days", "provisional"}; None without a due time."""
    if dossier.accepted_at is None or dossier.due_at is None:
        return None
    standing = Timekeeper(dossier).standing(now=None if dossier.decided_at else clock.now())
    reasons = [str(reason) for reason in standing.reasons]
    if standing.at and standing.at < dossier.due_at:
        reasons.append(_("Đếm lại thì sớm hơn; ngày đã hẹn được giữ: %s.") % moment(dossier.due_at))
    return {"reasons": reasons, "days": standing.rows, "provisional": standing.provisional}


def moved_promise(dossier):
    """A sentence with both dates when the due time is not the first one; else empty."""
    if dossier.due_at is None or dossier.due_at == dossier.first_promised_due_at:
        return ""
    dates = {"first": moment(dossier.first_promised_due_at), "now": moment(dossier.due_at)}
    if dossier.missed_due_at and dossier.missed_due_at < clock.now():
        dates["first"] = moment(dossier.missed_due_at)
        return _("Đã lỡ hẹn %(first)s. Cơ quan đã xin lỗi và hẹn lại %(now)s.") % dates
    if dossier.extended_at or dossier.apologised_at:
        return _("Lúc đầu hẹn %(first)s. Cơ quan đã xin lỗi và hẹn lại %(now)s.") % dates
    waits = set(dossier.intervals.filter(kind__in=rules.WAITS, ended_at__gt=dossier.accepted_at).values_list("kind", flat=True))
    if waits == {IntervalKind.OUTAGE}:
        return _("Lúc đầu hẹn %(first)s. Hệ thống ngừng theo sự cố đã ghi nhận nên ngày hẹn nay là %(now)s.") % dates
    if not waits:
        return _("Lúc đầu hẹn %(first)s. Lịch làm việc của cơ quan thay đổi nên ngày hẹn nay là %(now)s.") % dates
    return _("Lúc đầu hẹn %(first)s. Vì có lúc phải chờ bổ sung hoặc xác nhận, ngày hẹn nay là %(now)s.") % dates


def ending(dossier):
    """How it ended without what was asked for: the agency's reason, and what becomes of the money; None in all other states."""
    event = closings.closing_event(dossier)
    if event is None:
        return None
    title = {
        "refuse_receipt": _("Hồ sơ không được tiếp nhận"), "refuse_substance": _("Hồ sơ không được giải quyết"),
        "confirm_withdrawal": _("Hồ sơ đã rút"),
    }.get(event.step, _("Hồ sơ đã dừng"))  # fmt: skip
    words = event.text.note if event.step in NOTE_SHOWN_STEPS and hasattr(event, "text") else ""
    return {
        "tone": "bad" if event.step in ("refuse_receipt", "refuse_substance") else "info",
        "title": title,
        "text": _("Lý do: “%s”") % words if words else f"{workflow.line_of(event.step, event.source).custom['sentence']}.",
        "money": closings.money(dossier, event.step),
    }


def asked_of_people(dossier):
    """What somebody must come for, and who else must agree, as the version and the answers say: sentences for after filing."""
    if dossier.status.is_final or dossier.state == S.COMPLETED:
        return []
    partial = dossier.version.facts["partial_reason"]
    said = [f"{partial['text']}."] if partial and partial["code"] == "presence" else []
    form = rules_of_filing.form_of(dossier)
    for question in form.fields.values() if form else []:
        answer = dossier.answers.get(question.key)
        if question.type == "consent" and question.spec.get("third_party") and isinstance(answer, dict):
            said.append(f"{question.label}: {consent_text(answer)}.")
    return said


def public_milestones(dossier):
    """Items for tracking by the secret, without login: dates only, no names, no notes."""
    rows = [
        (_("Đã nộp hồ sơ"), dossier.submitted_at),
        (_("Được tiếp nhận"), dossier.accepted_at),
        (_("Có kết quả"), dossier.completed_at),
        (_("Đã trả kết quả"), dossier.returned_at),
        (_("Đã khép hồ sơ"), dossier.closed_at if not dossier.returned_at else None),
    ]
    items = [{"state": "done", "title": title, "text": moment(at)} for title, at in rows if at]
    if not dossier.status.is_final:
        items.append({"state": "now", "title": dossier.get_state_display(), "text": ""})
        if dossier.due_at and not dossier.completed_at:
            items.append({"state": "later", "title": _("Hẹn trả kết quả"), "text": moment(dossier.due_at)})
    return items


def next_things(dossier, *, pay_by=""):
    """What happens after filing, for the confirmation page. The only date is the deadline of reception.
    `pay_by`: as for `timeline`."""
    desk = dossier.receiving_agency
    way = {
        DeliveryWay.ACCOUNT: _("Kết quả hiện ngay trên cổng này, tải về được."),
        DeliveryWay.COUNTER: _("Mời đến %s nhận, mang theo giấy hẹn.") % (desk.desk_name or desk.name),
        DeliveryWay.POST: _("Bưu điện mang kết quả đến nhà."),
    }.get(dossier.delivery_way, "")
    reception = _("Chậm nhất %s.") % moment(dossier.reception_due_at) if dossier.reception_due_at else ""
    waits = dossier.state == S.PAYMENT_REQUIRED
    until = _("Trước %s.") % pay_by if pay_by else ""
    paying = {"state": "now", "title": _("Trả phí"), "text": until, "icon": "wallet"}
    return [
        {"state": "done", "title": _("Đã nộp hồ sơ"), "text": moment(dossier.submitted_at)},
        *([paying] if waits else []),
        {
            "state": "later" if waits else "now",
            "title": _("Cán bộ kiểm tra hồ sơ"),
            "text": reception,
            "lines": [_("Thiếu gì sẽ báo rõ từng chỗ; báo lần thứ hai phải có trưởng bộ phận duyệt.")],
        },
        {
            "state": "later",
            "title": _("Tiếp nhận và hẹn ngày trả"),
            "text": _("Giấy hẹn hiện trong hồ sơ, có ngày giờ cụ thể."),
            "icon": "cal",
        },
        {"state": "later", "title": _("Có kết quả"), "text": way, "icon": "doc"},
    ]
