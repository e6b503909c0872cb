"""The text of a result: what the version proposes, lines as they are typed and printed, and what changed between drafts."""

import datetime as dt

import pytest
from django.core import signing
from django.http import QueryDict

from dossiers.desk.pdf_files import KEPT_FILE
from dossiers.desk.result_forms import DraftForm
from dossiers.papers import drafting
from portal.common import clock
from tests import factories

WEDNESDAY = dt.datetime(2026, 11, 25, 9, 0, tzinfo=clock.LOCAL)
HOME = "Số 5, tổ dân phố 3, Phường Điện Biên Phủ, Tỉnh Điện Biên"
RESIDENCE_LINES = [
    ("Họ, chữ đệm và tên", "Nguyễn Hoàng Phượng Vỹ"),
    ("Ngày, tháng, năm sinh", "27/03/1990"),
    ("Giới tính", "Nữ"),
    ("Số định danh cá nhân", "011999000001"),
    ("Nơi thường trú", HOME),
    ("Nơi ở hiện tại", HOME),
    ("Họ, chữ đệm và tên chủ hộ", "Nguyễn Hoàng Phượng Vỹ"),
    ("Số định danh cá nhân của chủ hộ", "011999000001"),
    ("Quan hệ với chủ hộ", "Chủ hộ"),
]


@pytest.fixture
def dossier(desk):
    with clock.at(WEDNESDAY):
        return desk.processing()


def results_of(dossier):
    """The results of the version, with nothing left in them; tests fill them in place."""
    facts = dossier.version.document["procedure"]
    facts["results"] = []
    return facts["results"]


FIXED = {"key": "basis", "label": "Cấp theo", "text": "Luật Cư trú"}


def result(key, *, made="portal", group=None, when=None, lines=(FIXED,), **facts):
    template = {
        "title": f"Giấy {key}", "form": None, "legal_basis": None, "lines": list(lines), "conclusion": None, "notes": None,
        "certainty": "demo",
    }  # fmt: skip
    return {
        "key": key, "code": None, "name": f"Giấy {key}", "kind": "grant", "outcome": True, "when": when, "group": group,
        "made": made, "template": template if made == "portal" else None, "certainty": "demo", **facts,
    }  # fmt: skip


def typed(**fields):
    post = QueryDict(mutable=True)
    for name, value in fields.items():
        post.setlist(name, value if isinstance(value, list) else [value])
    return post


def form_of(dossier, draft=None, **fields):
    return DraftForm(dossier, draft, typed(**fields) if fields else None)


# ---------------------------------------------------------------- as proposed
def test_a_confirmation_of_residence_is_proposed_from_the_answers(dossier):
    (paper,) = form_of(dossier).content["papers"]
    assert [(line["label"], line["text"]) for line in paper["lines"]] == RESIDENCE_LINES
    assert paper["title"] == "Xác nhận thông tin về cư trú" and paper["key"] == "confirmation"


def test_only_results_that_an_approval_may_give_are_offered(dossier):
    results_of(dossier).extend(
        [
            result("refusal", kind="refusal", outcome=False),
            result("guest", when={"field": "head_relation", "op": "eq", "value": "o_nho"}),
            result("certificate"),
        ]
    )
    assert [sheet.key for sheet in form_of(dossier).sheets] == ["certificate"]


def test_of_a_group_one_is_chosen_and_the_others_are_given_together(dossier):
    results_of(dossier).extend([result("one", group="a"), result("two", group="a"), result("more"), result("also")])
    form = form_of(dossier, **{"cap": ["more"]})
    assert [error["text"] for error in form.errors] == ["Chọn kết quả sẽ cấp."]
    form = form_of(dossier, **{"nhom-a": "two", "cap": ["more"]})
    assert not form.errors and [paper["key"] for paper in form.content["papers"]] == ["two", "more"]


