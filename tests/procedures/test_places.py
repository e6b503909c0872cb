"""The choice of province and commune finds the desk, by code and not by name."""

import pytest

from procedures.models import Offering, Procedure
from procedures.places import choose, desk_hours
from tests.world import load_sample

pytestmark = pytest.mark.django_db
RESIDENCE, RECORD, BRAND = "1.010041", "3.000333", "1.015002"


@pytest.fixture
def residence():
    load_sample(codes=[RESIDENCE, RECORD, BRAND], provinces=["H18", "H36"])
    return Procedure.objects.get(code=RESIDENCE)


def test_before_a_choice_every_place_that_offers_it_can_be_chosen(residence, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        choice = choose(residence)
    assert [unit.name for unit in choice.provinces] == ["Tỉnh Điện Biên", "Tỉnh Lâm Đồng"]
    assert sum(len(communes) for _province, communes in choice.communes) == Offering.objects.filter(procedure=residence).count()
    assert not choice.made and choice.asks_commune and not choice.error


def test_a_commune_finds_its_desk(residence):
    choice = choose(residence, province="11", commune="11.X004")
    assert [offering.receiving_agency.code for offering in choice.offerings] == ["H18.X004.CA"]
    assert choice.commune.code == "11.X004" and choice.province.code == "11"
    assert choose(residence, commune="11.X004").offerings == choice.offerings


def test_a_commune_of_another_province_is_said_so(residence):
    choice = choose(residence, province="68", commune="11.X004")
    assert not choice.made and "không thuộc Tỉnh Lâm Đồng" in choice.error


def test_a_province_alone_asks_for_the_commune(residence):
    assert choose(residence, province="11").error == "Chọn xã, phường hoặc đặc khu."


def test_a_body_of_the_province_needs_no_commune(residence):
    choice = choose(Procedure.objects.get(code=RECORD), province="11")
    assert not choice.asks_commune and [offering.lead_agency.code for offering in choice.offerings] == ["H18.Z01"]


def test_the_number_of_an_offering_is_a_choice_too(residence):
    offering = Offering.objects.get(procedure=residence, unit_code="11.X005")
    choice = choose(residence, offering=str(offering.pk))
    assert choice.offerings == [offering] and choice.commune.code == "11.X005"
    other = Offering.objects.filter(procedure__code=RECORD).first()
    assert choose(residence, offering=str(other.pk)).error.startswith("Nơi này không còn nhận")


@pytest.mark.parametrize("asked", [{"province": "99"}, {"commune": "khong-co"}, {"offering": "x"}, {"province": "11.X004"}])
def test_nonsense_chooses_nothing(residence, asked):
    assert not choose(residence, **asked).made


def test_a_central_body_is_elsewhere(residence):
    choice = choose(Procedure.objects.get(code=BRAND))
    assert not choice.possible and choice.elsewhere.lead_agency.code == "G06.19"


def test_an_ended_offering_is_no_choice(residence):
    Offering.objects.filter(procedure=residence, unit_code="11.X004").update(valid_to="2026-01-01")
    assert not choose(residence, province="11", commune="11.X004").made


def test_hours_are_said_as_people_say_them(residence):
    hours = Offering.objects.filter(procedure=residence).first().receiving_agency.hours
    said = [line.replace("\u00a0", " ") for line in desk_hours(hours)]
    assert said[0] == "Thứ hai đến thứ sáu: 7 giờ 30 – 11 giờ 30, 13 giờ 30 – 17 giờ"
    assert said[1].startswith("Thứ bảy") and desk_hours(None) == []
