"""Working days, office hours and terms: examples, the reference in data/check.py, and properties for any date."""

import datetime as dt
import random

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from procedures.calendar import (
    LOCAL,
    RECEPTION_SLA,
    CalendarError,
    DayKind,
    OfficeHours,
    Pause,
    Term,
    WorkCalendar,
    add_months,
    due,
    reception_due,
    step_due,
)
from tests import reference

CALENDAR = WorkCalendar.from_document(reference.load("holidays.json"))
HOURS = OfficeHours.default()
POLICE = OfficeHours.from_data(reference.load("agencies.json")["reception_hours"]["cong_an_xa"])

moments = st.datetimes(dt.datetime.fromisoformat("2025-01-01"), dt.datetime.fromisoformat("2027-06-30")).map(
    lambda naive: naive.replace(tzinfo=LOCAL)
)
counts = st.integers(0, 40)
terms = st.builds(Term, counts, st.sampled_from(["hour", "working_day", "day"])) | st.builds(
    Term, st.integers(0, 8), st.just("month")
)


def at(text):
    """A local moment, «2026-08-24T10:08»."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def day(text):
    return dt.date.fromisoformat(text)


def when_due(start, term, **options):
    return due(CALENDAR, HOURS, at(start), term, **options).at


def days_of(value):
    return Term(value, "working_day")


# ---------------------------------------------------------------- the calendar


def test_weekends_and_holidays_are_off_and_swapped_saturdays_are_worked():
    assert CALENDAR.is_working(day("2026-08-28"))  # Friday
    assert not CALENDAR.is_working(day("2026-08-29"))  # Saturday
    assert not CALENDAR.is_working(day("2026-11-24"))  # the holiday that is new in 2026
    assert not CALENDAR.is_working(day("2026-08-31"))  # Monday, swapped …
    assert CALENDAR.is_working(day("2026-08-22"))  # … with this Saturday
    assert CALENDAR.name_of(day("2026-09-02")) == "Quốc khánh"


def test_the_calendar_agrees_with_the_reference_on_every_day_of_three_years():
    theirs = reference.module("check").Calendar(reference.load("holidays.json"))
    for n in range(3 * 365):
        date = day("2025-01-01") + dt.timedelta(n)
        assert CALENDAR.is_working(date) == theirs.working(date), date


def test_rows_of_the_database_make_the_same_calendar_as_the_file():
    class Row:
        def __init__(self, row):
            self.date, self.kind, self.name = dt.date.fromisoformat(row["date"]), row["kind"], row["name"]

    rows = [row for of_year in reference.load("holidays.json")["years"].values() for row in of_year]
    from_rows = WorkCalendar.from_rows(map(Row, rows))
    assert (from_rows.off, from_rows.on, from_rows.years) == (CALENDAR.off, CALENDAR.on, {2025, 2026, 2027})


def test_a_row_of_kind_undecided_is_worked_but_makes_the_counting_provisional():
    rows = [{"date": "2027-02-05", "kind": "undecided", "name": "Tết"}, {"date": "2027-01-01", "kind": "statutory", "name": ""}]
    calendar = WorkCalendar.from_rows(rows)
    assert calendar.is_working(day("2027-02-05"))
    assert not calendar.is_settled(day("2027-02-01"), day("2027-02-08"))
    assert calendar.is_settled(day("2027-02-08"), day("2027-02-12"))


def test_plain_sets_of_days_make_a_calendar_too():
    calendar = WorkCalendar({day("2026-09-02")}, set(), [2026])
    assert not calendar.is_working(day("2026-09-02")) and calendar.knows(2026) and not calendar.knows(2027)


def test_a_calendar_without_working_days_is_an_error_not_an_endless_loop():
    always_off = WorkCalendar([day("2026-01-01") + dt.timedelta(n) for n in range(8000)], (), [2026])
    with pytest.raises(CalendarError):
        always_off.next_working_day(day("2026-01-01"))


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError):
        CALENDAR.add_working_days(day("2026-01-05"), -1)


@given(moments, counts)
def test_n_working_days_later_there_are_exactly_n_between(start, count):
    last = CALENDAR.add_working_days(start.date(), count)
    assert CALENDAR.working_days_between(start.date(), last) == count
    assert count == 0 or CALENDAR.is_working(last)


# ---------------------------------------------------------------- terms of days


@pytest.mark.parametrize(
    "example", reference.load("dossier_workflow.json")["clock"]["worked_examples"], ids=lambda e: e["accepted"]
)
def test_the_worked_examples_of_the_workflow(example):
    assert when_due(example["accepted"], Term.from_data(example["term"])) == at(example["due"])


@pytest.mark.parametrize(
    ("accepted", "days", "expected"),
    [
        ("2026-08-24T15:00", 3, "2026-08-27T17:00"),  # exactly 15:00 is in time
        ("2026-08-24T15:00:59", 3, "2026-08-27T17:00"),  # seconds are ignored
        ("2026-08-24T15:01", 3, "2026-08-28T17:00"),
        ("2026-08-24T23:59", 3, "2026-08-28T17:00"),
        ("2026-08-28T15:30", 1, "2026-09-04T17:00"),  # Friday late → start Thursday 3 September, after the holidays
        ("2026-08-29T09:00", 1, "2026-09-04T17:00"),  # Saturday morning reception: starts on the next working day
        ("2026-08-21T10:00", 1, "2026-08-22T17:00"),  # the Saturday worked instead counts
        ("2026-02-13T10:00", 5, "2026-02-27T17:00"),  # Tết: 16–20 February are off
        ("2026-11-23T10:00", 1, "2026-11-25T17:00"),  # 24 November is off
        ("2026-08-24T10:00", 0, "2026-08-24T17:00"),
    ],
)
def test_terms_of_working_days(accepted, days, expected):
    assert when_due(accepted, days_of(days)) == at(expected)


def test_due_times_agree_with_the_reference_on_many_random_dates():
    check, chance = reference.module("check"), random.Random(20261125)
    theirs = check.Calendar(reference.load("holidays.json"))
    for _n in range(4000):
        start = dt.datetime.fromisoformat("2025-01-01") + dt.timedelta(minutes=chance.randrange(60 * 24 * 900))
        term = {"value": chance.randrange(21), "unit": "working_day", "rule": chance.choice([None, "same_day_before_15:00"])}
        ours = due(CALENDAR, HOURS, start.replace(tzinfo=LOCAL), Term.from_data(term)).at
        assert ours.replace(tzinfo=None) == check.due_at(theirs, start, term), (start, term)


def test_a_moment_in_another_zone_is_counted_on_the_clocks_of_viet_nam():
    accepted = dt.datetime(2026, 8, 24, 8, 1, tzinfo=dt.UTC)  # 15:01 in Việt Nam
    assert due(CALENDAR, HOURS, accepted, days_of(1)).at == at("2026-08-26T17:00")


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("2026-08-24T14:59", "2026-08-24T17:00"),
        ("2026-08-24T15:00", "2026-08-24T17:00"),
        ("2026-08-24T15:01", "2026-08-25T17:00"),
        ("2026-08-28T16:00", "2026-09-03T17:00"),
        ("2026-08-30T10:00", "2026-09-03T17:00"),  # a Sunday
    ],
)
def test_same_day_before_15(accepted, expected):
    assert when_due(accepted, Term(1, "working_day", "same_day_before_15:00")) == at(expected)


@pytest.mark.parametrize(
    ("accepted", "days", "expected"),
    [
        ("2026-08-24T10:00", 10, "2026-09-03T17:00"),  # 3 September is a Thursday
        ("2026-08-24T10:00", 9, "2026-09-03T17:00"),  # 2 September is a holiday: moves on
        ("2026-08-24T10:00", 5, "2026-09-03T17:00"),  # Saturday 29 August: moves over the long weekend
        ("2026-08-24T15:01", 10, "2026-09-04T17:00"),
        ("2026-08-29T09:00", 2, "2026-09-07T17:00"),  # starts Thursday 3 September; Saturday 5 moves to Monday
    ],
)
def test_terms_of_calendar_days_move_to_a_working_day(accepted, days, expected):
    assert when_due(accepted, Term(days, "day")) == at(expected)


@pytest.mark.parametrize(
    ("accepted", "months", "expected"),
    [
        ("2026-08-24T10:00", 1, "2026-09-24T17:00"),
        ("2025-03-31T10:00", 11, "2026-03-02T17:00"),  # clipped to Saturday 28 February, then moved
        ("2026-03-31T10:00", 1, "2026-05-04T17:00"),  # clipped to 30 April, a holiday, as are the next three days
        ("2026-03-31T15:30", 1, "2026-05-04T17:00"),  # starts on 1 April → 1 May
        ("2026-12-15T10:00", 2, "2027-02-15T17:00"),
    ],
)
def test_terms_of_months_clip_and_then_move_like_days(accepted, months, expected):
    assert when_due(accepted, Term(months, "month")) == at(expected)


def test_months_clip_to_the_last_day_also_in_leap_years_and_over_new_year():
    assert add_months(day("2027-01-31"), 1) == day("2027-02-28")
    assert add_months(day("2028-01-31"), 1) == day("2028-02-29")
    assert add_months(day("2026-11-30"), 1) == day("2026-12-30")
    assert add_months(day("2026-12-31"), 2) == day("2027-02-28")
    assert add_months(day("2026-05-31"), 0) == day("2026-05-31")


# ---------------------------------------------------------------- terms of hours


@pytest.mark.parametrize(
    ("accepted", "hours", "expected"),
    [
        ("2026-08-24T08:00", 2, "2026-08-24T10:00"),
        ("2026-08-24T10:30", 1, "2026-08-24T11:30"),  # ends exactly at noon's closing
        ("2026-08-24T10:31", 1, "2026-08-24T13:31"),  # the midday break does not count
        ("2026-08-24T14:00", 8, "2026-08-25T14:30"),  # 3 h today, 4 h + 1 h tomorrow
        ("2026-08-24T15:00", 2, "2026-08-24T17:00"),
        ("2026-08-24T15:01", 2, "2026-08-25T09:30"),  # accepted late: counts from the next opening
        ("2026-08-28T14:30", 4, "2026-09-03T09:00"),  # over the long weekend
        ("2026-08-29T08:00", 1, "2026-09-03T08:30"),  # Saturday
    ],
)
def test_terms_of_working_hours(accepted, hours, expected):
    assert when_due(accepted, Term(hours, "hour")) == at(expected)


def test_saturday_morning_is_reception_but_never_counts():
    saturday = at("2026-11-21T09:00")
    assert POLICE.receives_at(CALENDAR, saturday) and not HOURS.receives_at(CALENDAR, saturday)
    assert POLICE.minutes_between(CALENDAR, saturday, at("2026-11-21T11:00")) == 0
    assert due(CALENDAR, POLICE, saturday, Term(1, "hour")).at == at("2026-11-23T08:30")


def test_a_desk_is_shut_at_noon_on_sundays_and_holidays_and_open_on_a_swapped_saturday():
    assert not HOURS.receives_at(CALENDAR, at("2026-11-23T12:00"))
    assert not HOURS.receives_at(CALENDAR, at("2026-11-23T17:00"))  # the closing minute is shut
    assert not POLICE.receives_at(CALENDAR, at("2026-11-22T09:00"))
    assert not POLICE.receives_at(CALENDAR, at("2026-11-24T09:00"))
    assert not POLICE.receives_at(CALENDAR, at("2027-05-01T09:00"))  # a holiday on a Saturday
    assert HOURS.receives_at(CALENDAR, at("2026-08-22T16:00"))


def test_reception_answers_within_the_default_terms_of_the_workflow():
    stated = reference.load("dossier_workflow.json")["defaults"]["reception_sla"]
    assert {channel: row for channel, row in stated.items() if channel != "certainty"} == RECEPTION_SLA
    submitted = at("2026-08-24T16:00")
    assert reception_due(CALENDAR, HOURS, "online", submitted).at == at("2026-08-25T16:30")  # 15:00 plays no part
    assert reception_due(CALENDAR, HOURS, "postal", submitted).at == at("2026-08-25T17:00")
    assert reception_due(CALENDAR, HOURS, "post", at("2026-08-29T10:00")).at == at("2026-09-03T17:00")
    assert reception_due(CALENDAR, HOURS, "counter", submitted).at == at("2026-08-24T17:00")


def test_a_step_has_its_working_hours_but_never_longer_than_the_whole():
    opened = at("2026-08-24T15:30")
    assert step_due(CALENDAR, HOURS, opened, 3) == at("2026-08-25T09:00")
    assert step_due(CALENDAR, HOURS, opened, 0.5) == at("2026-08-24T16:00")
    assert step_due(CALENDAR, HOURS, opened, 16, not_after=at("2026-08-25T17:00")) == at("2026-08-25T17:00")
    pause = Pause(at("2026-08-24T16:00"), at("2026-08-25T10:00"))
    assert step_due(CALENDAR, HOURS, opened, 1, paused=[pause]) == at("2026-08-25T10:30")


@given(moments, st.integers(0, 3000), st.integers(0, 3000))
def test_working_minutes_add_up(start, first, second):
    together = HOURS.add_minutes(CALENDAR, start, first + second)
    assert HOURS.add_minutes(CALENDAR, HOURS.add_minutes(CALENDAR, start, first), second) == together
    assert HOURS.minutes_between(CALENDAR, start, together) == first + second


@given(moments, st.integers(1, 3000), st.integers(0, 8000))
def test_counting_back_says_when_something_must_have_begun_to_be_over(end, minutes, earlier):
    end = end.replace(second=0, microsecond=0)  # terms are counted in whole minutes
    latest = HOURS.minutes_before(CALENDAR, end, minutes)
    assert HOURS.minutes_between(CALENDAR, latest, end) == minutes
    begun = end - dt.timedelta(minutes=earlier)
    assert (HOURS.add_minutes(CALENDAR, begun, minutes) <= end) == (begun <= latest)


@given(moments, st.integers(0, 3000), moments, st.integers(0, 5000))
def test_a_pause_takes_exactly_its_working_minutes(start, minutes, paused_at, length):
    pause = Pause(paused_at, paused_at + dt.timedelta(minutes=length))
    end = HOURS.add_minutes(CALENDAR, start, minutes, [pause])
    assert HOURS.minutes_between(CALENDAR, start, end, [pause]) == minutes
    inside = max(pause.started_at, start), min(pause.ended_at, end)
    assert HOURS.minutes_between(CALENDAR, start, end) - minutes == HOURS.minutes_between(CALENDAR, *inside)


@pytest.mark.parametrize(
    "openings", [[], [["13:30", "17:00"], ["07:30", "11:30"]], [["07:30", "11:30"], ["11:00", "17:00"]], [["09:00", "09:00"]]]
)
def test_hours_that_overlap_or_never_open_are_refused(openings):
    with pytest.raises(CalendarError):
        OfficeHours.from_data({"mon_fri": openings})


# ---------------------------------------------------------------- for any date


@given(moments, terms, moments)
def test_a_due_time_is_a_working_moment_after_the_start_and_later_starts_are_never_due_earlier(start, term, other):
    first = due(CALENDAR, HOURS, start, term).at
    assert CALENDAR.is_working(first.date())
    assert term.unit == "hour" or first.time() == dt.time(17)
    assert term.value == 0 or first >= start.replace(second=0, microsecond=0)
    assert other < start or due(CALENDAR, HOURS, other, term).at >= first


@given(moments, terms)
def test_the_days_told_are_every_day_in_a_row_and_add_up_to_the_term(start, term):
    told = due(CALENDAR, HOURS, start, term)
    dates = [item.date for item in told.days]
    assert dates == [dates[0] + dt.timedelta(n) for n in range(len(dates))]
    assert dates[0] == start.date() and dates[-1] == told.at.date()
    assert [item.is_due for item in told.days] == [False] * (len(dates) - 1) + [True]
    if term.unit == "hour":
        assert sum(item.minutes or 0 for item in told.days) == 60 * term.value
    elif term.unit != "month":
        assert [item.number for item in told.days if item.kind == DayKind.COUNTED] == list(range(1, term.value + 1))
    assert not any(
        item.counted
        for item in told.days
        if item.kind != DayKind.MOVED and not CALENDAR.is_working(item.date) and term.unit == "working_day"
    )
    assert all(item.why for item in told.days)


@given(moments, terms, moments, st.integers(1, 20000))
def test_a_pause_never_makes_anything_due_earlier(start, term, paused_at, minutes):
    pause = Pause(paused_at, paused_at + dt.timedelta(minutes=minutes), "chờ trả phí")
    told = due(CALENDAR, HOURS, start, term, paused=[pause])
    assert told.at >= due(CALENDAR, HOURS, start, term).at
    assert CALENDAR.is_working(told.at.date())


# ---------------------------------------------------------------- no term, provisional dates


@pytest.mark.parametrize("rule", ["schedule", "none"])
def test_a_text_rule_has_no_due_time_and_says_why(rule):
    term = Term.from_data({"value": None, "unit": None, "rule": rule, "text": "Theo đợt rà soát hằng năm [knowledge]"})
    told = due(CALENDAR, HOURS, at("2026-08-24T10:00"), term)
    assert (told.at, told.days, told.provisional, told.start) == (None, (), False, None)
    assert term.words == "Theo đợt rà soát hằng năm"


def test_a_count_that_reaches_a_year_not_loaded_is_provisional():
    assert not due(CALENDAR, HOURS, at("2027-12-20T10:00"), days_of(5)).provisional
    assert due(CALENDAR, HOURS, at("2027-12-20T10:00"), days_of(12)).provisional


def test_a_count_across_a_holiday_not_yet_decided_is_provisional():
    assert not due(CALENDAR, HOURS, at("2027-01-25T10:00"), days_of(5)).provisional
    assert due(CALENDAR, HOURS, at("2027-01-25T10:00"), days_of(8)).provisional  # reaches 4 February 2027: Tết is undecided
    assert due(CALENDAR, HOURS, at("2027-01-25T10:00"), days_of(20)).provisional  # … and beyond it
    assert not due(CALENDAR, HOURS, at("2027-03-01T10:00"), days_of(8)).provisional


@pytest.mark.parametrize(
    ("value", "unit", "rule"),
    [(None, "day", None), (3, "week", None), (-1, "day", None), (1, "day", "whenever"), (3, None, None)],
)
def test_a_term_that_cannot_be_counted_is_refused(value, unit, rule):
    with pytest.raises(ValueError):
        Term(value, unit, rule)


def test_the_terms_of_all_procedures_can_be_counted():
    for procedure in reference.procedures().values():
        for channel in procedure["channels"]:
            for case in (None, "extended", "shorter"):
                term = Term.from_data(channel["processing"], case)
                told = due(CALENDAR, HOURS, at("2026-11-25T10:00"), term)
                assert (told.at is None) == (term.rule in ("schedule", "none")) and term.words


def test_a_harder_case_takes_its_own_total_term_where_the_source_states_one():
    residence = {row["channel"]: row["processing"] for row in reference.procedures()["1.010041"]["channels"]}["online"]
    assert Term.from_data(residence).value == 1
    assert Term.from_data(residence, "extended") == Term(3, "working_day", None, Term.from_data(residence).text)
    marriage = reference.procedures()["1.000894"]["channels"][0]["processing"]  # «theo phiếu hẹn lại»: no number stated
    assert Term.from_data(marriage, "extended").value == 1


# ---------------------------------------------------------------- «vì sao là ngày này»


def test_the_days_are_told_one_by_one_in_words():
    told = due(CALENDAR, HOURS, at("2026-08-28T15:30"), days_of(2))
    assert [(item.date.day, item.counted, item.why) for item in told.days] == [
        (28, False, "Nhận sau 15 giờ, coi như nhận vào ngày làm việc tiếp theo"),
        (29, False, "Thứ bảy, không tính"),
        (30, False, "Chủ nhật, không tính"),
        (31, False, "Nghỉ: Nghỉ hoán đổi"),
        (1, False, "Nghỉ: Quốc khánh (ngày liền kề)"),
        (2, False, "Nghỉ: Quốc khánh"),
        (3, False, "Ngày bắt đầu, không tính"),
        (4, True, "Ngày làm việc thứ 1"),
        (5, False, "Thứ bảy, không tính"),
        (6, False, "Chủ nhật, không tính"),
        (7, True, "Ngày làm việc thứ 2"),
    ]
    assert told.start == day("2026-09-03")


def test_a_moved_date_a_pause_and_hours_are_told_too():
    moved = due(CALENDAR, HOURS, at("2026-11-19T10:00"), Term(2, "day")).days
    assert [item.why for item in moved][-3:] == [
        "Ngày thứ 2",
        "Chủ nhật, không tính",
        "Hạn rơi vào ngày nghỉ nên chuyển sang ngày làm việc này",
    ]
    pause = Pause(at("2026-11-25T10:00"), at("2026-11-26T09:00"), "chờ trả phí")
    paused = due(CALENDAR, HOURS, at("2026-11-23T10:00"), days_of(1), paused=[pause]).days
    assert [item.why for item in paused][2:] == ["Tạm dừng: chờ trả phí", "Ngày làm việc thứ 1"]
    hours = due(CALENDAR, HOURS, at("2026-11-25T14:00"), Term(4, "hour")).days
    assert [item.why for item in hours] == ["Tính 3 giờ làm việc", "Tính 1 giờ làm việc"]
    swapped = due(CALENDAR, HOURS, at("2026-08-21T10:00"), days_of(1)).days
    assert swapped[-1].why == "Ngày làm việc thứ 1: Làm bù"


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (Term(3, "working_day"), "3 ngày làm việc"),
        (Term(8, "hour"), "8 giờ làm việc"),
        (Term(10, "day"), "10 ngày"),
        (Term(7, "month"), "7 tháng"),
        (Term(1, "working_day", "same_day_before_15:00"), "Trong ngày; nhận sau 15 giờ thì ngày làm việc tiếp theo"),
        (Term(None, None, "none"), "Không quy định thời hạn"),
        (Term(None, None, "schedule"), "Theo đợt hằng năm"),
    ],
)
def test_a_term_in_words(term, words):
    with translation.override("vi"):
        assert term.words == words
