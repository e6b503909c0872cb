"""Error messages: what is wrong and how to correct it, with the label of the field."""

import datetime as dt

import pytest

from procedures.eforms import error_texts, summary_text, validate
from tests.procedures.eforms.conftest import FORMS, INVALID, VALID

TODAY = dt.date(2026, 11, 23)


def said(form_key, answers, key):
    """The error message at one field of a valid sample with one changed answer."""
    sample = next(sample for sample in VALID if sample.form.key == form_key)
    known = {**sample.known, **answers}
    errors = validate(sample.form, known, sample.today)
    return error_texts(sample.form, errors, known, sample.today).get(key)


@pytest.mark.parametrize("sample", INVALID, ids=repr)
def test_every_error_has_a_sentence_that_fills_all_its_places(sample):
    texts = error_texts(sample.form, validate(sample.form, sample.known, sample.today), sample.known, sample.today)

    assert sorted(texts) == sorted(sample.expected)
    for text in texts.values():
        assert text.endswith(".") and "{" not in text and "không hợp lệ" not in text


@pytest.mark.parametrize("form_key, answers, key, sentence", [
    ("ct01", {"ap_full_name": ""}, "ap_full_name", "Nhập họ, chữ đệm, tên của người đề nghị."),
    ("ct01", {"ap_gender": ""}, "ap_gender", "Chọn giới tính của người đề nghị."),
    ("ct01", {"head_id_number": "06899900000"}, "head_id_number", "Số căn cước có 12 số, mới nhập 11 số."),
    ("ct01", {"head_id_number": "06899900000a"}, "head_id_number", "Ghi đủ 12 chữ số trên thẻ căn cước."),
    ("ct01", {"ap_phone": "090000001"}, "ap_phone", "Số điện thoại có 10 số, mới nhập 9 số. Số cố định ghi cả mã vùng."),
    ("ct01", {"ap_email": "hoa@"}, "ap_email", "Ghi địa chỉ thư có dạng ten@mien.vn."),
    ("ct01", {"ap_birth_date": "2027-01-01"}, "ap_birth_date", "Chọn ngày không sau 23/11/2026."),
    ("ct01", {"stay_until": "2026-11-24"}, "stay_until", "Chọn ngày cách hôm nay ít nhất 30 ngày."),
    ("ct01", {"stay_until": "31/2/26"}, "stay_until", "Ghi năm đủ 4 chữ số, ví dụ 1990."),
    ("ct01", {"stay_until": "2027-02-31"}, "stay_until", "Tháng 2 không có ngày 31. Xem lại tạm trú đến ngày."),
    ("ct01", {"stay_until": "2027-13-01"}, "stay_until", "Một năm có 12 tháng. Xem lại tạm trú đến ngày."),
    ("ct01", {"stay_until": "//2027"}, "stay_until", "Ghi thêm tháng."),
    ("ct01", {"stay_until": "/5/2027"}, "stay_until", "Ghi thêm ngày."),
    ("ct01", {"stay_until": "3/5/"}, "stay_until", "Ghi thêm năm."),
    ("ct01", {"new_address": None}, "new_address", "Chọn tỉnh, xã và ghi số nhà, thôn cho mục địa chỉ xin đăng ký."),
    ("ct01", {"new_address": {"province": "68", "detail": "Tổ 7"}}, "new_address",
     "Chọn thêm xã, phường cho mục địa chỉ xin đăng ký."),
    ("ct01", {"new_address": {"province": "68", "commune": "68.X123"}}, "new_address",
     "Ghi thêm số nhà, đường, thôn cho mục địa chỉ xin đăng ký."),
    ("ct01", {"new_address": {"province": "11", "commune": "68.X123", "detail": "Tổ 7"}}, "new_address",
     "Xã đã chọn không thuộc tỉnh đã chọn ở mục địa chỉ xin đăng ký. Chọn lại xã."),
    ("ct01", {"new_address": {"find": "Điện Biên Phủ", "detail": "Tổ 7"}}, "new_address",
     "Chọn một nơi trong danh sách tìm được cho “Điện Biên Phủ”."),
    ("ct01", {"new_address": {"find": "Atlantis {label}", "detail": "Tổ 7"}}, "new_address",
     "Không tìm thấy xã, phường nào tên “Atlantis {label}”. Xem lại tên, hoặc chọn tỉnh rồi chọn xã."),
    ("ct01", {"new_address": {"country": "LA", "detail": "Viêng Chăn"}}, "new_address",
     "Mục địa chỉ xin đăng ký phải là một nơi ở Việt Nam. Chọn tỉnh, rồi chọn xã."),
    ("to_khai_khai_sinh", {"child_home_town": {"province": "79"}}, "child_home_town",
     "Chọn thêm xã, phường cho mục quê quán."),
    ("ct01", {"head_consent": {"agreed": False, "name": "Oanh"}}, "head_consent",
     "Đánh dấu đồng ý ở mục ý kiến của chủ hộ. Chưa đồng ý thì chưa nộp được."),
    ("ct01", {"members": []}, "members", "Thêm ít nhất 1 dòng vào thành viên cùng thay đổi."),
    ("don_gpxd", {"build_area": 100000}, "build_area", "Diện tích xây dựng không lớn hơn diện tích lô đất. Kiểm tra lại."),
])  # fmt: skip
def test_sentences(form_key, answers, key, sentence):
    assert said(form_key, answers, key) == sentence


def test_errors_come_in_the_order_of_the_form():
    form = FORMS["ct01"]
    errors = {
        "members[10].relation": "option",
        "members[2].full_name": "required",
        "ap_full_name": "required",
        "head_relation": "required",
    }

    assert list(error_texts(form, errors, {}, TODAY)) == [
        "ap_full_name",
        "head_relation",
        "members[2].full_name",
        "members[10].relation",
    ]


def test_the_summary_names_the_row_of_a_cell():
    assert summary_text("members[1].birth_date", "Ghi thêm tháng.") == "Dòng 2: Ghi thêm tháng."
    assert summary_text("ap_full_name", "Nhập họ tên.") == "Nhập họ tên."


def test_what_the_form_does_not_know_has_a_sentence_too():
    form = FORMS["ct01"]

    assert error_texts(form, {"la": "unknown", "members[0].la": "unknown"}, {}, TODAY)["la"].startswith("Câu này không có")
