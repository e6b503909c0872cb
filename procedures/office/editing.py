"""The editor of a section, made from the schema: what is shown for a value, and the value that a POST says.

Typed values are stored as typed, also when they are wrong («abc» for a number): `checking` names the place afterwards.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.common.figures import is_digits
from portal.common.vietnamese import clean_text
from procedures.office import labels
from procedures.office.schema import Schema, blank, is_hidden, kind_of, may_be_null, resolved, whole

AUDIENCE = "audience"
WHOLE = re.compile(r"-?[0-9]{1,15}")
MAX_ROWS = 200
Words = Callable[[Any], str]
ACTS = ("them", "bo", "len", "xuong")


class ActRefused(Exception):
    """The act names no place of this section, or there is no room; `str()` is a sentence for the user."""


@dataclass
class Node:
    """One value of the document on the page. `name`: its place, parts joined by dots, also the name of the input."""

    name: str
    label: str
    kind: str
    value: Any = None
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    nodes: list["Node"] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    removable: bool = False
    first: bool = False
    last: bool = False
    words: str = ""
    detachable: bool = False  # a common block, that may become fields of its own
    more: str = ""  # of a row that has a page of its own: its number there

    @property
    def is_wrong(self) -> bool:
        """Is something wrong here, or in what lies in it?"""
        return bool(self.errors) or any(node.is_wrong for node in self.nodes)

    @property
    def id(self) -> str:
        return "o-" + self.name.replace(".", "-")


def nodes_of(
    keys: Sequence[str], facts: Mapping[str, Any], errors: Mapping[str, list[str]], words: Words | None = None
) -> list[Node]:
    """What the page of these keys shows. `words`: says a condition."""
    properties = whole()["properties"]
    return [_node(key, key, properties[key], facts.get(key), errors, words or condition_words) for key in keys]


def _node(name: str, key: str, schema: Schema, value: Any, errors: Mapping[str, list[str]], words: Words) -> Node:
    kind, rules = kind_of(schema), resolved(schema)
    node = Node(name, labels.label(key), kind, value, errors=errors.get(name, []))
    if key == AUDIENCE:
        node.kind, chosen = "many", value or []
        node.options = [(word, str(text), word in chosen) for word, text in labels.AUDIENCE.items()]
    elif kind == "choice":
        node.options = [
            ("" if word is None else str(word), labels.choice(word) if word else "–", word == value) for word in rules["enum"]
        ]
    elif kind == "many":
        node.options = [(word, labels.choice(word), word in (value or [])) for word in resolved(rules["items"])["enum"]]
    elif kind == "lines":
        node.value = "\n".join(map(str, value or []))
    elif kind == "condition":
        node.words = words(value) or _("luôn luôn")
    elif kind == "group" and isinstance(value, dict):
        node.removable = may_be_null(schema)
        node.nodes = _inside(name, rules, value, errors, words)
    elif kind == "list":
        items = value or []
        for number, item in enumerate(items):
            place = f"{name}.{number}"
            inner = Node(place, f"{labels.label(key)} {number + 1}", "item", errors=errors.get(place, []), removable=True)
            inner.words = _name_of(item)
            inner.nodes = _inside(place, resolved(rules["items"]), item, errors, words)
            inner.first, inner.last = number == 0, number == len(items) - 1
            node.nodes.append(inner)
    return node


def _inside(place: str, rules: Schema, value: Mapping[str, Any], errors: Mapping[str, list[str]], words: Words) -> list[Node]:
    nodes = []
    for key, rule in rules["properties"].items():
        if is_hidden(key) or kind_of(rule) == "kept":
            continue
        node = _node(f"{place}.{key}", key, rule, value.get(key), errors, words)
        if node.kind == "choice" and key not in rules.get("required", ()):
            node.options = [("", "–", node.value is None), *node.options]
        nodes.append(node)
    return nodes


def _name_of(item: Any) -> str:
    """What a row of a list is called on the page."""
    named = [item.get(key) for key in ("name", "label", "title", "text", "channel", "key")] if isinstance(item, dict) else []
    return next((labels.choice(text) for text in named if isinstance(text, str) and text), "")


def condition_words(value: Any) -> str:
    """A condition in words with the names of its fields."""
    if not isinstance(value, dict):
        return _("luôn luôn")
    if "all" in value or "any" in value:
        parts = [condition_words(part) for part in value.get("all") or value.get("any") or []]
        return "(" + (_(" và ") if "all" in value else _(" hoặc ")).join(parts) + ")"
    wanted = value.get("value")
    texts = ", ".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)
    signs = {"eq": "=", "ne": "≠", "in": "∈", "lt": "<", "gt": ">"}
    sign = signs.get(value.get("op", ""))
    return f"{value.get('field')} {sign} {texts}" if sign else _("%(field)s có trả lời") % {"field": value.get("field")}


# ---------------------------------------------------------------- what was typed
def typed(keys: Sequence[str], facts: Mapping[str, Any], post: QueryDict) -> dict[str, Any]:
    """The facts with what was typed on the page of these keys."""
    properties = whole()["properties"]
    return {**facts, **{key: _read(key, key, properties[key], facts.get(key), post) for key in keys}}


def _read(name: str, key: str, schema: Schema, before: Any, post: QueryDict) -> Any:
    kind, rules = kind_of(schema), resolved(schema)
    if key == AUDIENCE or kind == "many":
        chosen = post.getlist(name)
        known = list(labels.AUDIENCE) if key == AUDIENCE else list(resolved(rules["items"])["enum"])
        kept = [word for word in before or [] if word in chosen]  # in the order they had
        return kept + [word for word in known if word in chosen and word not in kept]
    if kind == "tick":
        return name in post
    if kind == "group":
        return _read_inside(name, rules, before, post) if isinstance(before, dict) else before
    if kind == "list":
        inner = resolved(rules["items"])
        return [_read_inside(f"{name}.{number}", inner, item, post) for number, item in enumerate(before or [])]
    if kind in ("condition", "kept") or name not in post:
        return before
    text = clean_text(post[name], lines=True) if kind != "lines" else post[name]
    if kind == "lines":
        return [line for line in map(clean_text, text.splitlines()) if line]
    if text == "" and may_be_null(schema):
        return None
    if kind == "whole":
        digits = text.replace(".", "").replace(" ", "")
        return int(digits) if WHOLE.fullmatch(digits) else text
    return text


def _read_inside(place: str, rules: Schema, before: Mapping[str, Any], post: QueryDict) -> dict[str, Any]:
    """The object at this place; what the schema does not ask for and was left empty stays out."""
    after = dict(before)
    for key, rule in rules["properties"].items():
        if is_hidden(key):
            continue
        value = _read(f"{place}.{key}", key, rule, before.get(key), post)
        if key not in before and value in (None, "", [], False):
            continue
        if key not in rules.get("required", ()) and value in (None, "", []):
            after.pop(key, None)
            continue
        after[key] = value
    return after


# ---------------------------------------------------------------- add, move, remove
def act(word: str, keys: Sequence[str], facts: dict[str, Any]) -> None:
    """Do «them:phi», «bo:phi.0», «len:phi.1» or «xuong:phi.0» to the facts. Raises ActRefused."""
    deed, _colon, name = word.partition(":")
    parts = parts_of(name)
    if deed not in ACTS or parts[0] not in keys:
        raise ActRefused(_("Không có chỗ này trong phần đang sửa."))
    try:
        schema = schema_at(parts)
        parent = at(facts, parts[:-1])
        _ACTS[deed](parent, parts[-1], schema)
    except (KeyError, IndexError, TypeError, AttributeError) as problem:
        raise ActRefused(_("Không có chỗ này trong phần đang sửa.")) from problem


def parts_of(name: str) -> list[str | int]:
    """The path of a name: «fee_lines.0.when»."""
    return [int(part) if is_digits(part) else part for part in name.split(".")]


def at(value: Any, parts: Sequence[Any]) -> Any:
    for part in parts:
        value = value[part]
    return value


def schema_at(parts: Sequence[Any]) -> Schema:
    schema: Schema = whole()
    for part in parts:
        rules = resolved(schema)
        schema = rules["items"] if isinstance(part, int) else rules["properties"][part]
    return schema


def _add(parent: Any, key: Any, schema: Schema) -> None:
    rules = resolved(schema)
    if rules.get("type") == "array":
        rows = parent.setdefault(key, [])
        if len(rows) >= MAX_ROWS:
            raise ActRefused(_("Nhiều nhất %(n)d dòng ở một chỗ.") % {"n": MAX_ROWS})
        rows.append(blank(rules["items"]))
    elif parent.get(key) is None:
        parent[key] = blank({name: rule for name, rule in rules.items() if name != "oneOf"})


def _remove(parent: Any, key: Any, schema: Schema) -> None:
    if isinstance(key, int):
        parent.pop(key)
    elif may_be_null(schema):
        parent[key] = None


def _up(parent: Any, key: Any, schema: Schema) -> None:
    if key > 0:
        parent[key - 1], parent[key] = parent[key], parent[key - 1]


def _down(parent: Any, key: Any, schema: Schema) -> None:
    _up(parent, key + 1, schema)


_ACTS = {"them": _add, "bo": _remove, "len": _up, "xuong": _down}
