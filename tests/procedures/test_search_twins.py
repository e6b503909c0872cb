"""Twins: procedures with the same name at another level or in another province are one result, and share everyday phrases."""

import pytest

from procedures import search
from procedures.models import Procedure
from procedures.search import twins
from procedures.search.suggestions import suggest
from tests.world import load_sample

SPLIT = "tách thửa hoặc hợp thửa đất"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tách thửa hoặc hợp thửa đất.", "Tách thửa hoặc hợp thửa đất"),
        ("Đính chính Giấy chứng nhận đã cấp", "Đính chính Giấy chứng nhận đã cấp ( Cấp xã )"),
        ("Thủ tục cấp giấy phép khai thác khoáng sản (cấp Tỉnh)", "Cấp giấy phép khai thác khoáng sản (cấp Bộ)"),
        ("Cấp phép thi công nút giao (tỉnh Phú Thọ)", "Cấp phép thi công nút giao trên địa bàn tỉnh Đồng Tháp"),
        ("Xóa đăng ký (thực hiện tại cấp xã)", "Trình tự, thủ tục xóa đăng ký"),
    ],
)
def test_level_province_and_punctuation_do_not_tell_twins_apart(one, other):
    assert twins.matter(one) == twins.matter(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đăng ký kết hôn", "Đăng ký kết hôn có yếu tố nước ngoài"),
        ("Cấp giấy phép (trường hợp bị mất)", "Cấp giấy phép (trường hợp hết hạn)"),
        ("Tiếp nhận vào công chức cấp xã", "Tiếp nhận vào công chức"),
    ],
)
def test_what_is_another_matter_is_no_twin(one, other):
    assert twins.matter(one) != twins.matter(other)


def test_a_procedure_without_phrases_has_those_of_its_twins():
    matters = {"1": "tách thửa", "2": "tách thửa", "3": "khai sinh"}
    assert twins.shared({"1": ["chia đất cho con"], "9": ["lạ"]}, matters) == {
        "1": ["chia đất cho con"],
        "2": ["chia đất cho con"],
        "3": (),
    }


@pytest.fixture
def three_twins():
    load_sample(codes=["1.001193", "1.004194"])
    pattern = Procedure.objects.get(code="1.004194")
    for number, place in enumerate(("Bộ Nông nghiệp và Môi trường", "UBND tỉnh Đắk Lắk", "UBND tỉnh Bắc Ninh")):
        Procedure.objects.create(
            code=f"9.00000{number}",
            name=f"Tách thửa hoặc hợp thửa đất{'.' * number}",
            sector=pattern.sector,
            promulgator=place,
            declared_level=1,
            listed=True,
            search_exact=SPLIT + "." * number,
            search_folded="tach thua hoac hop thua dat",
        )


@pytest.mark.django_db
def test_twins_are_one_result_with_the_others_below(client, three_twins, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        answer = client.get("/thu-tuc/", {"tu-khoa": "tách thửa hợp thửa đất"})
    [(card, others)] = [row for row in answer.context["rows"] if row[0].procedure.code.startswith("9.")]
    assert {card.procedure.code, *(one.procedure.code for one in others)} == {"9.000000", "9.000001", "9.000002"}
    text = answer.content.decode()
    assert "2 thủ tục cùng tên" in text and "UBND tỉnh Bắc Ninh" in text and "UBND tỉnh Đắk Lắk" in text


@pytest.mark.django_db
def test_twins_are_suggested_once_and_listed_each_without_a_query(client, three_twins):
    assert sum(code.startswith("9.") for code in suggest("tách thửa hợp thửa đất")) == 1
    assert {"9.000000", "9.000001", "9.000002"} <= set(search.everything())
