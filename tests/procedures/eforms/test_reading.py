"""Parsing of typed inputs into answers: typed values where possible, else the text as typed."""

import datetime as dt
import unicodedata

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.eforms import BoundPage, Form, display_value, error_text, page_errors, read_page
from procedures.eforms.values import number_from, value_error
from tests.procedures.eforms.browser import Inputs, post, posted, shown
from tests.procedures.eforms.conftest import FORMS, SOURCES, VALID

TODAY = dt.date(2026, 11, 25)


def question(key, kind, **more):
    return {"key": key, "label": more.pop("label", key), "type": kind, "required": False, **more}


QUESTIONS = [
    question("name", "text", label="Họ tên", required=True, validation={"max_length": 100, "format": "person_name"}),
    question("story", "textarea", validation={"max_length": 1000}),
    question("id_no", "id_number", validation={"format": "cccd"}),
    question("area", "number", decimals=2, unit="m²", validation={"min": 0}),
    question("count", "number", validation={"min": 1, "max": 50}),
    question("price", "money", validation={"min": 0, "max": 1000000000}),
    question("born", "date", partial=True, validation={"max_date": "today"}),
    question("day", "date", validation={}),
    question("span", "date_range", validation={}),
    question("home", "address"),
    question("agree", "consent"),
    question("head", "consent", third_party="household_head"),
    question("sure", "yes_no"),
    question("kinds", "choice", multiple=True, display="checkboxes", options=[{"value": v, "label": v.upper()} for v in "ab"]),
    question(
        "rows",
        "table",
        min_rows=1,
        max_rows=8,
        columns=[
            question("what", "text", required=True, validation={"max_length": 20}),
            question("land", "choice", required=True, source="country", default="VN", display="select"),
            question("sum", "money", validation={}, total=True),
        ],
    ),
]
FORM = Form(
    {
        "key": "thu", "name": "Thử", "grammar": 1, "messages": FORMS["ct01"].document["messages"],
        "formats": FORMS["ct01"].document["formats"], "sources": {},
        "sections": [{"key": "s", "title": "S", "pages": [{"key": "p", "title": "P", "question": "Gì?", "fields": QUESTIONS}]}],
    },
    sources=SOURCES,
)  # fmt: skip
PAGE = FORM.page("p")


def read(known=None, **inputs):
    return read_page(FORM, PAGE, post(**inputs), known or {}, TODAY).values


def wrong(**inputs):
    values = read(name="Lê Thị Hoa", **inputs)
    return page_errors(FORM, PAGE, values, TODAY)


def test_text_is_composed_and_cleaned():
    typed = unicodedata.normalize("NFD", "  Nguyễn\u200b  Thị\x00 Ánh\u202e ")

    assert read(name=typed)["name"] == "Nguyễn Thị Ánh"
    assert read(story="dòng một \r\n\r\n  dòng hai\x07")["story"] == "dòng một\n\ndòng hai"


def test_a_name_of_ten_thousand_letters_is_an_error_not_a_crash():
    values = read(name="a" * 10_000)
    errors = page_errors(FORM, PAGE, values, TODAY)

    assert errors == {"name": "max_length"}
    bound = BoundPage(FORM, PAGE, values, TODAY, errors=errors)
    assert "a" * 10_000 in shown(bound)
    assert bound.errors[0]["text"] == "Rút ngắn họ tên còn tối đa 100 ký tự, mới nhập 10.000."


def test_a_megabyte_is_cut_before_it_is_kept():
    assert len(read(name="a" * 1_000_000)["name"]) == 20_000


@pytest.mark.parametrize("typed, number", [
    ("1500000", 1500000), ("1.500.000", 1500000), ("1 500 000 đồng", 1500000), ("1,500,000", 1500000), ("1.500.000đ", 1500000),
    ("0", 0), ("-5", -5), ("1,500", 1500), ("12,5", 12.5), ("abc", None), ("", None), ("1.5.0", None), ("9" * 40, None),
    ("١٢", None), ("1e9", None), ("nan", None), ("12,", None),
])  # fmt: skip
def test_amounts_are_read_as_people_write_them(typed, number):
    assert number_from(typed) == number


@pytest.mark.parametrize(
    "typed, number", [("250,5", 250.5), ("250.5", 250.5), ("1.250,75", 1250.75), ("1.250", 1250), ("0,5", 0.5), ("3,0", 3)]
)
def test_a_comma_is_the_decimal_sign(typed, number):
    assert number_from(typed, decimals=2) == number


def test_numbers_that_are_none_stay_as_typed():
    assert read(price="hai triệu")["price"] == "hai triệu"
    assert wrong(price="hai triệu") == {"price": "not_a_number"}
    assert wrong(count="2,5") == {"count": "decimals"}
    assert wrong(price="9" * 30) == {"price": "max"}


