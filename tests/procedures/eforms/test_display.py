"""Answers as text: for the citizen, the clerk and paper, with the labels of the version."""

import datetime as dt
import re
import unicodedata

import pytest
from django.template.loader import render_to_string

from portal.common.pdf import render_pdf
from procedures.eforms import answer_sections, date_text, display_value, print_context
from tests.dossiers.papers.reading import letters_of
from tests.procedures.eforms.conftest import EXTRA, FORM_KEYS, FORMS, VALID

TODAY = dt.date(2026, 11, 25)
GLUE = "\N{NO-BREAK SPACE}"


def row_of(sample, key, **options):
    sections = answer_sections(sample.form, sample.known, sample.today, **options)
    return next(row for section in sections for row in section.rows if row.key == key)


@pytest.mark.parametrize("value, words, figures", [
    ("1961-03-14", "14 tháng 3 năm 1961", "14/03/1961"), ("1961-03", "tháng 3 năm 1961", "03/1961"), ("1961", "1961", "1961"),
    ("31/2/90", "31/2/90", "31/2/90"), ("", "", ""), (5, "", ""),
])  # fmt: skip
def test_dates_in_words_and_figures(value, words, figures):
    assert date_text(value, words=True).replace(GLUE, " ") == words
    assert date_text(value) == figures


def test_every_kind_of_answer_has_words(ct01, promotion):
    assert row_of(ct01, "ap_birth_date").text == "27 tháng 3 năm 1990".replace(" ", GLUE)
    assert row_of(ct01, "ap_birth_date", long_dates=False).text == "27/03/1990"
    assert row_of(ct01, "head_relation").text == "Người ở nhờ, ở thuê"
    assert row_of(ct01, "with_members").text == "Có"
    assert row_of(ct01, "new_address").text.endswith("Phường Xuân Hương - Đà Lạt, Tỉnh Lâm Đồng")
    assert row_of(ct01, "head_consent").text.startswith("Đồng ý, Đoàn Thị Kiều Oanh, số định danh 068999000009")
    assert row_of(promotion, "period", long_dates=False).text == "từ 01/12/2026 đến 20/12/2026"
    assert row_of(promotion, "total_value").text == "170.000.000"
    table = row_of(promotion, "goods_used").table
    assert table.rows[0][-1] == "65.000.000" and table.totals[-1] == "101.000.000"


def test_hidden_questions_are_not_read_back(ct01):
    keys = [row.key for section in answer_sections(ct01.form, ct01.known, ct01.today) for row in section.rows]

    assert "owner_consent" in keys and "parent_consent" not in keys


def test_sensitive_answers_and_numbers_can_be_masked(ct01):
    passport = next(sample for sample in VALID if sample.form.key == "tk01_ho_chieu")

    assert row_of(passport, "ap_ethnicity", masked=True).text == "••••••"
    assert row_of(ct01, "ap_id_number", masked=True).text == "••• ••• ••• 001"
    assert row_of(ct01, "ap_full_name", masked=True).text == "Nguyễn Hoàng Phượng Vỹ"


def test_what_can_no_longer_be_chosen_is_shown_as_stored(ct01):
    field = ct01.form.fields["head_relation"]

    assert display_value(ct01.form, field, "ong_co") == "ong_co"


@pytest.mark.parametrize("sample", VALID + EXTRA, ids=repr)
def test_review_and_desk_show_every_answer(sample):
    sections = answer_sections(sample.form, sample.known, sample.today)
    urls = {page.key: f"/nop/1/{page.key}/" for page in sample.form.pages}
    review = render_to_string("procedures/eforms/answers.html", {"sections": sections, "edit_urls": urls})
    desk = render_to_string("procedures/eforms/answers_staff.html", {"sections": sections})

    for row in (row for section in sections for row in section.rows):
        assert f"/nop/1/{row.page_key}/" in review
        assert row.label.split("“")[0] in desk.replace("&#x27;", "'").replace("&quot;", '"')


def test_answers_cannot_bring_markup(ct01):
    known = {**ct01.known, "request_detail": "<script>alert(1)</script>"}
    html = render_to_string("procedures/eforms/answers.html", {"sections": answer_sections(ct01.form, known, ct01.today)})

    assert "<script>" not in html and "&lt;script&gt;" in html


# paper ----------------------------------------------------------------------------------------------------------------
def test_the_printed_form_has_every_question_hidden_ones_empty(ct01):
    context = print_context(ct01.form, ct01.known, ct01.today, applicant_name="Nguyễn Hoàng Phượng Vỹ")
    lines = context["bound"] + [line for section in context["sections"] for line in section.lines]

    assert [line.number for line in lines] == list(range(1, 20))
    assert lines[0].text == "Đăng ký tạm trú" and context["agency_name"] == "Công an phường Xuân Hương - Đà Lạt"
    assert lines[-1].label.startswith("Ý kiến của cha, mẹ") and lines[-1].text == ""
    assert context["signers"][0].name == "Nguyễn Hoàng Phượng Vỹ"


def test_both_sides_of_a_marriage_sign():
    wedding = next(sample for sample in VALID if sample.form.key == "to_khai_ket_hon")
    signers = print_context(wedding.form, wedding.known, wedding.today)["signers"]

    assert [(signer.title, signer.name) for signer in signers] == [
        ("Bên nữ", wedding.answers["bride_full_name"]),
        ("Bên nam", wedding.answers["groom_full_name"]),
    ]


def test_the_compilers_remarks_are_not_printed():
    assert "knowledge" not in render_to_string("procedures/eforms/print.html", print_context(FORMS["mai_tang_phi"], {}, TODAY))


@pytest.mark.parametrize("key", FORM_KEYS)
def test_a_blank_form_has_lines_to_write_on(key):
    html = render_to_string("procedures/eforms/print.html", print_context(FORMS[key], {}, TODAY, blank=True))

    assert html.count('class="line') >= len([field for field in FORMS[key].fields.values() if field.is_question])


@pytest.mark.needs_pdf
@pytest.mark.parametrize("sample", VALID + [sample for sample in EXTRA if "200" in sample.name], ids=repr)
def test_every_letter_typed_can_be_copied_from_the_pdf(sample):
    apart = {key: unicodedata.normalize("NFD", value) if isinstance(value, str) else value for key, value in sample.known.items()}
    known = apart if sample.form.key == "ct01" else sample.known
    letters = letters_of(render_pdf("procedures/eforms/print.html", print_context(sample.form, known, sample.today), title="Thử"))

    sections = answer_sections(sample.form, sample.known, sample.today, long_dates=False)
    words = [row.text for section in sections for row in section.rows]
    words += [cell for section in sections for row in section.tables for cells in row.table.rows for cell in cells]
    missing = [word for word in words if re.sub(r"\s", "", word) not in letters]
    assert missing == []
