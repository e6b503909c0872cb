"""Bulk upsert of rows from the data files."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model

BATCH = 1000
Row = TypeVar("Row", bound=Model)


def upsert(model: type[Row], key: str, wanted: Mapping[Any, Mapping[str, Any]]) -> dict[Any, Row]:
    """Insert or update the rows of `wanted` ({key: {attribute: value}}). Returns {key: row} with ids.

    Foreign keys are given as `…_id`. Equal rows and rows that are not in `wanted` are not changed.
    """
    there = {getattr(row, key): row for row in model.objects.filter(**{f"{key}__in": wanted})}
    new = [model(**{key: name}, **values) for name, values in wanted.items() if name not in there]
    changed = [row for name, row in there.items() if set_values(row, wanted[name])]
    model.objects.bulk_create(new, batch_size=BATCH)
    if changed:
        fields = [model._meta.get_field(name).name for name in next(iter(wanted.values()))]
        model.objects.bulk_update(changed, fields, batch_size=BATCH)
    return there | {getattr(row, key): row for row in new}


def set_values(row: Model, values: Mapping[str, Any]) -> bool:
    """Set the attributes on the row, without saving; True when a value was different."""
    different = [name for name, value in values.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, values[name])
    return bool(different)


def day(text: str | None) -> dt.date | None:
    """The date of an ISO text, or None for an empty one."""
    return dt.date.fromisoformat(text) if text else None