@pytest.mark.parametrize("day, month, year, stored", [
    ("27", "3", "1990", "1990-03-27"), (" 7 ", "03", "1990", "1990-03-07"), ("", "", "1990", "1990"),
    ("", "3", "1990", "1990-03"),
    ("", "", "", None), ("31", "2", "1990", "1990-02-31"), ("27", "3", "90", "27/3/90"), ("x", "3", "1990", "x/3/1990"),
    ("27", "", "1990", "27//1990"), ("1/2", "3", "1990", "1 2/3/1990"), ("٢", "3", "1990", "٢/3/1990"),
])  # fmt: skip
def test_a_date_of_three_inputs(day, month, year, stored):
    assert read(born__ngay=day, born__thang=month, born__nam=year)["born"] == stored


def test_a_date_that_is_none_is_shown_again_as_typed():
    values = read(born__ngay="31", born__thang="2", born__nam="1990", day__ngay="5", day__nam="26")
    html = Inputs(shown(BoundPage(FORM, PAGE, values, TODAY)))

    assert page_errors(FORM, PAGE, {**values, "name": "Lê Hoa"}, TODAY) == {"born": "not_a_date", "day": "not_a_date"}
    assert {("born-ngay", "31"), ("born-thang", "02"), ("born-nam", "1990"), ("day-ngay", "5"), ("day-nam", "26")} <= set(
        html.sent
    )


def test_a_range_keeps_its_half():
    values = read(span__from__ngay="1", span__from__thang="12", span__from__nam="2026")

    assert values["span"] == {"from": "2026-12-01", "to": ""}
    assert page_errors(FORM, PAGE, {**values, "name": "Lê Hoa"}, TODAY) == {"span": "not_a_date"}


def test_choosing_the_commune_says_the_province_too():
    home = read(home__commune="68.X123", home__detail="Tổ 7")["home"]

    assert home == {"province": "68", "commune": "68.X123", "detail": "Tổ 7"}
    assert wrong(home__province="68", home__commune="68.X123", home__detail="Tổ 7") == {}


@pytest.mark.parametrize("typed", [
    {"home__province": "11", "home__commune": "68.X123", "home__detail": "Tổ 7"},  # of another province
    {"home__province": "68", "home__detail": "Tổ 7"},
    {"home__commune": "68.X123"},
    {"home__commune": "68.X123", "home__detail": "x" * 201},
    {"home__commune": "99.X999", "home__detail": "Tổ 7"},
    {"home__country": "XX", "home__detail": "Rue 1"},
    {"home__country": "FR"},
])  # fmt: skip
def test_an_address_that_is_not_whole_is_refused(typed):
    assert wrong(**typed) == {"home": "address"}


def test_a_typed_name_stands_until_a_place_is_picked():
    assert read(home__find=" Mường  Thanh ", home__commune="68.X123", home__province="68", home__detail="Tổ 7")["home"] == {
        "province": "68", "find": "Mường Thanh", "detail": "Tổ 7",
    }  # fmt: skip
    assert wrong(home__find="Mường Thanh", home__detail="Tổ 7") == {"home": "address"}
    picked = {"home__find": "Mường Thanh", "home__province": "68", "home__pick": "11.X004", "home__detail": "Tổ 7"}
    assert read(**picked)["home"] == {"province": "11", "commune": "11.X004", "detail": "Tổ 7"}
    assert wrong(**picked) == {}


def test_the_buttons_of_an_address_save_and_show_the_page_again():
    typed = {"home__province": "11", "home__commune": "68.X123", "home__detail": "Tổ 7", "address": "home"}
    entered = read_page(FORM, PAGE, post(**typed), {}, TODAY)

    assert entered.again and entered.focus == "f-home" and not entered.query
    assert entered.values["home"] == {"province": "11", "detail": "Tổ 7"}, "a commune of another province is none any more"
    bound = BoundPage(FORM, PAGE, {"home": entered.values["home"]}, TODAY)
    assert "Phường Điện Biên Phủ" in shown(bound) and "Xuân Hương" not in shown(bound)
    assert not read_page(FORM, PAGE, post(**typed), {}, TODAY, autosave=True).again

    entered = read_page(FORM, PAGE, post(home__find="dien bien phu", address="home"), {}, TODAY)
    html = shown(BoundPage(FORM, PAGE, entered.values, TODAY))
    assert 'name="home-pick" value="11.X004"' in html and 'value="dien bien phu"' in html


