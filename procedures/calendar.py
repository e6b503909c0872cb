"""Terms: computes when something is due, and explains it day by day. Also re-exports working days and office hours.

Pure functions. Moments are aware and returned in Asia/Ho_Chi_Minh; days are local days. The rules are those of NĐ 61/2018
Đ.18–19 as stated in `data/dossier_workflow.json` (`clock.rules`); summary in docs/rules.md.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.common.clock import LOCAL, local
from procedures.workdays import MAX_DAYS_AHEAD, ONE_DAY, CalendarError, OfficeHours, Pause, WorkCalendar, whole_minute, work_off

__all__ = [
    "CUTOFF",
    "LOCAL",
    "RECEPTION_SLA",
    "CalendarError",
    "Day",
    "DayKind",
    "Due",
    "OfficeHours",
    "Pause",
    "Term",
    "WorkCalendar",
    "add_months",
    "due",
    "reception_due",
    "step_due",
]

CUTOFF = dt.time(15)
"""Accepted later than this counts as accepted on the next working day; exactly 15:00 is in time (NĐ 61/2018 Đ.18)."""

RECEPTION_SLA: Mapping[str, Mapping[str, Any]] = {
    "direct": {"value": 1, "unit": "hour"},
    "postal": {"value": 1, "unit": "working_day"},
    "online": {"value": 8, "unit": "hour"},
}
"""Time in which a desk must answer (NĐ 216/2026 Đ.23); the same as `defaults.reception_sla` of the workflow."""

_CHANNELS = {"counter": "direct", "post": "postal"}  # channel names of the dossier -> those of the procedure


# ---------------------------------------------------------------- terms


@dataclass(frozen=True)
class Term:
    """A processing time. `unit`: hour, working_day, day, month. `rule` "schedule" or "none": no due time. Raises ValueError."""

    value: int | None
    unit: str | None
    rule: str | None = None
    text: str = ""

    def __post_init__(self) -> None:
        if self.rule not in (None, "same_day_before_15:00", "schedule", "none"):
            raise ValueError(f"unknown rule of a term: {self.rule}")
        if self.has_due and (self.unit not in ("hour", "working_day", "day", "month") or self.value is None or self.value < 0):
            raise ValueError(f"a term needs a value and a unit: {self.value} {self.unit}")

    @classmethod
    def from_data(cls, processing: Mapping[str, Any], case: str | None = None) -> "Term":
        """From a channel's `processing`. `case` "extended" or "shorter" uses that term if it has a value."""
        other = processing.get(case) if case else None
        text = re.sub(r"\s*\[[^\]]*\]", "", processing.get("text") or "")  # certainty marks are not for readers
        if other and other.get("value") is not None:
            return cls(other["value"], other["unit"], None, text)
        return cls(processing["value"], processing["unit"], processing.get("rule"), text)

    @property
    def has_due(self) -> bool:
        return self.rule not in ("schedule", "none")

    @property
    def words(self) -> str:
        """«3 ngày làm việc», or why there is no due time, in the reader's language."""
        if not self.has_due:
            return self.text or (_("Theo đợt hằng năm") if self.rule == "schedule" else _("Không quy định thời hạn"))
        if self.rule == "same_day_before_15:00":
            return _("Trong ngày; nhận sau 15 giờ thì ngày làm việc tiếp theo")
        n = self.value or 0
        return {
            "hour": ngettext("%(n)d giờ làm việc", "%(n)d giờ làm việc", n),
            "working_day": ngettext("%(n)d ngày làm việc", "%(n)d ngày làm việc", n),
            "day": ngettext("%(n)d ngày", "%(n)d ngày", n),
            "month": ngettext("%(n)d tháng", "%(n)d tháng", n),
        }[self.unit or ""] % {"n": n}


class DayKind(StrEnum):
    """Why a day counts or does not count."""

    LATE = "late"  # received on it, but after 15:00
    START = "start"  # the start day is not counted
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    PAUSED = "paused"
    COUNTED = "counted"
    MOVED = "moved"  # the last counted day was off, this is the working day it moved to


