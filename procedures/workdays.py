"""Working days and office hours. Pure functions.

Moments are aware and returned in Asia/Ho_Chi_Minh; days are local days. Terms are computed in `procedures.calendar`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.common.clock import LOCAL, local

ONE_DAY = dt.timedelta(days=1)
MAX_DAYS_AHEAD = 20 * 366  # a computation that reaches this limit has no end


class CalendarError(ValueError):
    """The computation has no end: a calendar without working days, empty office hours, or a term of decades."""


class WorkCalendar:
    """The calendar of working days. `off`: days off; `on`: Saturdays worked instead, both optionally with names; `years`: years
    whose holidays are loaded; `undecided`: (first day, last day, name) of holidays not decided yet, which make a due date
    provisional.
    """

    def __init__(
        self,
        off: Mapping[dt.date, str] | Iterable[dt.date],
        on: Mapping[dt.date, str] | Iterable[dt.date],
        years: Iterable[int],
        undecided: Iterable[tuple[dt.date, dt.date, str]] = (),
    ) -> None:
        self.off = _named(off)
        self.on = _named(on)
        self.years = frozenset(years)
        self.undecided = tuple(undecided)

    @classmethod
    def from_rows(
        cls, rows: Iterable[Any], years: Iterable[int] | None = None, undecided: Iterable[tuple[dt.date, dt.date, str]] = ()
    ) -> "WorkCalendar":
        """From rows with `date`, `kind` and `name` (database rows, or rows of holidays.json). `years`: default those of the rows.

        Kind `swap_working_day` is a working day, `undecided` may become a day off, every other kind is a day off.
        """
        off: dict[dt.date, str] = {}
        on: dict[dt.date, str] = {}
        open_days: list[tuple[dt.date, dt.date, str]] = []
        for day, kind, name in map(_row, rows):
            if kind == "undecided":
                open_days.append((day, day, name))
            else:
                (on if kind == "swap_working_day" else off)[day] = name
        return cls(off, on, years if years is not None else {day.year for day in (*off, *on)}, (*undecided, *open_days))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "WorkCalendar":
        """From the parsed holidays.json. Its `undecided` holidays are not days off but make due dates provisional."""
        rows = [row for of_year in document["years"].values() for row in of_year]
        return cls.from_rows(rows, map(int, document["years"]), map(_undecided_span, document.get("undecided", ())))

    def document(self) -> dict[str, Any]:
        """The calendar as JSON values, the same for equal calendars; read back by `from_basis`."""
        return {
            "off": {day.isoformat(): name for day, name in sorted(self.off.items())},
            "on": {day.isoformat(): name for day, name in sorted(self.on.items())},
            "years": sorted(self.years),
            "undecided": sorted([first.isoformat(), last.isoformat(), name] for first, last, name in self.undecided),
        }

    @classmethod
    def from_basis(cls, document: Mapping[str, Any]) -> "WorkCalendar":
        """The calendar of a `document`."""
        off, on = ({dt.date.fromisoformat(day): name for day, name in document[kind].items()} for kind in ("off", "on"))
        spans = [(dt.date.fromisoformat(first), dt.date.fromisoformat(last), name) for first, last, name in document["undecided"]]
        return cls(off, on, document["years"], spans)

    def is_working(self, day: dt.date) -> bool:
        """True for Monday to Friday except holidays, and for swapped working days."""
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def next_working_day(self, day: dt.date) -> dt.date:
        """The first working day after `day`. Raises CalendarError."""
        for ahead in range(1, MAX_DAYS_AHEAD):
            later = day + ahead * ONE_DAY
            if self.is_working(later):
                return later
        raise CalendarError(f"no working day after {day}")

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day`; 0 gives `day` itself. Raises ValueError for a negative count."""
        if count < 0:
            raise ValueError("working days are only counted forward")
        for _step in range(count):
            day = self.next_working_day(day)
        return day

    def working_days_between(self, first: dt.date, last: dt.date) -> int:
        """The number of working days after `first`, up to and including `last`; 0 when `last` is not later."""
        return sum(self.is_working(first + n * ONE_DAY) for n in range(1, (last - first).days + 1))

    def knows(self, year: int) -> bool:
        """True when the holidays of that year are loaded."""
        return year in self.years

    def is_settled(self, first: dt.date, last: dt.date) -> bool:
        """True when no later decision can change a day from `first` to `last` (included)."""
        loaded = all(self.knows(year) for year in range(first.year, last.year + 1))
        return loaded and not any(start <= last and first <= end for start, end, _name in self.undecided)

    def name_of(self, day: dt.date) -> str:
        """The name of the holiday or swapped working day, or ""."""
        return self.on.get(day) or self.off.get(day) or ""


