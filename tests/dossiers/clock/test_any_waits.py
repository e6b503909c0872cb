"""Properties of the clock for any waits: several pauses, restarts, an extension, and days off that are decided while it runs."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from dossiers.clock.rules import Extension, Interval, current_due
from procedures.calendar import LOCAL, OfficeHours, Term, WorkCalendar
from tests import reference

CALENDAR = WorkCalendar.from_document(reference.load("holidays.json"))
HOURS = OfficeHours.default()
terms = st.builds(Term, st.integers(1, 30), st.sampled_from(["hour", "working_day", "day"]))
accepted = st.datetimes(dt.datetime.fromisoformat("2026-01-05"), dt.datetime.fromisoformat("2026-08-31")).map(
    lambda naive: naive.replace(tzinfo=LOCAL)
)
# (kind, hours from the end of the one before, hours long, does it restart the term)
waits = st.lists(
    st.tuples(
        st.sampled_from(["payment", "applicant", "withdrawal", "outage", "supplement"]),
        st.integers(0, 90), st.integers(0, 200), st.booleans(),
    ),
    max_size=5,
)  # fmt: skip


def in_a_row(start, drawn):
    """Waits that follow each other, as the states of a dossier do."""
    rows, moment = [], start
    for kind, later, length, restart in drawn:
        begin = moment + dt.timedelta(hours=later)
        moment = begin + dt.timedelta(hours=length)
        rows.append(Interval(kind, begin, moment, restart and kind == "supplement"))
    return rows


def counted(start, term, rows, calendar=CALENDAR, **options):
    return current_due(calendar, HOURS, accepted_at=start, term=term, intervals=rows, **options)


@given(accepted, terms, waits)
def test_the_promise_is_a_moment_of_work_after_its_start_and_each_wait_only_lengthens_it(start, term, drawn):
    rows = in_a_row(start, drawn)
    now = counted(start, term, rows)
    assert now.at > now.started_at >= start and CALENDAR.is_working(now.at.date())
    without = [row for row in rows if row.restart]  # only what begins the term anew
    assert now.at >= counted(start, term, without).at


@given(accepted, terms, waits)
def test_after_a_restart_what_was_before_counts_no_longer(start, term, drawn):
    rows = in_a_row(start, drawn)
    restarts = [row for row in rows if row.restart]
    if not restarts:
        return
    last = restarts[-1].ended_at
    later = [row for row in rows if row.started_at >= last and row is not restarts[-1]]
    assert counted(start, term, rows).at == counted(last, term, later).at


@given(accepted, terms, waits, st.integers(0, 60))
def test_a_day_off_decided_later_never_brings_the_promise_forward_and_costs_at_most_a_day(start, term, drawn, n):
    rows, day = in_a_row(start, drawn), start.date() + dt.timedelta(days=n)
    more = WorkCalendar(CALENDAR.off | {day: "nghỉ thêm"}, CALENDAR.on.keys() - {day}, CALENDAR.years)
    before, after = counted(start, term, rows), counted(start, term, rows, more)
    assert after.at >= before.at
    if term.unit == "working_day":  # calendar days begin on the next working day, which may be days away
        assert more.working_days_between(before.at.date(), after.at.date()) <= 1


@given(accepted, terms, waits, st.integers(1, 60))
def test_an_open_wait_moves_the_promise_on_as_time_passes(start, term, drawn, hours):
    rows = in_a_row(start, drawn)
    begin = (rows[-1].ended_at if rows else start) + dt.timedelta(hours=1)
    rows.append(Interval("payment", begin))
    first = counted(start, term, rows, now=begin + dt.timedelta(hours=hours))
    later = counted(start, term, rows, now=begin + dt.timedelta(hours=2 * hours))
    assert first.waiting == later.waiting == "payment" and later.at >= first.at
    assert counted(start, term, rows).at <= first.at


@given(accepted, st.integers(1, 30), waits, st.integers(1, 20))
def test_an_extension_never_promises_earlier_than_what_is_counted(start, value, drawn, days):
    term, rows = Term(value, "working_day"), in_a_row(start, drawn)
    plain = counted(start, term, rows)
    to = HOURS.close_of(CALENDAR.add_working_days(plain.at.date(), days))
    granted = Extension(plain.started_at + dt.timedelta(hours=1), to)
    assert counted(start, term, rows, extension=granted).at >= max(plain.at, to)
