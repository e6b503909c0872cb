"""The page of one example: what is asked, and the example that a POST says. Only what the version depends on is asked."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.common.figures import UnclearDay, number_in, typed_day_in
from portal.common.vietnamese import clean_text
from procedures.consequences import optional_extras
from procedures.eforms import is_empty
from procedures.facts import Example, VersionDocument
from procedures.models import Offering
from procedures.office.editing import Node
from procedures.office.form_narrowing import not_asked
from procedures.office.vocabulary import WHO, Name, named_in_rules, names, priority_groups

MAX_PLACES = 400
MAX_ROWS = 50
TYPED = {"number": "whole", "day": "text", "text": "text", "rows": "text", "given": "tick"}
"""Kind of node by kind of name, besides choices."""


def new_example(document: VersionDocument, key: str, day: str) -> Example:
    channels = document["procedure"]["channels"]
    return {
        "key": key, "name": _("Ví dụ mới"), "day": day, "place": "", "channel": channels[0]["channel"], "audience": "citizen",
        "age": None, "asked": {}, "answers": {}, "expected": None, "checked": False,
    }  # fmt: skip


def nodes(document: VersionDocument, example: Example) -> list[Node]:
    """The inputs of the page."""
    known = names(document)
    return [
        Node("name", _("Tên ví dụ"), "text", example["name"]),
        Node("day", _("Ngày nộp (năm-tháng-ngày)"), "text", example["day"]),
        _choice("place", _("Nơi nộp"), example["place"], places(document, example["place"])),
        _choice("channel", known["channel"].label, example["channel"], known["channel"].options),
        _choice("audience", known["audience"].label, example["audience"], WHO.items()),
        Node("age", _("Tuổi của chủ hồ sơ"), "whole", example["age"]),
        *(node for node, _read in _questions(document, example)),
        *(_of_answer(row, example["answers"].get(row.name)) for row in _answers(document)),
    ]


def typed(document: VersionDocument, before: Example, post: QueryDict) -> Example:
    """The example with what was typed. When that differs, the expectation is no longer checked."""
    asked = {
        key: value for node, (key, read) in _questions(document, before) if (value := read(post, node.name)) not in (None, "", [])
    }
    numbers = {key: value for key, value in asked.items() if key.startswith("quantities.")}
    texts = _quantity_texts(document)
    after: Example = {
        **before,
        "name": clean_text(post.get("name", "")),
        "day": _day(post.get("day", "")),
        "place": post.get("place", ""),
        "channel": post.get("channel", before["channel"]),  # type: ignore[typeddict-item]
        "audience": post.get("audience", before["audience"]),  # type: ignore[typeddict-item]
        "age": _number(post, "age"),
        "asked": {key: value for key, value in asked.items() if key not in numbers}
        | ({"quantities": {texts[int(key.partition(".")[2])]: value for key, value in numbers.items()}} if numbers else {}),
        "answers": {
            row.name: value
            for row in _answers(document)
            if (value := _read_answer(row, post, f"answers.{row.name}", before["answers"].get(row.name))) not in (None, "", [])
        },
    }
    return after if after == before else {**after, "checked": False}


def _day(text: str) -> str:
    """The day in ISO 8601; the text itself when it is none (`checking` names it)."""
    try:
        return typed_day_in(clean_text(text)).isoformat()
    except UnclearDay:
        return clean_text(text)


def _number(post: QueryDict, name: str) -> Any:
    """The number typed; the text itself when it is none (`checking` names it)."""
    text = clean_text(post.get(name, ""))
    found = number_in(text)
    return None if text == "" else text if found is None else found


def _choice(name: str, label: str, value: Any, options: Any) -> Node:
    rows = [(str(key), str(text), key == value) for key, text in options]
    return Node(name, label, "choice", value, options=rows)


def places(document: VersionDocument, chosen: str = "") -> list[tuple[str, str]]:
    """(code, name) of the agencies where the procedure is filed; first "", the place that has everything."""
    rows = (
        Offering.objects.current().filter(procedure__code=document["procedure"]["code"], filing="here").order_by("agency__code")
    )
    found = dict(rows.values_list("agency__code", "agency__name")[:MAX_PLACES])
    return [("", _("Một nơi chuẩn bị đủ mọi thứ")), *({chosen: chosen} | found if chosen else found).items()]


# ---------------------------------------------------------------- the portal's questions
def _questions(document: VersionDocument, example: Example) -> Iterator[tuple[Node, tuple[str, Any]]]:
    """(input, (key in `asked`, how to read it))."""
    asked, facts = example["asked"], document["procedure"]
    for row in names(document).values():
        if row.name == "case" or row.name.startswith("ask."):
            key = row.name.removeprefix("ask.")
            yield _choice(f"asked.{key}", row.label, asked.get(key), [("", "–"), *row.options]), (key, _text)
    if groups := priority_groups(document):
        options = [(key, label) for key, label in names(document)["person.priority_group"].options if key in groups]
        label = names(document)["person.priority_group"].label
        node = _choice("asked.priority_group", label, asked.get("priority_group"), [("", _("Không thuộc diện nào")), *options])
        yield node, ("priority_group", _text)
    for number, text in enumerate(_quantity_texts(document)):
        value = asked.get("quantities", {}).get(text)
        yield Node(f"asked.quantities.{number}", text, "whole", value), (f"quantities.{number}", _number)
    if any(field["binds_to"] == "copies" for field in (document["form"] or {}).get("bound_fields", [])):
        yield Node("asked.copies", _("Số bản sao muốn nhận"), "whole", asked.get("copies")), ("copies", _number)
    extras = [line for line in optional_extras(facts, example["channel"]) if not line["quantity"]]
    if extras:
        chosen = asked.get("extras", [])
        ticks = [(line["key"], line["label"], line["key"] in chosen) for line in extras]
        yield Node("asked.extras", _("Khoản chọn thêm"), "many", options=ticks), ("extras", QueryDict.getlist)


def _text(post: QueryDict, name: str) -> str:
    return post.get(name, "")


def _quantity_texts(document: VersionDocument) -> list[str]:
    rules = [line["quantity"] or {} for line in document["procedure"]["fee_lines"]]
    return list(dict.fromkeys(str(rule["ask"]) for rule in rules if rule.get("ask")))


# ---------------------------------------------------------------- the answers of the form
def _answers(document: VersionDocument) -> list[Name]:
    """The fields of the form on which fees, documents or results depend, and that this procedure asks."""
    wanted = named_in_rules(document) - not_asked(document["form"])
    return [row for row in names(document).values() if row.page >= 0 and row.name in wanted]


def that_matter(document: VersionDocument, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Of right answers to a form those that an example keeps. Of a field that only has to be given, not what was typed."""
    return {row.name: _kept(row, answers[row.name]) for row in _answers(document) if not is_empty(answers.get(row.name))}


