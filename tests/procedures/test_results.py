"""Results of a version: what an approval may give, what its paper prints, which documents are not published."""

import copy
import datetime as dt
import html
import importlib.util
import json
import re
import shutil

import jsonschema
import pytest
from django.conf import settings
from django.urls import reverse

from procedures import loading
from procedures.eforms import Form
from procedures.loading import DataFolder, DataRefused
from procedures.loading.publishing import document_of
from procedures.management.commands.results_table import results_table
from procedures.models import Procedure
from procedures.results import _named_in, faults, offered, proposed_lines, rows
from tests.world import load_sample

DAY = dt.date(2026, 11, 27)
FORM = {
    "key": "f", "grammar": 1, "bound_fields": [{"key": "copies", "label": "Số bản", "binds_to": "copies"}],
    "sections": [{"key": "s", "title": "S", "pages": [{"key": "p", "title": "P", "question": "?", "fields": [
        {"key": "name", "label": "Tên", "type": "text", "required": True},
        {"key": "since", "label": "Từ ngày", "type": "date", "required": True},
        {"key": "kind", "label": "Loại", "type": "choice", "required": True,
         "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}, {"value": "c", "label": "C"}]},
        {"key": "way", "label": "Cách", "type": "yes_no", "required": True,
         "show_if": {"field": "kind", "op": "eq", "value": "a"}},
        {"key": "goods", "label": "Hàng", "type": "table", "columns": [
            {"key": "what", "label": "Tên hàng", "type": "text"}, {"key": "phone", "label": "Điện thoại", "type": "phone"}]},
    ]}]}],
}  # fmt: skip


def row(key, **more):
    usual = {"kind": "grant", "outcome": True, "when": None, "group": None, "made": "object", "template": None}
    return {"key": key, "code": None, "name": key, "certainty": "demo", **usual, **more}


def template(*lines, **more):
    return {"title": "Giấy", "form": None, "legal_basis": None, "lines": list(lines), "conclusion": None, "notes": None,
            "certainty": "demo", **more}  # fmt: skip


def document(*results, questions=(), **facts):
    return {"procedure": {"results": list(results), "questions": list(questions), **facts}, "form": FORM}


def is_a(value, field="kind"):
    return {"field": field, "op": "eq", "value": value}


CASES = {"key": "case", "text": "?", "type": "choice", "options": [{"key": "x", "label": "X"}, {"key": "y", "label": "Y"}]}


# what may be given ----------------------------------------------------------------------------------------------------
def test_only_outcomes_whose_condition_holds_are_offered_in_their_order():
    found = document(
        row("refused", kind="refusal", outcome=False), row("told", kind="notice", outcome=False), row("of_b", when=is_a("b")),
        row("entered", kind="register", made="entry"), row("of_a", when=is_a("a")), row("said", kind="notice"),
    )  # fmt: skip
    assert [r["key"] for r in offered(found, {"kind": "a"}, DAY)] == ["entered", "of_a", "said"]
    assert [r["key"] for r in offered(found, {}, DAY)] == ["entered", "said"]


def test_rows_published_before_there_were_kinds_are_alternatives_without_the_negative_ones():
    old = document(
        {"name": "Thông báo bằng văn bản nội dung cần sửa đổi, bổ sung", "code": "KQ.1"},
        {"name": "Giấy chứng nhận", "code": "KQ.2"},
    )
    (only,) = offered(old, {}, DAY)
    assert (only["key"], only["made"], only["group"], only["template"]) == ("result_2", "file", "any", None)


def test_rows_with_a_kind_and_lines_without_keys_are_still_read():
    lines = [{"label": "Tên", "field": "name"}, {"label": "Số", "office": True}]
    words = {"title": "Giấy", "legal_basis": None, "lines": lines, "conclusion": None, "certainty": "demo"}
    old = document(
        {"key": "paper", "name": "Giấy", "code": None, "kind": "grant", "when": None, "template": words},
        {"key": "refusal", "name": "Phiếu từ chối", "code": None, "kind": "refusal", "when": None},
    )
    (only,) = offered(old, {}, DAY)
    assert (only["made"], only["template"]["form"], only["template"]["notes"]) == ("portal", None, None)
    assert [line["key"] for line in only["template"]["lines"]] == ["line_1", "line_2"]
    assert only["template"]["lines"][1]["office"] == {"type": "text", "required": False}


def test_the_names_of_old_rows_tell_which_were_negative():
    """The versions published first had only the names of the national database: no refusal or request to amend is offered."""
    for facts in DataFolder().procedures():
        given = {row.get("source_name", row["name"]) for row in facts["results"] if row["outcome"]}
        negative = [row for row in facts["results"] if row["kind"] == "refusal" or row["key"] == "amendment"]
        refused = {row.get("source_name", row["name"]) for row in negative} - given
        read = rows({"results": [{"name": name, "code": None} for name in sorted(given | refused)]})
        old = {row["name"] for row in read if row["outcome"]}
        assert old == given, facts["code"]


# what is printed ------------------------------------------------------------------------------------------------------
def printed(words, known=None, addresses=None):
    answers = {"name": "Lò Thị Ánh", "since": "2020-03-04", "kind": "b", **(known or {})}
    return proposed_lines(words, Form(FORM), answers, answers, DAY, addresses or {})


def test_a_line_is_an_answer_fixed_words_an_address_or_left_to_the_office():
    found = printed(
        template(
            {"key": "name", "label": "Họ tên", "field": "name"},
            {"key": "empty", "label": "Cách", "field": "way"},
            {"key": "fixed", "label": "Giá trị", "text": "Không thời hạn"},
            {"key": "home", "label": "Nơi thường trú", "field": "person.permanent_address"},
            {"key": "lodging", "label": "Nơi tạm trú", "field": "person.temporary_address"},
            {"key": "number", "label": "Số", "office": {"type": "text", "required": True}},
            {"key": "start", "label": "Từ ngày", "office": {"type": "date", "required": True, "answer": "since"}, "side": "left"},
            {
                "key": "made",
                "label": "Loại",
                "office": {"type": "choice", "required": True, "options": ["X", "Y"], "default": "X"},
            },
        ),
        addresses={"permanent_address": "Xã Mường Phăng"},
    )
    assert [(line.key, line.text, bool(line.office), line.side) for line in found] == [
        ("name", "Lò Thị Ánh", False, None), ("fixed", "Không thời hạn", False, None),
        ("home", "Xã Mường Phăng", False, None), ("number", "", True, None), ("start", "04/03/2020", True, "left"),
        ("made", "X", True, None),
    ]  # fmt: skip


def test_a_line_whose_condition_does_not_hold_is_left_out_also_when_the_office_writes_it():
    words = template(
        {"key": "bans", "label": "Cấm", "office": {"type": "text", "required": True}, "when": is_a("a")},
        {"key": "name", "label": "Tên", "field": "name"},
    )
    assert [line.key for line in printed(words)] == ["name"]
    assert [line.key for line in printed(words, {"kind": "a"})] == ["bans", "name"]


def test_a_table_prints_only_the_columns_that_belong_on_the_paper():
    words = template({"key": "goods", "label": "Hàng", "field": "goods", "columns": ["what"]})
    (line,) = printed(words, {"goods": [{"what": "Gạo", "phone": "0912345678"}]})
    assert line.table.headers == ["Tên hàng"] and line.table.rows == [["Gạo"]] and line.text == ""
    assert printed(words, {"goods": []}) == []


def test_words_may_name_answers_and_a_line_may_have_a_second_one():
    words = template(
        {"key": "since", "label": "Theo", "text": "Đơn ngày {since} của {name}; {way}"},
        {"key": "made", "label": "Tên", "field": "way", "else": "name"},
        {"key": "status", "label": "Kết luận", "office": {"type": "text", "required": True, "default": "Của {name}."}},
    )
    assert [line.text for line in printed(words)] == ["Đơn ngày 04/03/2020 của Lò Thị Ánh; …", "Lò Thị Ánh", "Của Lò Thị Ánh."]


# what is not published ------------------------------------------------------------------------------------------------
FAULTY = {
    "no outcome at all": [row("refused", kind="refusal", outcome=False)],
    "one answer without": [row("a", when=is_a("a")), row("b", when=is_a("b"))],
    "one case without": [row("x", when=is_a("x", "case"))],
    "an answer hidden from some": [row("t", when=is_a(True, "way")), row("f", when=is_a(False, "way"))],
    "a free answer": [row("dated", when={"field": "since", "op": "gt", "value": "2020-01-01"})],
    "a refusal as an outcome": [row("a"), row("refused", kind="refusal")],
    "a grant that is never given": [row("a"), row("b", outcome=False)],
    "a key twice": [row("a"), row("a")],
    "an unknown field in a condition": [row("a"), row("b", when=is_a("x", "there_is_no_such"))],
    "an unknown question": [row("a"), row("b", when=is_a("co", "ask.nothing"))],
    "an unknown column": [row("a", made="portal", template=template(
        {"key": "g", "label": "Hàng", "field": "goods", "columns": ["what", "price"]}))],
    "an unknown proposal": [row("a", made="portal", template=template(
        {"key": "g", "label": "Hàng", "office": {"type": "text", "required": True, "answer": "nothing"}}))],
    "an answer asked outside the form": [row("a", made="portal", template=template(
        {"key": "g", "label": "Số bản", "field": "copies"}))],
    "an unknown second answer": [row("a", made="portal", template=template(
        {"key": "g", "label": "Tên", "field": "name", "else": "nothing"}))],
    "an unknown answer in words": [row("a", made="portal", template=template(
        {"key": "g", "label": "Tên", "text": "Số {nothing}"}))],
    "a line's key twice": [row("a", made="portal", template=template(
        {"key": "g", "label": "Hàng", "field": "name"}, {"key": "g", "label": "Hàng", "field": "kind"}))],
}  # fmt: skip


@pytest.mark.parametrize("results", FAULTY.values(), ids=FAULTY)
def test_results_that_are_not_in_order_are_refused(results):
    assert len(faults(document(*results, questions=[CASES]))) == 1


SOUND = {
    "always one": [row("a")],
    "one for each answer": [row("a", when=is_a("a")), row("other", when={"field": "kind", "op": "in", "value": ["b", "c"]})],
    "one for each case": [row("x", when=is_a("x", "case")), row("y", when=is_a("y", "case"))],
    "hidden answers are not asked for": [
        row("t", when=is_a(True, "way")), row("f", when=is_a(False, "way")),
        row("b", when={"field": "kind", "op": "ne", "value": "a"})],
}  # fmt: skip


@pytest.mark.parametrize("results", SOUND.values(), ids=SOUND)
def test_results_with_an_outcome_for_every_case_are_published(results):
    assert faults(document(*results, questions=[CASES])) == []


def test_a_notification_that_is_only_recorded_needs_no_outcome():
    none = row("refused", kind="refusal", outcome=False)
    assert faults(document(none, ends_by="note_received")) == [] != faults(document(none))


def test_the_version_of_a_procedure_without_an_outcome_is_refused_with_its_code():
    folder = DataFolder()
    facts = copy.deepcopy(next(facts for facts in folder.procedures() if facts["code"] == "1.010041"))
    assert document_of(folder, facts)
    del facts["results"][0]
    with pytest.raises(DataRefused, match=r"1\.010041.*không có kết quả nào"):
        document_of(folder, facts)


SCHEMA = json.loads((settings.DATA_DIR / "schema/procedures.schema.json").read_text(encoding="utf-8"))
MISSHAPEN = {
    "refusal and outcome": row("a", kind="refusal", outcome=True),
    "register without entry": row("a", kind="register", made="object"),
    "money that is no payment": row("a", made="money"),
    "a paper of ours without a template": row("a", made="portal"),
    "a template for a card": row("a", template=template({"key": "n", "label": "Tên", "field": "name"})),
    "no mark": {key: value for key, value in row("a").items() if key != "certainty"},
    "an unknown word": row("a", colour="red"),
    "a choice without options": row("a", made="portal", template=template(
        {"key": "n", "label": "Tên", "office": {"type": "choice", "required": True}})),
    "an answer and the office": row("a", made="portal", template=template(
        {"key": "n", "label": "Tên", "field": "name", "office": {"type": "text", "required": True}})),
    "a line without a key": row("a", made="portal", template=template({"label": "Tên", "field": "name"})),
}  # fmt: skip


@pytest.mark.parametrize("result", MISSHAPEN.values(), ids=MISSHAPEN)
def test_the_schema_refuses_a_result_that_contradicts_itself(result):
    check = jsonschema.Draft202012Validator({"$ref": "#/$defs/result", "$defs": SCHEMA["$defs"]})
    assert check.is_valid(row("a")) and not check.is_valid(result)


# the shipped ones at every door ---------------------------------------------------------------------------------------
def test_the_table_of_all_results_is_that_of_the_data():
    """Made again with `manage.py results_table`."""
    assert (settings.BASE_DIR / "docs/results.md").read_text(encoding="utf-8") == results_table(DataFolder())


def test_the_check_of_the_data_refuses_what_publishing_refuses(tmp_path, capsys):
    shutil.copytree(settings.DATA_DIR, tmp_path / "data")
    path = tmp_path / "data/procedures.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    listed = {facts["code"]: facts["results"] for facts in data["procedures"]}
    del listed["1.001612"][0]  # leaves the request to amend
    del listed["3.000333"][0]  # leaves record no. 2
    del listed["1.001776"][2]  # one of three cases
    listed["1.004873"][0]["template"]["lines"][0]["field"] = "there_is_no_such"
    listed["1.000656"][0]["template"]["legal_basis"] = "Luật số 99/2099/QH99"
    listed["1.010041"][1]["outcome"] = True
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("check_of_a_copy", tmp_path / "data/check.py")
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    assert check.main() == 1
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("ERROR")]
    wanted = {
        "1.001612": "no outcome for", "3.000333": "no outcome for", "1.001776": "no outcome for",
        "1.004873": "there_is_no_such", "1.000656": "99/2099/QH99", "1.010041": "with outcome True",
    }  # fmt: skip
    for code, words in wanted.items():
        assert any(f" {code} " in line and words in line for line in said), (code, said)