def test_some_addresses_need_no_house_and_some_cannot_be_abroad():
    birth, stay = FORMS["to_khai_khai_sinh"], FORMS["ct01"]
    town, new = birth.fields["child_home_town"], stay.fields["new_address"]

    assert value_error(birth, town, {"province": "79", "commune": "25747"}, TODAY) is None
    assert value_error(birth, town, {"country": "LA"}, TODAY) is None
    assert value_error(stay, new, {"province": "79", "commune": "25747"}, TODAY) == "address"
    assert value_error(stay, new, {"country": "LA", "detail": "Viêng Chăn"}, TODAY) == "address"
    shown_page = shown(BoundPage(stay, new.page, {"request_kind": "tam_tru"}, TODAY))
    assert "Địa chỉ ở nước ngoài" not in shown_page


def test_abroad_an_address_is_a_country_and_words():
    typed = {"home__country": "FR", "home__detail": "12 rue de la Paix, Paris", "home__province": "68"}

    assert read(**typed)["home"] == {"country": "FR", "detail": "12 rue de la Paix, Paris"}
    assert wrong(**typed) == {}


def test_the_countries_come_when_asked_for_or_chosen():
    plain = shown(BoundPage(FORM, PAGE, {}, TODAY))
    assert "home-country" not in plain and "Địa chỉ ở nước ngoài</button>" in plain

    entered = press({}, **{"abroad": "home", "home-detail": "Tổ 7"})
    assert entered.again and entered.focus == "f-home" and entered.query == "nuoc-ngoai=home"
    assert entered.values["home"] == {"detail": "Tổ 7"}, "what was typed is kept"
    assert not read_page(FORM, PAGE, post(abroad="home"), {}, TODAY, autosave=True).again
    assert not read_page(FORM, PAGE, post(abroad="somebody"), {}, TODAY).again

    asked = BoundPage(FORM, PAGE, entered.values, TODAY, abroad="home")
    assert '<option value="FR"' in shown(asked) and "Địa chỉ ở nước ngoài" not in shown(asked)
    typed = read_page(FORM, PAGE, post(home__country="", home__detail=""), {}, TODAY)
    assert 'name="home-country"' in shown(BoundPage(FORM, PAGE, {}, TODAY, entered=typed)), "shown again with an error"
    assert '<option value="FR" selected>' in shown(BoundPage(FORM, PAGE, {"home": {"country": "FR"}}, TODAY))


def test_consents():
    assert read(agree="1")["agree"] is True
    assert read()["agree"] is None
    person = {"head__agreed": "1", "head__name": "Đoàn Thị Oanh", "head__id_number": "068 999 000 009", "head__way": "vneid"}
    assert read(**person)["head"] == {"agreed": True, "name": "Đoàn Thị Oanh", "id_number": "068999000009", "way": "vneid"}
    assert wrong(**person) == {}
    assert wrong(**{**person, "head__way": "phone"}) == {"head": "consent"}
    assert wrong(head__name="Đoàn Thị Oanh") == {"head": "consent"}


def test_yes_no_and_several_choices():
    assert read(sure="co")["sure"] is True and read(sure="khong")["sure"] is False and read()["sure"] is None
    assert wrong(sure="maybe") == {"sure": "type"}
    assert read(kinds=["b", "a", "b"])["kinds"] == ["b", "a"]
    assert wrong(kinds=["a", "z"]) == {"kinds": "option"}


def test_only_what_the_page_shows_is_read():
    values = read(name="Lê Hoa", ap_full_name="Kẻ khác", total="5")

    assert set(values) == set(FORM.fields)


# tables ---------------------------------------------------------------------------------------------------------------
ROWS = [{"what": f"vật {n}", "land": "VN", "sum": n} for n in range(3)]


def press(known, **buttons):
    """Press a button on the page as shown, with changed inputs."""
    return read_page(FORM, PAGE, posted(BoundPage(FORM, PAGE, known, TODAY), **buttons), known, TODAY)


def test_a_row_is_added_without_javascript():
    entered = press({"rows": ROWS}, add_row="rows")

    assert entered.again and entered.focus == "f-rows-3" and entered.query == "dong=rows-3"
    assert entered.values["rows"] == [*ROWS, {}]


def test_no_row_more_than_allowed_is_added():
    assert len(press({"rows": ROWS * 2 + ROWS[:2]}, add_row="rows").values["rows"]) == 8


def test_a_row_is_taken_out_by_its_number():
    assert press({"rows": ROWS}, remove_row="rows-1").values["rows"] == [ROWS[0], ROWS[2]]
    assert press({"rows": [ROWS[0], {}, ROWS[2]]}, remove_row="rows-2").values["rows"] == [ROWS[0]]
    assert press({"rows": ROWS}, remove_row="rows-9").values["rows"] == ROWS
    assert press({"rows": ROWS[:1]}, remove_row="rows-0").values["rows"] is None


