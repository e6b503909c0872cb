"""One reading each of codes, phone numbers, identity numbers, sums, days, names and mail addresses."""

import datetime as dt

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from dossiers.desk.forms.money import whole_dong
from payments.transfers.statement_files import amount_of
from portal.common.codes import dossier_code_in, letters_and_digits_in, secret_in
from portal.common.figures import UnclearDay, typed_day_in
from portal.common.form_fields import DayField, DeskPhoneField, DongField, MailField, PhoneField
from portal.common.identity import id_number_in, to_e164, to_national
from portal.common.lookalikes import strange_letters, to_latin
from portal.common.mail_addresses import address_in, fault_of
from portal.common.money import UnclearAmount, dong, dong_in
from portal.common.vietnamese import fold

CODE = "H18.X012-261121-0001"


# ---------------------------------------------------------------- codes
@pytest.mark.parametrize(
    "typed",
    [
        CODE, "h18.x012-261121-0001", " H18.X012-261121-0001. ", "Mã: H18.X012-261121-0001", "Mã hồ sơ số: H18.X012–261121–0001",
        "mã hồ sơ H18.X012 — 261121 — 0001", "H18.X012 261121 0001", "H18.X012‑261121−0001", "Н18.Х012-261121-0001",
        "Η18.Χ012-261121-0001", "H18.X012-26ll21-OOOl", "H18.X012_261121_0001", "H18.X012-261121-0001 (Nguyễn Văn An)",
        "https://dvc.example.vn/ho-so/H18.X012-261121-0001/giay-hen/?in=1", "/en/ho-so/h18.x012%2D261121%2D0001/",
        "Ｈ18.Ｘ012－261121－0001", "«H18.X012-261121-0001»", "H18.X012\u00ad-261121-0001", "\u200bH18.X012-261121-0001",
    ],
)  # fmt: skip
def test_a_dossier_code_is_found_whatever_stands_around_it(typed):
    assert dossier_code_in(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("h18.x0", "H18.X0"), ("Mã: H18.", "H18."), ("Mã", ""), ("", ""), ("0001", "0001"), ("٢٦", "٢٦"),
        ("MA1.X-261121-0001", "MA1.X-261121-0001"),
    ],
)  # fmt: skip
def test_the_beginning_of_a_code_is_kept(typed, read):
    assert dossier_code_in(typed) == read


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_codes(text):
    assert not set(dossier_code_in(text)) & set("\n\t ")
    assert letters_and_digits_in(text).isalnum() or letters_and_digits_in(text) == ""


def test_secrets_and_other_codes_are_read_however_they_are_grouped():
    assert secret_in("Mã tra cứu riêng: AB12 cd34-ef") == "ab12cd34ef"
    assert secret_in("https://dvc.example.vn/tra-cuu/ab12cd34ef/") == "ab12cd34ef"
    assert letters_and_digits_in("p26 1121 0830 00 a7k2") == "P261121083000A7K2"
    assert letters_and_digits_in("https://dvc.example.vn/kiem-tra/ABCD2345EFGH6789/?x=1") == "ABCD2345EFGH6789"


# ---------------------------------------------------------------- numbers of people
@pytest.mark.parametrize(
    "typed",
    [
        "0084912345678", "84912345678", "+84 (0)912 345 678", "0912–345–678", "0912\u00a0345\u00a0678", "ĐT: 0912.345.678",
        "tel:+84912345678", "912345678", "+840912345678", "00 84 912 345 678",
    ],
)  # fmt: skip
def test_a_mobile_number_is_one_number_however_it_is_written(typed):
    assert to_e164(typed) == "+84912345678" and to_national(typed) == "0912345678"
    assert PhoneField().clean(typed) == "+84912345678"


def test_landlines_are_read_and_what_is_no_number_of_ours_is_not():
    for typed in ("(024) 38251234", "(024) 3825 1234", "024.3825.1234", "84 24 3825 1234"):
        assert to_e164(typed) == "+842438251234"
    for typed in (
        "+1 202 555 0143",
        "1900 1234",
        "0912345678 máy lẻ 12",
        "0912345678/0987654321",
        "0912O45678",
        "８４９１２３４５６７８",
    ):
        assert to_e164(typed) is None
        with pytest.raises(forms.ValidationError, match="Số điện thoại có 10 số"):
            PhoneField().clean(typed)
    assert DeskPhoneField().clean("1022") == "1022" and DeskPhoneField().clean("02633822311") == "0263 382 2311"


def test_identity_numbers_lose_what_people_put_between():
    assert id_number_in("068 999-000.001") == id_number_in("068–999–000–001") == "068999000001"
    assert id_number_in("с1234567") == "C1234567" and id_number_in("5800000019 – 001") == "5800000019-001"
    assert id_number_in("٠٦٨") == "٠٦٨"  # refused by the check, not converted


