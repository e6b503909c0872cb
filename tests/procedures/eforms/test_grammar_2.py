"""Grammar 2: a shared form narrowed to a procedure, and options looked up in long lists. Grammar 1 stays as it was, for ever."""

import copy
import hashlib
import json
from pathlib import Path

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from procedures.eforms import BoundPage, Form, answer_sections, page_errors, print_context, read_json, read_page, validate
from procedures.eforms.lookup import find, resolve
from tests.procedures.eforms.conftest import EXTRA, FORMS, SOURCES, VALID, Holidays

GOLDEN = Path(__file__).parent / "grammar_1.json"
SAMPLE = next(sample for sample in VALID if sample.form.key == "to_khai_khai_sinh")


def made(document):
    return Form(document, sources=SOURCES, calendar=Holidays())


def facts_of(form, sample):
    """What a filed dossier shows: questions asked, answers that count, the clerk's view, the printed form."""
    asked, _kept = form.walk(sample.known, sample.today)
    sections = answer_sections(form, sample.known, sample.today)
    printed = print_context(form, sample.known, sample.today)["sections"]
    return {
        "asked": [[question.key, question.page.key] for question in asked],
        "kept": form.kept(sample.known, sample.today),
        "read": [[row.label, row.text, row.table and row.table.rows] for section in sections for row in section.rows],
        "printed": [
            [line.number, line.label, line.text, line.table and line.table.rows] for part in printed for line in part.lines
        ],
    }


def digest(facts):
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("sample", VALID + EXTRA, ids=repr)
def test_forms_of_grammar_1_mean_what_they_meant(sample):
    """The digests were written before grammar 2. Only a form that is changed in data/ gets a new one."""
    assert sample.form.document["grammar"] == 1
    assert digest(facts_of(sample.form, sample)) == json.loads(GOLDEN.read_text("utf-8"))[sample.name]
    second = made({**sample.form.document, "grammar": 2})
    assert facts_of(second, sample) == facts_of(sample.form, sample)


# ---------------------------------------------------------------- a narrowed form
def narrowed(**by_key):
    document = copy.deepcopy(dict(SAMPLE.form.document)) | {"grammar": 2}
    for section in document["sections"]:
        for page in section["pages"]:
            for field in page["fields"]:
                if field["key"] in by_key:
                    field["narrowed"] = by_key[field["key"]]
    return document


HIDDEN, BOUND, REWORDED = "req_email", "req_full_name", "req_phone"
WAYS = {HIDDEN: {"hide": True}, BOUND: {"value": "Nguyễn Cố Định"}, REWORDED: {"label": "Số để gọi lại", "help": "Gợi ý riêng."}}


def printed_lines(form, known, **more):
    context = print_context(form, known, SAMPLE.today, **more)
    return {line.label: line for section in context["sections"] for line in section.lines}


def test_a_narrowed_form_asks_less_and_prints_the_official_one():
    form, official = made(narrowed(**WAYS)), SAMPLE.form
    known = {key: value for key, value in SAMPLE.known.items() if key not in (HIDDEN, BOUND)}
    asked = {question.key for question in form.walk(known, SAMPLE.today)[0]}
    assert not {HIDDEN, BOUND} & asked and REWORDED in asked
    assert validate(form, known, SAMPLE.today) == {}
    assert form.storable(known, SAMPLE.today)[BOUND] == "Nguyễn Cố Định" and HIDDEN not in form.storable(known, SAMPLE.today)

    page = form.fields[REWORDED].page
    shown = render_to_string("procedures/eforms/page.html", {"page": BoundPage(form, page, known, SAMPLE.today)})
    assert "Số để gọi lại" in shown and "Gợi ý riêng." in shown

    lines, before = printed_lines(form, known), printed_lines(official, SAMPLE.known)
    assert list(lines) == list(before)  # every line of the official form, in its words
    label = {key: official.fields[key].label for key in WAYS}
    assert lines[label[BOUND]].text == "Nguyễn Cố Định" and lines[label[HIDDEN]].text == "" and lines[label[REWORDED]].text
    assert printed_lines(form, {}, blank=True)[label[BOUND]].text == "Nguyễn Cố Định"

    rows = {row.key: row for section in answer_sections(form, known, SAMPLE.today) for row in section.rows}
    assert rows[BOUND].is_bound and rows[BOUND].page_key == "" and HIDDEN not in rows


def test_nobody_answers_what_a_procedure_fixes():
    form = made(narrowed(**WAYS))
    forged = {**SAMPLE.known, BOUND: "Người Khác", HIDDEN: "x@example.vn"}
    kept = form.kept(forged, SAMPLE.today)
    assert kept[BOUND] == "Nguyễn Cố Định" and HIDDEN not in kept
    for key in (BOUND, HIDDEN):
        _values, faults = read_json(form, {key: "x"}, SAMPLE.known, SAMPLE.today)
        assert list(faults) == [key]
        page = form.fields[key].page
        assert key not in read_page(form, page, QueryDict(f"{key}=x"), SAMPLE.known, SAMPLE.today).values


def test_grammar_1_knows_no_narrowing():
    form = made(narrowed(**WAYS) | {"grammar": 1})
    assert facts_of(form, SAMPLE) == facts_of(SAMPLE.form, SAMPLE)


