"""Prefilling of answers that are already known. Prefilled answers can be edited and are checked like typed ones."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from procedures.eforms.conditions import holds, is_empty
from procedures.eforms.form import Form
from procedures.eforms.parts import CODED, Field, Page

Lookup = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]


@dataclass
class Prefilled:
    """Prefilled values, and the origin of each ("profile.full_name", "lookup:marriage", "default")."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def origins_of(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The origins of the values that the person did not change."""
        return {key: origin for key, origin in self.origins.items() if values.get(key) == self.values[key]}


def prefill(
    form: Form,
    known: Mapping[str, Any],
    today: dt.date,
    *,
    profile: Mapping[str, Any],
    context: Mapping[str, Any] | None = None,
    lookups: Mapping[str, Lookup] | None = None,
    pages: Iterable[Page] | None = None,
) -> Prefilled:
    """Values for shown questions that have no answer yet (an answer left empty by the person is not filled).

    `profile`: nested like the namespaces of forms.json, without "profile."; its "child" is the child chosen for
    `profile.children[]`. A lookup gets profile and answers; when it returns None the question stays empty.
    """
    wanted = {page.index for page in (form.pages if pages is None else pages)}
    sources = {"profile": profile, "context": context or {}}
    filled = Prefilled()
    for question in form.fields.values():
        seen = {**known, **filled.values}
        if question.page is None or question.page.index not in wanted or question.key in known or question.computed:
            continue
        kept = form.walk(seen, today)[1]
        if question.key not in kept or question.is_bound:
            continue
        is_for_them = holds(question.spec.get("prefill", {}).get("when"), kept, today)
        value, origin = _first_found(form, question, sources, lookups or {}, kept) if is_for_them else (None, "")
        if is_empty(value) and "default" in question.spec:
            value, origin = question.spec["default"], "default"
        if not is_empty(value):
            filled.values[question.key], filled.origins[question.key] = value, origin
    return filled


def _first_found(
    form: Form, question: Field, sources: Mapping[str, Any], lookups: Mapping[str, Lookup], answers: Mapping[str, Any]
) -> tuple[Any, str]:
    """(value, origin) of the first source with a value; (None, "") when there is none."""
    rule = question.spec.get("prefill", {})
    for path in rule.get("from", []):
        if path.startswith("lookup:"):
            value = _looked_up(lookups.get(path[7:]), rule.get("take", ""), sources["profile"], answers)
        else:
            value = _at(sources, path)
        value = _fitted(form, question, rule, value)
        if not is_empty(value):
            return value, path
    return None, ""


def _looked_up(lookup: Lookup | None, take: str, profile: Mapping[str, Any], answers: Mapping[str, Any]) -> Any:
    found = lookup({"profile": profile, "answer": answers}) if lookup else None
    return found.get(take) if found else None


def _at(sources: Mapping[str, Any], path: str) -> Any:
    """The value at a path like "profile.father.full_name". "profile.children[].…" reads profile["child"]."""
    value: Any = sources
    for step in path.replace("children[]", "child").split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def _fitted(form: Form, question: Field, rule: Mapping[str, Any], value: Any) -> Any:
    """The value converted to the form's codes; None when it has no code there."""
    if is_empty(value):
        return None
    if question.type == "table":
        return _rows(question, rule, value)
    if question.type in CODED:
        if "map" in rule:
            return _mapped_choice(question, rule["map"], value)
        return value if form.can_choose(question, value) else None
    if question.type == "address":
        return dict(value) if isinstance(value, Mapping) and value.get("detail") else None
    return value


def _mapped_choice(question: Field, codes: Mapping[str, Any], value: Any) -> Any:
    """The mapped value. A list fills a single choice only when exactly one value is mapped."""
    mapped = [codes[item] for item in (value if isinstance(value, list) else [value]) if item in codes]
    if question.multiple:
        return mapped
    return mapped[0] if len(mapped) == 1 else None


def _rows(table: Field, rule: Mapping[str, Any], value: Any) -> list[dict[str, Any]]:
    """Rows of the profile as rows of the table; a cell without a code stays empty."""
    maps = rule.get("column_maps", {})
    filled = []
    for row in value[: table.spec["max_rows"]] if isinstance(value, list) else []:
        cells = {column: row.get(name) for column, name in rule.get("columns", {}).items()}
        cells = {column: maps[column].get(cell) if column in maps else cell for column, cell in cells.items()}
        filled.append({column: cell for column, cell in cells.items() if not is_empty(cell)})
    return [row for row in filled if row]
