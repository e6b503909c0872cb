"""Dates in answers ("1990-03-27", "1990-03", "1990") and bounds in rules ("today", "+30d", "+3wd", "-1y")."""

import datetime as dt
import re
from calendar import monthrange
from typing import Any, Protocol

_FULL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RELATIVE = re.compile(r"([+-])([0-9]{1,4})(d|wd|m|y)")


class Calendar(Protocol):
    """A calendar of working days, for example `procedures.calendar.WorkCalendar`."""

    def add_working_days(self, day: dt.date, count: int) -> dt.date: ...


class Weekdays:
    """Monday to Friday without holidays, used where no calendar is loaded."""

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        while count > 0:
            day += dt.timedelta(days=1)
            count -= day.weekday() < 5
        return day


def parse_date(value: Any, *, partial: bool = False, latest: bool = False) -> dt.date:
    """The day of an answer. With `partial`, a year or month means its first day, or a late day with `latest` (31 December, the
    28th). Raises ValueError."""
    if partial and isinstance(value, str):
        if re.fullmatch(r"[0-9]{4}", value):
            value += "-12-31" if latest else "-01-01"
        elif re.fullmatch(r"[0-9]{4}-[0-9]{2}", value):
            value += "-28" if latest else "-01"
    if not isinstance(value, str) or not _FULL.fullmatch(value):
        raise ValueError(f"not a date: {value!r}")
    return dt.date.fromisoformat(value)


def full_years(born: dt.date, on: dt.date) -> int:
    """Age in full years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def bound_date(text: str, today: dt.date, calendar: Calendar) -> dt.date:
    """The day of a `min_date` or `max_date` on this filing day. Months are clipped: 31 May − 3m is 28 February."""
    if text == "today":
        return today
    relative = _RELATIVE.fullmatch(text)
    if not relative:
        return dt.date.fromisoformat(text)
    sign, count, unit = relative[1], int(relative[2]), relative[3]
    if unit == "wd":
        if sign == "-":
            raise ValueError("working days are only counted forward")
        return calendar.add_working_days(today, count)
    count = -count if sign == "-" else count
    if unit == "d":
        return today + dt.timedelta(days=count)
    year, month = divmod(today.year * 12 + today.month - 1 + (count if unit == "m" else 12 * count), 12)
    return dt.date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