def test_blank_rows_go_when_the_page_is_sent_and_stay_while_it_is_saved():
    known = {"rows": [ROWS[0], {}, ROWS[2]]}
    sent = posted(BoundPage(FORM, PAGE, known, TODAY))

    assert read_page(FORM, PAGE, sent, known, TODAY).values["rows"] == [ROWS[0], ROWS[2]]
    saved = read_page(FORM, PAGE, sent, known, TODAY, autosave=True).values["rows"]
    assert [row.get("what") for row in saved] == ["vật 0", None, "vật 2"]


def test_closed_rows_stay_as_stored():
    known = {"rows": [{**ROWS[0], "what": f"vật {n}"} for n in range(7)]}
    bound = BoundPage(FORM, PAGE, known, TODAY, open_row=("rows", 2))
    names = {name for name, _ in Inputs(shown(bound)).sent}

    assert "rows-2-what" in names and "rows-1-what" not in names
    values = read_page(FORM, PAGE, posted(bound, **{"rows-2-what": "đổi"}), known, TODAY).values["rows"]
    assert [row["what"] for row in values] == ["vật 0", "vật 1", "đổi", "vật 3", "vật 4", "vật 5", "vật 6"]
    assert press(known, edit_row="rows-4").open_row == ("rows", 4)


def test_senseless_row_numbers_do_no_harm():
    values = read(**{"rows__open": ["x", "-1", "99999", "999"], "rows__999__what": "xa"})

    assert values["rows"] == [{"what": "xa"}]


def test_a_page_with_a_table_goes_on_when_enter_is_pressed():
    html = shown(BoundPage(FORM, PAGE, {}, TODAY))

    assert 0 < html.index("<button") == html.index('<button class="vh"')


NAMES = [name for name, _ in Inputs(shown(BoundPage(FORM, PAGE, {"rows": ROWS, "home": {"detail": "x"}}, TODAY))).sent]


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from([*NAMES, "add_row", "remove_row", "edit_row"]), st.text(max_size=30), max_size=12))
def test_any_text_in_any_input_is_read_checked_and_shown(typed):
    sent = QueryDict(mutable=True)
    sent.update(typed)
    entered = read_page(FORM, PAGE, sent, {"rows": ROWS}, TODAY)
    errors = page_errors(FORM, PAGE, entered.values, TODAY)
    html = shown(BoundPage(FORM, PAGE, {"rows": ROWS}, TODAY, entered=entered, errors=errors))

    assert "\x00" not in str(entered.values)
    assert html.count("<h1>") == 1


@pytest.mark.parametrize("sample", VALID, ids=repr)
def test_letters_typed_apart_are_stored_together(sample):
    for page in sample.form.visible_pages(sample.known, sample.today):
        sent = posted(BoundPage(sample.form, page, sample.known, sample.today))
        apart = QueryDict(mutable=True)
        for name, values in sent.lists():
            apart.setlist(name, [unicodedata.normalize("NFD", value) for value in values])

        assert read_page(sample.form, page, apart, sample.known, sample.today).values == (
            read_page(sample.form, page, sent, sample.known, sample.today).values
        )


# ---------------------------------------------------------------- one reading each (tests/portal/test_readings.py)
@pytest.mark.parametrize("typed", ["0084912345678", "84912345678", "0912–345–678", "0912 345 678", "+84912345678"])
def test_a_phone_number_is_stored_as_the_form_prints_it(typed):
    form = FORMS["ct01"]
    page = next(page for page in form.pages if any(field.key == "ap_phone" for field in page.fields))
    values = read_page(form, page, post(ap_phone=typed), {}, TODAY).values
    assert values["ap_phone"] == "0912345678" and "ap_phone" not in page_errors(form, page, values, TODAY)
    assert display_value(form, form.fields["ap_phone"], values["ap_phone"]) == "0912\u00a0345\u00a0678"


def test_an_accented_mail_address_is_refused_with_the_reason():
    form = FORMS["ct01"]
    page = next(page for page in form.pages if any(field.key == "ap_email" for field in page.fields))
    values = read_page(form, page, post(ap_email="nguyênvân@gmail.com"), {}, TODAY).values
    errors = page_errors(form, page, values, TODAY)
    assert "không có “êâ”" in error_text(form, "ap_email", errors["ap_email"], values, TODAY)


def test_sums_are_read_as_everywhere_and_unclear_ones_say_why():
    assert read(price="150.000,00")["price"] == 150_000 == read(price="150,000")["price"]
    assert wrong(price="1.500,000") == {"price": "not_a_number"}
    assert "hai cách" in error_text(FORM, "price", "not_a_number", {"price": "1.500,000"}, TODAY)
    assert wrong(price="-5") == {"price": "min"}


def test_an_identity_number_may_have_dashes():
    assert read(id_no="068-999–000.001")["id_no"] == "068999000001"
