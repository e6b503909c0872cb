"""Options from outside the form: territory, agencies, countries."""

import datetime as dt

import pytest

from accounts.models import AdministrativeUnit, Agency
from accounts.unit_search import search_text
from procedures.eforms import BoundPage, DatabaseSources, Form, Option, StaticSources, display_value
from procedures.eforms.values import value_error
from procedures.models import Holiday
from tests.procedures.eforms.conftest import FORMS


def test_countries_have_vietnamese_names_our_own_first():
    countries = StaticSources().options("country")

    assert countries[0] == Option("VN", "Việt Nam")
    assert Option("LA", "Lào") in countries and len(countries) > 240
    assert StaticSources().find("country", "EU") is None


def test_unknown_names_and_codes_have_no_words():
    assert StaticSources().options("moons") == []
    assert StaticSources().label("province", "99") == ""


@pytest.fixture
def territory(db):
    lam_dong = AdministrativeUnit.objects.create(
        code="68", kind="tinh", name="Tỉnh Lâm Đồng", short_name="Lâm Đồng", sort_key="b"
    )
    AdministrativeUnit.objects.create(code="11", kind="tinh", name="Tỉnh Điện Biên", short_name="Điện Biên", sort_key="a")
    units = [
        AdministrativeUnit.objects.create(
            code=code, kind="xa", name=name, short_name=name, parent=lam_dong, sort_key=name, valid_to=until,
            search_text=search_text(name, name),
        )
        for code, name, until in (("68.X1", "Xã Lạc Dương", None), ("68.X2", "Xã Cũ", dt.date(2025, 6, 30)))
    ]  # fmt: skip
    units[1].successors.add(units[0])
    Agency.objects.create(code="H36.X1", name="UBND xã Lạc Dương", kind="ubnd")


def test_the_portals_own_territory(territory, django_assert_num_queries):
    sources = DatabaseSources(dt.date(2026, 11, 25))

    with django_assert_num_queries(2):
        assert [option.label for option in sources.options("province")] == ["Tỉnh Điện Biên", "Tỉnh Lâm Đồng"]
        assert sources.options("commune", "68") == [Option("68.X1", "Xã Lạc Dương", "68")]
        assert sources.can_choose("commune", "68.X1")
    assert sources.label("agency", "H36.X1") == "UBND xã Lạc Dương"


def test_what_was_abolished_keeps_its_name_but_is_not_offered(territory):
    sources = DatabaseSources(dt.date(2026, 11, 25))

    assert sources.label("commune", "68.X2") == "Xã Cũ"
    assert not sources.can_choose("commune", "68.X2")
    assert Option("68.X2", "Xã Cũ", "68") not in sources.options("commune")


def test_the_communes_of_many_answers_are_read_at_once(territory, django_assert_num_queries):
    sources = DatabaseSources(dt.date(2026, 11, 25))

    with django_assert_num_queries(1):
        sources.expect(["68.X1", "68.X2", "99.X9", "", None, ["68.X1"]])
        assert sources.find("commune", "68.X1").parent == "68" and sources.find("commune", "99.X9") is None


def test_an_abolished_commune_must_be_chosen_again_among_its_successors(territory):
    form = Form(FORMS["ct01"].document, sources=DatabaseSources(dt.date(2026, 11, 25)))
    question, today = form.fields["new_address"], dt.date(2026, 11, 25)
    old = {"province": "68", "commune": "68.X2", "detail": "Thôn 1"}

    assert value_error(form, question, old, today) == "address"
    page = BoundPage(
        form, question.page, {"request_kind": "tam_tru", "new_address": old}, today, errors={"new_address": "address"}
    )
    assert page.error("new_address").startswith("Xã Cũ không còn từ khi sắp xếp lại")
    assert [place.code for place in page.fields[0].places] == ["68.X1"]
    assert display_value(form, question, old) == "Thôn 1, Xã Cũ, Tỉnh Lâm Đồng"


def test_a_place_of_birth_is_a_province_or_a_country(territory):
    form = Form(FORMS["tk01_ho_chieu"].document, sources=DatabaseSources(dt.date(2026, 11, 25)))
    born = form.fields["birth_place"]

    assert [value_error(form, born, code, dt.date(2026, 11, 25)) for code in ("68", "LA", "VN", "XX", "68.X1")] == [
        None, None, "option", "option", "option",
    ]  # fmt: skip
    assert form.option_label(born, "LA") == "Lào" and form.option_label(born, "68") == "Tỉnh Lâm Đồng"


def test_a_person_may_have_no_nationality_and_another_ethnicity():
    form = FORMS["lltp_01"]
    assert form.option_label(form.fields["ap_nationality"], "XX") == "Không quốc tịch"
    assert form.option_label(form.fields["ap_ethnicity"], "56") == "Dân tộc khác hoặc chưa xác định"
    assert StaticSources().find("country", "XX") is None, "no country"


def test_working_days_are_those_of_the_portal(db, django_assert_num_queries):
    Holiday.objects.create(date=dt.date(2026, 11, 26), name="Nghỉ thử", kind=Holiday.Kind.STATUTORY)
    form = Form(FORMS["tam_ngung_hkd"].document, sources=DatabaseSources())

    with django_assert_num_queries(2):
        assert form.calendar.add_working_days(dt.date(2026, 11, 25), 1) == dt.date(2026, 11, 27)
        assert form.calendar.add_working_days(dt.date(2026, 11, 25), 2) == dt.date(2026, 11, 30)
