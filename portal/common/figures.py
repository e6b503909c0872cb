"""Parsing of numbers, days and moments written in ASCII digits.

`int()`, `str.isdigit()`, `strptime()` and `\\d` also accept digits of other scripts («٢٠٢٦», «２０２６») and characters that are
not numbers («²»). These functions refuse them and never convert them, so that the stored number is the one that people read
on the page, in the file and at the bank.
"""

import datetime as dt
import re

from django.utils.translation import gettext as _

MAX_DIGITS = 18  # always fits the id column (bigint)


def is_digits(text: str, max_digits: int = MAX_DIGITS) -> bool:
    """True for 1 to `max_digits` ASCII digits."""
    return 0 < len(text) <= max_digits and text.isascii() and text.isdigit()


def number_in(text: str, max_digits: int = MAX_DIGITS) -> int | None:
    """The number written in 1 to `max_digits` ASCII digits; None for any other text."""
    return int(text) if is_digits(text, max_digits) else None


def day_in(text: str) -> dt.date | None:
    """The day of an ISO date («2026-11-25»); None for any other text."""
    try:
        return dt.date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        return None


class UnclearDay(ValueError):
    """A text that is not one certain day; `str()` says in Vietnamese why."""


def typed_day_in(text: str) -> dt.date:
    """The day that a person typed, the day before the month: «3/12/2026», «03-12-2026», «3.12.2026», «3 12 2026», «ngày 3 tháng
    12 năm 2026», also ISO 8601 («2026-12-03»). Raises UnclearDay, also for years of two digits."""
    plain = re.sub(r"(?i)ngày|mùng|tháng|năm", " ", text.strip())
    parts = re.split(r"\s*[-/.\u2010-\u2015\u2212]\s*|\s+", plain.strip())
    if len(parts) != 3 or not all(is_digits(part, 4) for part in parts):
        raise UnclearDay(_("Ghi ngày theo thứ tự ngày, tháng, năm. Ví dụ 27/3/1990."))
    day, month, year = reversed(parts) if len(parts[0]) == 4 else parts
    if len(year) != 4 or max(len(day), len(month)) > 2:
        raise UnclearDay(_("Ghi năm đủ 4 chữ số, ví dụ 1990."))
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise UnclearDay(_("Không có ngày này. Xem lại ngày và tháng.")) from None


def moment_in(text: str, form: str = "") -> dt.datetime | None:
    """The moment written in this `strptime` format (empty: ISO 8601); None for any other text. Naive if the text has no zone."""
    if not text.isascii():
        return None
    try:
        return dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text)  # noqa: DTZ007 - callers add it
    except ValueError:
        return None
