"""Loads the 11 + 11 life events of the national portal and their procedures."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify

from portal.common.provenance import ProvenanceQuerySet, key_of, removed_keys, set_shipped
from portal.common.vietnamese import fold
from procedures.loading.folder import DataFolder
from procedures.loading.rows import upsert
from procedures.models import LifeEvent, LifeEventEntry, Procedure

AUDIENCES = {"CITIZEN": "citizen", "BUSINESS": "business"}


def load(folder: DataFolder, entries: Mapping[str, Procedure]) -> int:
    """Returns the number of events. Procedures that are not in the catalogue are left out."""
    groups = folder.read("life_events.json")["groups"]
    events = upsert(LifeEvent, "code", {group["code"]: _values(group) for group in groups})
    wanted = [entry for group in groups if group["code"] in events for entry in _entries(group, events[group["code"]], entries)]
    _upsert_entries(wanted, LifeEventEntry.objects.filter(event__in=events.values(), procedure__in=entries.values()))
    return len(events)


def _upsert_entries(wanted: list[LifeEventEntry], rows: ProvenanceQuerySet) -> None:
    """Make, order and remove shipped entries; those that people made or removed stay so."""
    there, gone = {key_of(row): row for row in rows}, removed_keys(LifeEventEntry)
    by_key = {key_of(entry): entry for entry in wanted}
    LifeEventEntry.objects.bulk_create([entry for key, entry in by_key.items() if key not in there and key not in gone])
    changed = [row for key, row in there.items() if key in by_key and set_shipped(row, {"order": by_key[key].order})]
    LifeEventEntry.objects.bulk_update(changed, ["order"])
    vanished = [row.pk for key, row in there.items() if key not in by_key and not row.set_by_people]
    old = LifeEventEntry.objects.filter(pk__in=vanished)
    old._raw_delete(old.db)  # not by people: they may be shipped again


def _values(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "slug": slugify(fold(group["name"])),
        "name": group["name"],
        "audience": AUDIENCES[group["audience"]],
        "order": group["order"],
        "certainty": group["certainty"],
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
