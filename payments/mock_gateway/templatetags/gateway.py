"""Template filters for amounts, times and states."""

from django import template

from .. import clock, refunding
from ..codes import RESPONSE_CODES, TRANSACTION_STATUSES

register = template.Library()


@register.filter
def dong(amount):
    """150000 → "150.000 đồng" with a no-break space."""
    return f"{amount:,}".replace(",", ".") + "\u00a0đồng"


@register.filter
def local_time(moment):
    """The time in GMT+7: "9 giờ 05"."""
    return f"{moment.astimezone(clock.GMT7):%-H}\u00a0giờ\u00a0{moment.astimezone(clock.GMT7):%M}" if moment else ""


@register.filter
def moment(value):
    """Day and time in GMT+7 for the panel: "21/11 08:32:11"."""
    return f"{value.astimezone(clock.GMT7):%d/%m %H:%M:%S}" if value else ""


@register.filter
def outcome_words(row):
    """How a transaction ended, in words."""
    return RESPONSE_CODES.get(row.response_code, "")


@register.filter
def refund_words(refund):
    """The status of a refund in words."""
    status = refunding.status_at(refund)
    return "đã hoàn xong" if status == "00" else TRANSACTION_STATUSES[status].lower()


@register.filter
def notice_words(notice):
    """The state of a notice in words: next call, answered or given up."""
    if notice.next_at:
        return f"lần tới {moment(notice.next_at)}"
    return "người bán đã nhận" if notice.ended_because == "answered" else "thôi không gọi nữa"


@register.filter
def call_words(call):
    """The result of one call in words."""
    return {
        "answered": f"trả lời {call.rsp_code}",
        "timeout": "quá giờ, không trả lời",
        "lost": "bị mất trên đường (công tắc)",
    }.get(call.outcome, "trả lời không đọc được" if call.http_status else "không gọi được")


@register.filter
def is_unclear(row):
    """True when staff can still decide the transaction: charged, but not reported as paid."""
    return row.charged and (row.said_code, row.said_status) != ("00", "00")
