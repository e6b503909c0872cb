"""What a person is asked when they press «Có» is what the clerk reads beside «Có», on the screen and on paper."""

import datetime as dt
import html
import re

import pytest
from django.http import QueryDict

from procedures.eforms import BoundPage, Form, answer_sections, print_context, read_page
from procedures.eforms.parts import asks_the_same
from tests.procedures.eforms.browser import shown
from tests.procedures.eforms.conftest import FORM_KEYS, FORMS, LIBRARY, REFERENCE

TODAY = dt.date(2026, 11, 25)
YES_NO = [(key, question.key) for key in FORM_KEYS for question in FORMS[key].fields.values() if question.type == "yes_no"]
# What is asked, and what the clerk reads: every yes/no answer of the 30 forms, read by a person.
GOLDEN = {
    ("to_khai_khai_sinh", "mother_known"): ("Có thông tin về mẹ không?", "Có thông tin về mẹ"),
    ("to_khai_khai_sinh", "father_declared"): ("Có khai thông tin về cha không?", "Khai thông tin về cha"),
    ("to_khai_xntthn", "many_places"): (
        "Có từng thường trú ở nhiều nơi từ khi đủ tuổi kết hôn không?", "Từng thường trú ở nhiều nơi từ khi đủ tuổi kết hôn",
    ),
    ("ct01", "with_members"): ("Có thành viên trong hộ cùng thay đổi không?", "Có thành viên trong hộ cùng thay đổi"),
    ("ct03", "supervised"): (
        "Có thuộc diện bị can, đang thi hành án hoặc bị giám sát không?", "Thuộc diện bị can, đang thi hành án hoặc bị giám sát",
    ),
    ("tk01_ho_chieu", "under_14"): ("Người được cấp có dưới 14 tuổi không?", "Người được cấp dưới 14 tuổi"),
    ("tk01_ho_chieu", "has_spouse"): ("Đang có vợ hoặc chồng không?", "Đang có vợ hoặc chồng"),
    ("de_nghi_doi_cap_lai_gplx", "violation"): (
        "Có đang bị tước quyền sử dụng giấy phép lái xe không?", "Đang bị tước quyền sử dụng giấy phép lái xe",
    ),
    ("lltp_01", "ban_info"): (
        "Có ghi nội dung cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp không?",
        "Ghi nội dung cấm đảm nhiệm chức vụ, thành lập, quản lý doanh nghiệp",
    ),
    ("thong_bao_khuyen_mai", "has_prizes"): ("Có cơ cấu giải thưởng không?", "Có cơ cấu giải thưởng"),
    ("thong_bao_khuyen_mai", "with_partners"): ("Có thương nhân khác cùng thực hiện", "Có thương nhân khác cùng thực hiện"),
    ("don_kiem_dich_dong_vat", "origin_disease_free"): (
        "Cơ sở được công nhận an toàn dịch bệnh", "Cơ sở được công nhận an toàn dịch bệnh",
    ),
    ("to_khai_nhan_hieu", "has_agent"): ("Có đại diện của chủ đơn không?", "Có đại diện của chủ đơn"),
    ("to_khai_nhan_hieu", "priority"): ("Có yêu cầu hưởng quyền ưu tiên không?", "Yêu cầu hưởng quyền ưu tiên"),
    ("to_khai_quyen_tac_gia", "published"): ("Tác phẩm đã công bố chưa?", "Tác phẩm đã công bố"),
    ("to_khai_quyen_tac_gia", "derivative"): ("Có phải là tác phẩm phái sinh không?", "Là tác phẩm phái sinh"),
    ("don_chuyen_truong", "disabled"): ("Học sinh khuyết tật", "Học sinh khuyết tật"),
    ("mau_18_dat_dai", "need_new_cert"): ("Có nhu cầu cấp Giấy chứng nhận mới", "Có nhu cầu cấp Giấy chứng nhận mới"),
    ("mau_18_dat_dai", "debt"): ("Còn nợ nghĩa vụ tài chính về đất đai", "Còn nợ nghĩa vụ tài chính về đất đai"),
    ("mai_tang_phi", "is_org"): ("Cơ quan, tổ chức đứng ra mai táng", "Cơ quan, tổ chức đứng ra mai táng"),
    ("dang_ky_thue_ca_nhan", "has_employer"): ("Có cơ quan chi trả thu nhập không?", "Có cơ quan chi trả thu nhập"),
    ("dang_ky_thue_ca_nhan", "has_dependants"): ("Có đăng ký người phụ thuộc không?", "Có đăng ký người phụ thuộc"),
}  # fmt: skip


def alone(form, question):
    """The form with only the page of this question, without conditions."""
    fields = [{**field.spec, "show_if": None} for field in question.page.fields]
    page = {"key": "p", "title": "P", "question": question.page.question, "fields": fields}
    document = {**form.document, "sections": [{"key": "s", "title": "S", "pages": [page]}], "checks": []}
    return Form(document)


