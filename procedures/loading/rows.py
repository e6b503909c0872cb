"""Bulk upsert of rows from the data files."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model

from portal.common.provenance import Provenance, removed_keys, set_shipped

BATCH = 1000
Row = TypeVar("Row", bound=Model)


def upsert(model: type[Row], key: str, wanted: Mapping[Any, Mapping[str, Any]]) -> dict[Any, Row]:
    """Insert or update the rows of `wanted` ({key: {attribute: value}}). Returns {key: row} with ids.

    Foreign keys are given as `…_id`. Equal rows and rows that are not in `wanted` are not changed; nor are columns that people
    set, and rows that people removed are not made again (`portal.common.provenance`).
    """
    there = {getattr(row, key): row for row in model.objects.filter(**{f"{key}__in": wanted})}
    gone = removed_keys(model) if issubclass(model, Provenance) else set()
    new = [model(**{key: name}, **values) for name, values in wanted.items() if name not in there and str(name) not in gone]
    changed = [row for name, row in there.items() if set_shipped(row, wanted[name])]
    model.objects.bulk_create(new, batch_size=BATCH)
    if changed:
        fields = [model._meta.get_field(name).name for name in next(iter(wanted.values()))]
        fields += ["shipped_says"] if issubclass(model, Provenance) else []
        model.objects.bulk_update(changed, fields, batch_size=BATCH)
    return there | {getattr(row, key): row for row in new}


def day(text: str | None) -> dt.date | None:
    """The date of an ISO text, or None for an empty one."""
    return dt.date.fromisoformat(text) if text else None
