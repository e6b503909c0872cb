"""Expansion of a form at publishing: blocks become plain fields, and the version gets its own copy of everything it uses."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

GRAMMAR = 1

Spec = dict[str, Any]


def expand(raw_form: Mapping[str, Any], library: Mapping[str, Any]) -> Spec:
    """An expanded copy of a form: no blocks; page conditions are moved to the fields. `library`: the parsed forms.json."""
    form = copy.deepcopy(dict(raw_form))
    for page in pages_of(form):
        fields: list[Spec] = []
        for item in page["fields"]:
            fields += expand_block(item, library["blocks"]) if "block" in item else [item]
        for field in fields:
            if page.get("show_if"):
                own = field.get("show_if")
                field["show_if"] = {"all": [page["show_if"], own]} if own else page["show_if"]
        page["fields"] = fields
    return form


def expanded_form(key: str, library: Mapping[str, Any]) -> Spec:
    """The form with this key as stored in a version: expanded, with grammar number, formats, messages and sources.

    Raises LookupError for an unknown key.
    """
    raw = next((form for form in library["forms"] if form["key"] == key), None)
    if raw is None:
        raise LookupError(f"no form {key}")
    form = expand(raw, library)
    questions = list(questions_of(form))
    formats = {q["validation"]["format"] for q in questions if q.get("validation", {}).get("format")}
    sources = {q["source"] for q in questions if q.get("source")}
    if any(q["type"] == "address" for q in questions):
        sources |= {"province", "commune", "country"}
    form["grammar"] = library.get("grammar", GRAMMAR)
    form["formats"] = {name: _without_examples(library["formats"][name]) for name in sorted(formats)}
    form["messages"] = copy.deepcopy(library["messages"])
    form["sources"] = {name: copy.deepcopy(library["sources"][name]) for name in sorted(sources)}
    return form


def pages_of(form: Mapping[str, Any]) -> Iterator[Spec]:
    """The pages of a form document, in order."""
    for section in form["sections"]:
        yield from section["pages"]


def questions_of(form: Mapping[str, Any]) -> Iterator[Spec]:
    """Fields and table columns."""
    for page in pages_of(form):
        for field in page["fields"]:
            yield field
            yield from field.get("columns", [])


def _without_examples(fmt: Mapping[str, Any]) -> Spec:
    return {name: copy.deepcopy(value) for name, value in fmt.items() if name != "examples"}


def expand_block(use: Mapping[str, Any], blocks: Mapping[str, Any]) -> list[Spec]:
    """The plain fields of one {"block": …} item."""
    library = {field["key"]: field for field in blocks[use["block"]]["fields"]}
    who = " của " + use["who"] if use.get("who") else ""
    fields = []
    for name in use.get("pick") or list(library):
        field = copy.deepcopy(library[name])
        field["key"] = f"{use['prefix']}_{name}" if use.get("prefix") else name
        for words in ("label", "help"):
            if words in field:
                field[words] = field[words].replace("{who}", who)
        _set_prefill(field, use)
        _override(field, use.get("overrides", {}).get(name, {}))
        field["from_block"] = {"block": use["block"], "field": name}  # for information only; no code reads it
        fields.append(field)
    return fields


def _set_prefill(field: Spec, use: Mapping[str, Any]) -> None:
    """Set whose data prefills the field; without `from` the field is not prefilled."""
    if "prefill" not in field:
        return
    if not use.get("from"):
        del field["prefill"]
        return
    field["prefill"]["from"] = [path.replace("{from}", use["from"]) for path in field["prefill"]["from"]]
    if use.get("from_when"):
        field["prefill"]["when"] = use["from_when"]


def _override(field: Spec, override: Mapping[str, Any]) -> None:
    for name, value in override.items():
        if value is None:
            field.pop(name, None)
        elif name == "validation":
            field["validation"] = {**field.get("validation", {}), **value}
        else:
            field[name] = copy.deepcopy(value)
