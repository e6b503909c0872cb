"""The e-form of a draft on pages: sections, pages, fields, words, options, bounds and order.

Works on the expanded form of the version document. What these pages do not show (prefill, computed values, columns of tables,
checks between fields) is kept as it is.
"""

import copy
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.figures import number_in
from portal.common.vietnamese import clean_text, fold
from procedures.eforms.expansion import pages_of
from procedures.office.editing import ActRefused, Node
from procedures.office.form_checking import MAX_FIELDS, MAX_ON_A_PAGE

Form = dict[str, Any]
TYPES = {
    "text": gettext_lazy("chữ, một dòng"),
    "textarea": gettext_lazy("chữ, nhiều dòng"),
    "number": gettext_lazy("số"),
    "money": gettext_lazy("số tiền"),
    "date": gettext_lazy("ngày"),
    "yes_no": gettext_lazy("có hoặc không"),
    "choice": gettext_lazy("chọn trong danh sách"),
    "phone": gettext_lazy("điện thoại"),
    "email": gettext_lazy("thư điện tử"),
    "address": gettext_lazy("địa chỉ"),
    "note": gettext_lazy("lời dặn, không hỏi gì"),
}
"""Types of new fields. Fields of other types (tables, periods, consents) come with the form that was copied."""
BOUNDS = {"max_length": gettext_lazy("Dài nhất (ký tự)"), "min": gettext_lazy("Nhỏ nhất"), "max": gettext_lazy("Lớn nhất")}
HAS_BOUNDS = {"text": ("max_length",), "textarea": ("max_length",), "number": ("min", "max"), "money": ("min", "max")}


# ---------------------------------------------------------------- pages
def page_at(form: Form, number: int) -> dict[str, Any]:
    """The page with this number, from 0. Raises IndexError."""
    return list(pages_of(form))[number]


def add_page(form: Form, after: int) -> None:
    """A page with one question, after the page with this number, in its section. Raises ActRefused."""
    keys = {page["key"] for page in pages_of(form)}
    if sum(len(page["fields"]) for page in pages_of(form)) >= MAX_FIELDS:
        raise ActRefused(_("Tờ khai nhiều ô quá."))
    key = next(name for n in range(1, 1000) if (name := f"trang_{n}") not in keys)
    page = {"key": key, "title": _("Trang mới"), "question": _("Câu hỏi của trang"), "fields": [new_field(form, "text")]}
    section, place = _place(form, after)
    section["pages"].insert(place + 1, page)


def remove_page(form: Form, number: int) -> None:
    """Raises ActRefused for the only page of the form."""
    if len(list(pages_of(form))) < 2:
        raise ActRefused(_("Tờ khai phải có ít nhất một trang."))
    section, place = _place(form, number)
    del section["pages"][place]
    form["sections"] = [section for section in form["sections"] if section["pages"]]


def move_page(form: Form, number: int, by: int) -> None:
    """One page up (-1) or down (1) in its section, or to the end of the section before, the start of the one after."""
    section, place = _place(form, number)
    at = form["sections"].index(section)
    if 0 <= place + by < len(section["pages"]):
        section["pages"].insert(place + by, section["pages"].pop(place))
    elif 0 <= at + by < len(form["sections"]) and len(section["pages"]) > 1:
        other = form["sections"][at + by]["pages"]
        other.insert(len(other) if by < 0 else 0, section["pages"].pop(place))


def _place(form: Form, number: int) -> tuple[dict[str, Any], int]:
    """(section, number inside it) of a page. Raises ActRefused."""
    for section in form["sections"]:
        if number < len(section["pages"]):
            return section, number
        number -= len(section["pages"])
    raise ActRefused(_("Không có trang này."))


# ---------------------------------------------------------------- the fields of a page
def nodes(page: Mapping[str, Any], errors: Mapping[str, list[str]]) -> list[Node]:
    """The inputs of one page: its title and question, then each field as a row."""
    rows = [_field_node(number, field, errors) for number, field in enumerate(page["fields"])]
    for number, row in enumerate(rows):
        row.first, row.last = number == 0, number == len(rows) - 1
    return [
        Node("title", _("Tên ngắn của trang"), "text", page["title"], errors=errors.get("title", [])),
        Node("question", _("Câu hỏi của trang"), "text", page["question"], errors=errors.get("question", [])),
        *rows,
    ]


def _field_node(number: int, field: Mapping[str, Any], errors: Mapping[str, list[str]]) -> Node:
    start = f"fields.{number}"
    row = Node(start, _("Ô %(n)d") % {"n": number + 1}, "item", errors=errors.get(start, []), removable=True)
    row.words = f"{field['label']} ({TYPES.get(field['type'], field['type'])})"

    def add(name: str, label: Any, kind: str, value: Any) -> None:
        row.nodes.append(Node(f"{start}.{name}", str(label), kind, value, errors=errors.get(f"{start}.{name}", [])))

    add("label", _("Lời dặn") if field["type"] == "note" else _("Nhãn"), "text", field["label"])
    if field["type"] == "note":
        return row
    add("help", _("Gợi ý"), "text", field.get("help", ""))
    if not field.get("computed"):
        add("required", _("Bắt buộc trả lời"), "tick", field.get("required", False))
    if "options" in field:
        lines = "\n".join(f"{option['value']} = {option['label']}" for option in field["options"])
        add("options", _("Lựa chọn, mỗi dòng: khóa = lời"), "lines", lines)
    for name in _bounds(field):
        add(name, BOUNDS[name], "whole", field.get("validation", {}).get(name))
    for name, label in (("show_if", _("Hiện khi")), ("required_if", _("Bắt buộc khi"))):
        add(name, label, "condition", field.get(name))
    return row


