"""Vietnamese text: storing, searching, sorting."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.vietnamese import clean_text, fold, nfc, sort_key, untelex
from tests import reference

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
texts = st.text(st.characters(codec="utf-8"), max_size=40)
vietnamese = st.text(LETTERS + LETTERS.upper() + " ", max_size=30)


def test_decomposed_text_is_composed():
    typed_on_a_mac = unicodedata.normalize("NFD", "Tiếng Việt")
    assert typed_on_a_mac != "Tiếng Việt" and nfc(typed_on_a_mac) == "Tiếng Việt"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký thường trú", "dang ky thuong tru"),
        ("ĐỔI GIẤY PHÉP LÁI XE", "doi giay phep lai xe"),
        (unicodedata.normalize("NFD", "Khai sinh ở Huế"), "khai sinh o hue"),
        ("Ữ ự ẵ ỵ Ð", "u u a y d"),  # old keyboards write the letter of Iceland for ours
        ("CT01/2026", "ct01/2026"),
        ("", ""),
    ],
)
def test_folding_takes_every_accent_and_the_stroke(text, folded):
    assert fold(text) == folded


@given(vietnamese)
def test_folding_is_plain_ascii_for_vietnamese_and_the_same_however_it_was_typed(text):
    assert fold(text).isascii()
    assert fold(fold(text)) == fold(text) == fold(unicodedata.normalize("NFD", text)) == fold(text.upper())


# ---------------------------------------------------------------- cleaning


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguyễn \t Văn\u00a0 An \n", "Nguyễn Văn An"),
        ("Nguyễn\u200bVăn", "NguyễnVăn"),  # zero-width space
        ("\u202egnort\u202c gnud", "gnort gnud"),  # bidi override: would show «trong»
        ("\ufeffĐơn", "Đơn"),
        ("a\x00b\x07c\x7f", "abc"),
        ("Hà\u2028Nội", "Hà Nội"),
        ("soft\u00adhyphen \u115f\u3164 filler", "softhyphen filler"),
        ("\u200b \u200b", ""),
        (unicodedata.normalize("NFD", "Phượng"), "Phượng"),
        ("e\u200b\u0302", "ê"),  # composed again after the invisible sign is gone
        ("H'Hen Niê 👍", "H'Hen Niê 👍"),
        ("\ud800x", "x"),  # half a character cannot be stored
    ],
)
def test_what_is_kept_of_typed_text(typed, kept):
    assert clean_text(typed) == kept


def test_long_answers_keep_their_lines_but_not_a_page_of_empty_ones():
    assert clean_text("một  hai\r\n\n\n\n ba\u200b \n", lines=True) == "một hai\n\nba"


@given(texts)
def test_cleaning_twice_changes_nothing_more_and_leaves_no_control_sign(text):
    once = clean_text(text)
    assert clean_text(once) == once == nfc(once) == once.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in once) and "  " not in once


# ---------------------------------------------------------------- sorting


def test_words_sort_as_in_a_vietnamese_dictionary():
    expected = [
        "an", "An", "án", "anh", "ăn", "ân", "ba", "Ba", "bà", "bả", "bã", "bá", "bạ", "ba lô", "bác", "ca", "da", "dung", "đa",
        "Đà Nẵng", "e", "ê", "ga", "ma", "mà", "mả", "mã", "má", "mạ", "o", "ô", "ơ", "tu", "tư", "ư", "vy", "y",
    ]  # fmt: skip
    shuffled = random.Random(7).sample(expected, len(expected))
    assert sorted(shuffled, key=sort_key) == expected


def test_communes_sort_by_their_letters_not_by_their_code_points():
    names = [
        "Ỷ La",
        "Đắk Lắk",
        "Ea Kar",
        "Ân Thi",
        "Ba Đình",
        "Ăn Bình",
        "An Nhơn",
        "Dak Lak",
        "Điện Biên Phủ",
        "Ô Môn",
        "Phú Thọ",
    ]
    assert sorted(names, key=sort_key) == [
        "An Nhơn", "Ăn Bình", "Ân Thi", "Ba Đình", "Dak Lak", "Đắk Lắk", "Điện Biên Phủ", "Ea Kar", "Ô Môn", "Phú Thọ", "Ỷ La",
    ]  # fmt: skip


@given(vietnamese, vietnamese)
def test_equal_keys_only_for_equal_words_and_the_same_key_however_it_was_typed(one, other):
    assert (sort_key(one) == sort_key(other)) == (one.strip() == other.strip())
    assert sort_key(unicodedata.normalize("NFD", one)) == sort_key(one)


@given(vietnamese)
def test_a_key_is_text_that_a_database_sorts_byte_by_byte(text):
    assert sort_key(text).isascii()


# ---------------------------------------------------------------- Telex


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddawng kys", "dang ky"),
        ("ddangw kys keets hoon", "dang ky ket hon"),
        ("ddawng kys thuwowngf trus", "dang ky thuong tru"),
        ("giaays khai sinh", "giay khai sinh"),
        ("lys lichj tuw phaps", "ly lich tu phap"),
        ("dangd ky", "dang ky"),  # the stroke typed last
        ("vietej nam", "viet nam"),  # the hat typed last
        ("tieengs vieetj", "tieng viet"),
        ("nhaf nuwowcs", "nha nuoc"),
        ("hooj khaaur", "ho khau"),
        ("cuwf tris", "cu tri"),
        ("quyeenr suwr dungj", "quyen su dung"),
        ("chuwngs thuwcj", "chung thuc"),
        ("thw tuws", "thu tu"),
        ("nguwowif", "nguoi"),
        ("khuyeen", "khuyen"),
    ],
)
def test_leftovers_of_telex_are_read_as_meant(typed, meant):
    assert untelex(typed) == meant


@pytest.mark.parametrize("text", ["Đăng ký kết hôn", "Giấy phép lái xe", "khiếu nại", "CT01", "form", "GPLX 2026", "quốc tịch"])
def test_text_without_telex_is_only_folded(text):
    assert untelex(text) == fold(text)


def test_no_word_of_any_procedure_name_is_taken_for_telex():
    for procedure in reference.procedures().values():
        for name in (procedure["name"], procedure["short_name"] or "", *procedure["aliases"]):
            odd = [(a, b) for a, b in zip(fold(name).split(), untelex(name).split(), strict=True) if a != b]
            assert [pair for pair in odd if pair[0] != "photo"] == []
