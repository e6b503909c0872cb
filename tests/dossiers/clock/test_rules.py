"""The clock of one dossier: pauses, restarts, extension, lateness, and the indicators of QĐ 766."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.clock.rules import WAITS, Extension, Interval, current_due, days_left, indicator, is_late, lateness, worked_minutes
from portal.common import clock
from procedures.calendar import LOCAL, OfficeHours, Term, WorkCalendar, due
from tests import reference

CALENDAR = WorkCalendar.from_document(reference.load("holidays.json"))
HOURS = OfficeHours.default()
THREE_DAYS = Term(3, "working_day")

moments = st.datetimes(dt.datetime.fromisoformat("2026-01-01"), dt.datetime.fromisoformat("2026-09-30")).map(
    lambda naive: naive.replace(tzinfo=LOCAL)
)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def wait(kind, start, end=None, restart=False):
    return Interval(kind, at(start), at(end) if end else None, restart)


def standing(*intervals, accepted="2026-11-09T10:00", term=THREE_DAYS, **options):
    """The `Standing` of a dossier accepted on Monday 9 November 2026 with a term of three working days."""
    return current_due(CALENDAR, HOURS, accepted_at=at(accepted), term=term, intervals=intervals, **options)


# ---------------------------------------------------------------- pauses


def test_without_waits_it_is_the_promise_at_acceptance():
    assert standing().at == at("2026-11-12T17:00")
    assert standing(wait("reception", "2026-11-09T08:00", "2026-11-09T10:00"), wait("running", "2026-11-09T10:00")).at == at(
        "2026-11-12T17:00"
    )


@pytest.mark.parametrize("kind", sorted(WAITS))
def test_every_kind_of_wait_over_a_night_takes_that_day(kind):
    assert standing(wait(kind, "2026-11-10T10:00", "2026-11-11T09:00")).at == at("2026-11-13T17:00")


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-10T08:00", "2026-11-10T16:59", "2026-11-12T17:00"),  # over before closing: the day counts
        ("2026-11-10T16:59", "2026-11-10T17:00", "2026-11-12T17:00"),  # running again at the closing moment
        ("2026-11-10T17:00", "2026-11-11T07:00", "2026-11-13T17:00"),  # standing still at the closing moment
        ("2026-11-10T17:01", "2026-11-11T07:00", "2026-11-12T17:00"),  # a night, no working time
        ("2026-11-10T10:00", "2026-11-12T10:00", "2026-11-16T17:00"),  # two days, then over the weekend
        ("2026-11-12T10:00", "2026-11-13T10:00", "2026-11-13T17:00"),  # the due moment itself passes while waiting
        ("2026-11-12T17:01", "2026-11-20T10:00", "2026-11-12T17:00"),  # it was late already
        ("2026-11-01T10:00", "2026-11-05T10:00", "2026-11-12T17:00"),  # over before acceptance
        ("2026-11-06T10:00", "2026-11-11T10:00", "2026-11-13T17:00"),  # an outage that began before acceptance
    ],
)
def test_a_day_counts_when_the_clock_runs_at_closing_time(start, end, expected):
    assert standing(wait("outage", start, end)).at == at(expected)


def test_pauses_that_overlap_are_counted_once():
    payment = wait("payment", "2026-11-10T10:00", "2026-11-11T10:00")
    outage = wait("outage", "2026-11-10T12:00", "2026-11-11T09:00")
    assert standing(payment, outage).at == standing(payment).at == at("2026-11-13T17:00")


def test_a_weekend_of_waiting_costs_no_working_day():
    assert standing(wait("payment", "2026-11-14T08:00", "2026-11-16T08:00"), term=Term(10, "working_day")).at == at(
        "2026-11-23T17:00"
    )


def test_a_term_of_hours_loses_exactly_the_working_minutes():
    paused = wait("applicant", "2026-11-09T11:00", "2026-11-09T14:00")  # 30 minutes before noon, 30 after
    assert standing(paused, term=Term(4, "hour")).at == at("2026-11-09T17:00")


def test_a_term_of_calendar_days_loses_the_days_waited_also_sundays():
    assert standing(wait("payment", "2026-11-13T10:00", "2026-11-16T10:00"), term=Term(10, "day")).at == at(
        "2026-11-23T17:00"
    )  # 22 is a Sunday
    assert standing(term=Term(10, "day")).at == at("2026-11-19T17:00")


def test_a_same_day_term_waits_for_the_clock_to_run():
    term = Term(1, "working_day", "same_day_before_15:00")
    assert standing(wait("payment", "2026-11-09T11:00", "2026-11-10T08:00"), term=term).at == at("2026-11-10T17:00")


def test_an_open_wait_counts_until_now_and_is_named():
    waiting = wait("payment", "2026-11-10T10:00")
    assert standing(waiting).at == at("2026-11-12T17:00")
    assert standing(waiting, now=at("2026-11-12T09:00")).at == at("2026-11-16T17:00")
    assert standing(waiting).waiting == "payment" and standing().waiting == ""


def test_a_term_without_due_time_stays_without_one():
    assert standing(wait("payment", "2026-11-10T10:00", "2026-11-11T10:00"), term=Term(None, None, "schedule")).at is None


@given(moments, moments, st.integers(0, 40), st.integers(1, 15000))
def test_a_wait_never_brings_the_due_time_forward_and_never_adds_more_days_than_it_lasted(accepted, start, value, minutes):
    term = Term(value, "working_day")
    interval = Interval("payment", start, start + dt.timedelta(minutes=minutes))
    plain = due(CALENDAR, HOURS, accepted, term).at
    moved = current_due(CALENDAR, HOURS, accepted_at=accepted, term=term, intervals=[interval]).at
    added = CALENDAR.working_days_between(plain.date(), moved.date())
    assert 0 <= added <= CALENDAR.working_days_between(start.date() - dt.timedelta(1), interval.ended_at.date())
    assert moved == HOURS.close_of(moved.date())


# ---------------------------------------------------------------- restart and extension


def test_a_supplement_after_acceptance_begins_the_term_anew():
    asked = wait("supplement", "2026-11-10T09:00", "2026-11-18T14:00", restart=True)
    now = standing(asked)
    assert now.at == due(CALENDAR, HOURS, at("2026-11-18T14:00"), THREE_DAYS).at == at("2026-11-23T17:00")
    assert now.restarted and now.started_at == at("2026-11-18T14:00") and now.pauses == ()


def test_a_supplement_sent_after_15_begins_on_the_next_working_day():
    assert standing(wait("supplement", "2026-11-10T09:00", "2026-11-18T15:01", restart=True)).at == at(
        "2026-11-25T17:00"
    )  # 24 is off


def test_a_running_row_may_carry_the_restart_instead():
    assert standing(wait("running", "2026-11-18T14:00", restart=True)).started_at == at("2026-11-18T14:00")


def test_a_supplement_before_acceptance_changes_nothing():
    assert standing(wait("supplement", "2026-11-02T09:00", "2026-11-06T14:00", restart=True)).at == at("2026-11-12T17:00")
    assert not standing(wait("supplement", "2026-11-02T09:00", "2026-11-06T14:00", restart=True)).restarted


def test_the_last_of_two_supplements_counts_and_pauses_after_it_still_lengthen():
    first = wait("supplement", "2026-11-10T09:00", "2026-11-11T10:00", restart=True)
    second = wait("supplement", "2026-11-12T09:00", "2026-11-16T10:00", restart=True)
    pause = wait("payment", "2026-11-17T10:00", "2026-11-18T10:00")
    assert standing(first, second).at == at("2026-11-19T17:00")
    assert standing(pause, second, first).at == at("2026-11-20T17:00")


def test_an_extension_is_the_new_promise_and_later_pauses_move_it_too():
    extension = Extension(at("2026-11-11T10:00"), at("2026-11-18T17:00"))
    assert standing(extension=extension).at == at("2026-11-18T17:00")
    assert standing(wait("outage", "2026-11-16T10:00", "2026-11-17T10:00"), extension=extension).at == at("2026-11-19T17:00")
    assert standing(wait("payment", "2026-11-10T10:00", "2026-11-11T09:00"), extension=extension).at == at("2026-11-18T17:00")


def test_an_extension_to_an_hour_keeps_its_hour_unless_a_later_wait_moves_the_day():
    extension = Extension(at("2026-11-11T10:00"), at("2026-11-18T10:00"))
    assert standing(wait("payment", "2026-11-10T10:00", "2026-11-11T09:00"), extension=extension).at == at("2026-11-18T10:00")
    assert standing(wait("payment", "2026-11-12T08:00", "2026-11-12T09:00"), extension=extension).at == at("2026-11-18T10:00")
    assert standing(wait("payment", "2026-11-12T08:00", "2026-11-13T09:00"), extension=extension).at == at("2026-11-19T17:00")


def test_an_extension_never_makes_the_promise_earlier_and_ends_with_a_restart():
    assert standing(extension=Extension(at("2026-11-11T10:00"), at("2026-11-11T17:00"))).at == at("2026-11-12T17:00")
    asked = wait("supplement", "2026-11-12T09:00", "2026-11-13T10:00", restart=True)
    later = standing(asked, extension=Extension(at("2026-11-11T10:00"), at("2026-11-30T17:00")))
    assert later.at == at("2026-11-18T17:00") and later.extension is None


def test_the_page_can_say_why():
    asked = wait("supplement", "2026-11-10T09:00", "2026-11-12T10:00", restart=True)
    paid = wait("payment", "2026-11-13T10:00", "2026-11-16T10:00")
    with clock.at(at("2026-11-20T10:00")):  # days of the current year are said without it
        said = [sentence.replace("\u00a0", " ") for sentence in standing(asked, paid).reasons]
    assert said == [
        "Nhận đủ hồ sơ lúc 10 giờ, thứ hai, 9 tháng 11.",
        "Nộp bổ sung lúc 10 giờ, thứ năm, 12 tháng 11: thời hạn tính lại từ đầu.",
        "Thời hạn: 3 ngày làm việc.",
        "Tạm dừng từ 10 giờ, thứ sáu, 13 tháng 11 đến 10 giờ, thứ hai, 16 tháng 11: chờ trả phí.",
    ]
    assert [day.why for day in standing(asked, paid).days][:3] == [
        "Ngày bắt đầu, không tính",
        "Tạm dừng: chờ trả phí",
        "Thứ bảy, không tính",
    ]
    assert "xin lỗi" in standing(extension=Extension(at("2026-11-11T10:00"), at("2026-11-18T17:00"))).reasons[-1]
    assert "tạm tính" in standing(accepted="2027-12-30T10:00").reasons[-1]


# ---------------------------------------------------------------- late or not


def test_the_due_moment_is_in_time_and_a_second_later_is_late():
    due_at = at("2026-11-12T17:00")
    assert not is_late(due_at, due_at) and lateness(due_at, due_at) == dt.timedelta(0)
    assert is_late(due_at + dt.timedelta(seconds=1), due_at)
    assert lateness(at("2026-11-13T08:00"), due_at) == dt.timedelta(hours=15)
    assert lateness(at("2026-11-13T08:00"), None) == dt.timedelta(0) and not is_late(at("2026-11-13T08:00"), None)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-11-06T10:00", 4),  # Friday: Monday to Thursday are left
        ("2026-11-11T23:00", 1),
        ("2026-11-12T09:00", 0),
        ("2026-11-12T17:00", 0),
        ("2026-11-12T17:01", -1),  # late from the first minute
        ("2026-11-13T08:00", -1),
        ("2026-11-15T08:00", -1),  # Sunday adds nothing
        ("2026-11-16T08:00", -2),
    ],
)
def test_days_left_are_working_days_and_negative_when_late(now, left):
    assert days_left(CALENDAR, at(now), at("2026-11-12T17:00")) == left


def test_without_a_due_time_there_are_no_days_left():
    assert days_left(CALENDAR, at("2026-11-12T09:00"), None) is None


def test_days_left_are_days_of_viet_nam_also_for_a_clock_in_utc():
    assert (
        days_left(CALENDAR, dt.datetime(2026, 11, 11, 18, tzinfo=dt.UTC), at("2026-11-12T17:00")) == 0
    )  # one in the morning of the 12th


@given(moments, moments)
def test_days_left_are_negative_exactly_when_late(now, due_at):
    assert (days_left(CALENDAR, now, due_at) < 0) == is_late(now, due_at)


# ---------------------------------------------------------------- QĐ 766


def indicator_of(*intervals, ended="2026-11-12T16:00", term=THREE_DAYS):
    return indicator(CALENDAR, HOURS, accepted_at=at("2026-11-09T10:00"), term=term, ended_at=at(ended), intervals=intervals)


def test_the_indicator_subtracts_the_waiting_and_does_not_restart():
    asked = wait("supplement", "2026-11-10T09:00", "2026-11-16T10:00", restart=True)
    assert standing(asked).at == at("2026-11-19T17:00")  # the law: from zero
    view = indicator_of(asked, ended="2026-11-18T16:00")
    assert view.due_at == at("2026-11-18T17:00") and view.on_time  # QĐ 766: 10–13 November taken out
    assert not indicator_of(asked, ended="2026-11-19T08:00").on_time


def test_asked_more_than_once_counts_as_late():
    before = wait("supplement", "2026-11-03T09:00", "2026-11-05T10:00")
    again = wait("supplement", "2026-11-10T09:00", "2026-11-10T10:00", restart=True)
    assert indicator_of(again).on_time
    assert not indicator_of(before, again).on_time and indicator_of(before, again).supplements == 2


def test_working_time_is_counted_without_the_waits():
    assert indicator_of().minutes == 90 + 210 + 450 + 450 + 240 + 150  # Monday from 10:00, two full days, Thursday to 16:00
    paused = wait("payment", "2026-11-10T13:30", "2026-11-11T08:30")
    assert indicator_of(paused).minutes == indicator_of().minutes - 210 - 60
    still_open = wait("payment", "2026-11-11T13:30")
    assert indicator_of(still_open).minutes == indicator_of().minutes - 210 - 240 - 150
    assert indicator_of().days == indicator_of().minutes / 450


@given(moments, moments, st.integers(0, 20000), st.integers(1, 20000))
def test_working_time_is_never_negative_nor_longer_than_without_waits(accepted, start, lasted, minutes):
    interval = Interval("applicant", start, start + dt.timedelta(minutes=minutes))
    ended = accepted + dt.timedelta(minutes=lasted)
    whole = worked_minutes(CALENDAR, HOURS, accepted_at=accepted, ended_at=ended)
    assert 0 <= worked_minutes(CALENDAR, HOURS, accepted_at=accepted, ended_at=ended, intervals=[interval]) <= whole
