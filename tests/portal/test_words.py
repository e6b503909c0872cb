"""Days, times and amounts as text."""

import datetime as dt

import pytest
from django.utils import translation

from portal.common import clock, dates, money
from portal.common.clock import LOCAL

MORNING = dt.datetime(2026, 8, 27, 9, 41, tzinfo=LOCAL)
GLUE = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def in_that_year():
    with clock.at(MORNING):
        yield


def plain(words):
    return words.replace(GLUE, " ")


def test_a_promise_names_the_weekday_and_never_breaks_inside_the_day():
    assert plain(dates.long_day(dt.date(2026, 8, 27))) == "thứ năm, 27 tháng 8"
    assert plain(dates.long_day(dt.date(2026, 8, 30), year=True)) == "chủ nhật, 30 tháng 8 năm 2026"
    assert dates.long_day(dt.date(2026, 8, 27)).endswith(f"27{GLUE}tháng{GLUE}8")


@pytest.mark.parametrize("day", [dt.date(2025, 12, 31), dt.date(2027, 1, 4)])
def test_a_day_of_another_year_says_which(day):
    assert plain(dates.long_day(day)).endswith(f"{day.day} tháng {day.month} năm {day.year}")
    assert plain(dates.moment(dt.datetime.combine(day, dt.time(9), LOCAL))).endswith(f"năm {day.year}")


def test_this_year_is_the_year_in_viet_nam():
    with clock.at(dt.datetime(2026, 12, 31, 18, tzinfo=dt.UTC)):  # 1 January, 01:00
        assert plain(dates.long_day(dt.date(2027, 1, 1))) == "thứ sáu, 1 tháng 1"


def test_hours_are_local_also_when_the_moment_is_in_utc():
    assert plain(dates.moment(MORNING.astimezone(dt.UTC))) == "9 giờ 41, thứ năm, 27 tháng 8"
    assert plain(dates.long_day(dt.datetime(2026, 8, 26, 18, 0, tzinfo=dt.UTC))) == "thứ năm, 27 tháng 8"


@pytest.mark.parametrize(("hour", "minute", "words"), [(17, 0, "17 giờ"), (10, 8, "10 giờ 08"), (0, 5, "0 giờ 05")])
def test_the_full_hour_needs_no_minutes(hour, minute, words):
    assert plain(dates.clock_time(MORNING.replace(hour=hour, minute=minute))) == words


def test_days_in_figures_carry_their_year():
    assert dates.full_day(MORNING) == dates.full_day(MORNING.date()) == "27/08/2026"


@pytest.mark.parametrize(
    ("amount", "words"), [(0, "0 đồng"), (15000, "15.000 đồng"), (1234567, "1.234.567 đồng"), (-5000, "−5.000 đồng")]
)
def test_money_is_grouped_by_dots_and_stays_on_one_line(amount, words):
    assert plain(money.dong(amount)) == words
    assert " " not in money.dong(amount)


def test_english_pages_say_it_in_english():
    with translation.override("en"):
        assert plain(dates.moment(MORNING)) == "9:41, Thursday 27 August"
        assert plain(money.dong(15000)) == "VND 15,000"
