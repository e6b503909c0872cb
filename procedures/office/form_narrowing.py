"""A shared form narrowed to a procedure (grammar 2): a field is not asked, bound to an answer, or asked in other words.

The printed form stays the official one: it keeps all lines and their words, and prints the bound answers.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.common.figures import UnclearDay, day_in, number_in, typed_day_in
from portal.common.vietnamese import clean_text
from procedures.office.editing import Node

Spec = dict[str, Any]
ASK, HIDE, BIND = "", "hide", "value"
BOUND_TYPES = ("text", "textarea", "number", "money", "date", "choice", "yes_no")
PARTS = {"hide", "value", "label", "help"}


def way_of(field: Mapping[str, Any]) -> str:
    narrowed = field.get("narrowed") or {}
    return HIDE if narrowed.get("hide") else BIND if "value" in narrowed else ASK


def may_be_bound(field: Mapping[str, Any]) -> bool:
    """Types whose answer is one value; a choice with its own options only, one of them."""
    one = field["type"] != "choice" or ("options" in field and not field.get("multiple"))
    return field["type"] in BOUND_TYPES and one and not field.get("computed")


# ---------------------------------------------------------------- on the page of a field
def nodes(field: Spec, errors: Mapping[str, list[str]]) -> Iterator[Node]:
    """How the procedure narrows the field."""
    now = way_of(field)
    ways = {ASK: _("hỏi như tờ khai chung"), HIDE: _("không hỏi, trên tờ in để trống")}
    if may_be_bound(field) or now == BIND:
        ways[BIND] = _("không hỏi, luôn ghi một câu trả lời")
    options = [(way, text, way == now) for way, text in ways.items()]
    yield Node("narrow", _("Riêng thủ tục này"), "choice", now, options=options, errors=errors.get("narrowed", []))
    narrowed = field.get("narrowed") or {}
    if now == BIND:
        yield _value_node(field, narrowed["value"], errors)
    if now == ASK:
        yield Node("narrow_label", _("Hỏi bằng lời khác (tờ in giữ lời chính thức)"), "line", narrowed.get("label", ""))
    if now == ASK and field["type"] != "note":
        yield Node("narrow_help", _("Gợi ý khác"), "text", narrowed.get("help", ""))


def _value_node(field: Spec, value: Any, errors: Mapping[str, list[str]]) -> Node:
    found = errors.get("narrow_value", [])
    if choices := _choices(field):
        options = [(code, text, answer == value) for code, text, answer in choices]
        return Node("narrow_value", _("Luôn ghi"), "choice", value, options=options, errors=found)
    return Node(
        "narrow_value",
        _("Luôn ghi"),
        "text" if field["type"] == "textarea" else "line",
        "" if value is None else str(value),
        errors=found,
    )


def _choices(field: Spec) -> list[tuple[str, str, Any]]:
    """[(code, words, answer)] of a yes/no or a choice."""
    if field["type"] == "yes_no":
        return [("co", _("Có"), True), ("khong", _("Không"), False)]
    return [(row["value"], row["label"], row["value"]) for row in field.get("options", [])]


def take(field: Spec, post: QueryDict) -> None:
    """Write into the field what was typed."""
    way = post.get("narrow")
    if way not in (ASK, HIDE, BIND) or (way == BIND and not may_be_bound(field) and way_of(field) != BIND):
        return
    before = field.get("narrowed") or {}
    after: dict[str, Any] = {}
    if way == HIDE:
        after = {"hide": True}
    elif way == BIND:
        after = {"value": _answer(field, post["narrow_value"]) if "narrow_value" in post else _first(field)}
    else:
        for name in ("label", "help"):
            text = clean_text(post.get(f"narrow_{name}", ""), lines=True)
            after |= {name: text} if text else {}
    if after != before:
        field.pop("narrowed", None)
        field |= {"narrowed": after} if after else {}


def _first(field: Spec) -> Any:
    return next((answer for _code, _text, answer in _choices(field)), "")


def _answer(field: Spec, text: str) -> Any:
    """The answer that was typed; a wrong one stays as typed, and is named as wrong."""
    text = clean_text(text, lines=field["type"] == "textarea")
    if choices := _choices(field):
        return next((answer for code, _text, answer in choices if code == text), text)
    if field["type"] in ("number", "money"):
        number = number_in(text.replace(".", ""))
        return text if number is None else number
    if field["type"] == "date":
        try:
            return text if day_in(text) else typed_day_in(text).isoformat()
        except UnclearDay:
            return text
    return text


# ---------------------------------------------------------------- what is wrong
def faults(field: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(name of the input, sentence)."""
    narrowed = field.get("narrowed")
    if narrowed is None:
        return
    shaped = isinstance(narrowed, dict) and narrowed and not set(narrowed) - PARTS and narrowed.get("hide", True) is True
    if not shaped or not all(isinstance(narrowed.get(name, ""), str) for name in ("label", "help")):
        yield "narrowed", _("Ghi không đúng kiểu.")
    elif way_of(field) == BIND and not may_be_bound(field):
        yield "narrowed", _("Ô kiểu này không ghi sẵn một câu trả lời được.")
    elif way_of(field) == BIND and not _fits(field, narrowed["value"]):
        yield "narrow_value", _("Câu trả lời ghi sẵn không hợp với ô này.")


def _fits(field: Mapping[str, Any], value: Any) -> bool:
    match field["type"]:
        case "yes_no":
            return isinstance(value, bool)
        case "choice":
            return value in [row.get("value") for row in field["options"]]
        case "number" | "money":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "date":
            return isinstance(value, str) and day_in(value) is not None
    return isinstance(value, str) and 0 < len(value) <= (field.get("validation") or {}).get("max_length", 1000)


def not_asked(form: Mapping[str, Any] | None) -> set[str]:
    """Keys of the fields that the procedure hides or binds."""
    rows = [row for section in (form or {}).get("sections", []) for page in section["pages"] for row in page["fields"]]
    return {row["key"] for row in rows if way_of(row) != ASK}


def grammar_of(form: Mapping[str, Any]) -> int:
    """The number of the grammar that the form needs; one it has already is kept."""
    fields = [field for section in form["sections"] for page in section["pages"] for field in page["fields"]]
    needs = any("narrowed" in field or field["type"] == "lookup" for field in fields)
    return max(form.get("grammar", 1), 2 if needs else 1)
