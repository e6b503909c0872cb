"""What keeps the e-form of a version from being published, each with its place in the form and a sentence in plain words.

The rules are those of data/README.md ("forms.json"); a form comes from the shipped data, or from a file that somebody imports.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from procedures.eforms import fields_named
from procedures.eforms.form import GRAMMARS
from procedures.office import form_blocks
from procedures.office.form_narrowing import grammar_of
from procedures.office.form_rules import check_faults, choice_faults, computed_faults, field_faults, source_faults
from procedures.office.vocabulary import KINDS

Path = tuple[str | int, ...]
TYPES = {*KINDS, "choice", "yes_no", "address", "date_range", "consent", "note", "lookup"}
OPERATORS = {"eq", "ne", "in", "not_empty", "lt", "gt", "age_lt"}
KNOWN_BEFORE = ("agency", "procedure", "audience")  # what `binds_to` gives before the first page
MAX_FIELDS, MAX_ON_A_PAGE, MAX_TEXT, MAX_DEPTH = 300, 5, 4000, 8
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
MARKUP = re.compile(r"<\s*/?[a-zA-Z!]")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PLACEHOLDERS = {"label", "Label", "min", "max", "max_length", "min_rows", "max_rows", "min_date", "max_date"}
TOKEN = re.compile(
    r"(?P<one>\[\^?(?:[^\\\]]|\\[^0-9A-Za-z])+\]|\\[^0-9A-Za-z]|[^\\()\[\]{}*+?|^$.])"
    r"|(?P<open>\(\?:)|(?P<close>\))|(?P<or>\|)|(?P<times>\{[0-9]{1,3}(?:,[0-9]{1,3})?\})|(?P<maybe>\?)"
)


def is_safe_pattern(text: str) -> bool:
    """Only literals, classes, {m,n}, ? and groups that are not repeated: matching takes linear time."""
    before, place = "", 0
    while place < len(text):
        token = TOKEN.match(text, place)
        kind = token.lastgroup if token else None
        if token is None or (kind == "times" and before != "one") or (kind == "maybe" and before not in ("one", "close")):
            return False
        before, place = str(kind), token.end()
    try:
        return bool(re.compile(text, re.ASCII)) and bool(text)
    except re.error:
        return False


def form_problems(form: Any) -> Iterator[tuple[Path, str]]:
    """(path inside the form, sentence) of all that is wrong. Nothing is wrong with no form."""
    if form is None:
        return
    if fault := _shape(form):
        yield fault
        return
    pages: list[tuple[Path, Any]] = [
        (("sections", n, "pages", m), page)
        for n, section in enumerate(form["sections"])
        for m, page in enumerate(section["pages"])
    ]
    fields: list[tuple[Path, Any]] = [
        ((*path, "fields", k), field) for path, page in pages for k, field in enumerate(page["fields"])
    ]
    if len(fields) > MAX_FIELDS:
        yield ("sections",), _("Tờ khai có %(n)d ô, nhiều nhất %(most)d.") % {"n": len(fields), "most": MAX_FIELDS}
        return
    yield from _texts(form, ())
    yield from _doubled(pages, fields)
    for path, field in fields:
        yield from choice_faults(form, path, field)
        yield from field_faults(form, path, field)
    yield from computed_faults(form, fields)
    yield from check_faults(form)
    yield from _order(form, pages)
    for path, page in pages:
        questions = sum(field["type"] != "note" for field in page["fields"])
        if not questions:
            yield path, _("Trang này chưa hỏi gì. Thêm ô, hoặc bỏ trang.")
        if questions > MAX_ON_A_PAGE:
            yield path, _("Mỗi trang nhiều nhất %(n)d câu hỏi.") % {"n": MAX_ON_A_PAGE}
    if grammar_of(form) > form.get("grammar", 1):
        yield ("grammar",), _("Tờ khai dùng kiểu ô của ngữ pháp 2 mà ghi ngữ pháp 1.")
    yield from source_faults(form)
    yield from form_blocks.faults(form)
    for name, rule in form.get("formats", {}).items():
        if not isinstance(rule.get("pattern"), str) or not is_safe_pattern(rule["pattern"]):
            yield ("formats", name), _("Mẫu chữ này không dùng được: chỉ chữ, nhóm ký tự, số lần cố định.")


def _shape(form: Any) -> tuple[Path, str] | None:
    """What other checks rely on: sections with pages with fields, each with key and type."""
    wrong = _("Ghi không đúng kiểu.")
    path: Path = ()
    place: Path = ()
    if not isinstance(form, dict) or form.get("grammar", 1) not in GRAMMARS:
        return (), wrong
    if not isinstance(form.get("key"), str) or not isinstance(form.get("name"), str):
        return (), wrong
    maps = [form.get("formats", {}), form.get("messages", {}), form.get("sources", {})]
    bound = form.get("bound_fields", [])
    if not all(isinstance(part, dict) for part in maps) or not all(
        isinstance(row, dict) for row in form.get("formats", {}).values()
    ):
        return ("formats",), wrong
    if not isinstance(bound, list) or not all(
        isinstance(row, dict) and {"key", "label", "binds_to"} <= set(row) for row in bound
    ):
        return ("bound_fields",), wrong
    for n, section in enumerate(_list(form.get("sections"))):
        for m, page in enumerate(_list(section.get("pages") if isinstance(section, dict) else None)):
            path = ("sections", n, "pages", m)
            if not isinstance(page, dict) or not all(isinstance(page.get(name), str) for name in ("key", "title", "question")):
                return path, wrong
            for k, field in enumerate(_list(page.get("fields"))):
                place = (*path, "fields", k)
                if not isinstance(field, dict) or field.get("type") not in TYPES or not isinstance(field.get("label"), str):
                    return place, _("Ô này không có kiểu mà cổng biết, hoặc thiếu nhãn.")
                if not isinstance(field.get("key"), str) or not KEY.fullmatch(field["key"]):
                    return (*place, "key"), _("Khóa của ô chỉ dùng chữ thường không dấu, chữ số và gạch dưới.")
                if not isinstance(field.get("columns", []), list) or not all(map(_is_column, field.get("columns", []))):
                    return (*place, "columns"), wrong
            if not isinstance(page.get("fields"), list):
                return path, wrong
        if (
            not isinstance(section, dict)
            or not isinstance(section.get("pages"), list)
            or not isinstance(section.get("title"), str)
        ):
            return ("sections", n), wrong
    return None if isinstance(form.get("sections"), list) and form["sections"] else (("sections",), wrong)


def _is_column(column: Any) -> bool:
    return (
        isinstance(column, dict)
        and all(isinstance(column.get(name), str) for name in ("key", "label", "type"))
        and KEY.fullmatch(column["key"]) is not None
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "formats":
                yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*path, number))
    elif isinstance(value, str):
        if MARKUP.search(value):
            yield path, _("Không dùng mã HTML trong chữ.")
        if len(value) > MAX_TEXT:
            yield path, _("Dài quá %(n)d ký tự.") % {"n": MAX_TEXT}
        if "messages" in path and (unknown := set(PLACEHOLDER.findall(value)) - PLACEHOLDERS):
            yield path, _("Không có chỗ điền “%(name)s”.") % {"name": ", ".join(sorted(unknown))}


def _doubled(pages: list[Any], fields: list[Any]) -> Iterator[tuple[Path, str]]:
    for rows in (pages, fields):
        counted = Counter(row["key"] for _path, row in rows)
        for path, row in rows:
            if counted[row["key"]] > 1:
                yield (*path, "key"), _("“%(key)s” đã có ở dòng khác.") % {"key": row["key"]}


def _order(form: Mapping[str, Any], pages: list[Any]) -> Iterator[tuple[Path, str]]:
    """`show_if` names what earlier pages ask, `required_if` also what stands before on the page: no cycle is possible then."""
    before = {row["key"] for row in form.get("bound_fields", []) if row["binds_to"] in KNOWN_BEFORE}
    for path, page in pages:
        earlier_here: set[str] = set()
        for k, field in enumerate(page["fields"]):
            place: Path = (*path, "fields", k)
            yield from _names((*place, "show_if"), field.get("show_if"), before)
            yield from _names((*place, "required_if"), field.get("required_if"), before | earlier_here)
            yield from _names((*place, "prefill_when"), _when(field.get("prefill")), before)
            earlier_here.add(field["key"])
        before |= {field["key"] for field in page["fields"]}
    bound = {row["key"] for row in form.get("bound_fields", [])}
    for number, check in enumerate(_list(form.get("checks"))):
        yield from _names(("checks", number, "when"), _when(check), before | bound)


def _when(rule: Any) -> Any:
    return rule.get("when") if isinstance(rule, dict) else None


def _names(place: Path, condition: Any, known: set[str]) -> Iterator[tuple[Path, str]]:
    if fault := _condition(condition, 0):
        yield place, fault
    elif unknown := sorted(fields_named(condition) - known):
        yield place, _("Điều kiện chỉ dùng được ô của trang trước: %(keys)s.") % {"keys": ", ".join(unknown)}


def _condition(condition: Any, depth: int) -> str:
    """Why this is no condition; "" when it is one."""
    if not condition:
        return ""
    if not isinstance(condition, dict) or depth > MAX_DEPTH:
        return _("Điều kiện ghi không đúng, hoặc lồng nhau quá nhiều tầng.")
    parts = condition.get("all") or condition.get("any")
    if parts is not None:
        found = [_condition(part, depth + 1) for part in parts] if isinstance(parts, list) else [_("Ghi không đúng kiểu.")]
        return next(filter(None, found), "")
    if not isinstance(condition.get("field"), str) or condition.get("op") not in OPERATORS:
        return _("Điều kiện ghi không đúng, hoặc lồng nhau quá nhiều tầng.")
    return ""