def test_a_check_speaks_at_a_question_that_is_asked():
    document = narrowed(**{BOUND: {"value": "Nguyễn Cố Định"}})
    document["checks"] = [{"op": "different", "fields": [BOUND, REWORDED], "message": "Khác."}]
    form = made(document)
    known = {**SAMPLE.known, REWORDED: "Nguyễn Cố Định"}
    assert validate(form, known, SAMPLE.today)[REWORDED]
    document["checks"][0]["fields"] = [BOUND, BOUND]
    assert BOUND not in validate(made(document), SAMPLE.known, SAMPLE.today)


# ---------------------------------------------------------------- look-up
LIST = [{"value": "4711", "label": "Bán lẻ lương thực"}, {"value": "4719", "label": "Bán lẻ khác"},
        {"value": "5610", "label": "Nhà hàng và các dịch vụ ăn uống"}]  # fmt: skip


@pytest.fixture
def form():
    page = {"key": "mot", "title": "Ngành", "question": "Kinh doanh gì?", "fields": [
        {"key": "nganh", "label": "Ngành", "type": "lookup", "source": "dm_nganh", "required": False, "show_code": True},
        {"key": "ten", "label": "Tên", "type": "text", "required": True, "validation": {"max_length": 50}},
    ]}  # fmt: skip
    return made({**FORMS["ct01"].document, "grammar": 2, "bound_fields": [], "checks": [], "attachments": [],
                 "sections": [{"key": "a", "title": "A", "pages": [page]}],
                 "sources": {"dm_nganh": {"title": "Ngành", "options": LIST}}})  # fmt: skip


def post(form, **typed):
    data = QueryDict(mutable=True)
    data.update(typed)
    return read_page(form, form.pages[0], data, {}, SAMPLE.today)


@pytest.mark.parametrize(
    ("text", "codes"),
    [("ban le", ["4711", "4719"]), ("BÁN LẺ", ["4711", "4719"]), ("luong", ["4711"]), ("5610", ["5610"]),
     ("an uong nha", ["5610"]), ("471", ["4711", "4719"]), ("<script>", []), ("", []), ("٤٧١١", [])],
)  # fmt: skip
def test_options_are_found_by_words_without_accents_and_by_code(form, text, codes):
    assert [option.value for option in find(form, form.fields["nganh"], text)] == codes


def test_typed_words_that_mean_one_option_choose_it_and_others_stay_as_typed(form):
    assert resolve(form, form.fields["nganh"], "Nhà hàng") == "5610" and resolve(form, form.fields["nganh"], "bán lẻ") == ""
    assert post(form, **{"nganh-tim": "nhà hàng", "ten": "A"}).values == {"nganh": "5610", "ten": "A"}
    unsure = post(form, **{"nganh-tim": "bán lẻ", "ten": "A"})
    assert unsure.values["nganh"] == "bán lẻ" and not unsure.again
    assert page_errors(form, form.pages[0], unsure.values, SAMPLE.today) == {"nganh": "option"}
    assert post(form, **{"nganh": "4711", "nganh-bo": "1", "ten": "A"}).values["nganh"] is None
    assert post(form, nganh="4711", ten="A").values["nganh"] == "4711"


def test_a_page_of_its_own_shows_what_was_found_and_reads_nothing_else(form):
    asked = post(form, **{"nganh-tim": "ban le", "ten": "Quán A", "tra-cuu": "nganh"})
    assert asked.again and asked.query == "tra-cuu=nganh" and asked.values == {"nganh": "ban le", "ten": "Quán A"}
    page = BoundPage(form, form.pages[0], asked.values, SAMPLE.today, lookup="nganh")
    page.show_one()
    shown = render_to_string("procedures/eforms/page.html", {"page": page})
    assert "4711 Bán lẻ lương thực" in shown and 'value="ban le"' in shown and "Tên" not in shown
    below = render_to_string(
        "procedures/eforms/page.html", {"page": BoundPage(form, form.pages[0], asked.values, SAMPLE.today, lookup="nganh")}
    )
    assert "4711 Bán lẻ lương thực" in below and "Tên" in below  # at the counter it stands among the other questions
    chosen = post(form, **{"mot-cau": "nganh", "nganh-tim": "ban le", "nganh-chon": "4719"})
    assert chosen.values == {"nganh": "4719"} and chosen.again and chosen.query == "" and chosen.focus == "f-nganh"
    whole = render_to_string("procedures/eforms/page.html", {"page": BoundPage(form, form.pages[0], chosen.values, SAMPLE.today)})
    assert "4719 Bán lẻ khác" in whole and "Bỏ mục đã chọn" in whole
    elsewhere = BoundPage(form, form.pages[0], {}, SAMPLE.today, lookup="ten")
    elsewhere.show_one()
    assert elsewhere.one_field is None and len(elsewhere.fields) == 2


def test_a_looked_up_answer_is_read_printed_and_taken_by_the_api(form):
    known = {"nganh": "5610", "ten": "A"}
    [nganh, _ten] = [row for section in answer_sections(form, known, SAMPLE.today) for row in section.rows]
    assert nganh.text == "5610 Nhà hàng và các dịch vụ ăn uống"
    assert read_json(form, {"nganh": " 5610 "}, {}, SAMPLE.today) == ({"nganh": "5610"}, {})
    assert read_json(form, {"nganh": "9999"}, {}, SAMPLE.today)[1].keys() == {"nganh"}
    assert read_json(form, {"nganh": 5610}, {}, SAMPLE.today)[1].keys() == {"nganh"}
    assert printed_lines(form, known)["Ngành"].text == nganh.text
