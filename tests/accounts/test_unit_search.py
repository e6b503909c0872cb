"""Communes found by what people type: new names, old names, abbreviations, without accents; a split unit asks which one."""

import pytest

from accounts.models import AdministrativeUnit
from accounts.unit_search import find, plain, successors_of
from tests import snapshots, world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def country(django_db_setup, django_db_blocker):
    with snapshots.rows_of_a_file(django_db_blocker, world.country):
        yield


def names(text, province=""):
    return [f"{unit.name}, {unit.province_name}" for unit in find(text, province)]


@pytest.mark.parametrize(
    "text",
    [
        "phường Mường Thanh, thành phố Điện Biên Phủ",
        "phuong muong thanh, thanh pho dien bien phu",
        "P. Mường Thanh, TP Điện Biên Phủ",
        "PHƯỜNG MƯỜNG THANH TP. ĐIỆN BIÊN PHỦ TỈNH ĐIỆN BIÊN",
        "xã Mường Thanh, Điện Biên Phủ",
        "muong thanh dien bien phu",
        "Muong Thanh, tx dien bien phu",
    ],
)
def test_an_old_name_finds_the_unit_of_today(text):
    found = find(text)

    assert [(unit.code, unit.name, unit.province) for unit in found] == [("11.X004", "Phường Điện Biên Phủ", "11")]
    assert found[0].was == ("Phường Mường Thanh, Thành phố Điện Biên Phủ, Tỉnh Điện Biên",)


def test_a_split_unit_gives_all_its_successors():
    found = find("Phường Điện Biên, Quận Ba Đình")

    assert len(found) > 1 and len({unit.code for unit in found}) == len(found)
    assert {unit.was for unit in found} == {("Phường Điện Biên, Quận Ba Đình, Thành phố Hà Nội",)}


def test_an_old_district_gives_the_communes_made_of_it():
    found = find("thành phố Điện Biên Phủ")

    assert found[0].name == "Phường Điện Biên Phủ"
    assert "Phường Mường Thanh" in [unit.name for unit in found]


def test_the_same_name_comes_first_and_three_letters_are_enough():
    assert names("Ba Đình")[0] == "Phường Ba Đình, Thành phố Hà Nội"
    assert "Phường Ba Đình, Thành phố Hà Nội" in names("ba d")
    assert names("xa dung")[0] == "Xã Xa Dung, Tỉnh Điện Biên"
    assert names("b'lao")[0] == names("B’Lao")[0] == names("blao")[0] == "Phường B’Lao, Tỉnh Lâm Đồng"


def test_a_province_is_looked_in_first():
    everywhere = find("Tân Lập")
    assert len({unit.province for unit in everywhere}) > 3
    assert {unit.province for unit in find("Tân Lập", "20")} == {"20"}
    assert find("phường Mường Thanh, thành phố Điện Biên Phủ", "79")[0].code == "11.X004"
    assert {unit.province for unit in find("phường Điện Biên, quận Ba Đình", "11")} == {"01"}, "what was written counts more"


def test_telex_keys_left_over_are_read():
    assert names("phuwowngf ddieenj bieen phur")[0] == "Phường Điện Biên Phủ, Tỉnh Điện Biên"


@pytest.mark.parametrize(
    "text", ["", " ", ",,,", "%", "không có nơi nào tên thế này", "\x00", "_" * 500, "zq," * 300, "()[]{}*?\\"]
)
def test_what_is_no_name_finds_nothing(text):
    assert find(text) == []


def test_plain_words():
    assert plain("Phường 01 (B’Lao) - ĐÀ LẠT") == "phuong 1 blao da lat"


def test_successors_of_an_abolished_unit():
    old = AdministrativeUnit.objects.get(name="Phường Mường Thanh", parent__name="Thành phố Điện Biên Phủ")

    assert old.code.startswith("cu.") and old.valid_to.isoformat() == "2025-06-30"
    assert [unit.code for unit in successors_of(old.code)] == ["11.X004"]
    assert successors_of("11.X004") == [] and successors_of("nowhere") == []


def test_searching_takes_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        find("Mường Thanh")
    with django_assert_max_num_queries(20):
        find("muong thanh, quan nowhere")
