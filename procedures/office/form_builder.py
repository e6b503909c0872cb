"""The e-form of a draft on pages: sections, pages, fields, words, options, bounds and order.

Works on the expanded form of the version document. What these pages do not show is kept as it is; more about one field:
`form_fields`, checks between fields: `form_checks`.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.figures import number_in
from portal.common.vietnamese import clean_text
from procedures.eforms.expansion import pages_of
from procedures.office import form_blocks
from procedures.office.editing import ActRefused, Node
from procedures.office.form_checking import MAX_FIELDS, MAX_ON_A_PAGE
from procedures.office.form_fields import TYPES, arranged, least, option_lines, options_of

Form = dict[str, Any]
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


def place_page(form: Form, number: int, to: int) -> None:
    """A page dragged to the place of another one, also in another section. The last page of a section stays there."""
    section, place = _place(form, number)
    other, goal = _place(form, to)
    if section is not other and len(section["pages"]) < 2:
        raise ActRefused(_("Mỗi phần phải còn ít nhất một trang."))
    page = section["pages"].pop(place)
    other["pages"].insert(goal, page)


def split_section(form: Form, number: int) -> None:
    """A new section from this page on. Raises ActRefused for the first page of a section."""
    section, place = _place(form, number)
    if not place:
        raise ActRefused(_("Trang này đã là trang đầu của một phần."))
    keys = {one["key"] for one in form["sections"]}
    key = next(name for n in range(1, 1000) if (name := f"phan_{n}") not in keys)
    fresh = {"key": key, "title": _("Phần mới"), "pages": section["pages"][place:]}
    section["pages"] = section["pages"][:place]
    form["sections"].insert(form["sections"].index(section) + 1, fresh)


def join_section(form: Form, number: int) -> None:
    """The section of this page becomes the end of the one before. Raises ActRefused for the first section."""
    section, _number = _place(form, number)
    at = form["sections"].index(section)
    if not at:
        raise ActRefused(_("Đây là phần đầu của tờ khai."))
    form["sections"][at - 1]["pages"] += form["sections"].pop(at)["pages"]


def section_of(form: Form, number: int) -> dict[str, Any]:
    """The section of a page. Raises ActRefused."""
    return _place(form, number)[0]


def _place(form: Form, number: int) -> tuple[dict[str, Any], int]:
    """(section, number inside it) of a page. Raises ActRefused."""
    for section in form["sections"]:
        if number < len(section["pages"]):
            return section, number
        number -= len(section["pages"])
    raise ActRefused(_("Không có trang này."))


# ---------------------------------------------------------------- the fields of a page
def nodes(form: Form, page: Mapping[str, Any], errors: Mapping[str, list[str]]) -> list[Node]:
    """The inputs of one page: its title and question, then each field, or the fields of a common block, as a row."""
    rows = []
    for number, unit in _numbered(page):
        in_block = form_blocks.use_of(unit[0])
        row = form_blocks.node(form, number, unit) if in_block else _field_node(number, unit[0], errors)
        names = [f"fields.{number + n}" for n in range(len(unit))]
        row.errors = _errors_of(row, names, errors)
        rows.append(row)
    for number, row in enumerate(rows):
        row.first, row.last = number == 0, number == len(rows) - 1
    return [
        Node("title", _("Tên ngắn của trang"), "line", page["title"], errors=errors.get("title", [])),
        Node("question", _("Câu hỏi của trang"), "line", page["question"], errors=errors.get("question", [])),
        *rows,
    ]


def _numbered(page: Mapping[str, Any]) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """(number of its first field, fields) of each row of a page."""
    number = 0
    for unit in form_blocks.units(page["fields"]):
        yield number, unit
        number += len(unit)


def _errors_of(row: Node, names: list[str], errors: Mapping[str, list[str]]) -> list[str]:
    """What is wrong with these fields and has no input of its own in the row."""
    shown = {node.name for node in row.nodes}
    return [
        sentence
        for name, sentences in errors.items()
        for sentence in sentences
        if name not in shown and ".".join(name.split(".")[:2]) in names
    ]


def _field_node(number: int, field: Mapping[str, Any], errors: Mapping[str, list[str]]) -> Node:
    start = f"fields.{number}"
    row = Node(start, _("Ô %(n)d") % {"n": number + 1}, "item", removable=True)
    row.more = str(number)
    row.words = f"{field['label']} ({TYPES.get(field['type'], field['type'])})"

    def add(name: str, label: Any, kind: str, value: Any) -> None:
        row.nodes.append(Node(f"{start}.{name}", str(label), kind, value, errors=errors.get(f"{start}.{name}", [])))

    if field["type"] == "note":
        add("label", _("Lời dặn"), "text", field["label"])
        return row
    add("label", _("Nhãn"), "line", field["label"])
    add("help", _("Gợi ý"), "text", field.get("help", ""))
    if not field.get("computed"):
        add("required", _("Bắt buộc trả lời"), "tick", field.get("required", False))
    if "options" in field:
        add("options", _("Lựa chọn, mỗi dòng: khóa = lời"), "lines", option_lines(field["options"]))
    for name in _bounds(field):
        add(name, BOUNDS[name], "whole", field.get("validation", {}).get(name))
    for name, label in (("show_if", _("Hiện khi")), ("required_if", _("Bắt buộc khi"))):
        add(name, label, "condition", field.get(name))
    return row


def _bounds(field: Mapping[str, Any]) -> tuple[str, ...]:
    """The bounds that are shown: whole numbers only («this_year» and the like are kept)."""
    rules = field.get("validation", {})
    return tuple(name for name in HAS_BOUNDS.get(field["type"], ()) if isinstance(rules.get(name), (int, type(None))))


def typed(form: Form, page: Mapping[str, Any], post: QueryDict) -> dict[str, Any]:
    """The page with what was typed. A wrong number stays as text: `form_checking` and the schema name it."""
    return {
        **page,
        "title": clean_text(post.get("title", page["title"]), lines=True),
        "question": clean_text(post.get("question", page["question"]), lines=True),
        "fields": [field for number, unit in _numbered(page) for field in _typed_row(form, number, unit, post)],
    }


def _typed_row(form: Form, number: int, unit: list[dict[str, Any]], post: QueryDict) -> list[dict[str, Any]]:
    if form_blocks.use_of(unit[0]):
        return form_blocks.take(form, number, unit, post)
    return [_typed_field(f"fields.{number}.", unit[0], post)]


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
        field["options"] = options_of(post.get(f"{start}options", ""), before["options"])
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


# ---------------------------------------------------------------- add, move, remove
def act(form: Form, page: dict[str, Any], word: str) -> None:
    """«them:<type>», «them-khoi:<block>», «tach:fields.0», and those of `arranged` on rows. Raises ActRefused."""
    deed, _colon, name = word.partition(":")
    if deed in ("them", "them-khoi") and len(page["fields"]) >= 4 * MAX_ON_A_PAGE:
        raise ActRefused(_("Trang này nhiều ô quá."))
    if deed == "them" and name in TYPES:
        page["fields"].append(new_field(form, name))
    elif deed == "them-khoi" and name in dict(form_blocks.kinds()):
        form_blocks.add(form, page, name)
    elif deed == "tach" and (unit := _row_at(page, name)) and form_blocks.use_of(unit[0]):
        form_blocks.detach(form, unit)
    else:
        rows = arranged(form_blocks.units(page["fields"]), "fields", _by_rows(page, word))
        page["fields"] = [field for unit in rows for field in unit]


def _row_at(page: Mapping[str, Any], name: str) -> list[dict[str, Any]] | None:
    return next((unit for number, unit in _numbered(page) if f"fields.{number}" == name), None)


def _by_rows(page: Mapping[str, Any], word: str) -> str:
    """A word about fields («chuyen:fields.4:0») as the same word about rows."""
    starts = {str(number): str(row) for row, (number, _unit) in enumerate(_numbered(page))}
    deed, _colon, name = word.partition(":")
    name, colon, goal = name.partition(":")
    return f"{deed}:fields.{starts.get(name.removeprefix('fields.'), '-')}{colon}{starts.get(goal, goal)}"


def new_field(form: Form, kind: str) -> dict[str, Any]:
    """A field of this type with a free key and the least that the grammar asks for."""
    keys = {field["key"] for page in pages_of(form) for field in page["fields"]}
    keys |= {field["key"] for field in form.get("bound_fields", [])}
    key = next(name for n in range(1, 2000) if (name := f"o_{n}") not in keys)
    return {"key": key, "label": _("Nhãn của ô mới"), "type": kind, "required": kind == "consent", **least(kind)}


# ---------------------------------------------------------------- how a citizen sees a page
def alone(form: Form, number: int) -> Form:
    """A form of this page only, with all its fields shown."""
    page = copy.deepcopy(page_at(form, number))
    for field in page["fields"]:
        field.pop("show_if", None)
        field.pop("computed", None)
    return {**form, "sections": [{"key": "x", "title": "", "pages": [page]}]}
