"""Numbers, days and moments as people and machines write them: in the ten ASCII digits, nothing else.

`int()`, `str.isdigit()`, `strptime()` and `\\d` also take the digits of other scripts («٢٠٢٦», «２０２６») and signs that are
no number («²»). Whatever is not written in ASCII digits is refused, never converted: the number stored must be the number
that everybody reads on the page, in the file and at the bank.
"""

import datetime as dt

MOST = 18  # digits that fit the id column of every table


def are_figures(text: str, most: int = MOST) -> bool:
    """Whether the text is one to `most` ASCII digits."""
    return 0 < len(text) <= most and text.isascii() and text.isdigit()


def number_in(text: str, most: int = MOST) -> int | None:
    """The number that one to `most` ASCII digits write, or None."""
    return int(text) if are_figures(text, most) else None


def day_in(text: str) -> dt.date | None:
    """The day of an ISO date («2026-11-25»), or None."""
    try:
        return dt.date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        return None


def moment_in(text: str, form: str = "") -> dt.datetime | None:
    """The moment written in this `strptime` form (none: ISO 8601), without a zone where the text names none; or None."""
    if not text.isascii():
        return None
    try:
        return dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text)  # noqa: DTZ007 - callers add it
    except ValueError:
        return None
