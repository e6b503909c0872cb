"""Tables, formats, bounds, prefill, computed values and checks between fields are made on pages, in words."""

import copy

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from portal.common import clock
from procedures.eforms import Form, expanded_form, page_errors
from procedures.eforms.expansion import pages_of
from procedures.loading import DataFolder
from procedures.models import Procedure
from procedures.office import drafts, form_builder, form_checks, form_fields
from procedures.office.form_checking import form_problems
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.procedures.office.test_form_builder import CODE, HOME, as_sent, form_of, normal, press

FORMS = DataFolder().read("forms.json")


def sent(nodes):
    return as_sent("".join(render_to_string("procedures/office/_node.html", {"node": node, "open": True}) for node in nodes))


@pytest.mark.parametrize("raw", FORMS["forms"], ids=lambda form: form["key"])
def test_every_field_and_check_of_the_shipped_forms_goes_through_its_page_unchanged(raw):
    form = expanded_form(raw["key"], FORMS)
    before = normal(form)
    for page in pages_of(form):
        page["fields"] = [form_fields.typed(form, field, sent(form_fields.nodes(form, field, {}))) for field in page["fields"]]
    if form.get("checks"):
        form["checks"] = form_checks.typed(form, sent(form_checks.nodes(form, {})))
    assert normal(form) == before
    assert all(node.words and "…" not in node.words for node in form_checks.nodes(form, {}))


# ---------------------------------------------------------------- on pages
@pytest.fixture
def editor(db):
    world.load_sample([CODE])
    return factories.user(catalogue_admin="H18.X004")


@pytest.fixture
def draft(editor):
    return drafts.start(Procedure.objects.get(code=CODE).current, by=editor)


def one_page(draft, pages):
    """The number of a new page of the draft with one text field."""
    press(pages, HOME, "them:0")
    return 1


def fields_of(draft, number):
    return form_builder.page_at(form_of(draft), number)["fields"]


@pytest.mark.slow
def test_a_table_is_made_column_by_column_with_a_sum_computed_from_it(draft, editor):
    pages, number = browse(editor), one_page(draft, browse(editor))
    field = f"{HOME}{number}/o/0/"
    press(pages, field, "ghi", type="table")
    press(pages, field, "them:columns")
    press(pages, field, "ghi", **{"columns.0.label": "Số lượng", "columns.0.type": "number"})
    press(pages, field, "ghi", **{"columns.1.label": "Đơn giá", "columns.1.type": "money"})
    press(pages, field, "them:columns")
    press(pages, field, "ghi", **{"columns.2.label": "Thành tiền", "columns.2.type": "money"})
    press(pages, field, "ghi", **{"columns.2.computed": "product"})
    first, second = (column["key"] for column in fields_of(draft, number)[0]["columns"][:2])
    press(pages, field, "ghi", **{"columns.2.computed_of": [first, second], "columns.1.min": "1.000"})
    page = words(pages.get(field))
    assert "Ghi bằng chữ số" in page  # «1.000» is not figures only, and is kept to be mended
    press(pages, field, "ghi", **{"columns.1.min": "1000", "max_rows": "5"})
    press(pages, field, "chuyen:columns.0:1")
    table = fields_of(draft, number)[0]
    assert [column["label"] for column in table["columns"]] == ["Đơn giá", "Số lượng", "Thành tiền"]
    assert table["columns"][2]["computed"] == {"op": "product", "of": [first, second]} and table["max_rows"] == 5
    press(pages, field, "bo:columns.9")
    assert len(fields_of(draft, number)[0]["columns"]) == 3
    assert list(form_problems(form_of(draft))) == []

    press(pages, f"{HOME}{number}/", "them:money")
    total = f"{HOME}{number}/o/1/"
    press(pages, total, "ghi", computed="sum")
    assert "Chọn ít nhất một ô" in words(pages.get(total))
    press(pages, total, "ghi", computed_of=f"{table['key']}.{table['columns'][2]['key']}")
    form = Form(form_of(draft))
    known = {table["key"]: [{first: 2, second: 3000}, {first: 1, second: 500}]}
    assert form.kept(known, clock.today())[fields_of(draft, number)[1]["key"]] == 6500


