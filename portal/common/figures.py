"""Parsing of numbers, days and moments written in ASCII digits.

`int()`, `str.isdigit()`, `strptime()` and `\\d` also accept digits of other scripts («٢٠٢٦», «２０２６») and characters that are
not numbers («²»). These functions refuse them and never convert them, so that the stored number is the one that people read
on the page, in the file and at the bank.
"""

import datetime as dt

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


def moment_in(text: str, form: str = "") -> dt.datetime | None:
    """The moment written in this `strptime` format (empty: ISO 8601); None for any other text. Naive if the text has no zone."""
    if not text.isascii():
        return None
    try:
        return dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text)  # noqa: DTZ007 - callers add it
    except ValueError:
        return None