NEVER = (
    "phone",
    "email",
    "fax",
    "bank",
    "account",
    "consent",
    "job",
    "partner_residence",
    "partner_id_number",
    "partner_birth_date",
)


def test_no_paper_prints_what_does_not_belong_there():
    """Telephones, addresses of mail, bank accounts, the reasons of the applicant, data of others.

    The slip of an absence carries the reason: Luật Cư trú, Điều 31.
    """
    for facts, row in papers():
        for line in row["template"]["lines"]:
            names = _named_in(line) | {f"{line.get('field')}.{column}" for column in line.get("columns", [])}
            wrong = {name for name in names if any(word in name for word in NEVER)}
            wrong |= {name for name in names if "reason" in name and (facts["code"], row["key"]) != ("1.003677", "slip")}
            assert not wrong, (facts["code"], row["key"])


def test_a_table_is_never_printed_with_columns_that_people_did_not_see_named():
    """A table with personal columns names the columns it prints, so that a new column of the form does not slip in."""
    for facts, row in papers():
        for line in row["template"]["lines"]:
            if line.get("field") in ("members", "family_members", "parents_spouse", "industries"):
                assert "id_number" not in line["columns"], (facts["code"], row["key"])


def test_no_official_form_number_is_printed_while_none_of_the_texts_is_known():
    """A paper with the number of a form must be that form; the marks of both agree."""
    assert all(row["template"]["form"] is None and row["template"]["certainty"] == "demo" for _facts, row in papers())


