"""How amounts and times are written on the gateway's pages."""

from django import template

from .. import clock, refunding
from ..codes import RESPONSE_CODES, TRANSACTION_STATUSES

register = template.Library()


@register.filter
def dong(amount):
    """150000 → 150.000 đồng, with a space that does not break."""
    return f"{amount:,}".replace(",", ".") + "\u00a0đồng"


@register.filter
def local_time(moment):
    """The moment in Việt Nam: 9 giờ 05."""
    return f"{moment.astimezone(clock.GMT7):%-H}\u00a0giờ\u00a0{moment.astimezone(clock.GMT7):%M}" if moment else ""


@register.filter
def moment(value):
    """For the panel: 21/11 08:32:11."""
    return f"{value.astimezone(clock.GMT7):%d/%m %H:%M:%S}" if value else ""


@register.filter
def outcome_words(row):
    """How a transaction ended, in words."""
    return RESPONSE_CODES.get(row.response_code, "")


@register.filter
def refund_words(refund):
    """How far a refund is."""
    status = refunding.status_at(refund)
    return "đã hoàn xong" if status == "00" else TRANSACTION_STATUSES[status].lower()


@register.filter
def notice_words(notice):
    """Whether the merchant will be called again."""
    if notice.next_at:
        return f"lần tới {moment(notice.next_at)}"
    return "người bán đã nhận" if notice.ended_because == "answered" else "thôi không gọi nữa"


@register.filter
def call_words(call):
    """What became of one call."""
    return {
        "answered": f"trả lời {call.rsp_code}",
        "timeout": "quá giờ, không trả lời",
        "lost": "bị mất trên đường (công tắc)",
    }.get(call.outcome, "trả lời không đọc được" if call.http_status else "không gọi được")


@register.filter
def is_unclear(row):
    """Whether a person may still decide about it: money gone, yet not plainly paid."""
    return row.charged and (row.said_code, row.said_status) != ("00", "00")
