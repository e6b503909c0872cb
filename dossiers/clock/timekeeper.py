"""What a step does to the clock of its dossier: closes and opens intervals, and writes the due times.

The rules of counting are pure functions in `procedures.calendar` and `dossiers.clock.rules`; this module applies them to rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from accounts.models import Agency
from dossiers.choices import IntervalKind
from dossiers.clock import rules
from dossiers.clock.basis import Basis, stored, with_decisions_of
from dossiers.models import ClockInterval, Dossier, StepState
from dossiers.states import DossierState
from dossiers.transitions.choices import Clock
from dossiers.transitions.step import Choice, Step
from portal.common import clock
from procedures.calendar import OfficeHours, Pause, Term, WorkCalendar, due, reception_due, step_due
from procedures.models import working_calendar

HOURS_TO_TAKE = 2  # working hours of the body that a step was handed to


class Timekeeper:
    """Applies steps to the clock of one dossier. The calendar is read once, at first use; `calendar`: count with this one."""

    def __init__(self, dossier: Dossier, calendar: WorkCalendar | None = None) -> None:
        self.dossier = dossier
        self._given = calendar

    @cached_property
    def calendar(self) -> WorkCalendar:
        return self._given or working_calendar()

    @property
    def hours(self) -> OfficeHours:
        """Counted office hours of the receiving agency; reception on Saturday mornings is not counted."""
        agency = self.dossier.receiving_agency
        return OfficeHours.from_data(agency.hours.intervals) if agency and agency.hours else OfficeHours.default()

    @property
    def basis(self) -> Basis:
        """What is counted with now."""
        return Basis(self.calendar, self.hours)

    @cached_property
    def promised(self) -> Basis:
        """What the present promise was counted with; explanations and days left use it."""
        if self.dossier.counted_with_id in (None, self.basis.digest):
            return self.basis
        return stored(self.dossier.counted_with)

    def apply(self, step: Step) -> None:
        """Apply the `clock` and `interval` of the transition line of this step."""
        custom = step.line.custom
        CLOCK_METHODS[custom["clock"]](self, step, custom["interval"])

    # ------------------------------------------------------------ one method for each `Clock`
    def _nothing(self, step: Step, interval: Choice) -> None:
        """The clock is not changed."""

    def _reception_starts(self, step: Step, interval: Choice) -> None:
        if self.dossier.state == DossierState.PAYMENT_REQUIRED:
            self._open(IntervalKind.PAYMENT, step.now)
        else:
            self._start_reception(step.now)

    def _reception_stops(self, step: Step, interval: Choice) -> None:
        self._close_open(step.now)
        self.dossier.reception_due_at = None
        self._open(interval, step.now)

    def _resume_or_reception_starts(self, step: Step, interval: Choice) -> None:
        self._close_open(step.now)
        if self.dossier.accepted_at is None:
            self._start_reception(step.now)
        else:
            self._open(IntervalKind.RUNNING, step.now)
            self._promise()

    def _start(self, step: Step, interval: Choice) -> None:
        self._close_open(step.now)
        self.dossier.term = self.dossier.version.channels.get(self.dossier.channel, {}).get("processing", {})
        self._open(IntervalKind.RUNNING, step.now)
        self._promise()

    def _pause(self, step: Step, interval: Choice) -> None:
        self._close_open(step.now)
        self._open(interval, step.now)

    def _resume(self, step: Step, interval: Choice) -> None:
        """Ends a wait. After a refused withdrawal the earlier wait is opened again."""
        self._close_open(step.now)
        state = self.dossier.state
        if state == DossierState.SUPPLEMENT_REQUIRED:
            self._open(IntervalKind.SUPPLEMENT, step.now)
        elif state == DossierState.PAYMENT_REQUIRED:
            self._open(IntervalKind.PAYMENT, step.now)
        elif self.dossier.accepted_at is None:
            self._start_reception(step.now)
        elif any(run.waits_for_applicant for run in self.dossier.open_steps):
            self._open(IntervalKind.APPLICANT, step.now)
        else:
            self._open(IntervalKind.RUNNING, step.now)
            self._promise()

    def _restart_if_accepted(self, step: Step, interval: Choice) -> None:
        if self.dossier.accepted_at is None:
            self._close_open(step.now)
            self._start_reception(step.now)
        else:
            self.dossier.intervals.filter(ended_at=None).exclude(kind=IntervalKind.OUTAGE).update(ended_at=step.now, restart=True)
            self._open(IntervalKind.RUNNING, step.now)
            self._promise()

    def _end(self, step: Step, interval: Choice) -> None:
        self._close_open(step.now)

    def _close(self, step: Step, interval: Choice) -> None:
        self._close_open(step.now)
        self.dossier.reception_due_at = None

    # ------------------------------------------------------------ the rows
    def _close_open(self, moment: dt.datetime) -> None:
        self.dossier.intervals.filter(ended_at=None).exclude(kind=IntervalKind.OUTAGE).update(ended_at=moment)

    def _open(self, kind: Choice, moment: dt.datetime) -> None:
        ClockInterval.objects.create(dossier=self.dossier, kind=kind, started_at=moment)

    def _start_reception(self, moment: dt.datetime) -> None:
        self._open(IntervalKind.RECEPTION, moment)
        self.dossier.reception_due_at = self.reception_due(moment)
        self.dossier.recounted_for = self.basis.digest

    def _promise(self) -> None:
        """Compute the due time again from the intervals. `first_promised_due_at` is set once."""
        intervals = list(self.dossier.intervals.all())
        basis, standing = self._counted(intervals)
        self.dossier.due_at = standing.at
        self.dossier.due_is_provisional = standing.provisional
        if self.dossier.counted_with_id != basis.digest:
            self.dossier.counted_with_id = basis.store()
        self.dossier.recounted_for = self.basis.digest
        self.__dict__.pop("promised", None)
        if self.dossier.first_promised_due_at is None:
            self.dossier.first_promised_due_at = standing.at
        self._move_open_steps(intervals)

    def _counted(self, intervals: list[ClockInterval]) -> tuple[Basis, rules.Standing]:
        """The due time by the calendar of now, or by that of the promise when this ends later: a promise never moves earlier
        because the calendar changed."""
        now = self._standing(intervals, self.basis)
        if self.dossier.counted_with_id in (None, self.basis.digest):
            return self.basis, now
        told = with_decisions_of(self.promised, self.basis)
        kept = self._standing(intervals, told)
        return (told, kept) if now.at and kept.at and kept.at > now.at else (self.basis, now)

    def recount(self) -> None:
        """Count the promise again, after the calendar, the hours or an outage changed. A promise that was made before the
        calendar was stored with it stays when the calendar of now says less."""
        told = self.dossier.due_at
        if self.dossier.accepted_at and told:
            self._promise()
            if self.dossier.due_at is None or self.dossier.due_at < told:
                self.dossier.due_at = told
        self.dossier.recounted_for = self.basis.digest

    def due_by_recount(self) -> dt.datetime | None:
        """The due time that `recount` would promise. Nothing is stored."""
        told = self.dossier.due_at
        if not (self.dossier.accepted_at and told):
            return told
        _basis, standing = self._counted(list(self.dossier.intervals.all()))
        return max(told, standing.at) if standing.at else told

    def _move_open_steps(self, intervals: list[ClockInterval]) -> None:
        """Move the due times of open steps by the waits during them."""
        waits = [Pause(i.started_at, i.ended_at) for i in intervals if i.kind in rules.WAITS and i.ended_at]
        for run in self.dossier.open_steps:
            if run.waits_for_applicant:
                continue  # the term of the applicant is told, and runs while the clock is paused
            since = [pause for pause in waits if pause.ended_at > run.opened_at]
            asked = run.question and run.kind in ("consult", "joint")  # maybe beyond it, knowingly
            not_after = None if asked else self.dossier.due_at
            run.due_at = step_due(self.calendar, self.hours, run.opened_at, run.hours, paused=since, not_after=not_after)
            if run.untaken and since:
                run.take_by = max(run.take_by, self.take_by(run.opened_at, run.agency, since))
            run.save(update_fields=["due_at", "take_by"])

    def standing(self, now: dt.datetime | None = None) -> rules.Standing:
        """How the due time is counted, day by day, for «vì sao là ngày này». `now`: see `rules.current_due`."""
        return self._standing(list(self.dossier.intervals.all()), self.promised, now)

    def _standing(self, intervals: list[ClockInterval], basis: Basis, now: dt.datetime | None = None) -> rules.Standing:
        dossier = self.dossier
        return rules.current_due(
            basis.calendar,
            basis.hours,
            accepted_at=dossier.accepted_at,
            term=Term.from_data(dossier.term),
            intervals=[rules.Interval(i.kind, i.started_at, i.ended_at, i.restart) for i in intervals],
            extension=self._new_promise(),
            now=now,
        )

    def _new_promise(self) -> rules.Extension | None:
        """The newest date that the agency set itself: an extension in time, or an apology for being late."""
        dossier = self.dossier
        pairs = ((dossier.apologised_at, dossier.apologised_to), (dossier.extended_at, dossier.extended_to))
        return next((rules.Extension(at, to) for at, to in pairs if at and to), None)

    def furthest_promise(self) -> dt.datetime | None:
        """The latest new date of an extension or an apology: the original term once more, from the present promise, or from now
        when that is over; at least the next working day (demo: the law names no bound). None without a due time."""
        dossier = self.dossier
        if dossier.due_at is None:
            return None
        since = max(dossier.due_at, clock.now())
        again = due(self.calendar, self.hours, since, Term.from_data(dossier.term), cutoff=None).at
        next_day = self.hours.close_of(self.calendar.add_working_days(clock.local(since).date(), 1))
        return max(again, next_day) if again else next_day

    def likely_end(self) -> dt.datetime:
        """When the work that is left may be done: the hours of the open and later steps from now, to the end of that day; at
        least the next working day, at most `furthest_promise`."""
        hours = sum(run.hours for run in self.dossier.step_runs.all() if run.state in (StepState.OPEN, StepState.WAITING))
        day = clock.local(self.after(clock.now(), hours)).date()
        at = self.hours.close_of(max(day, self.calendar.add_working_days(clock.today(), 1)))
        furthest = self.furthest_promise()
        return min(at, furthest) if furthest else at

    def step_due(self, opened_at: dt.datetime, hours: int) -> dt.datetime:
        """Due time of a step of `hours` working hours; never after the due time of the dossier."""
        return step_due(self.calendar, self.hours, opened_at, hours, not_after=self.dossier.due_at)

    def reception_due(self, submitted_at: dt.datetime, paused: Sequence[Pause] = ()) -> dt.datetime:
        """When the desk must have answered a dossier submitted at this moment."""
        at = reception_due(self.calendar, self.hours, self.dossier.channel, submitted_at, paused=paused).at
        assert at is not None  # reception always has a term
        return at

    def take_by(self, moment: dt.datetime, agency: Agency, paused: Sequence[Pause] = ()) -> dt.datetime:
        """Until when this body must have taken a step that was handed to it, in its own office hours."""
        hours = OfficeHours.from_data(agency.hours.intervals) if agency.hours else OfficeHours.default()
        return step_due(self.calendar, hours, moment, HOURS_TO_TAKE, paused=paused)

    def after(self, moment: dt.datetime, hours: int) -> dt.datetime:
        """The moment `hours` working hours later, without regard to the due time of the dossier."""
        return step_due(self.calendar, self.hours, moment, hours)

    def outages_since(self, moment: dt.datetime) -> list[Pause]:
        """The recorded outages of this dossier that lasted after `moment`."""
        rows = self.dossier.intervals.filter(kind=IntervalKind.OUTAGE, ended_at__gt=moment)
        return [Pause(row.started_at, row.ended_at) for row in rows]

    def working_deadline(self, moment: dt.datetime, term: dict[str, Any], paused: Sequence[Pause] = ()) -> dt.datetime | None:
        """End of a citizen's term {"value", "unit"} (working days or calendar days), counted from `moment`."""
        return due(self.calendar, self.hours, moment, Term(term["value"], term["unit"]), cutoff=None, paused=paused).at


CLOCK_METHODS: dict[Clock, Callable[[Timekeeper, Step, Choice], None]] = {
    Clock.NONE: Timekeeper._nothing,
    Clock.RUN: Timekeeper._nothing,
    Clock.NEW_DUE: Timekeeper._nothing,  # the effect `promise_new_date` writes the new date
    Clock.RECEPTION_STARTS: Timekeeper._reception_starts,
    Clock.RECEPTION_STOPS: Timekeeper._reception_stops,
    Clock.RESUME_OR_RECEPTION_STARTS: Timekeeper._resume_or_reception_starts,
    Clock.START: Timekeeper._start,
    Clock.PAUSE: Timekeeper._pause,
    Clock.RESUME: Timekeeper._resume,
    Clock.RESTART_IF_ACCEPTED: Timekeeper._restart_if_accepted,
    Clock.END: Timekeeper._end,
    Clock.CLOSE: Timekeeper._close,
}


def days_left(dossier: Dossier, calendar: WorkCalendar | None = None) -> int | None:
    """Working days until the due time: 0 today, negative when late, None without one. Lists pass `calendar` to read it once."""
    return rules.days_left(calendar or working_calendar(), clock.now(), dossier.due_at)