def asked_beside(page_html, key):
    """The legend of the radio buttons with this name."""
    before = page_html[: page_html.index(f'name="{key}"')]
    legend = before[before.rindex("<legend") : before.rindex("</legend>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", legend)).split())


@pytest.mark.parametrize(("key", "name"), YES_NO, ids=["-".join(pair) for pair in YES_NO])
def test_the_clerk_reads_what_the_citizen_was_asked(key, name):
    form = alone(FORMS[key], FORMS[key].fields[name])
    page, question = form.pages[0], form.fields[name]

    asked = asked_beside(shown(BoundPage(form, page, {}, TODAY)), name)
    for pressed, word in (("co", "Có"), ("khong", "Không")):
        answers = read_page(form, page, QueryDict(f"{name}={pressed}"), {}, TODAY).values
        screen = next(row for row in answer_sections(form, answers, TODAY)[0].rows if row.key == name)
        paper = next(line for line in print_context(form, answers, TODAY)["sections"][0].lines if line.label == question.label)
        assert (screen.label, screen.text) == (paper.label, paper.text) == (GOLDEN[key, name][1], word)
    assert asked == GOLDEN[key, name][0]
    assert asks_the_same(*GOLDEN[key, name])


def test_every_yes_no_answer_was_read():
    assert set(YES_NO) == set(GOLDEN)


@pytest.mark.parametrize(
    ("question", "label", "same"),
    [
        ("Có nhờ đại diện không?", "Nhờ đại diện", True),
        ("Có phải là tác phẩm phái sinh không?", "Là tác phẩm phái sinh", True),
        ("Tác phẩm đã công bố chưa?", "Tác phẩm đã công bố", True),
        ("Có thông tin về mẹ không?", "Không có thông tin về mẹ", False),
        ("Có thông tin về người mẹ không?", "Không xác định được thông tin về mẹ", False),
        ("Ai trả thu nhập?", "Có cơ quan chi trả thu nhập", False),
        ("", "", True),
    ],
)
def test_when_a_question_may_stand_for_a_label(question, label, same):
    assert asks_the_same(question, label) is same
    assert REFERENCE.asks_the_same(question, label) is same


def page_of(question, *fields):
    fields = [{"key": f"f{n}", "required": True, **field} for n, field in enumerate(fields)]
    page = {"key": "p", "title": "P", "question": question, "fields": fields}
    return Form(
        {"key": "f", "name": "F", "messages": {}, "formats": {}, "sections": [{"key": "s", "title": "S", "pages": [page]}]}
    )


def test_a_published_page_that_asks_something_else_shows_its_label_too():
    """Published versions never change: the old birth form asked for the opposite of its label."""
    form = page_of("Có thông tin về người mẹ không?", {"type": "yes_no", "label": "Không xác định được thông tin về mẹ"})

    page = shown(BoundPage(form, form.pages[0], {}, TODAY))

    assert "<h1>Có thông tin về người mẹ không?</h1>" in page
    assert asked_beside(page, "f0") == "Không xác định được thông tin về mẹ"


def test_a_question_left_alone_by_conditions_keeps_its_label():
    choice = {"type": "choice", "display": "radio", "options": [{"value": "a", "label": "A"}]}
    form = page_of(
        "Trả lời thêm vài câu",
        {"type": "number", "label": "Bao nhiêu bản", "show_if": {"field": "nothing", "op": "not_empty"}},
        {"label": "Có thuộc diện được miễn, giảm phí không?", **choice},
    )

    assert asked_beside(shown(BoundPage(form, form.pages[0], {}, TODAY)), "f1") == "Có thuộc diện được miễn, giảm phí không?"


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("Ai trả thu nhập?", [("yes_no", "Có cơ quan chi trả")]),
        ("Có thông tin về mẹ không?", [("yes_no", "Không có thông tin về mẹ")]),
        ("Có phải không có thông tin về mẹ không?", [("yes_no", "Không có thông tin về mẹ")]),
        ("Cha mẹ có giấy chứng nhận kết hôn không?", [("text", "Số giấy chứng nhận kết hôn")]),
        ("Cần giấy mới không?", [("yes_no", "Cần giấy mới"), ("yes_no", "Còn nợ")]),
        ("Nơi xuất phát", [("address", "Nơi xuất phát"), ("yes_no", "Đã tiêm phòng chưa?")]),
    ],
)
def test_the_check_of_the_data_finds_what_disagrees(question, fields):
    page = {"question": question, "fields": [{"key": "a", "type": kind, "label": label} for kind, label in fields]}
    assert list(REFERENCE.disagreements(page))


def test_no_page_of_the_data_disagrees():
    for form in LIBRARY["forms"]:
        for page in REFERENCE.pages(REFERENCE.expand(form, LIBRARY)):
            assert list(REFERENCE.disagreements(page)) == [], (form["key"], page["key"])
