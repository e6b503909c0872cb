"""Loads agencies with their desks and reception hours."""

from collections.abc import Mapping
from typing import Any

from accounts.models import AdministrativeUnit, Agency, OfficeHours
from portal.common.provenance import set_shipped
from procedures.loading.folder import DataFolder
from procedures.loading.rows import BATCH, day, upsert


def load(folder: DataFolder, units: Mapping[str, AdministrativeUnit]) -> dict[str, Agency]:
    """Returns {code: Agency}. Parents and successors are set in a second pass, when every agency has an id."""
    document = folder.read("agencies.json")
    hours = upsert(OfficeHours, "key", {key: _hours(row) for key, row in document["reception_hours"].items()})
    rows = {row["code"]: row for row in document["agencies"]}
    agencies = upsert(Agency, "code", {code: _values(row, units, hours) for code, row in rows.items()})
    moved = [agency for code, agency in agencies.items() if _relate(agency, rows[code], agencies)]
    Agency.objects.bulk_update(moved, ["parent", "successor", "shipped_says"], batch_size=BATCH)
    return agencies


def _hours(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "intervals": {days: row[days] for days in ("mon_fri", "sat")},
        "note": row.get("note", ""),
        "certainty": row["certainty"],
    }


def _values(row: dict[str, Any], units: Mapping[str, AdministrativeUnit], hours: Mapping[str, OfficeHours]) -> dict[str, Any]:
    desk = row["desk"] or {}
    return {
        "code_certainty": row["code_certainty"],
        "name": row["name"],
        "kind": row["kind"],
        "sub_kind": row.get("sub_kind") or "",
        "unit_id": units[row["unit"]].pk if row["unit"] else None,
        "valid_from": day(row["valid_from"]),
        "valid_to": day(row["valid_to"]),
        "desk_name": desk.get("name", ""),
        "desk_address": desk.get("address", ""),
        "desk_phone": desk.get("phone", ""),
        "hours_id": hours[desk["hours"]].pk if desk.get("hours") in hours else None,
        "demo": row["demo"],
    }


def _relate(agency: Agency, row: dict[str, Any], agencies: Mapping[str, Agency]) -> bool:
    """Set parent and successor, unless people set them; True when one of them changed."""
    parent, successor = agencies.get(row["parent"] or ""), agencies.get(row.get("successor") or "")
    values = {"parent_id": parent.pk if parent else None, "successor_id": successor.pk if successor else None}
    return set_shipped(agency, values)
