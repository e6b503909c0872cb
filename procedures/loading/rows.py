"""Rows that should be as the files say: new ones are made, changed ones corrected, equal ones left alone."""

import datetime as dt

BATCH = 1000


def upsert(model, key, wanted):
    """Make the table agree with `wanted` ({key: {attribute: value}}). Returns {key: row}, all of them with their ids.

    Foreign keys are given as `…_id`. Rows the files do not name stay as they are.
    """
    there = {getattr(row, key): row for row in model.objects.filter(**{f"{key}__in": wanted})}
    new = [model(**{key: name}, **values) for name, values in wanted.items() if name not in there]
    changed = [row for name, row in there.items() if set_values(row, wanted[name])]
    model.objects.bulk_create(new, batch_size=BATCH)
    if changed:
        fields = [model._meta.get_field(name).name for name in next(iter(wanted.values()))]
        model.objects.bulk_update(changed, fields, batch_size=BATCH)
    return there | {getattr(row, key): row for row in new}


def set_values(row, values):
    """Put the values on the row; True when one of them was different."""
    different = [name for name, value in values.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, values[name])
    return bool(different)


def day(text):
    """A date of the files, or None."""
    return dt.date.fromisoformat(text) if text else None