@pytest.mark.slow
def test_a_check_between_two_days_is_chosen_in_words_and_refuses_a_citizen(draft, editor):
    pages, number = browse(editor), one_page(draft, browse(editor))
    checks, before = f"{HOME}kiem-tra/", form_of(draft)["checks"]
    one = f"checks.{len(before)}"
    assert press(pages, checks, "them:max_days").status_code == 409  # there is no period in this form
    for label in ("Ngày bắt đầu", "Ngày kết thúc"):
        press(pages, f"{HOME}{number}/", "them:date")
        last = len(fields_of(draft, number)) - 1
        press(pages, f"{HOME}{number}/", "ghi", **{f"fields.{last}.label": label})
    start, end = (field["key"] for field in fields_of(draft, number)[-2:])
    press(pages, checks, "them:not_before")
    press(pages, checks, "ghi", **{f"{one}.fields.0": end, f"{one}.fields.1": end})
    assert "một ô không so với chính nó" in words(pages.get(checks))
    press(pages, checks, "ghi", **{f"{one}.fields.1": start, f"{one}.message": "Xem lại ngày."})
    assert "“Ngày kết thúc” không ở trước “Ngày bắt đầu”" in words(pages.get(checks))
    document = form_of(draft)
    assert list(form_problems(document)) == []
    form = Form(document)
    wrong = page_errors(form, form.pages[number], {start: "2026-02-02", end: "2026-02-01", "o_1": "x"}, clock.today())
    assert wrong == {end: "not_before"}

    asked = fields_of(draft, 0)[0]["key"]
    press(pages, f"{checks}{one}.when/", "them", o=asked)
    assert form_of(draft)["checks"][-1]["when"]["field"] == asked
    for place in ("checks.99.when", f"{one}.value", "x"):
        assert pages.get(f"{checks}{place}/").status_code == 404
    press(pages, checks, f"bo:{one}")
    assert form_of(draft)["checks"] == before


@pytest.mark.slow
def test_format_and_prefill_are_chosen_from_lists(draft, editor):
    pages, number = browse(editor), one_page(draft, browse(editor))
    field = f"{HOME}{number}/o/0/"
    press(pages, field, "ghi", format="cccd", prefill="profile.id_number|", privacy="ordinary")
    document = form_of(draft)
    made = fields_of(draft, number)[0]
    assert made["validation"]["format"] == "cccd" and made["prefill"] == {"from": ["profile.id_number"]}
    assert document["formats"]["cccd"]["pattern"] == "[0-9]{12}" and list(form_problems(document)) == []
    page = words(pages.get(field))
    assert "số căn cước, 12 chữ số" in page and "giấy phép lái xe (giả lập)" not in page  # nothing fills from there
    asked = fields_of(draft, 0)[0]["key"]
    press(pages, f"{HOME}{number}/fields.0.prefill_when/", "them", o=asked)
    assert fields_of(draft, number)[0]["prefill"]["when"]["field"] == asked
    press(pages, field, "ghi", prefill="profile.khong_co|", format="khong_co")
    assert fields_of(draft, number)[0]["prefill"]["from"] == ["profile.id_number"]
    press(pages, field, "ghi", prefill="")
    assert "prefill" not in fields_of(draft, number)[0]
    assert pages.get(f"{HOME}{number}/fields.0.prefill_when/").status_code == 404
    assert pages.get(f"{HOME}{number}/o/9/").status_code == 404


@pytest.mark.slow
def test_the_pages_of_details_are_for_the_office_only(draft, editor):
    for who, read, write in (("agency_admin", 200, 403), ("receiving_clerk", 404, 404)):
        pages = browse(factories.user(**{who: "H18.X004"}))
        for address in (f"{HOME}0/o/0/", f"{HOME}kiem-tra/"):
            assert pages.get(address).status_code == read, address
            assert pages.post(address, {"viec": "ghi", "lan-ghi": "0"}).status_code == write, address


@pytest.mark.slow
def test_rows_and_pages_are_dragged_to_a_place(draft, editor):
    pages = browse(editor)
    before = [page["key"] for page in pages_of(form_of(draft))]
    press(pages, HOME, "chuyen:trang.0:1")
    after = [page["key"] for page in pages_of(form_of(draft))]
    assert sorted(after) == sorted(before)
    for word in ("chuyen:trang.0:99", "chuyen:trang.x:1", "chuyen:trang.0"):
        press(pages, HOME, word)
        assert [page["key"] for page in pages_of(form_of(draft))] == after
    number = next(n for n, page in enumerate(pages_of(form_of(draft))) if len(page["fields"]) > 1)
    keys = [field["key"] for field in fields_of(draft, number)]
    press(pages, f"{HOME}{number}/", "chuyen:fields.0:1")
    assert [field["key"] for field in fields_of(draft, number)][:2] == [keys[1], keys[0]]


@pytest.mark.slow
def test_a_session_that_is_over_loses_nothing(draft, editor):
    pages, one = browse(editor), f"{HOME}0/"
    page = pages.get(one).content.decode()
    pages.session.flush()
    typed = {**as_sent(page).dict(), "fields.0.label": "Chữ vừa gõ rất dài", "viec": "ghi"}
    assert pages.post(one, typed).status_code == 302
    pages.force_login(editor)
    assert "Chữ vừa gõ rất dài" in pages.get(one).content.decode()
    assert fields_of(draft, 0)[0]["label"] != "Chữ vừa gõ rất dài"


