"""VNPAY's formats of times, amounts and codes. Digits are ASCII digits only."""

import datetime as dt
import re

from portal.common import clock

VERSION = "2.1.0"
PAID = "00"
DONE, UNKNOWN, BUSY = "00", "91", "94"  # vnp_ResponseCode of an answer to querydr or refund: done, no such payment, too soon
PAYMENT, REFUND_OF_ALL, REFUND_OF_PART = "01", "02", "03"  # vnp_TransactionType
_AMOUNT = re.compile(r"[0-9]{1,12}")
_CODE = re.compile(r"[0-9]{2}")
_REFERENCE = re.compile(r"[A-Z0-9]{1,100}")
_TERMINAL = re.compile(r"[A-Z0-9]{8}")
_PLAIN = re.compile(r"[A-Za-z0-9 .:,_-]{0,64}")


def moment(at: dt.datetime) -> str:
    """yyyyMMddHHmmss in Asia/Ho_Chi_Minh (GMT+7)."""
    return clock.local(at).strftime("%Y%m%d%H%M%S")


def hundredths(amount: int) -> str:
    """Whole đồng as VNPAY writes them: times 100, without separators, at most 12 digits."""
    if not 0 < amount < 10**10:
        raise ValueError("the gateway takes 1 to 9 999 999 999 đồng")
    return str(amount * 100)


def read_amount(text: str) -> int | None:
    """Hundredths of a đồng, or None if this is not an amount."""
    return int(text) if _AMOUNT.fullmatch(text) else None


def dong(hundredths: int | None) -> int | None:
    """Whole đồng, or None if it is not a whole number."""
    return None if hundredths is None or hundredths % 100 else hundredths // 100


def read_code(text: str) -> str:
    """A code of two digits, or ""."""
    return text if _CODE.fullmatch(text) else ""


def read_reference(text: str) -> str:
    return text if _REFERENCE.fullmatch(text) else ""


def read_terminal(text: str) -> str:
    return text if _TERMINAL.fullmatch(text) else ""


def read_plain(text: str) -> str:
    """A short ASCII value (bank, transaction number, date), or "" if it is not one."""
    return text if _PLAIN.fullmatch(text) else ""
