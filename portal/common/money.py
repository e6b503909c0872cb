"""Amounts of money as text, written and read. All amounts in the portal are whole đồng."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

MAX_LENGTH = 40  # characters of a typed amount
MAX_DIGITS = 30  # as many as a form may hold before its own limit is told
_UNIT = r"(?:vnd|vnđ|đồng|đ|₫|d)"
_FRAME = re.compile(rf"^{_UNIT}[\s:]*|\s*{_UNIT}\.?$", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?:(?P<group>[., ])[0-9]{3}(?:(?P=group)[0-9]{3})*)?|[0-9]+)(?:(?P<point>[.,])(?P<part>[0-9]+))?"
)

GLUE = "\N{NO-BREAK SPACE}"


def dong(amount):
    """15000 as "15.000 đồng" (in English "VND 15,000"); a minus sign is kept in front."""
    grouped = f"{int(amount):,}".replace("-", "\N{MINUS SIGN}")
    if (get_language() or "").startswith("en"):
        return f"VND{GLUE}{grouped}"
    return f"{grouped.replace(',', '.')}{GLUE}đồng"


class UnclearAmount(ValueError):
    """A text that is not one certain number of whole đồng; `str()` says in Vietnamese why."""


def dong_in(text: str) -> int:
    """The whole đồng of a typed or exported amount: the one reading of money in the portal. Raises UnclearAmount.

    «150.000», «150,000», «150 000», «150000», «150.000,00», «150,000.00 VND», «đ 150.000» are 150000: groups have three digits,
    and after the other sign only zeros may follow. Refused: parts of a đồng, signs, units such as «triệu», exponents, digits of
    other scripts, and what may be two numbers («1.500,000»).
    """
    plain = re.sub(r"[\u00a0\u202f\u2009]", " ", text[: MAX_LENGTH + 1]).strip()
    while (bare := _FRAME.sub("", plain).strip()) != plain:
        plain = bare
    found = _AMOUNT.fullmatch(plain)
    if found is None or len(text.strip()) > MAX_LENGTH:
        raise UnclearAmount(_("Ghi số tiền bằng chữ số, ví dụ 150.000."))
    digits, part = re.sub(r"[., ]", "", found["whole"]), found["part"] or ""
    if part and (found["point"] == found["group"] or len(part) > 2):
        raise UnclearAmount(_("Số tiền này có thể hiểu hai cách. Ghi lại, ví dụ 150.000."))
    if part.strip("0"):
        raise UnclearAmount(_("Số tiền tính bằng đồng, không có phần lẻ. Ghi lại, ví dụ 150.000."))
    if len(digits) > MAX_DIGITS:
        raise UnclearAmount(_("Số tiền quá lớn. Xem lại số chữ số."))
    return int(digits)