@dataclass(frozen=True)
class Day:
    """One day of the explanation «vì sao là ngày này». `number`: 1, 2, 3 …; `minutes`: working minutes, for terms in hours."""

    date: dt.date
    kind: DayKind
    unit: str
    number: int | None = None
    minutes: int | None = None
    name: str = ""
    is_due: bool = False

    @property
    def counted(self) -> bool:
        return self.kind in (DayKind.COUNTED, DayKind.MOVED)

    @property
    def why(self) -> str:
        """The reason in the active language."""
        match self.kind:
            case DayKind.LATE:
                return _("Nhận sau 15 giờ, coi như nhận vào ngày làm việc tiếp theo")
            case DayKind.START:
                return _("Ngày bắt đầu, không tính")
            case DayKind.WEEKEND:
                return _("Thứ bảy, không tính") if self.date.weekday() == 5 else _("Chủ nhật, không tính")
            case DayKind.HOLIDAY:
                return _("Nghỉ: %(name)s") % {"name": self.name} if self.name else _("Ngày nghỉ, không tính")
            case DayKind.PAUSED:
                return _("Tạm dừng: %(why)s") % {"why": self.name} if self.name else _("Tạm dừng, không tính")
            case DayKind.MOVED:
                return _("Hạn rơi vào ngày nghỉ nên chuyển sang ngày làm việc này")
        return f"{self._counted_words()}: {self.name}" if self.name else self._counted_words()

    def _counted_words(self) -> str:
        if self.minutes is None:
            words = _("Ngày thứ %(number)d") if self.unit == "day" else _("Ngày làm việc thứ %(number)d")
            return words % {"number": self.number}
        hours, minutes = divmod(self.minutes, 60)
        if not minutes:
            return _("Tính %(hours)d giờ làm việc") % {"hours": hours}
        if not hours:
            return _("Tính %(minutes)d phút làm việc") % {"minutes": minutes}
        return _("Tính %(hours)d giờ %(minutes)02d phút làm việc") % {"hours": hours, "minutes": minutes}


@dataclass(frozen=True)
class Due:
    """The due moment (None when the term has none), the days up to it, and `provisional`: a later calendar may still move it."""

    at: dt.datetime | None
    provisional: bool
    days: tuple[Day, ...]
    term: Term
    start: dt.date | None = None


# ---------------------------------------------------------------- counting


def due(
    calendar: WorkCalendar,
    hours: OfficeHours,
    start: dt.datetime,
    term: Term,
    *,
    cutoff: dt.time | None = CUTOFF,
    paused: Sequence[Pause] = (),
) -> Due:
    """When a term that starts at `start` (aware) ends, with every day explained.

    The start day is not counted; a term of days ends at closing time. With a `cutoff` (local time), a start after it or on a
    day off counts as the next working day. A day counts when the clock runs at closing time: a pause that ends before closing
    time costs no day, a pause over a night costs that day. In a term of hours exactly the paused minutes are not counted.
    """
    if not term.has_due:
        return Due(None, False, (), term)
    moment = whole_minute(start)
    skipped = _skipped_before_start(calendar, moment, term, cutoff)
    first = calendar.next_working_day(moment.date()) if skipped else moment.date()
    count = _Count(calendar, hours, term, tuple(paused))
    if term.unit == "hour" and term.rule is None:
        days, at = count.hours_from(hours.open_of(first) if skipped else moment)
    else:
        days = count.same_day(first) if term.rule else count.days_from(first)
        at = hours.close_of(days[-1].date)
    days[-1] = replace(days[-1], is_due=True)
    provisional = not calendar.is_settled(moment.date(), at.date())
    return Due(at, provisional, (*skipped, *days), term, first)


def _skipped_before_start(calendar: WorkCalendar, moment: dt.datetime, term: Term, cutoff: dt.time | None) -> list[Day]:
    """The days before the start day: received after the cutoff, or on a day off. Empty when the term starts on the same day."""
    if cutoff is None:
        return []
    day, unit = moment.date(), term.unit or ""
    if not calendar.is_working(day):
        skipped = [_day_off(calendar, day, unit)]
    elif moment.time() > cutoff:
        skipped = [Day(day, DayKind.LATE, unit)]
    else:
        return []
    until = calendar.next_working_day(day)
    return skipped + [_day_off(calendar, day + n * ONE_DAY, unit) for n in range(1, (until - day).days)]


def _day_off(calendar: WorkCalendar, day: dt.date, unit: str) -> Day:
    kind = DayKind.HOLIDAY if day in calendar.off else DayKind.WEEKEND
    return Day(day, kind, unit, name=calendar.name_of(day))


