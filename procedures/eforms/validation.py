"""Validation of answers. Finds the same errors as data/check_forms.py, and accepts any type of value that a browser can send."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Any

from procedures.eforms.computing import computed_value, values_of
from procedures.eforms.conditions import holds, is_empty
from procedures.eforms.dates import full_years, parse_date
from procedures.eforms.form import Form
from procedures.eforms.parts import Field, Page
from procedures.eforms.values import value_error

Answers = Mapping[str, Any]
Errors = dict[str, str]


def validate(form: Form, known: Answers, today: dt.date) -> Errors:
    """{field key: error code} of the whole form on this filing day. The key of a cell is `table[0].column`."""
    form.expect(known)
    asked, kept = form.walk(known, today)
    errors: Errors = {}
    for question in asked:
        _check_answer(form, question, kept, today, errors)
    for check in form.checks:
        target = _asked_target(form, check)
        if target and not _has_error(errors, target) and fails(check, kept, today):
            errors[target] = check["op"]
    ours = set(form.fields) | {bound["key"] for bound in form.bound_fields}
    return errors | {key: "unknown" for key in known if key not in ours}


def page_errors(form: Form, page: Page, known: Answers, today: dt.date) -> Errors:
    """{key: error code} of one page: its fields, and the rules over several fields whose last operand is on this page."""
    known = form.completed(known, today)
    asked, kept = form.walk(known, today)
    errors: Errors = {}
    for question in asked:
        if question.page is page:
            _check_answer(form, question, kept, today, errors)
    for check in form.checks:
        here = [key for key in _operands_on(form, check, page) if not form.fields[key].is_narrowed_away]
        last = max(
            (form.fields[key].page.index for key in _operands(form, check) if not form.fields[key].is_narrowed_away),  # type: ignore[union-attr]
            default=-1,
        )
        if not here or last > page.index:
            continue  # the rule has no operand on this page, or an operand on a later page
        target = target_of(check)
        shown_at = target if target in here else here[0]
        if not _has_error(errors, shown_at) and fails(check, kept, today):
            errors[shown_at] = check["op"]
    return errors


def pages_with_errors(form: Form, errors: Errors) -> list[Page]:
    """The pages that contain errors, in order."""
    indexes = {form.fields[key.partition("[")[0]].page.index for key in errors if key.partition("[")[0] in form.fields}  # type: ignore[union-attr]
    return [page for page in form.pages if page.index in indexes]


def first_unfinished_page(form: Form, known: Answers, today: dt.date) -> Page | None:
    """The first page without answers or with an error; None when the form is complete."""
    wrong = {page.index for page in pages_with_errors(form, validate(form, form.completed(known, today), today))}
    for page in form.visible_pages(known, today):
        if page.index in wrong or not any(question.key in known for question in page.fields):
            return page
    return None


def target_of(check: Mapping[str, Any]) -> str:
    """The field that shows the message of a rule over several fields."""
    return check.get("target") or check["fields"][0].partition(".")[0]


def _asked_target(form: Form, check: Mapping[str, Any]) -> str:
    """The target, or the first operand that is asked where this procedure does not ask the target; "" when none is."""
    target = target_of(check)
    if target not in form.fields or not form.fields[target].is_narrowed_away:
        return target
    return next((key for key in _operands(form, check) if not form.fields[key].is_narrowed_away), "")


# one answer -----------------------------------------------------------------------------------------------------------
def _check_answer(form: Form, question: Field, kept: Answers, today: dt.date, errors: Errors) -> None:
    value = kept.get(question.key)
    if question.computed:
        expected = computed_value(question.computed, kept)
        if expected is not None and not is_empty(value) and value != expected:
            errors[question.key] = "computed"
        return
    needed = question.required or bool(question.spec.get("required_if") and holds(question.spec["required_if"], kept, today))
    if question.type == "table":
        _check_table(form, question, value, needed, today, errors)
    elif is_empty(value):
        if needed:
            errors[question.key] = "required"
    elif code := value_error(form, question, value, today):
        errors[question.key] = code


def _check_table(form: Form, table: Field, rows: Any, needed: bool, today: dt.date, errors: Errors) -> None:
    rows = rows or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        errors[table.key] = "type"
        return
    if needed and len(rows) < max(1, table.spec.get("min_rows", 1)):
        errors[table.key] = "min_rows" if rows else "required"
    if len(rows) > table.spec["max_rows"]:
        errors[table.key] = "max_rows"
    columns = {column.key for column in table.columns}
    for index, row in enumerate(rows[: table.spec["max_rows"] + 1]):
        errors |= {f"{table.key}[{index}].{extra}": "unknown" for extra in row if extra not in columns}
        for column in table.columns:
            if code := _cell_error(form, column, row, today):
                errors[f"{table.key}[{index}].{column.key}"] = code


def _cell_error(form: Form, column: Field, row: Answers, today: dt.date) -> str | None:
    cell = row.get(column.key)
    if column.computed:
        return None if is_empty(cell) or cell == computed_value(column.computed, {}, row) else "computed"
    if is_empty(cell):
        return "required" if column.required else None
    return value_error(form, column, cell, today)


# rules over several fields --------------------------------------------------------------------------------------------
def fails(check: Mapping[str, Any], answers: Answers, today: dt.date) -> bool:
    """True when the rule over several fields is violated. Empty operands never violate it (`required` covers them)."""
    if not holds(check.get("when"), answers, today):
        return False
    try:
        return _CHECKS[check["op"]](check, answers, today)
    except (TypeError, ValueError, KeyError, AttributeError):
        return False  # a value of the wrong type is reported at its own field


def _filled(ref: str, answers: Answers) -> list[Any]:
    return [value for value in values_of(ref, answers) if not is_empty(value)]


def _any_pair(check: Mapping[str, Any], answers: Answers, bad: Any) -> bool:
    """True when `bad` holds for any pair of the two operands. Two columns of a table are compared row by row."""
    first, second = (values_of(ref, answers) for ref in check["fields"])
    for pair in zip(first, second, strict=False):
        if any(is_empty(value) for value in pair):
            continue
        try:
            if bad(*pair):
                return True
        except (TypeError, ValueError):
            continue
    return False


def _days(first: Any, second: Any) -> int:
    """Days from the first date to the second; a year counts as its first day."""
    return (parse_date(second, partial=True) - parse_date(first, partial=True)).days


def _repeats(check: Mapping[str, Any], answers: Answers, today: dt.date) -> bool:
    values = _filled(check["fields"][0], answers)
    return len(values) != len(set(values))


def _not_exactly_one(check: Mapping[str, Any], answers: Answers, today: dt.date) -> bool:
    values = values_of(check["fields"][0], answers)
    return bool(values) and sum(value is True for value in values) != 1


def _sum_differs(check: Mapping[str, Any], answers: Answers, today: dt.date) -> bool:
    stated = answers.get(check["target"])
    return stated is not None and stated != sum(
        value for ref in check["fields"] for value in values_of(ref, answers) if value is not None
    )


def _too_young(check: Mapping[str, Any], answers: Answers, today: dt.date) -> bool:
    born, on = answers.get(check["fields"][0]), answers.get(check.get("at", ""))
    if is_empty(born):
        return False
    return full_years(parse_date(born, partial=True), today if is_empty(on) else parse_date(on)) < check["value"]


def _too_long(check: Mapping[str, Any], answers: Answers, today: dt.date) -> bool:
    period = answers.get(check["fields"][0])
    return (
        period is not None
        and not is_empty(period)
        and (parse_date(period["to"]) - parse_date(period["from"])).days > check["value"]
    )


def _contains(check: Mapping[str, Any], answers: Answers, today: dt.date) -> bool:
    value = answers.get(check["fields"][0])
    text = "" if is_empty(value) else unicodedata.normalize("NFC", str(value)).casefold()
    return any(word.casefold() in text for word in check["value"])


def _not_one_of(check: Mapping[str, Any], answers: Answers, today: dt.date) -> bool:
    value = answers.get(check["fields"][0])
    return not is_empty(value) and value not in check["value"]


_CHECKS = {
    "before": lambda c, a, t: _any_pair(c, a, lambda x, y: _days(x, y) <= 0),
    "not_before": lambda c, a, t: _any_pair(c, a, lambda x, y: _days(x, y) > 0),
    "min_days": lambda c, a, t: _any_pair(c, a, lambda x, y: _days(x, y) < c["value"]),
    "different": lambda c, a, t: _any_pair(c, a, lambda x, y: x == y),
    "at_most": lambda c, a, t: _any_pair(c, a, lambda x, y: x > y),
    "unique": _repeats,
    "exactly_one": _not_exactly_one,
    "sum_equals": _sum_differs,
    "at_least_one": lambda c, a, t: all(is_empty(a.get(key)) for key in c["fields"]),
    "min_age": _too_young,
    "max_days": _too_long,
    "not_contains": _contains,
    "one_of_when": _not_one_of,
}


def _has_error(errors: Errors, key: str) -> bool:
    return any(found == key or found.startswith(key + "[") for found in errors)


def _operands(form: Form, check: Mapping[str, Any]) -> list[str]:
    refs = [*check["fields"], *(check[name] for name in ("target", "at") if name in check)]
    keys = dict.fromkeys(ref.partition(".")[0] for ref in refs)
    return [key for key in keys if key in form.fields]


def _operands_on(form: Form, check: Mapping[str, Any], page: Page) -> list[str]:
    return [key for key in _operands(form, check) if form.fields[key].page is page]