def _named(days: Mapping[dt.date, str] | Iterable[dt.date]) -> dict[dt.date, str]:
    return dict(days) if isinstance(days, Mapping) else dict.fromkeys(days, "")


def _row(row: Any) -> tuple[dt.date, str, str]:
    day, kind, name = (row["date"], row["kind"], row["name"]) if isinstance(row, Mapping) else (row.date, row.kind, row.name)
    return dt.date.fromisoformat(day) if isinstance(day, str) else day, kind, name


def _undecided_span(row: Mapping[str, Any]) -> tuple[dt.date, dt.date, str]:
    first = min(option["off_from"] for option in row["options"])
    last = max(option["off_to"] for option in row["options"])
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last), row["name"]


# ---------------------------------------------------------------- hours

Span = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Pause:
    """A time in which the clock is paused; `why` is shown beside the affected days."""

    started_at: dt.datetime
    ended_at: dt.datetime
    why: str = ""


@dataclass(frozen=True)
class OfficeHours:
    """Office hours. `weekday`: on every working day; `saturday`: reception only, never counted in terms. Raises CalendarError."""

    weekday: tuple[tuple[dt.time, dt.time], ...]
    saturday: tuple[tuple[dt.time, dt.time], ...] = ()

    def __post_init__(self) -> None:
        edges = [edge for opening in self.weekday for edge in opening]
        if not edges or edges != sorted(set(edges)):
            raise CalendarError("office hours must be non-empty, in order and apart")

    @classmethod
    def from_data(cls, row: Mapping[str, Any]) -> "OfficeHours":
        """From a row of `reception_hours`: {"mon_fri": [["07:30", "11:30"], …], "sat": […]}."""
        return cls(_openings(row["mon_fri"]), _openings(row.get("sat", ())))

    @classmethod
    def default(cls) -> "OfficeHours":
        """Default hours (giờ hành chính): 7:30–11:30 and 13:30–17:00."""
        return cls.from_data({"mon_fri": [["07:30", "11:30"], ["13:30", "17:00"]]})

    def document(self) -> dict[str, Any]:
        """The hours as JSON values, in the form that `from_data` reads."""
        rows = {"mon_fri": self.weekday, "sat": self.saturday}
        return {days: [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in openings] for days, openings in rows.items()}

    @property
    def opens(self) -> dt.time:
        return self.weekday[0][0]

    @property
    def closes(self) -> dt.time:
        return self.weekday[-1][1]

    @property
    def minutes_a_day(self) -> int:
        """Working minutes of a full day: 450 with the default hours."""
        return sum(60 * (b.hour - a.hour) + b.minute - a.minute for a, b in self.weekday)

    def open_of(self, day: dt.date) -> dt.datetime:
        """Opening time on a working day."""
        return dt.datetime.combine(day, self.opens, LOCAL)

    def close_of(self, day: dt.date) -> dt.datetime:
        """Closing time on a working day, when a term of days ends."""
        return dt.datetime.combine(day, self.closes, LOCAL)

    def receives_at(self, calendar: WorkCalendar, moment: dt.datetime) -> bool:
        """True when the desk is open to the public, also on Saturday."""
        day, time = local(moment).date(), local(moment).time()
        saturday = day.weekday() == 5 and day not in calendar.off
        openings = self.weekday if calendar.is_working(day) else self.saturday if saturday else ()
        return any(start <= time < end for start, end in openings)

    def spans(self, calendar: WorkCalendar, day: dt.date, pauses: Sequence[Pause] = ()) -> list[Span]:
        """The working intervals of a day, without the paused time."""
        if not calendar.is_working(day):
            return []
        spans = [(dt.datetime.combine(day, a, LOCAL), dt.datetime.combine(day, b, LOCAL)) for a, b in self.weekday]
        for pause in pauses:
            spans = [
                left for span in spans for left in _without(span, whole_minute(pause.started_at), whole_minute(pause.ended_at))
            ]
        return spans

    def minutes_between(self, calendar: WorkCalendar, start: dt.datetime, end: dt.datetime, pauses: Sequence[Pause] = ()) -> int:
        """Working minutes from start to end; 0 when the end is not later."""
        start, end = whole_minute(start), whole_minute(end)
        days = (start.date() + n * ONE_DAY for n in range((end.date() - start.date()).days + 1))
        return sum(max(0, _minutes(min(b, end) - max(a, start))) for day in days for a, b in self.spans(calendar, day, pauses))

    def add_minutes(self, calendar: WorkCalendar, start: dt.datetime, minutes: int, pauses: Sequence[Pause] = ()) -> dt.datetime:
        """The earliest moment at which so many working minutes have passed; 0 gives the start."""
        if minutes <= 0:
            return whole_minute(start)
        *_worked, (_day, _minutes_of_day, end) = work_off(self, calendar, whole_minute(start), minutes, pauses)
        return end

    def minutes_before(self, calendar: WorkCalendar, end: dt.datetime, minutes: int) -> dt.datetime:
        """The latest moment from which so many working minutes have passed until `end`: `add_minutes` the other way round."""
        end, left = whole_minute(end), minutes
        for back in range(MAX_DAYS_AHEAD if left > 0 else 0):
            for a, b in reversed(self.spans(calendar, end.date() - back * ONE_DAY)):
                worked = max(0, _minutes(min(b, end) - a))
                if worked >= left:
                    return min(b, end) - dt.timedelta(minutes=left)
                left -= worked
        if left > 0:
            raise CalendarError(f"{minutes} working minutes before {end} are never reached")
        return end


