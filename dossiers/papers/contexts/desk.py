"""Papers of the receiving desk: acknowledgement, application form, receipt slip, requests, refusal, stop notice."""

import copy

from accounts.addresses import address_text
from dossiers.choices import SIGNED_FORM
from dossiers.fees import wording as fee_words
from dossiers.files.models import NAMES
from dossiers.filing import rules
from dossiers.models import DeliveryWay, SupplementItem
from dossiers.papers import wording
from dossiers.papers.contexts.shared import (
    builds,
    clock_note,
    fee_rows,
    files_at,
    intake_of,
    money_note,
    sign,
    submitter_of,
)
from dossiers.papers.models import PaperKind
from dossiers.papers.wording import moment_in_words
from dossiers.states import DossierState
from portal.common import clock
from portal.common.words import money_in_words
from procedures.calendar import Term
from procedures.eforms import print_context


@builds(PaperKind.ACKNOWLEDGEMENT)
def acknowledgement(dossier, event):
    fees, total = fee_rows(dossier)
    return {
        "channel": str(dossier.get_channel_display()),
        "papers": [
            {"name": name, "file": file.name, "hash_prefix": file.received_sha256[:16]}
            for name, file in files_at(dossier, event.at)
        ]
        + [{"name": row["name"], "file": f"bản giấy: {row['sheets']}"} for row in _on_paper(dossier) if row["sheets"]],
        "lacks_are_told": _LACKS_TOLD["desk" if intake_of(dossier) else "account"],
        "fees": fees,
        "fee_total": total,
        "fee_note": _when_to_pay(dossier) if fees else "",
    }


_LACKS_TOLD = {
    "account": "gửi vào hộp thư trên cổng",
    "desk": "trao tại quầy hoặc gửi theo địa chỉ đã ghi",
}


def _on_paper(dossier):
    """What the desk received on paper: [{"key", "name", "originals", "copies", "sheets" in words}]; empty for filing online."""
    intake = intake_of(dossier)
    names = {ask.key: ask.name for ask in rules.papers_of(dossier.version)}
    rows = []
    for key, counts in (intake.papers if intake else {}).items():
        originals, copies = counts.get("originals", 0), counts.get("copies", 0)
        words = [f"{originals} bản chính"] * bool(originals) + [f"{copies} bản sao"] * bool(copies)
        rows.append({
            "key": key, "name": names.get(key, key), "originals": originals or "", "copies": copies or "",
            "sheets": ", ".join(words) or ("chỉ xem, đã trả lại" if counts.get("seen") else ""),
        })  # fmt: skip
    return rows


def _when_to_pay(dossier):
    """The sentence of the acknowledgement about paying: by when, or that an officer sets the amount first."""
    money = fee_words.notice(dossier)
    if money is None:
        return ""
    if money.asked:
        return f"Nộp phí trước {money.until} để cơ quan bắt đầu xem hồ sơ. {_where_to_pay(dossier)}"
    return money.when


def _where_to_pay(dossier):
    """How the fee can be paid: on the portal where that is offered, and always at the counter."""
    desk = dossier.receiving_agency
    place = f"tại {desk.desk_name or desk.name}{', ' + desk.desk_address if desk.desk_address else ''}"
    if fee_words.payment_url(dossier):
        return f"Nộp trên cổng: mở hồ sơ, bấm “Trả phí”; hoặc nộp tiền mặt {place}."
    return f"Nộp {place}."


@builds(PaperKind.APPLICATION_FORM)
def application_form(dossier, event):
    """The form as it was filed by this event, also when it is drawn later."""
    form = rules.form_of(dossier)
    content = event.revision.content if hasattr(event, "revision") else None
    if content:
        dossier = copy.copy(dossier)
        dossier.answers = content["answers"]
    supplement = dossier.supplements.filter(sent_at=event.at).first() if event.step == "resubmit" else None
    code = f"{dossier.code}, bổ sung lần {supplement.number}" if supplement else dossier.code
    return print_context(
        form,
        rules.known_answers(dossier, form),
        rules.filing_day(dossier),
        agency_name=wording.full_name(dossier.receiving_agency.name),
        applicant_name=submitter_of(dossier),
        place=dossier.receiving_agency.unit.short_name if dossier.receiving_agency.unit_id else "",
        filed_on=rules.filing_day(dossier),
        code=code,
    ) | {"title": f"{form.name} {code}"}