@pytest.mark.slow
def test_what_is_typed_is_seen_at_360_px_before_it_is_stored(draft, editor):
    pages, one = browse(editor), f"{HOME}0/"
    before = form_of(draft)
    seen = press(pages, one, "ghi", **{"fields.0.label": "Nhãn đang gõ", "xem": "1"})
    assert seen.status_code == 200 and "Nhãn đang gõ" in words(seen).partition("Người dân thấy trên điện thoại")[2]
    wrong = press(pages, one, "ghi", **{"fields.0.label": "<b>x</b>", "xem": "1"})
    assert "Chưa xem trước được" in words(wrong) and "HTML" in words(wrong)
    assert form_of(draft) == before


@pytest.mark.slow
def test_sections_are_split_joined_and_named(draft, editor):
    pages = browse(editor)
    keys, sections = [page["key"] for page in pages_of(form_of(draft))], len(form_of(draft)["sections"])
    number = next(len(section["pages"]) - 1 for section in form_of(draft)["sections"][:1] if len(section["pages"]) > 1)
    press(pages, HOME, f"tach-phan:{number}")
    press(pages, f"{HOME}{number}/", "ghi", section_title="Phần riêng")
    made = form_of(draft)["sections"]
    assert len(made) == sections + 1 and made[1]["title"] == "Phần riêng"
    for word in ("tach-phan:0", "gop-phan:0", "tach-phan:999", "gop-phan:x"):
        press(pages, HOME, word)
        assert form_of(draft)["sections"] == made, word
    press(pages, HOME, f"gop-phan:{number}")
    assert len(form_of(draft)["sections"]) == sections and [page["key"] for page in pages_of(form_of(draft))] == keys


# ---------------------------------------------------------------- bad input
def pages_in(form):
    return list(pages_of(form))


def a_table(form):
    return next(field for page in pages_in(form) for field in page["fields"] if field["type"] == "table")


def a_text(form):
    return next(field for page in pages_in(form) for field in page["fields"] if field["type"] == "text")


CHECK = {"op": "at_least_one", "fields": ["req_full_name"], "message": "x"}
BAD = {
    "a check of itself": lambda f: f["checks"].append({**CHECK, "op": "different", "fields": [a_text(f)["key"]] * 2}),
    "an unknown check": lambda f: f["checks"].append({**CHECK, "op": "xor"}),
    "a check of a field that is gone": lambda f: f["checks"].append({**CHECK, "fields": ["khong_co"]}),
    "a check without words": lambda f: f["checks"].append({**CHECK, "fields": [a_text(f)["key"]], "message": " "}),
    "a check under an unknown condition": lambda f: f["checks"].append(
        {**CHECK, "fields": [a_text(f)["key"]], "when": {"field": "khong_co", "op": "not_empty"}}
    ),
    "a column twice": lambda f: a_table(f)["columns"].append(copy.deepcopy(a_table(f)["columns"][0])),
    "a table in a table": lambda f: a_table(f)["columns"][0].update(type="table"),
    "a table without rows": lambda f: a_table(f).update(max_rows=0),
    "columns wider than the paper": lambda f: a_table(f)["columns"][0].update(width=101),
    "HTML in a column": lambda f: a_table(f)["columns"][0].update(label="<b>x</b>"),
    "a sum of itself": lambda f: a_text(f).update(computed={"op": "sum", "of": [a_text(f)["key"]]}, required=False),
    "a sum of nothing": lambda f: a_text(f).update(computed={"op": "sum", "of": []}, required=False),
    "a sum of what is gone": lambda f: a_text(f).update(computed={"op": "sum", "of": ["khong_co"]}, required=False),
    "bounds the wrong way round": lambda f: a_text(f).update(type="number", validation={"min": 5, "max": 1}),
    "a bound that is no day": lambda f: a_text(f).update(type="date", validation={"min_date": "+9999999y"}),
    "a prefill from a cycle": lambda f: a_text(f).update(
        prefill={"from": ["profile.full_name"], "when": {"field": a_text(f)["key"], "op": "not_empty"}}
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_wrong_form_is_refused_with_its_place(bad):
    form = next(
        whole
        for raw in FORMS["forms"]
        if (whole := expanded_form(raw["key"], FORMS)).get("checks") is not None
        and any(field["type"] == "table" for page in pages_of(whole) for field in page["fields"])
    )
    assert list(form_problems(form)) == []
    BAD[bad](form)
    found = list(form_problems(form))
    assert found and all(path and sentence for path, sentence in found)


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_fields_and_checks(draft, editor):
    pages, number = browse(editor), one_page(draft, browse(editor))

    def asked(address):
        pages.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert pages.get(address).status_code == 200
        return len(seen)

    page, checks = f"{HOME}{number}/", f"{HOME}kiem-tra/"
    few = asked(HOME), asked(page), asked(f"{page}o/0/"), asked(checks)
    for kind in ("text", "date", "date", "choice"):
        press(pages, page, f"them:{kind}")
    for op in ("different", "before", "at_least_one"):
        press(pages, checks, f"them:{op}")
    many = asked(HOME), asked(page), asked(f"{page}o/0/"), asked(checks)
    assert all(now <= before for now, before in zip(many, few, strict=True)), (few, many)
