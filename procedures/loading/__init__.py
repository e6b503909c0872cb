"""Loads the files of data/ into the database: territory, agencies, calendar, procedures, offerings, life events.

`load_all()` is called by `manage.py load_data`; `load_sample()` loads a small part, for tests. Both are idempotent: equal rows
are not changed; a changed procedure gets a new version, and dossiers keep the version they were filed under.
"""

from collections.abc import Collection

from django.db import transaction

from procedures.loading import bodies, calendar, index, life_events, places, publishing, territory
from procedures.loading.folder import DataFolder, DataRefused

__all__ = ["DataFolder", "DataRefused", "load_all", "load_sample"]


@transaction.atomic
def load_all(folder: DataFolder | None = None) -> dict[str, int]:
    """Load everything. Returns {name: number of rows}. Raises DataRefused when a file is invalid."""
    folder = folder or DataFolder()
    folder.check()
    return _load(folder, codes=None, provinces=None, everything=True)


@transaction.atomic
def load_sample(
    codes: Collection[str] = (), provinces: Collection[str] = ("H18",), folder: DataFolder | None = None
) -> dict[str, int]:
    """Load these procedures and their offerings in these provinces, the territory that has agencies, all agencies and holidays;
    no national index, no communes of other provinces, no abolished units."""
    return _load(folder or DataFolder(), codes=set(codes), provinces=set(provinces), everything=False)


def _load(
    folder: DataFolder, *, codes: Collection[str] | None, provinces: Collection[str] | None, everything: bool
) -> dict[str, int]:
    units = territory.load(folder, everything=everything)
    agencies = bodies.load(folder, units)
    holidays = calendar.load(folder)
    chosen = [row for row in folder.procedures() if codes is None or row["code"] in codes]
    entries = index.load(folder, chosen, everything=everything)
    publishing.publish(folder, chosen, entries)
    offerings = places.load(folder, entries, agencies, units, codes=codes, provinces=provinces)
    events = life_events.load(folder, entries)
    return {
        "units": len(units),
        "agencies": len(agencies),
        "holidays": holidays,
        "procedures": len(entries),
        "published": len(chosen),
        "offerings": offerings,
        "life_events": events,
    }