@builds(PaperKind.RECEIPT_SLIP)
def receipt_slip(dossier, event):
    _, total = fee_rows(dossier)
    due = dossier.first_promised_due_at
    return {
        "papers": _papers_received(dossier, event),
        "sets": 1,
        "term": Term.from_data(dossier.term).words if dossier.term else "theo quy định của thủ tục",
        "due_at": moment_in_words(due) or "theo lịch của cơ quan giải quyết, sẽ báo sau",
        "due_note": "ngày tạm tính vì lịch nghỉ chưa công bố đủ; có lịch sẽ báo lại"
        if dossier.due_is_provisional and due
        else "",
        "result_place": _result_place(dossier),
        "fee_total": total,
        "register_book": clock.local(event.at).year,
        "register_no_before_series": dossier.code.rsplit("-", 1)[-1],
    }


def _papers_received(dossier, event):
    """Rows: first the form filled in on the portal, then each document with the number of its sheets and files."""
    form = rules.form_of(dossier)
    counts = {}
    for name, _file in files_at(dossier, event.at):
        counts[name] = counts.get(name, 0) + 1
    signed = counts.pop(str(NAMES[SIGNED_FORM]), 0)
    rows = [{"name": f"{form.name} (điền trên cổng)", "electronic": 1}] if form and not signed else []
    if form and signed:
        rows = [{"name": f"{form.name} (đã ký)", "originals": 1, "electronic": signed}]
    for row in _on_paper(dossier):
        rows.append({**row, "electronic": counts.pop(row["name"], "")} | ({"copies": "đã xem"} if "xem" in row["sheets"] else {}))
    return rows + [{"name": name, "electronic": count} for name, count in counts.items()]


def _result_place(dossier):
    way = str(dossier.get_delivery_way_display())
    if dossier.delivery_way == DeliveryWay.COUNTER:
        return f"{way}: {dossier.receiving_agency.desk_name or dossier.receiving_agency.name}"
    if dossier.delivery_way == DeliveryWay.POST:
        return f"{way}: {address_text(dossier.delivery_address)}"
    return way or "chưa chọn"


@builds(PaperKind.SUPPLEMENT_REQUEST)
def supplement_request(dossier, event):
    request = event.supplement
    return {
        "second_time": request.number > 1,
        "items": [{"name": item.label, "copy": _asked_as(item), "reason": item.reason} for item in request.items.order_by("pk")],
        "note": event.text.note,
        **_who_proposed(event),
        "supplement_due_at": moment_in_words(request.due_at),
        "clock_note": clock_note(dossier, "Thời hạn giải quyết được tính lại từ đầu khi nhận đủ phần bổ sung."),
    }


def _who_proposed(event):
    """Of a request that a head approved: who guides the applicant is who proposed it."""
    name = event.text.details.get("proposed_by")
    mark = f"({event.text.actor_name} duyệt trên cổng lúc {wording.short_moment(event.at)})"
    return {"clerk_name": name, "clerk_mark": mark} if name else {}


def _asked_as(item):
    return "bản chụp hoặc tệp điện tử" if item.target == SupplementItem.Target.DOCUMENT else "sửa ngay trên tờ khai"


@builds(PaperKind.SUPPLEMENT_NOTE)
def supplement_note(dossier, event):
    request = dossier.supplements.filter(sent_at__lte=event.at).order_by("number").last()
    files = _pages_sent(event) or _files_sent(dossier, request, event)
    return {
        "sent_at": moment_in_words(event.at),
        "items": [
            {"name": item.label, "sent": "; ".join(files.get(item.key, [])) or "đã sửa trên tờ khai"}
            for item in request.items.order_by("pk")
        ],
        "clock_note": clock_note(
            dossier, f"Thời hạn giải quyết tính lại từ đầu. Hẹn trả mới: {moment_in_words(dossier.due_at)}."
        ),
    }


