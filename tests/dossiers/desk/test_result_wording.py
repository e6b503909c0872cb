"""The text of a result: from the template of the version; without a template, all answers."""

import datetime as dt

import pytest

from dossiers.desk.result_forms import first_wording
from dossiers.papers import frozen
from portal.common import clock
from procedures.loading import DataFolder, DataRefused
from procedures.loading.publishing import document_of

WEDNESDAY = dt.datetime(2026, 11, 25, 9, 0, tzinfo=clock.LOCAL)
HOME = "Số 5, tổ dân phố 3, Phường Điện Biên Phủ, Tỉnh Điện Biên"
RESIDENCE_LINES = [
    ("Họ, chữ đệm và tên", "Nguyễn Hoàng Phượng Vỹ"),
    ("Ngày, tháng, năm sinh", "27/3/1990"),
    ("Giới tính", "Nữ"),
    ("Số định danh cá nhân", "011999000001"),
    ("Nơi thường trú", HOME),
    ("Nơi ở hiện tại", HOME),
    ("Họ, chữ đệm và tên chủ hộ", "Nguyễn Hoàng Phượng Vỹ"),
    ("Số định danh cá nhân của chủ hộ", "011999000001"),
    ("Quan hệ với chủ hộ", "Chủ hộ"),
    ("Nội dung xác nhận khác", ""),  # the office writes it
]
# The content that is signed.
RESIDENCE_HASH = "34a3ae0713f7c3b8ee12c2c3b53ba64aa3f3ad8f9ee460d883298bff1115ed1f"


@pytest.fixture
def dossier(desk):
    with clock.at(WEDNESDAY):
        return desk.to_sign()


def result_of(dossier):
    """The result row of the version for an approval; tests change it in place."""
    return next(row for row in dossier.version.document["procedure"]["results"] if row.get("kind") == "grant")


def test_a_confirmation_of_residence_prints_these_bytes(dossier):
    words = first_wording(dossier)
    assert [(line["label"], line["text"]) for line in words["lines"]] == RESIDENCE_LINES
    assert words["title"] == "Xác nhận thông tin về cư trú" and words["tables"] == []
    assert frozen.content_hash(words) == RESIDENCE_HASH


def test_the_version_decides_what_is_printed(dossier):
    result_of(dossier)["template"] |= {
        "title": "Giấy thử", "legal_basis": "Điều 17 Luật Cư trú", "conclusion": None,
        "lines": [{"key": "number", "label": "Số tra cứu", "office": {"type": "text", "required": True}},
                  {"key": "name", "label": "Tên", "field": "ap_full_name"},
                  {"key": "lodging", "label": "Ở trọ tại", "field": "person.temporary_address"}],
    }  # fmt: skip
    assert first_wording(dossier) == {
        "title": "Giấy thử",
        "basis": "Điều 17 Luật Cư trú",
        "lines": [{"label": "Số tra cứu", "text": ""}, {"label": "Tên", "text": "Nguyễn Hoàng Phượng Vỹ"}],
        "tables": [],
        "conclusion": "",
    }


def test_a_version_published_before_there_were_templates_prints_every_answer(dossier):
    facts = dossier.version.document["procedure"]
    facts["results"] = [{"name": row["name"], "code": row["code"]} for row in facts["results"]]
    words = first_wording(dossier)
    assert words["title"] == "Xác nhận thông tin về cư trú" and words["conclusion"] == ""
    texts = [line["text"] for line in words["lines"]]
    assert "phuongvy@example.vn" in texts and HOME not in texts and "basis" not in words
    facts["results"] = []
    assert first_wording(dossier)["title"] == dossier.version.name


def test_answers_named_like_addresses_of_a_person_are_printed_with_the_others(money_desk):
    """The form of the criminal record asks `permanent_address` and `temporary_address` itself."""
    lines = first_wording(money_desk.waiting())["lines"]
    addresses = [line["label"] for line in lines if line["text"].startswith("Số 12, tổ dân phố 7")]
    assert addresses == ["Nơi thường trú", "Nơi tạm trú"]


def test_a_refusal_is_never_the_result_of_an_approval(dossier):
    row = result_of(dossier)
    row |= {"kind": "refusal", "outcome": False}
    assert first_wording(dossier)["title"] == dossier.version.name


def test_a_result_whose_condition_does_not_hold_is_not_given(dossier):
    result_of(dossier)["when"] = {"field": "head_relation", "op": "eq", "value": "o_nho"}
    assert first_wording(dossier)["conclusion"] == ""


def test_a_template_that_names_no_field_of_the_form_is_not_published():
    folder = DataFolder()
    row = next(row for row in folder.procedures() if row["code"] == "1.010041")
    assert document_of(folder, row)
    row["results"][0]["template"]["lines"].append({"key": "x", "label": "Tên", "field": "there_is_no_such"})
    with pytest.raises(DataRefused, match="there_is_no_such"):
        document_of(folder, row)