# ---------------------------------------------------------------- sums
ONE_HUNDRED_FIFTY = ["150.000", "150,000", "150 000", "150\u00a0000", "150000", "150.000,00", "150,000.00", "150.000 đồng",
                     "150.000đ", "150.000 ₫", "150000 VND", "VNĐ 150.000", "150.000,0"]  # fmt: skip
NOT_ONE_SUM = ["1.500,000", "1,500.000", "12,5", "150.000,50", "0.150", "15O.000", "1.5 triệu", "200k", "1.2E+05", "1_000", "١٥٠",
               "150.00.00", "150..000", "15.00.000", "-5", "", "không", "1234.567"]  # fmt: skip


@pytest.mark.parametrize("typed", ONE_HUNDRED_FIFTY)
def test_a_sum_is_the_same_at_every_door(typed):
    assert dong_in(typed) == whole_dong(typed) == amount_of(typed) == DongField().clean(typed) == 150_000


@pytest.mark.parametrize("typed", NOT_ONE_SUM)
def test_what_may_be_two_sums_or_none_is_refused_at_every_door_with_a_sentence(typed):
    with pytest.raises(UnclearAmount, match="Ghi|Số tiền"):
        dong_in(typed)
    with pytest.raises(ValueError, match="số tiền"):
        amount_of(typed)
    for read in (whole_dong, DongField().clean):
        with pytest.raises(forms.ValidationError):
            read(typed)


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_what_the_portal_writes_it_reads(amount):
    assert dong_in(dong(amount)) == dong_in(str(amount)) == dong_in(f"{amount:,}") == dong_in(f"{amount:,}.00") == amount


# ---------------------------------------------------------------- days
@pytest.mark.parametrize(
    "typed",
    [
        "3/12/2026", "03/12/2026", "3-12-2026", "3.12.2026", "3 12 2026", "2026-12-03", "ngày 3 tháng 12 năm 2026",
        "3 / 12 / 2026",
    ],
)  # fmt: skip
def test_the_day_comes_before_the_month(typed):
    assert typed_day_in(typed) == DayField().clean(typed) == dt.date(2026, 12, 3)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("3/12/26", "4 chữ số"), ("12/2026", "thứ tự ngày"), ("31/2/2026", "Không có ngày này"),
        ("12/25/2026", "Không có ngày này"),
        ("29/2/2027", "Không có ngày này"), ("٣/١٢/٢٠٢٦", "thứ tự ngày"), ("3/12/0000", "Không có ngày này"),
        ("Dec 3 2026", "thứ tự"),
        ("3/12/20260", "thứ tự"), ("0/1/2026", "Không có"),
    ],
)  # fmt: skip
def test_a_day_that_is_not_certain_is_refused_with_a_sentence(typed, why):
    with pytest.raises(UnclearDay, match=why):
        typed_day_in(typed)
    with pytest.raises(forms.ValidationError, match=why):
        DayField().clean(typed)


def test_the_29th_of_february_and_the_year_1_are_days():
    assert typed_day_in("29/2/2028") == dt.date(2028, 2, 29) and typed_day_in("1/1/0001") == dt.date(1, 1, 1)


# ---------------------------------------------------------------- names
@pytest.mark.parametrize(
    "typed", ["Đặng Cao Ân", "Ðặng Cao Ân", "Ɖặng Cao Ân", "Đặng Сао Ân", "ĐẶNG CΑΟ ÂN", "đặng cao ân", "ðặng cao ân"]
)
def test_names_with_letters_that_look_alike_are_found_by_each_other(typed):
    assert fold(typed) == "dang cao an"


def test_letters_that_only_look_vietnamese_are_named():
    assert strange_letters("Ðặng Văn Аn") == ["Ð", "А"]
    assert strange_letters("Đặng Thị Ánh, Y Ka Niê Kđăm, Müller, H'Hen") == []
    assert to_latin("Đặng ế ỡ") == "Đặng ế ỡ"


# ---------------------------------------------------------------- mail addresses
@pytest.mark.parametrize(
    "typed", ["an.ng@vd.vn", " an.ng@VD.vn ", "mailto:an.ng@vd.vn", "Nguyễn Văn An <an.ng@vd.vn>", "an.ng@vd.vn.", "an.ng＠vd.vn"]
)
def test_an_address_is_read_out_of_what_stands_around_it(typed):
    assert address_in(typed) == MailField().clean(typed) == "an.ng@vd.vn" and not fault_of("an.ng@vd.vn")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("nguyênvân@gmail.com", "không dấu.*êâ"), ("аn@vd.vn", "không dấu"), ("an@", "ten@mien.vn"), ("an vd@vd.vn", "viết liền"),
        ("a@@vd.vn", "ten@mien"),
    ],
)  # fmt: skip
def test_an_address_that_gets_no_mail_is_refused_with_the_reason(typed, why):
    with pytest.raises(forms.ValidationError, match=why):
        MailField().clean(typed)
