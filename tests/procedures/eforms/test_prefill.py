"""Prefilling: known data is filled in with the form's codes and never replaces an answer."""

import datetime as dt

from procedures.eforms import BoundPage, prefill
from tests.procedures.eforms.browser import shown
from tests.procedures.eforms.conftest import FORMS

TODAY = dt.date(2026, 11, 25)
HOME = {"province": "68", "commune": "68.X123", "detail": "Số 12/5 đường Nguyễn Thị Minh Khai"}
PROFILE = {
    "full_name": "Nguyễn Hoàng Phượng Vỹ",
    "birth_date": "1990-03-27",
    "gender": "female",
    "id_number": "068999000001",
    "phone": "0900000012",
    "current_address": HOME,
    "household": {
        "head_full_name": "Đoàn Thị Kiều Oanh",
        "relation": "lodger",
        "members": [
            {"full_name": "Trần Đỗ Khương Duệ", "birth_date": "1988", "gender": "male", "relation": "husband"},
            {"full_name": "Lê Thị Hỷ", "gender": "other", "relation": "nobody"},
        ],
    },
    "child": {"full_name": "Trần Ngữ Uyển", "birth_date": "2013-06-15"},
}


def fill(form_key, known=None, **options):
    return prefill(FORMS[form_key], known or {}, TODAY, **{"profile": PROFILE, **options})


def test_the_account_fills_in_the_forms_own_codes():
    filled = fill("ct01", {"with_members": True})

    assert filled.values["ap_full_name"] == "Nguyễn Hoàng Phượng Vỹ"
    assert filled.values["ap_gender"] == "nu"
    assert filled.values["head_relation"] == "o_nho"
    assert filled.values["members"] == [
        {"full_name": "Trần Đỗ Khương Duệ", "birth_date": "1988", "gender": "nam", "relation": "chong"},
        {"full_name": "Lê Thị Hỷ"},
    ]
    assert filled.origins["ap_full_name"] == "profile.full_name"


def test_answers_are_never_overwritten_also_empty_ones():
    filled = fill("ct01", {"ap_full_name": "Tên Khác", "ap_phone": None})

    assert "ap_full_name" not in filled.values and "ap_phone" not in filled.values


def test_hidden_questions_and_other_pages_are_left_alone():
    assert "members" not in fill("ct01", {"with_members": False}).values
    page = FORMS["ct01"].page("lien_he")
    assert set(fill("ct01", pages=[page]).values) == {"ap_phone"}


def test_only_the_side_the_filer_is_on_is_filled_in():
    filled = fill("to_khai_ket_hon", {"submitter_side": "nu"}).values

    assert filled["bride_full_name"] == "Nguyễn Hoàng Phượng Vỹ" and filled["bride_residence"] == HOME
    assert "groom_full_name" not in filled


def test_defaults_come_last_and_say_so():
    filled = fill("to_khai_ket_hon", {"submitter_side": "nu"})

    assert filled.values["groom_nationality"] == "VN" and filled.origins["groom_nationality"] == "default"


def test_the_chosen_child_fills_a_childs_form():
    assert fill("don_chuyen_truong").values["student_full_name"] == "Trần Ngữ Uyển"


def test_the_procedure_answers_what_it_already_says():
    assert fill("dkx10", context={"procedure_code": "1.013076"}).values["request"] == "sang_ten"


def test_a_register_that_is_down_leaves_the_question_empty():
    lookups = {"marriage": lambda about: None}
    filled = fill("to_khai_khai_sinh", lookups=lookups).values

    assert "marriage_cert_no" not in filled


def test_a_register_fills_the_field_it_is_asked_for():
    licence = {"number": "680999000012", "classes": ["a1", "b", "unheard of"]}
    filled = fill("de_nghi_doi_cap_lai_gplx", lookups={"driver_licence": lambda about: licence}).values

    assert filled["licence_no"] == "680999000012" and filled["licence_class"] == ["a1", "b"]


def test_what_a_person_changed_is_their_own_statement():
    filled = fill("ct01")

    kept = filled.origins_of({**filled.values, "ap_phone": "0900000099"})

    assert "ap_full_name" in kept and "ap_phone" not in kept


def test_the_page_says_what_was_filled_in():
    form = FORMS["ct01"]
    filled = fill("ct01")
    html = shown(BoundPage(form, form.page("nguoi_de_nghi"), filled.values, TODAY, origins=filled.origins))

    assert 'value="Nguyễn Hoàng Phượng Vỹ"' in html and "đã điền sẵn, xem lại" in html