def _bounds(field: Mapping[str, Any]) -> tuple[str, ...]:
    """The bounds that are shown: whole numbers only («this_year» and the like are kept)."""
    rules = field.get("validation", {})
    return tuple(name for name in HAS_BOUNDS.get(field["type"], ()) if isinstance(rules.get(name), (int, type(None))))


def typed(page: Mapping[str, Any], post: QueryDict) -> dict[str, Any]:
    """The page with what was typed. A wrong number stays as text: `form_checking` and the schema name it."""
    return {
        **page,
        "title": clean_text(post.get("title", page["title"]), lines=True),
        "question": clean_text(post.get("question", page["question"]), lines=True),
        "fields": [_typed_field(f"fields.{number}.", field, post) for number, field in enumerate(page["fields"])],
    }


def _typed_field(start: str, before: Mapping[str, Any], post: QueryDict) -> dict[str, Any]:
    field = dict(before)
    if f"{start}label" not in post:
        return field
    field["label"] = clean_text(post[f"{start}label"], lines=True)
    if field["type"] == "note":
        return field
    _set(field, "help", clean_text(post.get(f"{start}help", ""), lines=True))
    if not field.get("computed"):
        field["required"] = f"{start}required" in post
    if "options" in field:
        field["options"] = _options(post.get(f"{start}options", ""), before["options"])
    if bounds := _bounds(before):
        rules = dict(field.get("validation", {}))
        for name in bounds:
            text = clean_text(post.get(f"{start}{name}", ""))
            number = number_in(text.removeprefix("-"))
            _set(rules, name, text if number is None else -number if text.startswith("-") else number)
        _set(field, "validation", rules)
    return field


def _set(rules: dict[str, Any], name: str, value: Any) -> None:
    """Set a value; an empty one is left out."""
    if value in ("", None, {}):
        rules.pop(name, None)
    else:
        rules[name] = value


def _options(text: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The options of the lines «khóa = lời»; a line without a key gets one from its words."""
    known, found = {str(row["value"]): row for row in before}, []
    for line in filter(None, map(clean_text, text.splitlines())):
        value, sign, label = (part.strip() for part in line.partition("="))
        if not sign:
            value, label = "_".join(fold(line).split())[:60], line
        found.append({**known.get(value, {}), "value": known.get(value, {}).get("value", value), "label": label})
    return found


# ---------------------------------------------------------------- add, move, remove
def act(form: Form, page: dict[str, Any], word: str) -> None:
    """«them:<type>», «len:fields.1», «xuong:fields.0» or «bo:fields.0» on the fields of a page. Raises ActRefused."""
    deed, _colon, name = word.partition(":")
    fields = page["fields"]
    if deed == "them" and name in TYPES:
        if len(fields) >= 4 * MAX_ON_A_PAGE:
            raise ActRefused(_("Trang này nhiều ô quá."))
        fields.append(new_field(form, name))
        return
    number = number_in(name.removeprefix("fields."))
    if number is None or number >= len(fields):
        raise ActRefused(_("Không có chỗ này trong phần đang sửa."))
    match deed:
        case "bo":
            del fields[number]
        case "len":
            fields.insert(max(0, number - 1), fields.pop(number))
        case "xuong":
            fields.insert(number + 1, fields.pop(number))
        case _:
            raise ActRefused(_("Không có chỗ này trong phần đang sửa."))


def new_field(form: Form, kind: str) -> dict[str, Any]:
    """A field of this type with a free key and the least that the grammar asks for."""
    keys = {field["key"] for page in pages_of(form) for field in page["fields"]}
    keys |= {field["key"] for field in form.get("bound_fields", [])}
    key = next(name for n in range(1, 2000) if (name := f"o_{n}") not in keys)
    field: dict[str, Any] = {"key": key, "label": _("Nhãn của ô mới"), "type": kind, "required": False}
    if kind in ("text", "textarea"):
        field["validation"] = {"max_length": 200 if kind == "text" else 1000}
    if kind == "choice":
        field |= {"display": "radio", "options": [{"value": "mot", "label": _("Một")}, {"value": "hai", "label": _("Hai")}]}
    return field


# ---------------------------------------------------------------- how a citizen sees a page
def alone(form: Form, number: int) -> Form:
    """A form of this page only, with all its fields shown."""
    page = copy.deepcopy(page_at(form, number))
    for field in page["fields"]:
        field.pop("show_if", None)
        field.pop("computed", None)
    return {**form, "sections": [{"key": "x", "title": "", "pages": [page]}]}
