"""Personal numbers, tax codes, phones: what is refused, what is only doubted, and how they are shown or hidden."""

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from portal.common.identity import (
    PLACE_CODES,
    birth_year,
    check_personal_number,
    is_made_up,
    is_personal_number,
    is_tax_code,
    mask_name,
    mask_number,
    phone_for_display,
    phone_uri,
    to_e164,
)
from tests import reference

TODAY = dt.date(2026, 11, 25)


def findings(number, **known):
    return [(found.code, found.hard) for found in check_personal_number(number, today=TODAY, **known)]


# ---------------------------------------------------------------- personal number


def test_a_number_that_agrees_with_the_birth_date_and_sex_is_fine():
    assert findings("001187000001", born=dt.date(1987, 5, 2), sex="female") == []
    assert findings("011087000001", born=dt.date(1987, 5, 2), sex="male") == []
    assert findings("096205000001", born=dt.date(2005, 1, 1), sex="male") == []


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("06818700001", "length"),
        ("0681870000011", "length"),
        ("", "length"),
        ("068187 00001", "digits"),
        ("٠٦٨١٨٧٠٠٠٠٠١", "digits"),  # Arabic digits: str.isdigit would take them
        ("06818700000²", "digits"),
        ("001287000001", "future"),  # 2087
        ("001227000001", "future"),  # 2027: next year
        ("068999000001", "future"),  # made up
    ],
)
def test_what_is_refused(number, code):
    assert findings(number) == [(code, True)]
    assert is_personal_number(number) == (code == "future")


def test_the_current_year_is_not_the_future():
    assert findings("001226000001") == []
    assert birth_year("001226000001") == 2026 and birth_year("001187000001") == 1987 and birth_year("001999000001") == 2399


@pytest.mark.parametrize(
    ("number", "known", "code"),
    [
        ("003187000001", {}, "place"),
        ("000187000001", {}, "place"),
        ("097187000001", {}, "place"),
        ("001187000001", {"born": dt.date(1988, 5, 2)}, "birth_year"),
        ("001087000001", {"born": dt.date(2087, 5, 2)}, "birth_year"),
        ("001187000001", {"sex": "male"}, "sex"),
        ("001087000001", {"sex": "female"}, "sex"),
    ],
)
def test_what_is_only_doubted(number, known, code):
    assert findings(number, **known) == [(code, False)]


def test_a_birth_registered_abroad_carries_a_country_code():
    assert findings("132187000001") == []


def test_there_are_63_places_and_the_mergers_of_2025_changed_none():
    assert len(PLACE_CODES) == 63 and {1, 11, 44, 45, 60, 67, 68, 79, 96} <= PLACE_CODES


def test_made_up_numbers_pass_only_where_they_are_allowed():
    assert is_made_up("068999000001") and not is_made_up("068199900001")
    assert findings("068999000001", made_up_allowed=True, born=dt.date(1980, 1, 1), sex="male") == []
    assert findings("068999000001", made_up_allowed=False) == [("future", True)]


def test_a_refusal_says_what_is_wrong_in_plain_words():
    with translation.override("vi"):
        (found,) = check_personal_number("06818700001", today=TODAY)
    assert found.message == "Số căn cước có 12 số, mới nhập 11 số."


# ---------------------------------------------------------------- tax code


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("0100047516", True),
        ("0100047516-001", True),
        ("0100047516-000", False),
        ("0100047517", False),
        ("100047516", False),
        ("0100047516001", False),
        ("٠١٠٠٠٤٧٥١٦", False),
        ("0100047516-1", False),
    ],
)
def test_tax_codes_have_a_check_digit(code, valid):
    assert is_tax_code(code) == valid


def test_no_serial_has_two_valid_check_digits_and_some_have_none():
    valid = [sum(is_tax_code(f"{serial:09d}{digit}") for digit in range(10)) for serial in range(1000)]
    assert max(valid) == 1 and valid.count(0) == 91


# ---------------------------------------------------------------- phone


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0912345678", "+84912345678"),
        ("0912 345 678", "+84912345678"),
        ("091.234.5678", "+84912345678"),
        ("+84 912-345-678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0084912345678", "+84912345678"),
        ("(024) 3825 1234", "+842438251234"),
        ("0900000012", "+84900000012"),
        ("01621234567", "+84321234567"),  # eleven digits, before 2018
        ("01991234567", "+84591234567"),
        ("01201234567", "+84701234567"),
        ("0712345678", None),  # 071 was never given
        ("0312345678", None),
        ("0112345678", None),
        ("091234567", None),
        ("09123456789", None),
        ("19001234", None),
        ("٠٩١٢٣٤٥٦٧٨", None),
        ("không có", None),
        ("", None),
    ],
)
def test_phone_numbers_are_stored_in_one_spelling(typed, stored):
    assert to_e164(typed) == stored


def test_every_example_of_the_form_formats_is_read_alike():
    examples = reference.load("forms.json")["formats"]["phone_vn"]["examples"]
    assert all(to_e164(number) for number in examples["valid"]) and not any(to_e164(number) for number in examples["invalid"])


@given(st.from_regex(r"0(?:3[2-9]|5[0-9]|7[06-9]|8[0-9]|9[0-9])[0-9]{7}|02[0-9]{9}", fullmatch=True))
def test_what_is_stored_and_what_is_shown_read_back_the_same(number):
    stored = to_e164(number)
    assert to_e164(stored) == to_e164(phone_for_display(stored)) == stored
    assert phone_for_display(number).replace("\u00a0", "") == number


def test_numbers_are_shown_in_groups_that_do_not_break():
    assert phone_for_display("+84912345678") == "0912\u00a0345\u00a0678"
    assert phone_for_display("02438251234") == "024\u00a03825\u00a01234"
    assert phone_for_display("0263 000 0001") == "0263\u00a0000\u00a00001"
    assert phone_for_display("1900 1234") == "1900 1234"


def test_a_number_can_be_tapped():
    assert phone_uri("0912 345 678") == "tel:+84912345678"
    assert phone_uri("1900 1234") == "tel:19001234"


# ---------------------------------------------------------------- hiding


def test_names_are_hidden_word_by_word():
    assert mask_name("Nguyễn Thị Ánh") == "N*** T** Á**"
    assert mask_name("  Lê   Ý ") == "L* Ý*"
    assert mask_name("") == ""


def test_numbers_show_only_their_end_and_short_ones_nothing():
    assert mask_number("001999000123") == "••• ••• ••• 123"
    assert mask_number("123456") == mask_number("1") == "••••••"


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
def test_hiding_keeps_at_most_one_letter_of_a_word(name):
    shown = mask_name(name).replace("*", "")
    assert len(shown.split()) <= len(name.split()) and all(len(word) == 1 for word in shown.split())
