"""Phone numbers, names and identity numbers: parsing, display and masking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.identity import (
    in_groups,
    mask_name,
    mask_number,
    phone_for_display,
    phone_uri,
    to_e164,
)
from tests import reference

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


@pytest.mark.slow
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


def test_a_code_is_read_out_in_groups():
    assert in_groups("ABCDEFGHJ", 2, 4) == "AB CDEF GHJ" and in_groups("ABCDEFGH", 4, separator="-") == "ABCD-EFGH"
    assert in_groups("", 4) == "" and in_groups("ABC", 4) == "ABC"


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
