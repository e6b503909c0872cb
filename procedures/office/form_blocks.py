"""Common blocks of an e-form in a draft: used by reference, expanded anew at every save, fixed when the version is published.

`form["blocks"]` holds the uses, {name: use as in data/forms.json}; each field of a use names it in `from_block.use`. A published
form has neither: what becomes of a block later does not move it.
"""

import copy
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.common.vietnamese import clean_text
from procedures.eforms.expansion import expand_block, pages_of
from procedures.office import form_library
from procedures.office.editing import Node

Form = dict[str, Any]
Field = dict[str, Any]
USE_PARTS = {"block", "prefix", "who", "pick", "from", "show_if"}
FIRST_FIELDS = 4  # picked when a block is added
FILLED_FROM = {"person": "profile", "organisation": "profile.org"}
"""Whose data the portal has, by block."""


def use_of(field: Mapping[str, Any]) -> str:
    """The name of the use that a field belongs to; "" for a field of its own."""
    return str((field.get("from_block") or {}).get("use", ""))


def units(fields: list[Field]) -> list[list[Field]]:
    """The rows of a page: single fields, and the fields of one use together."""
    runs = groupby(enumerate(fields), key=lambda row: use_of(row[1]) or row[0])
    return [[field for _number, field in run] for _key, run in runs]


def kinds() -> list[tuple[str, str]]:
    return [(name, block["title"]) for name, block in form_library.library()["blocks"].items()]


def add(form: Form, page: dict[str, Any], block: str) -> None:
    """A use of this block at the end of the page, with its first fields."""
    uses = form.setdefault("blocks", {})
    keys = {field["key"] for one in pages_of(form) for field in one["fields"]}
    name = next(
        word for n in range(1, 1000) if (word := f"k{n}") not in uses and not any(key.startswith(f"{word}_") for key in keys)
    )
    names = [field["key"] for field in form_library.library()["blocks"][block]["fields"]]
    uses[name] = {"block": block, "prefix": name, "who": "", "pick": names[:FIRST_FIELDS]}
    page["fields"] += _expanded(name, uses[name])


def detach(form: Form, fields: list[Field]) -> None:
    """Make the fields of a use fields of their own."""
    form.get("blocks", {}).pop(use_of(fields[0]), None)
    for field in fields:
        field["from_block"] = {part: word for part, word in field["from_block"].items() if part != "use"}


def _expanded(name: str, use: Mapping[str, Any]) -> list[Field]:
    fields = expand_block(use, form_library.library()["blocks"])
    for field in fields:
        field["from_block"]["use"] = name
        if use.get("show_if"):
            field["show_if"] = copy.deepcopy(use["show_if"])
    return fields


def refresh(form: Form) -> None:
    """Expand all uses anew, and forget those that no page has any more."""
    if "blocks" not in form:
        return
    for page in pages_of(form):
        page["fields"] = [
            field
            for unit in units(page["fields"])
            for field in (_expanded(use_of(unit[0]), form["blocks"][use_of(unit[0])]) if use_of(unit[0]) else unit)
        ]
    used = {use_of(field) for page in pages_of(form) for field in page["fields"]}
    form["blocks"] = {name: use for name, use in form["blocks"].items() if name in used}
    if not form["blocks"]:
        del form["blocks"]


def is_fresh(form: Form | None) -> bool:
    """Are all blocks of the form as they are in the library today?"""
    if not form or "blocks" not in form:
        return True
    again = copy.deepcopy(form)
    refresh(again)
    return again == form


def published(form: Form) -> Form:
    """The form as a version keeps it: plain fields."""
    kept = copy.deepcopy({name: value for name, value in form.items() if name != "blocks"})
    for page in pages_of(kept):
        for field in page["fields"]:
            if use_of(field):
                field["from_block"] = {part: word for part, word in field["from_block"].items() if part != "use"}
    return kept


# ---------------------------------------------------------------- on a page
def node(form: Form, number: int, unit: list[Field]) -> Node:
    """The row of a use: whom it is about, which of its fields, from where they are filled, and when they are shown."""
    use = form["blocks"][use_of(unit[0])]
    block = form_library.library()["blocks"][use["block"]]
    start = f"fields.{number}"
    row = Node(start, _("Khối chung %(n)d") % {"n": number + 1}, "item", removable=True, detachable=True)
    row.words = f"{block['title']}: {', '.join(field['label'] for field in unit)}"
    picks = [(field["key"], field["label"].replace("{who}", ""), field["key"] in use["pick"]) for field in block["fields"]]
    row.nodes = [
        Node(f"{start}.who", _("Của ai (ví dụ: người đại diện)"), "line", use.get("who", "")),
        Node(f"{start}.pick", _("Những ô cần hỏi"), "many", use["pick"], options=picks),
    ]
    if use["block"] in FILLED_FROM:
        row.nodes.append(Node(f"{start}.from", _("Điền sẵn từ tài khoản người nộp"), "tick", bool(use.get("from"))))
    row.nodes.append(Node(f"{start}.show_if", _("Hiện khi"), "condition", use.get("show_if")))
    return row


def take(form: Form, number: int, unit: list[Field], post: QueryDict) -> list[Field]:
    """The fields of the use with what was typed."""
    name, start = use_of(unit[0]), f"fields.{number}"
    use = form["blocks"][name]
    if f"{start}.who" not in post:
        return unit
    use["who"] = clean_text(post[f"{start}.who"])
    chosen = post.getlist(f"{start}.pick")
    known = [field["key"] for field in form_library.library()["blocks"][use["block"]]["fields"]]
    kept = [key for key in use["pick"] if key in chosen]
    use["pick"] = (kept + [key for key in known if key in chosen and key not in kept]) or use["pick"]
    use.pop("from", None)
    if f"{start}.from" in post and use["block"] in FILLED_FROM:
        use["from"] = FILLED_FROM[use["block"]]
    return _expanded(name, use)


# ---------------------------------------------------------------- what is wrong
def faults(form: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Uses of unknown blocks, and fields that name no use: only a file can have them."""
    uses, blocks = form.get("blocks", {}), form_library.library()["blocks"]
    if not isinstance(uses, dict) or not all(map(_is_use, uses.values())):
        yield ("blocks",), _("Ghi không đúng kiểu.")
        return
    for name, use in uses.items():
        if use["block"] not in blocks:
            yield ("blocks", name), _("Không có khối chung “%(name)s”.") % {"name": use["block"]}
        elif set(use["pick"]) - {field["key"] for field in blocks[use["block"]]["fields"]}:
            yield ("blocks", name), _("Khối chung không còn ô mà tờ khai dùng. Chọn lại các ô của khối.")
    if unknown := {use_of(field) for page in pages_of(form) for field in page["fields"]} - {"", *uses}:
        yield ("blocks",), _("Không có khối chung “%(name)s”.") % {"name": ", ".join(sorted(unknown))}


def _is_use(use: Any) -> bool:
    return (
        isinstance(use, dict)
        and {"block", "prefix", "pick"} <= set(use) <= USE_PARTS
        and all(isinstance(use.get(part, ""), str) for part in ("block", "prefix", "who", "from"))
        and isinstance(use["pick"], list)
        and bool(use["pick"])
    )
