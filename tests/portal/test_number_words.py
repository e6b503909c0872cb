"""Amounts in words, compared with a table written by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.words import LIMIT, date_in_words, money_in_words, number_in_words

BY_HAND = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    9: "chín",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    19: "mười chín",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    31: "ba mươi mốt",
    44: "bốn mươi tư",
    55: "năm mươi lăm",
    91: "chín mươi mốt",
    99: "chín mươi chín",
    100: "một trăm",
    101: "một trăm linh một",
    104: "một trăm linh bốn",
    105: "một trăm linh năm",
    110: "một trăm mười",
    111: "một trăm mười một",
    114: "một trăm mười bốn",
    115: "một trăm mười lăm",
    121: "một trăm hai mươi mốt",
    124: "một trăm hai mươi tư",
    125: "một trăm hai mươi lăm",
    500: "năm trăm",
    1_000: "một nghìn",
    1_001: "một nghìn không trăm linh một",
    1_010: "một nghìn không trăm mười",
    1_024: "một nghìn không trăm hai mươi tư",
    1_105: "một nghìn một trăm linh năm",
    15_000: "mười lăm nghìn",
    21_000: "hai mươi mốt nghìn",
    24_500: "hai mươi tư nghìn năm trăm",
    60_000: "sáu mươi nghìn",
    100_000: "một trăm nghìn",
    104_004: "một trăm linh bốn nghìn không trăm linh bốn",
    135_000: "một trăm ba mươi lăm nghìn",
    200_000: "hai trăm nghìn",
    1_000_000: "một triệu",
    1_000_001: "một triệu không trăm linh một",
    1_005_000: "một triệu không trăm linh năm nghìn",
    1_234_567: "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy",
    20_000_015: "hai mươi triệu không trăm mười lăm",
    999_999_999: "chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín",
    1_000_000_000: "một tỷ",
    1_000_000_024: "một tỷ không trăm hai mươi tư",
    1_001_000_000: "một tỷ không trăm linh một triệu",
    24_021_005_115: "hai mươi tư tỷ không trăm hai mươi mốt triệu không trăm linh năm nghìn một trăm mười lăm",
    100_000_000_000: "một trăm tỷ",
    104_000_000_000: "một trăm linh bốn tỷ",
    999_999_999_999: (
        "chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín"
    ),
}


@pytest.mark.parametrize(("number", "words"), BY_HAND.items())
def test_a_number_is_said_as_it_is_read_out(number, words):
    assert number_in_words(number) == words


def test_an_amount_begins_with_a_capital_and_names_the_money():
    assert money_in_words(200_000) == "Hai trăm nghìn đồng"
    assert money_in_words(124_021) == "Một trăm hai mươi tư nghìn không trăm hai mươi mốt đồng"


def test_a_date_says_tu_where_people_do():
    assert date_in_words("2024-04-04") == "Ngày mùng bốn tháng tư năm hai nghìn không trăm hai mươi tư"
    assert date_in_words("2026-11-24") == "Ngày hai mươi tư tháng mười một năm hai nghìn không trăm hai mươi sáu"


@pytest.mark.parametrize("number", [-1, LIMIT])
def test_what_cannot_be_said_is_refused(number):
    with pytest.raises(ValueError, match="cannot be said"):
        number_in_words(number)


DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9,
}  # fmt: skip


def parsed(words):
    """The number of the words: the inverse of `number_in_words`."""
    if " tỷ" in f" {words}":
        high, _, low = words.partition("tỷ")
        return parsed(high) * 10**9 + (parsed(low) if low.strip() else 0)
    total = group = digit = 0
    for word in words.split():
        if word in DIGITS:
            digit = DIGITS[word]
        elif word == "trăm":
            group, digit = group + 100 * digit, 0
        elif word == "mươi":
            group, digit = group + 10 * digit, 0
        elif word == "mười":
            group += 10
        elif word in ("nghìn", "triệu"):
            total, group, digit = total + (group + digit) * {"nghìn": 1_000, "triệu": 1_000_000}[word], 0, 0
        else:
            assert word == "linh", word
    return total + group + digit


@given(st.integers(min_value=0, max_value=999_999_999_999))
def test_whoever_hears_the_words_writes_down_the_same_figures(number):
    assert parsed(number_in_words(number)) == number