@dataclass(frozen=True)
class _Count:
    """The inputs of one computation: calendar, office hours, term and pauses."""

    calendar: WorkCalendar
    hours: OfficeHours
    term: Term
    paused: tuple[Pause, ...]

    @property
    def unit(self) -> str:
        return self.term.unit or ""

    def days_from(self, first: dt.date) -> list[Day]:
        """The start day and all days to the end of the term. Terms of calendar days and months move to a working day."""
        days = [Day(first, DayKind.START, self.unit)]
        wanted = self._calendar_days(first) if self.unit in ("day", "month") else self.term.value or 0
        number = 0
        while number < wanted:
            days.append(self._classify(days[-1].date + ONE_DAY, number + 1))
            number += days[-1].counted
            self._check_max_days(days)
        if self.unit in ("day", "month"):
            days += self._moved_to_working_day(days[-1].date)
        return days

    def same_day(self, first: dt.date) -> list[Day]:
        """Due on the start day, or on the first later day on which the clock runs at closing time."""
        days = [self._classify(first, 1)]
        while not days[-1].counted:
            days.append(self._classify(days[-1].date + ONE_DAY, 1))
            self._check_max_days(days)
        return days

    def hours_from(self, moment: dt.datetime) -> tuple[list[Day], dt.datetime]:
        """(days, moment reached) of a term in working hours."""
        days, reached = [], moment
        minutes = (self.term.value or 0) * 60
        for day, worked, reached in work_off(self.hours, self.calendar, moment, minutes, self.paused):  # noqa: B007
            days.append(self._hours_of(day, worked))
        return days, reached

    def _calendar_days(self, first: dt.date) -> int:
        """The length of the term in calendar days; a month ends on the same day of the month, or on its last day."""
        value = self.term.value or 0
        return (add_months(first, value) - first).days if self.unit == "month" else value

    def _classify(self, day: dt.date, number: int) -> Day:
        pause = self._pause_at_close(day)
        if pause and (self.unit != "working_day" or self.calendar.is_working(day)):
            return Day(day, DayKind.PAUSED, self.unit, name=pause.why)
        if self.unit == "working_day" and not self.calendar.is_working(day):
            return _day_off(self.calendar, day, self.unit)
        unit = "day" if self.unit == "month" else self.unit
        return Day(day, DayKind.COUNTED, unit, number=number, name=self.calendar.name_of(day))

    def _moved_to_working_day(self, day: dt.date) -> list[Day]:
        """If the last day is a day off: the days up to the first working day on which the clock runs."""
        days: list[Day] = []
        while not self.calendar.is_working(day) or (days and self._pause_at_close(day)):
            day += ONE_DAY
            if not self.calendar.is_working(day):
                days.append(_day_off(self.calendar, day, self.unit))
            elif pause := self._pause_at_close(day):
                days.append(Day(day, DayKind.PAUSED, self.unit, name=pause.why))
            else:
                days.append(Day(day, DayKind.MOVED, self.unit))
            self._check_max_days(days)
        return days

    def _hours_of(self, day: dt.date, minutes: int) -> Day:
        if minutes:
            return Day(day, DayKind.COUNTED, self.unit, minutes=minutes, name=self.calendar.name_of(day))
        if not self.calendar.is_working(day):
            return _day_off(self.calendar, day, self.unit)
        pause = self._pause_on(day)
        return Day(day, DayKind.PAUSED, self.unit, name=pause.why) if pause else Day(day, DayKind.START, self.unit)

    def _pause_at_close(self, day: dt.date) -> Pause | None:
        closing = self.hours.close_of(day)
        return next((pause for pause in self.paused if pause.started_at <= closing < pause.ended_at), None)

    def _pause_on(self, day: dt.date) -> Pause | None:
        return next((p for p in self.paused if local(p.started_at).date() <= day <= local(p.ended_at).date()), None)

    def _check_max_days(self, days: list[Day]) -> None:
        if len(days) > MAX_DAYS_AHEAD:
            raise CalendarError(f"{self.term.value} {self.unit} from {days[0].date} are never reached")


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of a later month, or its last day when it has no such day (31 January + 1 = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (dt.date(year + (month == 11), (month + 1) % 12 + 1, 1) - ONE_DAY).day
    return dt.date(year, month + 1, min(day.day, last))


def reception_due(
    calendar: WorkCalendar,
    hours: OfficeHours,
    channel: str,
    submitted_at: dt.datetime,
    sla: Mapping[str, Mapping[str, Any]] = RECEPTION_SLA,
    *,
    paused: Sequence[Pause] = (),
) -> Due:
    """When the desk must have answered a dossier submitted at this moment. The CUTOFF of 15:00 does not apply to reception."""
    row = sla[_CHANNELS.get(channel, channel)]
    return due(calendar, hours, submitted_at, Term(row["value"], row["unit"]), cutoff=None, paused=paused)


def step_due(
    calendar: WorkCalendar,
    hours: OfficeHours,
    opened_at: dt.datetime,
    working_hours: float,
    *,
    paused: Sequence[Pause] = (),
    not_after: dt.datetime | None = None,
) -> dt.datetime:
    """When one processing step is due: `working_hours` after it was opened, at the latest at `not_after`."""
    at = hours.add_minutes(calendar, opened_at, round(working_hours * 60), paused)
    return min(at, local(not_after)) if not_after else at
