"""Loads the 11 + 11 life events of the national portal with their procedures, our own groups, and the homes of the sectors."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify

from portal.common.provenance import ProvenanceQuerySet, key_of, removed_keys, set_shipped
from portal.common.vietnamese import fold
from procedures.loading.folder import DataFolder
from procedures.loading.rows import upsert
from procedures.models import LifeEvent, LifeEventEntry, LifeEventSector, Procedure, Sector

AUDIENCES = {"CITIZEN": "citizen", "BUSINESS": "business"}


def load(folder: DataFolder, procedures: Mapping[str, Procedure]) -> int:
    """Returns the number of events. Procedures that are not in the catalogue are left out."""
    groups, ours = folder.read("life_events.json")["groups"], folder.read("life_event_sectors.json")
    wanted = {group["code"]: _values(group) for group in [*groups, *ours["groups"]]}
    events = upsert(LifeEvent, "code", wanted)
    entries = [
        entry for group in groups if group["code"] in events for entry in _entries(group, events[group["code"]], procedures)
    ]
    _upsert(entries, LifeEventEntry.objects.filter(event__in=events.values(), procedure__in=procedures.values()), ["order"])
    sectors = {sector.code: sector for sector in Sector.objects.all()}
    homes = [
        LifeEventSector(event=events[event], sector=sectors[row["field_code"]])
        for row in ours["sectors"]
        for event in row["events"]
        if row["field_code"] in sectors and event in events
    ]
    _upsert(homes, LifeEventSector.objects.filter(event__in=events.values()), [])
    return len(events)


def _upsert(wanted: list[Any], rows: ProvenanceQuerySet, columns: list[str]) -> None:
    """Make, change and remove shipped rows of one table; those that people made or removed stay so."""
    there, gone = {key_of(row): row for row in rows}, removed_keys(rows.model)
    by_key = {key_of(row): row for row in wanted}
    rows.model.objects.bulk_create([row for key, row in by_key.items() if key not in there and key not in gone])
    values = {key: {name: getattr(row, name) for name in columns} for key, row in by_key.items()}
    changed = [row for key, row in there.items() if key in by_key and set_shipped(row, values[key])]
    if changed:
        rows.model.objects.bulk_update(changed, [*columns, "shipped_says"])
    vanished = [row.pk for key, row in there.items() if key not in by_key and not row.set_by_people]
    old = rows.model.objects.filter(pk__in=vanished)
    old._raw_delete(old.db)  # not by people: they may be shipped again


def _values(group: dict[str, Any]) -> dict[str, Any]:
    """The columns of a group; our own groups say no certainty."""
    return {
        "slug": slugify(fold(group["name"])),
        "name": group["name"],
        "audience": AUDIENCES[group["audience"]],
        "order": group["order"],
        "certainty": group.get("certainty", "demo"),
    }


def _entries(group: dict[str, Any], event: LifeEvent, procedures: Mapping[str, Procedure]) -> list[LifeEventEntry]:
    """Entries in order: our own choice first (no subgroup), then the subgroups of the national portal."""
    listed = [("", code) for code in group["sample_procedures"]]
    listed += [(part["name"], code) for part in group["subgroups"] for code in part["procedures"]]
    known = [(subgroup, code) for subgroup, code in dict.fromkeys(listed) if code in procedures]
    return [
        LifeEventEntry(event=event, procedure=procedures[code], subgroup=subgroup, order=order)
        for order, (subgroup, code) in enumerate(known)
    ]
