"""Numbers, amounts and dates in words: known answers, and the reference in data/check_forms.py."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.words import date_in_words, money_in_words, number_in_words
from tests import reference

numbers = st.integers(0, 10**12 - 1) | st.integers(0, 2000) | st.integers(0, 999).map(lambda n: n * 10**9 + 5)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (4, "bốn"),
        (5, "năm"),
        (10, "mười"),
        (11, "mười một"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (25, "hai mươi lăm"),
        (50, "năm mươi"),
        (100, "một trăm"),
        (101, "một trăm linh một"),
        (105, "một trăm linh năm"),
        (115, "một trăm mười lăm"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm linh năm"),
        (1050, "một nghìn không trăm năm mươi"),
        (21_021, "hai mươi mốt nghìn không trăm hai mươi mốt"),
        (1_000_000, "một triệu"),
        (1_000_001, "một triệu không trăm linh một"),
        (2_000_000_000, "hai tỷ"),
        (999_000_999_999, "chín trăm chín mươi chín tỷ chín trăm chín mươi chín nghìn chín trăm chín mươi chín"),
    ],
)
def test_numbers_in_words(number, words):
    assert number_in_words(number) == words


@given(numbers)
def test_numbers_and_amounts_are_said_as_the_reference_says_them(number):
    theirs = reference.module("check_forms")
    assert number_in_words(number) == theirs.words(number)
    assert money_in_words(number) == theirs.words_of_money(number)


@given(numbers, numbers)
def test_different_numbers_are_never_said_alike(one, other):
    assert one == other or number_in_words(one) != number_in_words(other)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_dates_are_said_as_the_reference_says_them(day):
    assert date_in_words(day.isoformat()) == reference.module("check_forms").words_of_date(day.isoformat())


def test_amounts_and_dates_as_a_receipt_prints_them():
    assert money_in_words(0) == "Không đồng"
    assert money_in_words(15_000) == "Mười lăm nghìn đồng"
    assert date_in_words("2026-04-05") == "Ngày mùng năm tháng tư năm hai nghìn không trăm hai mươi sáu"
    assert date_in_words("2026-11-24") == "Ngày hai mươi bốn tháng mười một năm hai nghìn không trăm hai mươi sáu"


@pytest.mark.parametrize("number", [-1, 10**12])
def test_what_cannot_be_said_is_refused(number):
    with pytest.raises(ValueError):
        number_in_words(number)


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(ValueError):
        date_in_words("2026-02-30")
