"""What is wrong with tables, computed values, prefill and checks between fields of an e-form, each with its place."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from procedures.eforms.dates import Weekdays, bound_date
from procedures.office import form_narrowing
from procedures.office.form_checks import KINDS, MAX_CHECKS
from procedures.office.form_fields import COLUMN_TYPES, MAX_COLUMNS, MAX_TABLE_ROWS, OPERATIONS, references

MAX_OPTIONS = 3000
Path = tuple[str | int, ...]
Spec = Mapping[str, Any]
Fault = tuple[Path, str]


def field_faults(form: Spec, path: Path, field: Spec) -> Iterator[Fault]:
    """Of one field or column. Its key, label and type are known to be right."""
    rules = field.get("validation") or {}
    if not isinstance(rules, dict):
        yield (*path, "validation"), _("Ghi không đúng kiểu.")
        return
    yield from _numbers(path, field, rules)
    for name in ("min_date", "max_date"):
        if name in rules and not _is_bound(rules[name]):
            yield (*path, name), _("Mốc ngày này cổng không hiểu.")
    prefill = field.get("prefill")
    if prefill is not None and not (isinstance(prefill, dict) and _texts(prefill.get("from"))):
        yield (*path, "prefill"), _("Ghi không đúng kiểu.")
    if field["type"] == "table":
        yield from _table(form, path, field)
    if field["type"] == "lookup" and field.get("source") not in {*form.get("sources", {})} - {"commune"}:
        yield (*path, "source"), _("Chọn danh mục để tra cứu.")
    for name, sentence in form_narrowing.faults(field):
        yield (*path, name), sentence


def _is_bound(value: Any) -> bool:
    try:
        return bool(bound_date(value, dt.date(2026, 1, 31), Weekdays()))
    except (TypeError, ValueError, OverflowError):
        return False


def _numbers(path: Path, field: Spec, rules: Spec) -> Iterator[Fault]:
    """Bounds are numbers («this_year» for a year), and the smallest is not above the largest."""
    found = {name: rules[name] for name in ("min", "max", "max_length") if name in rules and rules[name] != "this_year"}
    found |= {name: field[name] for name in ("decimals", "width", "min_rows", "max_rows") if name in field}
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield (*path, name), _("Ghi bằng chữ số, không có chữ.")
            return
    for low, high in (("min", "max"), ("min_rows", "max_rows")):
        if low in found and high in found and found[low] > found[high]:
            yield (*path, high), _("Số lớn nhất nhỏ hơn số nhỏ nhất.")
    if not 0 < found.get("max_length", 1) <= 20_000 or not 0 <= found.get("decimals", 0) <= 6:
        yield (*path, "max_length" if "max_length" in found else "decimals"), _("Số này không dùng được.")


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(part, str) for part in value)


def _table(form: Spec, path: Path, table: Spec) -> Iterator[Fault]:
    columns = table.get("columns") or []
    if not columns or len(columns) > MAX_COLUMNS:
        yield (*path, "columns"), _("Bảng phải có từ 1 đến %(n)d cột.") % {"n": MAX_COLUMNS}
        return
    if not isinstance(table.get("max_rows"), int) or not 1 <= table["max_rows"] <= MAX_TABLE_ROWS:
        yield (*path, "max_rows"), _("Bảng có từ 1 đến %(n)d dòng.") % {"n": MAX_TABLE_ROWS}
    counted = Counter(column["key"] for column in columns)
    for number, column in enumerate(columns):
        place = (*path, "columns", number)
        if column.get("type") not in COLUMN_TYPES:
            yield (*place, "type"), _("Cột của bảng không nhận kiểu này.")
        elif not str(column["label"]).strip():
            yield (*place, "label"), _("Chưa điền.")
        elif counted[column["key"]] > 1:
            yield (*place, "key"), _("“%(key)s” đã có ở dòng khác.") % {"key": column["key"]}
        else:
            yield from choice_faults(form, place, column)
            yield from field_faults(form, place, column)
    if sum(column["width"] for column in columns if isinstance(column.get("width"), int)) > 100:
        yield (*path, "columns"), _("Bề rộng các cột cộng lại quá 100 phần trăm.")


def choice_faults(form: Spec, path: Path, field: Spec) -> Iterator[Fault]:
    """Options and format of a field or column."""
    rules = field.get("validation") or {}
    if field["type"] == "choice":
        rows = field.get("options")
        if rows is None and field.get("source") not in form.get("sources", {}):
            yield (*path, "options"), _("Ô chọn phải có các lựa chọn.")
        found = rows if isinstance(rows, list) else []
        values = [row.get("value") if isinstance(row, dict) else None for row in found]
        if rows is not None and (not values or len(set(map(str, values))) < len(values)):
            yield (*path, "options"), _("Các lựa chọn phải khác nhau và có ít nhất một.")
        elif any(not str(row.get("label", "")).strip() for row in found):
            yield (*path, "options"), _("Chưa điền.")
    if isinstance(rules, dict) and rules.get("format") and rules["format"] not in form.get("formats", {}):
        yield (*path, "format"), _("Không có kiểu chữ tên “%(name)s”.") % {"name": rules["format"]}


def source_faults(form: Spec) -> Iterator[Fault]:
    """Of the lists that the form has itself."""
    for name, source in form.get("sources", {}).items():
        rows = source.get("options") if isinstance(source, dict) else None
        if not isinstance(source, dict) or (rows is None and "from" not in source):
            yield ("sources", name), _("Ghi không đúng kiểu.")
        elif rows is not None:
            yield from _list_faults(("sources", name), rows)


def _list_faults(path: Path, rows: Any) -> Iterator[Fault]:
    shaped = isinstance(rows, list) and all(
        isinstance(row, dict) and all(isinstance(row.get(part), str) and row[part] for part in ("value", "label")) for row in rows
    )
    if not shaped or not rows or len(rows) > MAX_OPTIONS:
        yield path, _("Danh mục có từ 1 đến %(n)d dòng, mỗi dòng một mã và một tên.") % {"n": MAX_OPTIONS}
    elif doubled := [value for value, times in Counter(row["value"] for row in rows).items() if times > 1]:
        yield path, _("Mã đứng hai lần trong danh mục: %(codes)s.") % {"codes": ", ".join(doubled[:5])}


# ---------------------------------------------------------------- computed values
def computed_faults(form: Spec, fields: list[Any]) -> Iterator[Fault]:
    """A computed field uses fields that are typed, or computed ones before it: no cycle is possible then."""
    known = {ref: spec for ref, _words, spec in references(form)} | {row["key"]: row for row in form.get("bound_fields", [])}
    before: set[str] = set()
    for path, field in fields:
        yield from _of_computed((*path, "computed"), field, known, before)
        columns = {column["key"]: column for column in field.get("columns") or []}
        for number, column in enumerate(columns.values()):
            yield from _of_computed((*path, "columns", number, "computed"), column, columns, set())
        before |= {field["key"], *(f"{field['key']}.{key}" for key in columns)}


def _of_computed(path: Path, field: Spec, known: Mapping[str, Spec], before: set[str]) -> Iterator[Fault]:
    rule = field.get("computed")
    if not rule:
        return
    if not isinstance(rule, dict) or rule.get("op") not in OPERATIONS or not isinstance(rule.get("of"), list):
        yield path, _("Ghi không đúng kiểu.")
    elif not rule["of"]:
        yield path, _("Chọn ít nhất một ô để máy tính.")
    elif field.get("required"):
        yield path, _("Ô máy tự tính thì không bắt buộc trả lời.")
    else:
        for ref in rule["of"]:
            if ref not in known:
                yield path, _("Không còn ô “%(key)s” để tính.") % {"key": ref}
            elif known[ref].get("computed") and ref not in before:
                yield path, _("Ô “%(key)s” cũng do máy tính và không đứng trước: các ô chờ nhau.") % {"key": ref}


# ---------------------------------------------------------------- checks between fields
def check_faults(form: Spec) -> Iterator[Fault]:
    checks = form.get("checks") or []
    if not isinstance(checks, list) or len(checks) > MAX_CHECKS or not all(isinstance(row, dict) for row in checks):
        yield ("checks",), _("Ghi không đúng kiểu.")
        return
    specs = {ref: spec for ref, _words, spec in references(form)}
    for number, check in enumerate(checks):
        path: Path = ("checks", number)
        if check.get("op") not in KINDS or not isinstance(check.get("fields"), list):
            yield path, _("Cổng không biết kiểm tra này.")
        else:
            yield from _of_check(path, check, specs)


def _of_check(path: Path, check: Spec, specs: Mapping[str, Spec]) -> Iterator[Fault]:
    kind, refs = KINDS[check["op"]], check["fields"]
    if len(refs) != (kind.operands or max(1, len(refs))):
        yield (*path, "fields"), _("Chọn ít nhất một ô.")
    if len(set(map(str, refs))) < len(refs):
        yield (*path, "fields"), _("Chọn hai ô khác nhau: một ô không so với chính nó.")
    for ref in [*refs, *(check[name] for name in ("target", "at") if name in check)]:
        if ref not in specs:
            yield (*path, "fields"), _("Không còn ô “%(key)s”. Chọn ô khác.") % {"key": ref}
        elif ref in refs and not kind.fits(ref, specs[ref]):
            yield (*path, "fields"), _("“%(label)s” không hợp với kiểm tra này.") % {"label": specs[ref].get("label", ref)}
    if kind.names is not None and kind.names[0] == "target" and not check.get("target"):
        yield (*path, "target"), _("Chọn ô để so.")
    value = check.get("value")
    if kind.value == "number" and (isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0):
        yield (*path, "value"), _("Ghi bằng chữ số, không có chữ.")
    if kind.value in ("lines", "options") and not _texts(value):
        yield (*path, "value"), _("Cần ít nhất một dòng.")
    if not isinstance(check.get("message"), str) or not check["message"].strip():
        yield (*path, "message"), _("Chưa điền.")
