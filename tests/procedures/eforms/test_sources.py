"""Options from outside the form: territory, agencies, countries."""

import datetime as dt

import pytest

from accounts.models import AdministrativeUnit, Agency
from procedures.eforms import DatabaseSources, Form, Option, StaticSources
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
    for code, name, until in (("68.X1", "Xã Lạc Dương", None), ("68.X2", "Xã Cũ", dt.date(2025, 6, 30))):
        AdministrativeUnit.objects.create(
            code=code, kind="xa", name=name, short_name=name, parent=lam_dong, sort_key=name, valid_to=until
        )
    Agency.objects.create(code="H36.X1", name="UBND xã Lạc Dương", kind="ubnd")


def test_the_portals_own_territory(territory, django_assert_num_queries):
    sources = DatabaseSources(dt.date(2026, 11, 25))

    with django_assert_num_queries(1):
        assert [option.label for option in sources.options("province")] == ["Tỉnh Điện Biên", "Tỉnh Lâm Đồng"]
        assert sources.options("commune", "68") == [Option("68.X1", "Xã Lạc Dương", "68")]
        assert sources.can_choose("commune", "68.X1")
    assert sources.label("agency", "H36.X1") == "UBND xã Lạc Dương"


def test_what_was_abolished_keeps_its_name_but_is_not_offered(territory):
    sources = DatabaseSources(dt.date(2026, 11, 25))

    assert sources.label("commune", "68.X2") == "Xã Cũ"
    assert not sources.can_choose("commune", "68.X2")
    assert Option("68.X2", "Xã Cũ", "68") not in sources.options("commune")


def test_working_days_are_those_of_the_portal(db, django_assert_num_queries):
    Holiday.objects.create(date=dt.date(2026, 11, 26), name="Nghỉ thử", kind=Holiday.Kind.STATUTORY)
    form = Form(FORMS["tam_ngung_hkd"].document, sources=DatabaseSources())

    with django_assert_num_queries(2):
        assert form.calendar.add_working_days(dt.date(2026, 11, 25), 1) == dt.date(2026, 11, 27)
        assert form.calendar.add_working_days(dt.date(2026, 11, 25), 2) == dt.date(2026, 11, 30)