# ---------------------------------------------------------------- typed by the office
@pytest.mark.parametrize(
    ("kind", "words", "printed"),
    [
        ("date", "5 2 2026", "05/02/2026"), ("money", "1.500.000", "1.500.000\u00a0đồng"), ("number", "75,5", "75,5"),
        ("choice", "không", "không"), ("text", " Nguyễn  A ", "Nguyễn A"),
    ],
)  # fmt: skip
def test_what_the_office_types_is_printed_in_one_spelling(dossier, kind, words, printed):
    office = {"type": kind, "required": True, "options": ["có", "không"]}
    results_of(dossier).append(result("giay", lines=[{"key": "line", "label": "Dòng", "office": office}]))
    form = form_of(dossier, **{"giay.line": words})
    assert not form.errors, form.errors
    (line,) = form.content["papers"][0]["lines"]
    assert line["text"].replace(" ", "\u00a0") == printed.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("kind", "words"), [("date", "31 2 2026"), ("money", "mười nghìn"), ("number", "năm"), ("choice", "lạ"), ("text", "  ")]
)
def test_a_line_that_is_not_of_its_kind_is_refused_at_its_place(dossier, kind, words):
    office = {"type": kind, "required": True, "options": ["có"]}
    results_of(dossier).append(result("giay", lines=[{"key": "line", "label": "Dòng", "office": office}]))
    (error,) = form_of(dossier, **{"giay.line": words}).errors
    assert error["href"] == "#giay--line" and "Dòng" in error["text"]


def test_fixed_words_are_not_typed_and_a_changed_answer_is_shown_beside_the_answer(dossier):
    lines = [
        {"key": "fixed", "label": "Cấp theo", "text": "Luật Cư trú"},
        {"key": "name", "label": "Tên", "field": "ap_full_name"},
    ]
    results_of(dossier).append(result("giay", lines=lines))
    form = form_of(dossier, **{"giay.fixed": "khác", "giay.name": "Nguyễn Hoàng Phượng Vĩ"})
    fixed, name = form.content["papers"][0]["lines"]
    assert (fixed["text"], name["text"]) == ("Luật Cư trú", "Nguyễn Hoàng Phượng Vĩ")
    assert form.sheets[0].lines[1].differs and form.sheets[0].lines[1].answer == "Nguyễn Hoàng Phượng Vỹ"


def test_what_is_made_elsewhere_stands_together_on_one_notice(dossier):
    results_of(dossier).extend([result("card", made="object"), result("entry", made="entry", kind="register"), result("giay")])
    form = form_of(dossier, **{"cap": ["card", "entry", "giay"], "card.number": "C 123", "notice.notes": "Mang giấy hẹn."})
    paper, notice = form.content["papers"]
    assert paper["key"] == "giay" and notice["key"] == drafting.NOTICE and notice["notes"] == "Mang giấy hẹn."
    assert [row["key"] for row in notice["given"]] == ["card", "entry"]
    assert notice["given"][0]["lines"] == [{"key": "number", "label": "Số", "text": "C 123"}]


def test_a_file_made_elsewhere_is_required_and_only_one_checked_here_is_taken(dossier):
    results_of(dossier).append(result("so-do", made="file"))
    assert [error["href"] for error in form_of(dossier, **{"so-do.number": "1"}).errors] == ["#so-do--file"]
    forged = signing.dumps({"name": "x.pdf", "storage_key": "0" * 40}, salt="khác")
    assert form_of(dossier, **{"so-do.file-kept": forged}).errors
    of_another = signing.dumps(factories.paper_made_elsewhere(None), salt=f"{KEPT_FILE}:{dossier.pk + 1}")
    assert form_of(dossier, **{"so-do.file-kept": of_another}).errors
    kept = signing.dumps(factories.paper_made_elsewhere(None), salt=f"{KEPT_FILE}:{dossier.pk}")
    form = form_of(dossier, **{"so-do.file-kept": kept})
    assert not form.errors and form.content["papers"][0]["given"][0]["file"]["name"] == "lam-o-noi-khac.pdf"


# ---------------------------------------------------------------- between drafts
def test_a_draft_comes_back_as_it_was_saved_and_what_changed_is_told_line_by_line(desk, dossier):
    first = factories.drafted(dossier, desk.officer)
    second = factories.drafted(dossier, desk.officer, line_1="Nguyễn Hoàng Phượng Vĩ", line_99="")
    lines = [line["key"] for line in first.content["papers"][0]["lines"]]
    changed = drafting.changes(first.content, second.content)
    if "line_1" in lines:
        assert [(c.old, c.new) for c in changed] == [("Nguyễn Hoàng Phượng Vỹ", "Nguyễn Hoàng Phượng Vĩ")]
    assert form_of(dossier, second).content == second.content
    assert drafting.changes(second.content, second.content) == []