def _openings(rows: Iterable[Sequence[str]]) -> tuple[tuple[dt.time, dt.time], ...]:
    return tuple((dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in rows)


def whole_minute(moment: dt.datetime) -> dt.datetime:
    """Local time without seconds."""
    return local(moment).replace(second=0, microsecond=0)


def _minutes(length: dt.timedelta) -> int:
    return int(length.total_seconds()) // 60


def _without(span: Span, start: dt.datetime, end: dt.datetime) -> Iterator[Span]:
    """Yield what is left of an interval without the time from start to end."""
    if start >= end:
        yield span
        return
    if span[0] < min(span[1], start):
        yield span[0], min(span[1], start)
    if max(span[0], end) < span[1]:
        yield max(span[0], end), span[1]


def work_off(
    hours: OfficeHours, calendar: WorkCalendar, start: dt.datetime, minutes: int, pauses: Sequence[Pause]
) -> Iterator[tuple[dt.date, int, dt.datetime]]:
    """Yield (day, minutes worked on it, moment reached) until all minutes are worked. Raises CalendarError."""
    left = minutes
    for ahead in range(MAX_DAYS_AHEAD):
        day, worked, reached = start.date() + ahead * ONE_DAY, 0, start
        for a, b in hours.spans(calendar, day, pauses):
            share = min(left, max(0, _minutes(b - max(a, start))))
            if share:
                worked, left, reached = worked + share, left - share, max(a, start) + dt.timedelta(minutes=share)
        yield day, worked, reached
        if not left:
            return
    raise CalendarError(f"{minutes} working minutes after {start} are never reached")