def papers():
    for facts in DataFolder().procedures():
        for row in facts["results"]:
            if row["template"]:
                yield facts, row


@pytest.mark.django_db
def test_the_page_shows_the_outcomes_first_and_what_else_may_come_after_them(client):
    load_sample(codes=["1.001612", "3.000333", "1.014748"])
    said = result_words(client, "1.001612")
    assert said.index("Giấy chứng nhận đăng ký hộ kinh doanh") < said.index("Cũng có thể nhận")
    assert said.index("Cũng có thể nhận") < said.index("Thông báo nội dung cần sửa đổi")
    assert "Phiếu lý lịch tư pháp số 1 (khi: Loại phiếu: Phiếu số 1)" in result_words(client, "3.000333")
    choice = "Một trong các kết quả này, tùy trường hợp: Quyết định về việc hưởng trợ cấp thất nghiệp Quyết định về việc bảo lưu"
    assert choice in result_words(client, "1.014748")
    first = client.get(reverse("procedures:procedure", args=["1.001612", slug("1.001612")])).context["guide"].top[-1]
    assert first["value"] == "Giấy chứng nhận đăng ký hộ kinh doanh"


def slug(code):
    return Procedure.objects.get(code=code).slug


def result_words(client, code):
    page = client.get(reverse("procedures:procedure", args=[code, slug(code)])).content.decode()
    section = page[page.index('aria-labelledby="ket-qua"') :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", section[: section.index("</section>")])).split()).replace("( ", "(")


@pytest.mark.django_db
def test_the_api_says_which_results_an_approval_may_give(client):
    load_sample(codes=["1.001612"])
    listed = client.get("/api/v1/procedures/1.001612/").json()["document"]["results"]
    assert [(row["key"], row["kind"], row["outcome"]) for row in listed] == [
        ("certificate", "grant", True), ("amendment", "notice", False),
    ]  # fmt: skip


@pytest.mark.django_db
def test_changed_results_become_a_new_version_and_filed_dossiers_keep_theirs():
    load_sample(codes=["1.001612"])
    first = Procedure.objects.get(code="1.001612").current
    loading.load_sample(codes=["1.001612"], folder=ChangedResults())
    second = Procedure.objects.get(code="1.001612").current
    first.refresh_from_db()
    assert (first.state, second.number) == ("retired", first.number + 1)
    assert "tax_office" in str(first.document) and "tax_office" not in str(second.document)


class ChangedResults(DataFolder):
    """The shipped data with one line less on one paper."""

    def read(self, name):
        data = super().read(name)
        if name != "procedures.json":
            return data
        data = copy.deepcopy(data)
        for facts in data["procedures"]:
            if facts["code"] == "1.001612":
                facts["results"][0]["template"]["lines"].pop()
        return data
