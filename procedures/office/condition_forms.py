"""Writing a condition on a page: «áp dụng khi mọi điều sau đúng: … là …». A condition nested deeper is shown in words and kept.

The page shows one condition of the draft (`place`: its path in the facts). Names are chosen from those asked before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.figures import UnclearDay, number_in, typed_day_in
from portal.common.vietnamese import clean_text
from procedures.facts import Condition, VersionDocument
from procedures.office.editing import ActRefused
from procedures.office.vocabulary import Name
from procedures.wording import Wording

MAX_PARTS = 20
SIGNS = {
    "eq": gettext_lazy("là"),
    "ne": gettext_lazy("có trả lời, và khác"),
    "in": gettext_lazy("là một trong"),
    "not_empty": gettext_lazy("có trả lời"),
    "lt": gettext_lazy("nhỏ hơn, hoặc trước ngày"),
    "gt": gettext_lazy("lớn hơn, hoặc sau ngày"),
    "age_lt": gettext_lazy("sinh chưa đủ số tuổi"),
}
FIT = {
    "choice": ("eq", "ne", "in", "not_empty"),
    "several": ("in", "not_empty"),
    "number": ("eq", "lt", "gt", "not_empty"),
    "day": ("eq", "lt", "gt", "not_empty"),
    "text": ("eq", "ne", "not_empty"),
    "rows": ("not_empty",),
    "given": ("not_empty",),
}
"""Signs by kind of name."""


@dataclass(frozen=True)
class Part:
    """One line of the page. `name` None: nested deeper, or of a name that is gone; shown in `words` and kept or removed."""

    number: int
    words: str
    name: Name | None = None
    signs: Sequence[tuple[str, str, bool]] = ()
    options: Sequence[tuple[str, str, bool]] = ()
    value: str = ""


def split(condition: Condition) -> tuple[str, list[Any]]:
    """(«all» or «any», parts)."""
    if not condition:
        return "all", []
    for way in ("all", "any"):
        if way in condition:
            return way, list(condition[way])
    return "all", [condition]


def join(way: str, parts: list[Any]) -> Condition:
    return None if not parts else parts[0] if len(parts) == 1 else {way: parts}


def parts_of(document: VersionDocument, condition: Condition, known: Mapping[str, Name]) -> list[Part]:
    """The lines of the page."""
    wording = Wording(document)
    return [_part(number, row, known, wording) for number, row in enumerate(split(condition)[1])]


def _part(number: int, row: Mapping[str, Any], known: Mapping[str, Name], wording: Wording) -> Part:
    name = known.get(row.get("field", ""))
    if name is None:
        return Part(number, wording.condition(dict(row)))
    value = row.get("value")
    chosen = value if isinstance(value, list) else [value]
    return Part(
        number,
        wording.condition(dict(row)),
        name,
        [(op, str(SIGNS[op]), op == row["op"]) for op in _signs(name, row)],
        [(str(option), label, option in chosen) for option, label in name.options],
        "" if value is None or name.options else "; ".join(map(str, chosen)),
    )


def _signs(name: Name, row: Mapping[str, Any]) -> list[str]:
    """The signs that fit, and the one that the line has."""
    return list(dict.fromkeys([*FIT[name.kind], row["op"]]))


def typed(condition: Condition, known: Mapping[str, Name], post: QueryDict) -> Condition:
    """The condition with what was typed. Raises ActRefused for a word or a name that the page does not know."""
    way = post.get("noi", "all")
    if way not in ("all", "any"):
        raise ActRefused(_("Không có chỗ này trong phần đang sửa."))
    rows = [_read(number, row, known, post) for number, row in enumerate(split(condition)[1])]
    return join(way, rows)


def _read(number: int, row: Mapping[str, Any], known: Mapping[str, Name], post: QueryDict) -> Mapping[str, Any]:
    name = known.get(row.get("field", ""))
    op = post.get(f"{number}.dau", "")
    if name is None or op not in _signs(name, row):
        return row
    if op == "not_empty":
        return {"field": name.name, "op": op}
    texts = post.getlist(f"{number}.gia-tri")
    if name.options:
        values = [option for option, _label in name.options if str(option) in texts]
    else:
        kind = "number" if op in ("age_lt",) else name.kind
        values = [_value(kind, part) for text in texts for part in clean_text(text).split(";")]
    op = "in" if op == "eq" and len(values) > 1 else op
    return {"field": name.name, "op": op, "value": values if op == "in" else next(iter(values), "")}


def _value(kind: str, text: str) -> Any:
    """The value typed; the text itself where it is no number or day (`checking` names it)."""
    text = text.strip()
    if kind == "number":
        found = number_in(text)
        return text if found is None else found
    if kind == "day":
        try:
            return typed_day_in(text).isoformat()
        except UnclearDay:
            return text
    return text


def add(condition: Condition, way: str, field: str, known: Mapping[str, Name]) -> Condition:
    """With one more line about this name. Raises ActRefused."""
    parts = split(condition)[1]
    if field not in known:
        raise ActRefused(_("Chọn một câu hỏi trong danh sách."))
    if len(parts) >= MAX_PARTS:
        raise ActRefused(_("Nhiều nhất %(n)d dòng ở một chỗ.") % {"n": MAX_PARTS})
    name = known[field]
    op = FIT[name.kind][0]
    first = name.options[0][0] if name.options else ""
    row = {"field": field, "op": op} | ({} if op == "not_empty" else {"value": [first] if op == "in" else first})
    return join(way, [*parts, row])


def remove(condition: Condition, way: str, number: int) -> Condition:
    """Without this line. Raises ActRefused."""
    parts = split(condition)[1]
    if number >= len(parts):
        raise ActRefused(_("Không có chỗ này trong phần đang sửa."))
    return join(way, [*parts[:number], *parts[number + 1 :]])
