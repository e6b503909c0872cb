"""What differs between two documents of a procedure, place by place, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from procedures.office.editing import condition_words
from procedures.office.labels import choice, place_words
from procedures.office.schema import is_hidden

MISSING = object()
MAX_SAID = 100  # rows of a list that are said one by one
CONDITIONS = ("when", "show_if", "required_if")


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, str]]:
    """[{place, old, new}] of two `facts`, in the order of the new one. Rows of a list are matched by their key."""
    keys = [*new, *(key for key in old if key not in new)]
    return [row for key in keys for row in _of([key], old.get(key, MISSING), new.get(key, MISSING))]


def _of(path: list[Any], old: Any, new: Any) -> Iterator[dict[str, str]]:
    if old == new or (path and isinstance(path[-1], str) and is_hidden(path[-1])):
        return
    if path[-1] not in CONDITIONS and isinstance(old, dict) and isinstance(new, dict):
        for key in [*new, *(key for key in old if key not in new)]:
            yield from _of([*path, key], old.get(key, MISSING), new.get(key, MISSING))
        return
    if _has_keys(old) and _has_keys(new):
        yield from _of_rows(path, old, new)
        return
    yield {"place": place_words(path), "old": _words(path, old), "new": _words(path, new)}


def _has_keys(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(row, dict) for row in value)
        and len({_key(row) for row in value}) == len(value)
    )


def _key(row: Mapping[str, Any]) -> str:
    return str(row.get("key", row.get("channel", row.get("name", ""))))


def _of_rows(path: list[Any], old: list[Any], new: list[Any]) -> Iterator[dict[str, str]]:
    before = {_key(row): row for row in old}
    after = {_key(row): row for row in new}
    for number, (key, row) in enumerate(after.items()):
        yield from _of([*path, number], before.get(key, MISSING), row)
    for number, (key, row) in enumerate(before.items()):
        if key not in after:
            yield from _of([*path, number], row, MISSING)
    kept = [key for key in after if key in before]
    if kept != [key for key in before if key in after]:
        yield {"place": place_words(path), "old": ", ".join(before), "new": ", ".join(after)}


def _words(path: list[Any], value: Any) -> str:
    if value is MISSING or value is None or value == "" or value == []:
        return _("(không có)")
    if path[-1] in CONDITIONS:
        return condition_words(value)
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, list):
        return "; ".join(_words(path, part) for part in value[:MAX_SAID]) + (" …" if len(value) > MAX_SAID else "")
    if isinstance(value, dict):
        shown = (value.get("name") or value.get("label") or value.get("title") or value.get("text"),)
        return (
            str(shown[0])
            if shown[0]
            else "; ".join(
                f"{place_words([key])}: {_words([key], part)}"
                for key, part in value.items()
                if not is_hidden(key) and part is not None
            )
        )
    return choice(value)
