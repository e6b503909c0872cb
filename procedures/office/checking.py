"""What keeps a document from being published, each with its place and a sentence in plain words."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
from django.utils.translation import gettext as _

from portal.common.figures import day_in
from procedures import results
from procedures.office import conditions, form_checking
from procedures.office.labels import SECTION_OF, Section, place_words
from procedures.office.schema import whole
from procedures.office.vocabulary import Name, names

MARKUP = re.compile(r"<\s*/?[a-zA-Z!]")
MAX_TEXT = 4000
NAMED = ("name", "short_name", "label", "title", "text")  # never left empty


@dataclass(frozen=True)
class Problem:
    """`path`: keys and numbers from the procedure's part of the document."""

    path: tuple[str | int, ...]
    sentence: str

    @property
    def name(self) -> str:
        return ".".join(map(str, self.path))

    @property
    def place(self) -> str:
        return place_words(list(self.path))

    @property
    def section(self) -> Section | None:
        return SECTION_OF.get(str(self.path[0])) if self.path else None


def problems(document: Mapping[str, Any]) -> list[Problem]:
    """All that is wrong; [] when the document may be published."""
    facts = document["procedure"]
    found = [*_texts(facts, ()), *_doubled(facts), *_shape(facts), *_of_form(document)]
    if not found:
        found = [Problem(("results",), sentence) for sentence in results.faults(document)]  # type: ignore[arg-type]
        found += [Problem(path, sentence) for path, sentence in conditions.faults(document)]  # type: ignore[arg-type]
        found += _of_examples(document)
    return list({(problem.name, problem.sentence): problem for problem in found}.values())


def shape_problems(document: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the shape of a document that comes from a file; the other checks rely on it."""
    return list(_shape(document["procedure"]))


def _of_form(document: Mapping[str, Any]) -> Iterator[Problem]:
    form = document["form"]
    for path, sentence in form_checking.form_problems(form):
        yield Problem(("e_form", *path), sentence)
    if isinstance(form, dict) and document["procedure"].get("form_key") != form.get("key"):
        yield Problem(("e_form", "key"), _("Khóa của tờ khai không phải khóa mà thủ tục nêu."))


def _shape(facts: Mapping[str, Any]) -> Iterator[Problem]:
    for error in jsonschema.Draft202012Validator(whole()).iter_errors(facts):
        deep = _deepest(error)
        yield Problem(tuple(deep.absolute_path), _sentence(deep))


def _deepest(error: jsonschema.ValidationError) -> jsonschema.ValidationError:
    """Of the shapes that a value may have, the error of the one it comes nearest to."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "type"))
    return error


def _sentence(error: jsonschema.ValidationError) -> str:
    wanted = error.schema.get("type") if isinstance(error.schema, dict) else None
    if error.validator == "type" and "integer" in (wanted if isinstance(wanted, list) else [wanted]):
        return _("Ghi bằng chữ số, không có chữ.")
    if error.validator == "pattern" and "\\d{4}" in str(error.validator_value):
        return _("Ghi ngày theo kiểu năm-tháng-ngày, ví dụ 2026-01-31.")
    return {
        "required": _("Còn thiếu mục bắt buộc."),
        "minItems": _("Cần ít nhất một dòng."),
        "minLength": _("Chưa điền."),
        "maxLength": _("Dài quá."),
        "minimum": _("Số nhỏ quá."),
        "maximum": _("Số lớn quá."),
        "pattern": _("Chưa đúng kiểu: chỉ dùng chữ thường không dấu, chữ số và gạch dưới, hoặc đúng kiểu của ô."),
        "enum": _("Chọn một trong các mục có sẵn."),
        "type": _("Chưa điền, hoặc ghi không đúng kiểu."),
    }.get(str(error.validator), _("Ghi không đúng kiểu."))


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))
    elif isinstance(value, str):
        if MARKUP.search(value):
            yield Problem(path, _("Không dùng mã HTML trong chữ."))
        if len(value) > MAX_TEXT:
            yield Problem(path, _("Dài quá %(n)d ký tự.") % {"n": MAX_TEXT})
        if not value.strip() and path and path[-1] in NAMED:
            yield Problem(path, _("Chưa điền."))


Rows = list[tuple[tuple[str | int, ...], Mapping[str, Any]]]
KEYED = {
    "examples": "key",
    "channels": "channel",
    "questions": "key",
    "fee_lines": "key",
    "document_groups": "key",
    "results": "key",
}


def _doubled(facts: Mapping[str, Any]) -> Iterator[Problem]:
    """Keys that stand twice in their list; documents of all groups are one list."""
    documents: Rows = [
        (("document_groups", number, "documents", place), row)
        for number, group in enumerate(facts["document_groups"])
        for place, row in enumerate(group["documents"])
    ]
    yield from _doubled_in(documents, "key")
    for name, key in KEYED.items():
        yield from _doubled_in([((name, number), row) for number, row in enumerate(facts.get(name) or [])], key)


def _doubled_in(rows: Rows, key: str) -> Iterator[Problem]:
    counted = Counter(row.get(key) for _path, row in rows)
    for path, row in rows:
        if counted[row.get(key)] > 1:
            yield Problem((*path, key), _("“%(key)s” đã có ở dòng khác.") % {"key": row.get(key)})


def _of_examples(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Answers of examples to questions that the version does not ask (any more), and values it does not know."""
    rows = document["procedure"].get("examples") or []
    known = names(document) if rows else {}  # type: ignore[arg-type]
    for number, row in enumerate(rows):
        if day_in(row["day"]) is None:
            yield Problem(("examples", number, "day"), _("Ghi ngày theo kiểu năm-tháng-ngày, ví dụ 2026-01-31."))
        questions = {key: value for key, value in row["asked"].items() if key not in ASKED_BY_PORTAL}
        given = {**row["answers"], **{"case" if key == "case" else f"ask.{key}": value for key, value in questions.items()}}
        for name, value in given.items():
            part, key = ("answers", name) if name in row["answers"] else ("asked", name.removeprefix("ask."))
            if sentence := _unknown(known.get(name), value, name):
                yield Problem(("examples", number, part, key), sentence)


ASKED_BY_PORTAL = ("priority_group", "quantities", "extras", "copies")


def _unknown(name: Name | None, value: Any, key: str) -> str:
    if name is None:
        return _("Không còn câu hỏi “%(key)s”. Bỏ câu trả lời này hoặc trả khóa về như cũ.") % {"key": key}
    options = [option for option, _label in name.options]
    if options and not all(part in options for part in (value if isinstance(value, list) else [value])):
        return _("“%(value)s” không còn trong các lựa chọn.") % {"value": value}
    if name.kind == "number" and not isinstance(value, (int, float)):
        return _("Ghi bằng chữ số, không có chữ.")
    return ""
