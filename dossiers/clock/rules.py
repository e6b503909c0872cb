"""The processing clock of one dossier: current due time after pauses and restarts, lateness, and the indicators of QĐ 766.

Pure functions over the intervals of a dossier. By law a supplement restarts the term (NĐ 61/2018 Đ.19 k4); the indicators
of QĐ 766 only subtract the waiting time. Both are computed from the same rows.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from portal.common import dates
from portal.common.clock import local
from procedures.calendar import Day, DayKind, Due, OfficeHours, Pause, Term, WorkCalendar, due

WAITS = frozenset({"supplement", "payment", "applicant", "withdrawal", "outage"})
"""Kinds of interval in which the agency cannot work on the dossier: they extend the term."""

_ZERO = dt.timedelta(0)


class IntervalLike(Protocol):
    """A `ClockInterval` row or an `Interval`."""

    @property
    def kind(self) -> str: ...
    @property
    def started_at(self) -> dt.datetime: ...
    @property
    def ended_at(self) -> dt.datetime | None: ...
    @property
    def restart(self) -> bool: ...


@dataclass(frozen=True)
class Interval:
    """A time interval of one kind (reception, running, or one of WAITS). `restart`: the term starts again when it ends."""

    kind: str
    started_at: dt.datetime
    ended_at: dt.datetime | None = None
    restart: bool = False


@dataclass(frozen=True)
class Extension:
    """A new date with an apology: the one extension in time (NĐ 61/2018 Đ.19 k9), or the newest one after it was missed."""

    granted_at: dt.datetime
    to: dt.datetime


@dataclass(frozen=True)
class Standing:
    """The state of the clock: the current due time and what explains it."""

    due: Due
    accepted_at: dt.datetime
    started_at: dt.datetime
    pauses: tuple[Pause, ...] = ()
    waiting: str = ""
    extension: Extension | None = None

    @property
    def at(self) -> dt.datetime | None:
        return self.due.at

    @property
    def provisional(self) -> bool:
        return self.due.provisional

    @property
    def days(self) -> tuple[Day, ...]:
        return self.due.days

    @property
    def rows(self) -> "list[Day | Stretch]":
        """The days for reading: long plain runs are folded."""
        return folded(self.days)

    @property
    def restarted(self) -> bool:
        return self.started_at != self.accepted_at

    @property
    def reasons(self) -> list[str]:
        """The sentences of «Vì sao là ngày này», shown before the list of days."""
        sentences = [_("Nhận đủ hồ sơ lúc %(moment)s.") % {"moment": dates.moment(self.accepted_at)}]
        if self.restarted:
            sentences.append(
                _("Nộp bổ sung lúc %(moment)s: thời hạn tính lại từ đầu.") % {"moment": dates.moment(self.started_at)}
            )
        sentences.append(_("Thời hạn: %(term)s.") % {"term": self.due.term.words})
        sentences += [_pause_sentence(pause) for pause in self.pauses]
        if self.extension:
            sentences.append(_("Cơ quan đã xin lỗi và hẹn lại vào %(moment)s.") % {"moment": dates.moment(self.extension.to)})
        if self.provisional:
            sentences.append(
                _("Lịch nghỉ chưa công bố đủ nên đây là ngày tạm tính. Có lịch, ngày hẹn được tính lại và báo ngay.")
            )
        return sentences


def _pause_sentence(pause: Pause) -> str:
    sentence = _("Tạm dừng từ %(start)s đến %(end)s: %(why)s.")
    return sentence % {"start": dates.moment(pause.started_at), "end": dates.moment(pause.ended_at), "why": pause.why}


def wait_label(kind: str) -> str:
    """What the dossier waits for, in the active language. `kind`: one of WAITS."""
    return {
        "supplement": _("chờ bổ sung"),
        "payment": _("chờ trả phí"),
        "applicant": _("chờ người nộp xác nhận"),
        "withdrawal": _("chờ xử lý yêu cầu rút"),
        "outage": _("sự cố hệ thống"),
    }[kind]


# ---------------------------------------------------------------- the explanation, shortened
KEPT_AT_ENDS, FOLDED_FROM = 2, 9  # days


@dataclass(frozen=True)
class Stretch:
    """Days in a row that are counted in the same way, shown as one row."""

    date: dt.date
    last: dt.date
    counted_days: int
    unit: str
    is_due: bool = False
    counted: bool = True

    @property
    def why(self) -> str:
        words = _("%(n)d ngày làm việc") if self.unit == "working_day" else _("%(n)d ngày")
        return words % {"n": self.counted_days}


def folded(days: Sequence[Day]) -> list[Day | Stretch]:
    """The days of an explanation with long plain runs (working days and weekends) folded in the middle."""
    rows: list[Day | Stretch] = []
    run: list[Day] = []
    for day in [*days, None]:
        if day is not None and day.kind in (DayKind.COUNTED, DayKind.WEEKEND) and not day.is_due:
            run.append(day)
            continue
        rows += _fold(run)
        rows += [day] if day is not None else []
        run = []
    return rows


def _fold(run: list[Day]) -> list[Day | Stretch]:
    if len(run) < FOLDED_FROM:
        return list(run)
    middle = run[KEPT_AT_ENDS:-KEPT_AT_ENDS]
    counted = sum(day.counted for day in middle)
    return [*run[:KEPT_AT_ENDS], Stretch(middle[0].date, middle[-1].date, counted, run[0].unit), *run[-KEPT_AT_ENDS:]]


# ---------------------------------------------------------------- the current due time


def current_due(
    calendar: WorkCalendar,
    hours: OfficeHours,
    *,
    accepted_at: dt.datetime,
    term: Term,
    intervals: Sequence[IntervalLike] = (),
    extension: Extension | None = None,
    now: dt.datetime | None = None,
) -> Standing:
    """The current due time. An open wait counts as lasting until `now`; without `now` it is ignored.

    A restarting supplement answered after acceptance starts the term again, by the 15:00 rule. Every other wait removes
    the days at whose closing time the clock was paused; from a term of hours it removes its working minutes.
    """
    started_at = _term_start(accepted_at, intervals)
    pauses = _pauses(intervals, started_at, now)
    counted = due(calendar, hours, started_at, term, paused=pauses)
    if extension and counted.at and extension.granted_at >= started_at:
        promised = _extended(calendar, hours, counted, extension, pauses)
    else:  # a later supplement restarted the term: the extension was for the old term
        promised, extension = counted, None
    return Standing(promised, accepted_at, started_at, tuple(pauses), _open_wait(intervals), extension)


def _term_start(accepted_at: dt.datetime, intervals: Iterable[IntervalLike]) -> dt.datetime:
    """The start of the term: acceptance, or the last restart after it."""
    restarts = [
        moment
        for interval in intervals
        if interval.restart and (moment := interval.ended_at if interval.kind in WAITS else interval.started_at)
    ]
    return max([accepted_at, *restarts])


def _pauses(intervals: Iterable[IntervalLike], since: dt.datetime, now: dt.datetime | None) -> list[Pause]:
    """The waits that end after `since`, cut to begin there, oldest first."""
    waits = [(i.started_at, i.ended_at or now, wait_label(i.kind)) for i in intervals if i.kind in WAITS]
    pauses = [Pause(max(start, since), end, why) for start, end, why in waits if end and end > max(start, since)]
    return sorted(pauses, key=lambda pause: pause.started_at)


def _open_wait(intervals: Iterable[IntervalLike]) -> str:
    return next((i.kind for i in intervals if i.kind in WAITS and i.ended_at is None), "")


def _extended(calendar: WorkCalendar, hours: OfficeHours, counted: Due, extension: Extension, pauses: Sequence[Pause]) -> Due:
    """The due time promised with the extension, moved by later waits; never earlier than the counted due time."""
    granted, to = local(extension.granted_at), local(extension.to)
    left = Term(calendar.working_days_between(granted.date(), to.date()), "working_day")
    later = [Pause(max(p.started_at, granted), p.ended_at, p.why) for p in pauses]  # waits that ended before have no length
    moved = due(calendar, hours, granted, left, cutoff=None, paused=later)
    assert moved.at and counted.at  # a term of days always ends
    at = moved.at if moved.at.date() > to.date() else to
    if at <= counted.at:
        return counted
    return Due(at, moved.provisional, moved.days, counted.term, counted.start)


# ---------------------------------------------------------------- late or not


def lateness(now: dt.datetime, due_at: dt.datetime | None) -> dt.timedelta:
    """Time since the due time; zero when in time or without a due time."""
    return max(now - due_at, _ZERO) if due_at else _ZERO


def is_late(now: dt.datetime, due_at: dt.datetime | None) -> bool:
    """Is `now` after the due time? The due moment itself is in time."""
    return lateness(now, due_at) > _ZERO


def days_left(calendar: WorkCalendar, now: dt.datetime, due_at: dt.datetime | None) -> int | None:
    """Working days left; 0 on the last day, negative when late (−1 from the first late minute). None without a due time."""
    if due_at is None:
        return None
    today, last = local(now).date(), local(due_at).date()
    if is_late(now, due_at):
        return -max(1, calendar.working_days_between(last, today))
    return calendar.working_days_between(today, last)


# ---------------------------------------------------------------- QĐ 766


@dataclass(frozen=True)
class Indicator:
    """A finished dossier by QĐ 766: waits are subtracted, the term never restarts, more than one supplement counts as late."""

    due_at: dt.datetime | None
    on_time: bool
    minutes: int
    minutes_a_day: int
    supplements: int

    @property
    def days(self) -> float:
        """Working time in working days of this agency."""
        return self.minutes / self.minutes_a_day


def worked_minutes(
    calendar: WorkCalendar,
    hours: OfficeHours,
    *,
    accepted_at: dt.datetime,
    ended_at: dt.datetime,
    intervals: Sequence[IntervalLike] = (),
) -> int:
    """Working minutes from acceptance to the end, without the waits."""
    return hours.minutes_between(calendar, accepted_at, ended_at, _pauses(intervals, accepted_at, ended_at))


def indicator(
    calendar: WorkCalendar,
    hours: OfficeHours,
    *,
    accepted_at: dt.datetime,
    term: Term,
    ended_at: dt.datetime,
    intervals: Sequence[IntervalLike] = (),
) -> Indicator:
    """The public indicators computed from the intervals (QĐ 766/QĐ-TTg 2022, 2.1 and 2.2).

    `ended_at` is the end of processing or, for an unfinished dossier, the end of the period.
    """
    due_at = due(calendar, hours, accepted_at, term, paused=_pauses(intervals, accepted_at, ended_at)).at
    asked = sum(interval.kind == "supplement" for interval in intervals)
    return Indicator(
        due_at=due_at,
        on_time=asked <= 1 and not is_late(ended_at, due_at),
        minutes=worked_minutes(calendar, hours, accepted_at=accepted_at, ended_at=ended_at, intervals=intervals),
        minutes_a_day=hours.minutes_a_day,
        supplements=asked,
    )
