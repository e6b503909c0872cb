"""Every condition of a version document, and what is wrong with it: unknown names, signs and values that do not fit."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from procedures.facts import VersionDocument
from procedures.office.condition_forms import FIT
from procedures.office.vocabulary import Name, names

Path = tuple[str | int, ...]
MAX_DEPTH = 5


def conditions(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """(path, condition) of every `when` in these facts."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "when":
                yield (*path, key), inner
            elif path or key != "examples":
                yield from conditions(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from conditions(inner, (*path, number))


def faults(document: VersionDocument) -> Iterator[tuple[Path, str]]:
    """(path of the condition, sentence) of all that is wrong."""
    known = names(document)
    for path, condition in conditions(document["procedure"]):
        for sentence in dict.fromkeys(_faults(condition, known, 0)):
            yield path, sentence


def _faults(condition: Any, known: Mapping[str, Name], depth: int) -> Iterator[str]:
    if not condition:
        return
    if depth > MAX_DEPTH:
        yield _("Điều kiện lồng nhau quá nhiều tầng.")
        return
    parts = condition.get("all") or condition.get("any")
    if parts is not None:
        for part in parts:
            yield from _faults(part, known, depth + 1)
        return
    name = known.get(condition["field"])
    if name is None:
        yield _("Không có câu hỏi hay ô nào tên “%(key)s”.") % {"key": condition["field"]}
    elif condition["op"] not in FIT[name.kind]:
        yield _("“%(name)s” không so được bằng dấu này.") % {"name": name.label}
    elif condition["op"] != "not_empty":
        yield from _of_value(name, condition)


def _of_value(name: Name, condition: Mapping[str, Any]) -> Iterator[str]:
    value = condition.get("value")
    if isinstance(value, list) != (condition["op"] == "in"):
        yield _("Điều kiện về “%(name)s”: chọn lại giá trị.") % {"name": name.label}
        return
    for part in value if isinstance(value, list) else [value]:
        if name.options and part not in [option for option, _label in name.options]:
            yield _("“%(value)s” không có trong các lựa chọn của “%(name)s”.") % {"value": part, "name": name.label}
        elif not _fits(name, part):
            yield _("“%(value)s” không so được với “%(name)s”.") % {"value": part, "name": name.label}
    if value == []:
        yield _("Chọn ít nhất một giá trị cho “%(name)s”.") % {"name": name.label}


def _fits(name: Name, value: Any) -> bool:
    if name.options:
        return True
    if name.kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name.kind == "day":
        try:
            return bool(dt.date.fromisoformat(value))
        except (TypeError, ValueError):
            return False
    return isinstance(value, str) and value != ""