def _pages_sent(event):
    """{item key: [what happened to a page]}, from the event; pages that were kept are counted."""
    said = {
        "replace": "thay trang {page} bằng {file}", "add": "thêm trang {page}: {file}", "leave_out": "bỏ trang {page}",
        "keep": "giữ trang {page}",
    }  # fmt: skip
    files = {}
    for page in event.text.details.get("pages", []):
        files.setdefault(page["item"], []).append(said[page["action"]].format(**page))
    return files


def _files_sent(dossier, request, event):
    """{item key: [file name]} of a supplement from before pages were recorded."""
    files = {}
    for file in dossier.attachments.filter(uploaded_at__lte=event.at).order_by("pk"):
        if file.uploaded_at >= request.event.at:
            files.setdefault(file.item_key, []).append(file.name)
    return files


@builds(PaperKind.REFUSAL_OF_RECEIPT)
def refusal_of_receipt(dossier, event):
    return {"money_note": money_note(dossier, event.step)}


@builds(PaperKind.PAYMENT_NOTICE)
def payment_notice(dossier, event):
    fees, total = fee_rows(dossier)
    owed = dossier.obligation.total
    return {
        "fees": fees,
        "fee_total": total,
        "fee_total_in_words": money_in_words(owed) if owed is not None else "xác định sau",
        "payment_due_at": moment_in_words(dossier.payment_due_at),
        "how_to_pay": _where_to_pay(dossier),
        "clock_note": clock_note(dossier, "Trong lúc chờ nộp, thời hạn giải quyết tạm dừng, không bị tính."),
    }


@builds(PaperKind.WITHDRAWAL_REQUEST)
def withdrawal_request(dossier, event):
    return {
        "submitter_name": event.text.actor_name or submitter_of(dossier),
        "submitter_mark": f"(đã xác nhận trên cổng lúc {wording.short_moment(event.at)})",
    }


@builds(PaperKind.STOP_NOTICE)
def stop_notice(dossier, event):
    ground, reason = STOPS[event.step](event)
    return {
        "stage": str(DossierState(_stage(dossier, event)).label),
        "ground": ground,
        "reason": reason,
        "stopped_at": moment_in_words(event.at),
        "money_note": money_note(dossier, event.step),
        "papers_note": "bản điện tử giữ trong tài khoản của ông bà, có thể dùng lại; giấy tờ gốc (nếu có) đã được trả lại.",
        "sign": sign(SIGNS[event.step], event),
    }


STOPS = {
    "payment_timeout": lambda event: (
        "Thời hạn nộp phí, lệ phí đã báo và đã nhắc",
        "Đã hết thời hạn nộp phí, lệ phí mà cổng chưa nhận được tiền.",
    ),
    "supplement_timeout": lambda event: (
        "Thời hạn bổ sung hồ sơ đã báo và đã nhắc",
        "Đã hết thời hạn bổ sung mà cổng chưa nhận được phần được yêu cầu.",
    ),
    "confirm_withdrawal": lambda event: (
        "Người nộp đề nghị rút hồ sơ",
        event.text.note or "Theo đề nghị rút hồ sơ của người nộp.",
    ),
    "stop": lambda event: (event.text.details.get("legal_ground", "") or event.text.actor_name, event.text.note),
}


SIGNS = {
    "payment_timeout": "Cổng dịch vụ công",
    "supplement_timeout": "Cổng dịch vụ công",
    "confirm_withdrawal": "Người tiếp nhận hồ sơ",
    "stop": "Trưởng bộ phận",
}


def _stage(dossier, event):
    """The state before the dossier was stopped; for a withdrawn one, the state before the withdrawal."""
    if event.source != DossierState.WITHDRAWN:
        return event.source
    return dossier.events.filter(step="withdraw", sequence__lt=event.sequence).order_by("sequence").last().source
