"""The e-form is changed on pages; what nobody touches stays byte for byte."""

import copy
import json

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from procedures.eforms import expanded_form
from procedures.eforms.expansion import pages_of
from procedures.loading import DataFolder
from procedures.loading.publishing import document_of
from procedures.models import Procedure, VersionDraft
from procedures.office import condition_forms, drafts, form_builder
from procedures.office.form_lint import advice
from procedures.office.form_places import address_of
from procedures.office.vocabulary import names
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.procedures.office.test_drafts import shown_values

CODE = "3.000333"
HOME = f"/can-bo/danh-muc/{CODE}/ban-thao/to-khai/"


def normal(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def as_sent(page_of_html):
    post = QueryDict(mutable=True)
    for name, texts in shown_values(page_of_html).items():
        post.setlist(name, texts)
    return post


@pytest.mark.parametrize("form", DataFolder().read("forms.json")["forms"], ids=lambda form: form["key"])
def test_every_shipped_form_goes_through_the_builder_unchanged(form):
    whole = expanded_form(form["key"], DataFolder().read("forms.json"))
    before = normal(whole)
    for page in pages_of(whole):
        nodes = form_builder.nodes(whole, page, {})
        html = "".join(render_to_string("procedures/office/_node.html", {"node": node, "open": True}) for node in nodes)
        page |= form_builder.typed(whole, page, as_sent(html))
    assert normal(whole) == before


@pytest.mark.parametrize("code", ["3.000333", "1.004194", "1.001193", "1.015002"])
def test_every_condition_of_a_form_goes_through_its_page_unchanged(code):
    row = next(row for row in DataFolder().procedures() if row["code"] == code)
    document = document_of(DataFolder(), row)
    known, seen = names(document), 0
    for field in (field for page in pages_of(document["form"]) for field in page["fields"]):
        for condition in filter(None, (field.get("show_if"), field.get("required_if"))):
            way, _parts = condition_forms.split(condition)
            post = QueryDict(mutable=True)
            post["noi"] = way
            for part in condition_forms.parts_of(document, condition, known):
                if part.name is None:
                    continue
                [op] = [value for value, _label, chosen in part.signs if chosen]
                post[f"{part.number}.dau"] = op
                ticked = [value for value, _label, chosen in part.options if chosen]
                post.setlist(f"{part.number}.gia-tri", ticked if part.options else [part.value])
            assert condition_forms.typed(condition, known, post) == condition, field["key"]
            seen += 1
    assert seen


# ---------------------------------------------------------------- on pages
@pytest.fixture
def editor(db):
    world.load_sample([CODE])
    return factories.user(catalogue_admin="H18.X004")


@pytest.fixture
def draft(editor):
    return drafts.start(Procedure.objects.get(code=CODE).current, by=editor)


def form_of(draft):
    return VersionDraft.objects.get(pk=draft.pk).version.document["form"]


def press(pages, address, word, **typed):
    values = shown_values(pages.get(address).content.decode())
    return pages.post(address, {**values, **typed, "viec": word})


def test_words_bounds_and_order_of_a_page_are_changed_and_seen_as_a_citizen_sees_them(draft, editor):
    pages, one = browse(editor), f"{HOME}0/"
    before = form_builder.page_at(form_of(draft), 0)
    assert press(pages, one, "ghi", **{"fields.0.label": "Nhãn mới", "fields.0.help": "Gợi ý mới."}).status_code == 302
    page = words(pages.get(one))
    assert "Người dân thấy trên điện thoại" in page and page.count("Nhãn mới") >= 2 and "Gợi ý mới." in page
    press(pages, one, "them:choice")
    new = form_builder.page_at(form_of(draft), 0)["fields"][-1]
    number = len(before["fields"])
    press(pages, one, "ghi", **{f"fields.{number}.options": "Một hai\nba = Ba", f"fields.{number}.label": "Chọn"})
    options = form_builder.page_at(form_of(draft), 0)["fields"][-1]["options"]
    assert options == [{"value": "mot_hai", "label": "Một hai"}, {"value": "ba", "label": "Ba"}]
    press(pages, one, f"len:fields.{number}")
    assert form_builder.page_at(form_of(draft), 0)["fields"][number - 1]["key"] == new["key"]
    press(pages, one, f"bo:fields.{number - 1}")
    assert [field["key"] for field in form_builder.page_at(form_of(draft), 0)["fields"]] == [f["key"] for f in before["fields"]]
    assert "Nhãn mới" in words(pages.get(f"/can-bo/danh-muc/{CODE}/ban-thao/"))


def test_pages_are_added_moved_and_removed(draft, editor):
    pages, before = browse(editor), [page["key"] for page in pages_of(form_of(draft))]
    for word, keys in (
        ("them:0", [before[0], "trang_1", *before[1:]]),
        ("len:1", ["trang_1", *before]),
        ("bo:0", before),
        ("bo:999", before),
        ("xoa:0", before),
    ):
        assert press(pages, HOME, word).status_code == 302
        assert [page["key"] for page in pages_of(form_of(draft))] == keys, word


def test_a_field_is_shown_under_a_condition_on_earlier_pages_only(draft, editor):
    pages = browse(editor)
    first, last = form_builder.page_at(form_of(draft), 0), len(list(pages_of(form_of(draft)))) - 1
    address = f"{HOME}{last}/fields.0.show_if/"
    assert press(pages, address, "them", o=first["fields"][0]["key"]).status_code == 302
    shown = normal(form_builder.page_at(form_of(draft), last)["fields"][0]["show_if"])
    assert first["fields"][0]["key"] in shown
    own = form_builder.page_at(form_of(draft), last)["fields"][0]["key"]
    assert press(pages, address, "them", o=own).status_code == 409
    for place in ("fields.99.show_if", "fields.0.key", "x"):
        assert pages.get(f"{HOME}{last}/{place}/").status_code == 404
    assert pages.get(f"{HOME}999/").status_code == 404


def test_a_stale_page_overwrites_nothing_and_keeps_what_was_typed(draft, editor):
    pages, one = browse(editor), f"{HOME}0/"
    old = shown_values(pages.get(one).content.decode())
    pages.post(one, {**old, "title": "Một"})
    late = pages.post(one, {**old, "title": "Hai", "viec": "ghi"})
    assert late.status_code == 409 and "Hai" in late.content.decode()
    assert form_builder.page_at(form_of(draft), 0)["title"] == "Một"


@pytest.mark.parametrize(("who", "read", "write"), [("agency_admin", 200, 403), ("receiving_clerk", 404, 404)])
def test_only_catalogue_administrators_change_a_form(draft, editor, who, read, write):
    pages = browse(factories.user(**{who: "H18.X004"}))
    for address in (HOME, f"{HOME}0/", f"{HOME}1/fields.0.show_if/"):
        assert pages.get(address).status_code == read, address
        assert pages.post(address, {"viec": "them:0", "lan-ghi": "0"}).status_code == write, address


def test_advice_in_plain_words():
    row = next(row for row in DataFolder().procedures() if row["code"] == CODE)
    document = copy.deepcopy(document_of(DataFolder(), row))
    page = form_builder.page_at(document["form"], 0)
    page["fields"] = [{"key": "ap_x", "label": "Họ, chữ đệm, tên của đương sự", "type": "text", "required": True}]
    paper = next(
        item for group in document["procedure"]["document_groups"] for item in group["documents"] if item["kind"] == "paper"
    )
    paper |= {"name": "Bản sao giấy khai sinh", "required": True, "replaced_by_data": None,
              "when": {"field": "audience", "op": "eq", "value": "soldier"}}  # fmt: skip
    told = " ".join(map(str, advice(document)))
    form_builder.page_at(document["form"], 1)["fields"][0]["show_if"] = {
        "all": [{"field": "ap_x", "op": "eq", "value": "a"}, {"field": "ap_x", "op": "eq", "value": "b"}]
    }
    form_builder.page_at(document["form"], 2)["fields"][0] |= {
        "label": "chữ " * 40, "show_if": {"field": "o_an", "op": "eq", "value": "x"}}  # fmt: skip
    page["fields"].append({"key": "o_an", "label": "Ẩn", "type": "text", "required": False, "narrowed": {"hide": True}})
    told = " ".join(map(str, advice(document)))
    for word in ("hai câu trả lời khác nhau", "câu dài quá", "Điều kiện về “Ẩn” không bao giờ đúng"):
        assert word in told, told
    places = {address_of(CODE, document, row.path) for row in advice(document)}
    assert f"{HOME}0/#o-fields-0" in places and f"{HOME}1/#o-fields-0-show_if" in places
    assert any(place.startswith(f"/can-bo/danh-muc/{CODE}/ban-thao/giay-to/#o-document_groups-") for place in places)
    for word in ("đừng hỏi lại", "chữ khó: đương sự", "Chưa có gợi ý", "cơ sở dữ liệu đã có", "không bao giờ đúng"):
        assert word in told, told


def test_what_is_wrong_leads_to_its_place(draft, editor):
    pages = browse(editor)
    press(pages, f"{HOME}1/", "ghi", **{"fields.0.label": "<b>x</b>"})
    page = pages.get(HOME).content.decode()
    assert f'href="{HOME}1/#o-fields-0-label"' in page
    assert address_of(CODE, {"form": form_of(draft)}, ("e_form", "checks", 2, "value")) == f"{HOME}kiem-tra/#o-checks-2"
    inside = ("e_form", "sections", 0, "pages", 0, "fields", 1, "columns", 0, "label")
    assert address_of(CODE, {"form": form_of(draft)}, inside) == f"{HOME}0/o/1/#o-columns-0-label"
    assert address_of(CODE, {"form": form_of(draft)}, ("e_form", "grammar")) == HOME
