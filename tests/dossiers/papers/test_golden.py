"""Papers are readable with long, unusual and badly typed names and texts."""

import unicodedata

import pytest

from dossiers.papers.contexts.office import blocks_of
from dossiers.papers.models import PaperKind
from dossiers.papers.rendering import render_paper
from tests.dossiers.papers.reading import text_of

pytestmark = pytest.mark.needs_pdf

LONG_NAME = "Công Tằng Tôn Nữ Nguyễn Phước Hoàng Phượng Uyển Thảo Quỳnh Ngự Bình Hương Giang Ế Ữ Ặ Ợ Ẫ"
STACKED = "ắ ằ ẳ ẵ ặ ấ ầ ẩ ẫ ậ ế ề ể ễ ệ ố ồ ổ ỗ ộ ớ ờ ở ỡ ợ ứ ừ ử ữ ự ỳ ý ỷ ỹ ỵ đ Đ ₫"


def facts(**changed):
    """What a receipt slip or an acknowledgement needs, in the shape `contexts` makes."""
    return {
        "title": "Giấy thử",
        "letterhead": {
            "parent": "", "agency": "Ủy ban nhân dân phường Điện Biên Phủ", "number": "1/TN", "place": "Điện Biên Phủ",
            "day_in_words": "ngày 05 tháng 02 năm 2026",
        },
        "foot": "Giấy thử",
        "dossier_code": "H18.X004-260205-0001",
        "person": {"name": LONG_NAME, "address": "", "phone": "", "email": "", "submitter": ""},
        "procedure": {"name": "Xác nhận thông tin về cư trú", "code": "1.010041"},
        "papers": [],
        **changed,
    }  # fmt: skip


def test_a_long_name_with_stacked_marks_is_printed_whole():
    assert LONG_NAME in text_of(render_paper(PaperKind.RECEIPT_SLIP, facts()))


def test_every_letter_of_the_language_comes_out_as_it_went_in():
    person = {"name": STACKED, "address": "", "phone": "", "email": "", "submitter": ""}
    assert STACKED in text_of(render_paper(PaperKind.RECEIPT_SLIP, facts(person=person)))


def test_decomposed_text_comes_out_composed():
    typed = unicodedata.normalize("NFD", "Đặng Hoàng Phượng Vỹ, tổ dân phố Ế")
    person = {"name": typed, "address": typed, "phone": "", "email": "", "submitter": ""}
    text = text_of(render_paper(PaperKind.ACKNOWLEDGEMENT, facts(person=person)))
    assert text.count("Đặng Hoàng Phượng Vỹ, tổ dân phố Ế") == 2


def test_empty_fields_say_that_they_are_empty():
    text = text_of(render_paper(PaperKind.ACKNOWLEDGEMENT, facts()))
    assert "Địa chỉ: (không ghi)" in text
    assert "Giấy tờ đã nộp: chỉ có tờ khai điện tử." in text


def test_two_hundred_papers_are_all_listed():
    papers = [{"name": f"Giấy tờ thứ {n} của hồ sơ", "electronic": 1} for n in range(1, 201)]
    text = text_of(render_paper(PaperKind.RECEIPT_SLIP, facts(papers=papers)))
    assert all(f"Giấy tờ thứ {n} của hồ sơ" in text for n in (1, 100, 200))
    assert "Bản điện tử" in text


def test_ten_thousand_letters_without_a_blank_do_not_break_the_page():
    person = {"name": "Ư" * 10_000, "address": "", "phone": "", "email": "", "submitter": ""}
    text = text_of(render_paper(PaperKind.RECEIPT_SLIP, facts(person=person)))
    assert text.replace(" ", "").count("Ư") >= 10_000


def test_markup_in_a_name_is_only_letters():
    person = {"name": "<script>alert(1)</script><img src=x>", "address": "", "phone": "", "email": "", "submitter": ""}
    assert "<script>alert(1)</script><img src=x>" in text_of(render_paper(PaperKind.RECEIPT_SLIP, facts(person=person)))


def test_a_result_prints_lines_tables_sides_and_what_was_made_elsewhere_on_several_pages():
    rows = [[f"Ngành {n}", str(n)] for n in range(60)]
    lines = [
        {"key": "name", "label": "Họ và tên", "text": LONG_NAME},
        {"key": "empty", "label": "Ghi chú", "text": ""},
        {"key": "he", "label": "Họ tên chồng", "text": "Lò Văn Thướng", "side": "left"},
        {"key": "she", "label": "Họ tên vợ", "text": STACKED, "side": "right"},
        {"key": "rows", "label": "Ngành, nghề", "columns": ["Tên ngành", "Mã"], "rows": rows},
        {"key": "last", "label": "Vốn", "text": "1.000.000 đồng"},
    ]  # fmt: skip
    file = {"name": "so-do.pdf", "sha256": "a" * 64}
    given = [{"key": "card", "name": "Thẻ căn cước", "made": "object", "lines": [{"label": "Số", "text": "C 123"}], "file": file}]
    content = {"title": "Giấy thử", "form": "Mẫu số 07", "demo": True, "lines": lines, "given": given, "notes": "Ghi chú riêng."}
    context = facts(
        content=content, blocks=blocks_of(content), opening="Xác nhận:", recipients=[LONG_NAME],
        sign={"role": "Chủ tịch", "name": "A"},
        replaces=[{"title": "Giấy cũ", "number": "01/KQ-X", "day": "01/02/2026"}], why_replaced="Sai tên.",
    )  # fmt: skip
    pdf = render_paper(PaperKind.RESULT, context)
    text = text_of(pdf)
    for words in (f"1. Họ và tên: {LONG_NAME}", "2. Ghi chú: (không có)", "Họ tên chồng: Lò Văn Thướng", STACKED, "Ngành 59",
                  "3. Vốn: 1.000.000 đồng", "Số: C 123", "so-do.pdf", "Ghi chú riêng.", "Giấy này thay thế Giấy cũ số 01/KQ-X",
                  "Mẫu số 07", "chưa theo mẫu do pháp luật quy định", "trang 2/"):  # fmt: skip
        assert words in text, words