def _kept(row: Name, value: Any) -> Any:
    if row.kind == "given":
        return {"detail": "…"}
    return [{row.column: line.get(row.column)} for line in value] if row.kind == "rows" else value


def _of_answer(row: Name, value: Any) -> Node:
    name = f"answers.{row.name}"
    if row.kind == "choice":
        return _choice(name, row.label, value, [("", "–"), *row.options])
    if row.kind == "several":
        return Node(name, row.label, "many", options=[(str(key), text, key in (value or [])) for key, text in row.options])
    if row.kind == "rows":
        label = _("%(table)s: số của từng dòng, cách nhau bằng dấu chấm phẩy") % {"table": row.label}
        numbers = [next(iter(line.values()), "") for line in value or []]
        return Node(name, label, "text", "; ".join(map(str, numbers)))
    if row.kind == "given":
        return Node(name, _("%(field)s: có trả lời") % {"field": row.label}, "tick", bool(value))
    return Node(name, row.label, TYPED[row.kind], value)


def _read_answer(row: Name, post: QueryDict, name: str, before: Any) -> Any:
    """The answer typed. Its shape where only «given» counts stays as it was, else {"detail": "…"} stands for any answer."""
    if row.kind in ("choice", "several"):
        values: Mapping[str, Any] = {str(key): key for key, _label in row.options}
        chosen = [values[text] for text in post.getlist(name) if text in values]
        return chosen if row.kind == "several" else next(iter(chosen), None)
    if row.kind == "number":
        return _number(post, name)
    if row.kind == "day":
        return _day(post.get(name, ""))
    if row.kind == "given":
        return (before or {"detail": "…"}) if name in post else None
    text = clean_text(post.get(name, ""))
    if row.kind == "rows":
        return [{row.column: _cell(part)} for part in text.split(";")[:MAX_ROWS] if part.strip()]
    return text


def _cell(text: str) -> Any:
    found = number_in(clean_text(text))
    return clean_text(text) if found is None else found
