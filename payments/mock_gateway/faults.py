"""The switches: everything that can be made to go wrong, each in one line, and which of them catch a transaction or a request.

A switch stands for every transaction or for one reference, always or so many times. Values that count calls: `true` is
every call, a number n is the first n calls.
"""

import re
import time
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from . import clock
from .models import Switch

REFUND_PATHS = ("05-06-00", "05-09", "05-06-09", "00")


@dataclass(frozen=True)
class Fault:
    """One thing that can go wrong. `kind`: flag, number, calls (flag or number) or the words it may be."""

    name: str
    says: str
    kind: str = "flag"
    words: tuple = ()
    at: str = "payment"  # payment: caught when somebody pays; request: when a request comes in; always: as long as it stands


FAULTS = {
    fault.name: fault
    for fault in [
        Fault("drop_ipn", "IPN bị mất trên đường (n lần đầu, hoặc tất cả)", "calls"),
        Fault("duplicate_ipn", "Mỗi IPN gửi n lần cùng một lúc", "number"),
        Fault("delay_ipn", "IPN đầu tiên đi chậm n giây", "number"),
        Fault("reorder_ipn", "Giữ IPN lại, để IPN của giao dịch sau đi trước"),
        Fault("ipn_before_return", "IPN tới trước, người trả quay về sau"),
        Fault("return_before_ipn", "Người trả quay về trước, IPN tới sau"),
        Fault("return_only", "Chỉ có người trả quay về, không bao giờ có IPN"),
        Fault("ipn_only", "Chỉ có IPN, người trả không quay về được"),
        Fault("bad_signature_ipn", "IPN sai chữ ký (n lần đầu, hoặc tất cả)", "calls"),
        Fault("wrong_amount_ipn", "IPN ghi sai số tiền, chữ ký đúng (n lần đầu, hoặc tất cả)", "calls"),
        Fault("mismatch_00_02", "Báo mã 00 mà trạng thái 02; thật ra đã trừ tiền, hoặc chưa", "words", ("charged", "failed")),
        Fault("status_04", "Ngân hàng đã trừ tiền, cổng báo trạng thái 04"),
        Fault("status_07", "Đã trừ tiền, báo mã 07: nghi ngờ, chờ người bán"),
        Fault("success_after_expiry", "Ngân hàng báo thành công n giây sau khi hết hạn", "number"),
        Fault("slow", "Cổng trả lời chậm n giây", "number", at="request"),
        Fault("http_500", "Cổng báo lỗi 500: chưa làm gì, hoặc đã làm xong rồi mới lỗi", "words", ("before", "after"), "request"),
        Fault("slow_api", "querydr và hoàn tiền trả lời chậm n giây", "number", at="request"),
        Fault("http_500_api", "querydr và hoàn tiền báo lỗi 500", "words", ("before", "after"), "request"),
        Fault("refund_path", "Đường đi của tiền hoàn", "words", REFUND_PATHS, "refund"),
        Fault("clock_skew", "Đồng hồ của cổng chạy nhanh n giây (âm: chậm)", "number", at="always"),
        Fault("querydr_unsigned", "Trả lời querydr không ký, hoặc ký sai", "words", ("missing", "wrong"), "request"),
        Fault("querydr_94", "querydr luôn bị từ chối với mã 94", at="request"),
        Fault("refund_unsigned", "Trả lời hoàn tiền không ký, hoặc ký sai", "words", ("missing", "wrong"), "request"),
        Fault("terminal_locked", "Điểm thu bị khóa: mã 04", at="request"),
        Fault("strict_duplicate", "Mở lại cùng một yêu cầu còn hạn cũng bị coi là trùng: mã 01", at="request"),
        Fault("settlement_missing_row", "Tệp đối soát thiếu n dòng", "number", at="always"),
        Fault("settlement_extra_row", "Tệp đối soát thừa n dòng không có thật", "number", at="always"),
        Fault("settlement_wrong_amount", "Tệp đối soát sai số tiền ở n dòng", "number", at="always"),
    ]
}
PAYMENT_FAULTS = frozenset(name for name, fault in FAULTS.items() if fault.at == "payment")
LARGEST = 10_000_000


class BadSwitch(ValueError):
    """No such switch, or a value it cannot take. The text says which."""


def checked(name, value):
    """The value in its proper form; `True` for a switch of words means its first word."""
    fault = FAULTS.get(name)
    if fault is None:
        raise BadSwitch(f"no such switch: {str(name)[:40]}")
    if fault.kind == "words":
        value = fault.words[0] if value is True else value
        right = value in fault.words
    else:
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and -LARGEST < value < LARGEST
        right = (value is True and fault.kind != "number") or (number and fault.kind != "flag")
        if name != "clock_skew" and number:
            right = right and value > 0
    if not right:
        raise BadSwitch(f"{name} cannot be {str(value)[:40]!r}")
    return value


def put(name, value, *, times=None, reference=""):
    """Turn a switch on; `False`, `None` or 0 turns it off."""
    if name in FAULTS and (value is None or value is False or value == 0):
        Switch.objects.filter(name=name, reference=reference).delete()
        return
    value = checked(name, value)
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or not 0 < times < LARGEST):
        raise BadSwitch("times must be a whole number above 0")
    Switch.objects.update_or_create(name=name, reference=reference, defaults={"value": value, "times_left": times})


def as_reference(text):
    """The text when it can be a reference, else nothing."""
    return text if isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9]{1,100}", text) else ""


def standing(name):
    """The value of a switch, without using one of its times."""
    found = Switch.objects.filter(reference="", name=name).first()
    return found.value if found else None


@transaction.atomic
def caught(names, reference=""):
    """The switches among `names` that catch this one, as {name: value}. Each uses one of its times."""
    mine = Q(reference="") | Q(reference=as_reference(reference))
    rows = Switch.objects.select_for_update().filter(mine, name__in=names)
    found = {}
    for row in rows.order_by("reference", "id"):  # the one for a single reference comes last and wins
        found[row.name] = row.value
        if row.times_left is not None:
            row.times_left -= 1
            row.save(update_fields=["times_left"]) if row.times_left else row.delete()
    return found


def counts_for(value, number):
    """Whether a `calls` switch catches the call of this number (from 1)."""
    return value is True or (isinstance(value, (int, float)) and number <= value)


def gateway_time():
    """What the gateway's own clock shows: the right time, unless the switch clock_skew stands."""
    return clock.now() + timedelta(seconds=standing("clock_skew") or 0)


def wait(seconds):
    """Answer slowly. Never longer than two minutes."""
    time.sleep(min(float(seconds), 120))
