"""Loads days off, swapped working days, and days off that are not decided yet."""

from typing import Any

from procedures.loading.folder import DataFolder
from procedures.loading.rows import day, upsert
from procedures.models import Holiday, UndecidedHoliday


def load(folder: DataFolder) -> int:
    """Returns the number of days. An undecided span reaches from the earliest to the latest day proposed."""
    document = folder.read("holidays.json")
    rows = [row for year in document["years"].values() for row in year]
    wanted = {day(row["date"]): {"name": row["name"], "kind": row["kind"], "certainty": row.get("certainty", "")} for row in rows}
    undecided = {row["name"]: _span(row["options"]) for row in document["undecided"]}
    upsert(UndecidedHoliday, "name", undecided)
    vanished = UndecidedHoliday.objects.exclude(name__in=undecided).filter(set_by_people=[])
    vanished._raw_delete(vanished.db)  # not by people: they may be shipped again
    return len(upsert(Holiday, "date", wanted))


def _span(options: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "first_on": day(min(option["off_from"] for option in options)),
        "last_on": day(max(option["off_to"] for option in options)),
    }
