"""Loads provinces and communes. The search text contains the current names and those before the mergers of 2025."""

from typing import Any

from accounts.models import AdministrativeUnit
from portal.common.vietnamese import fold, sort_key
from procedures.loading.folder import DataFolder
from procedures.loading.rows import day, upsert

SEARCH_TEXT_LENGTH = 500


def load(folder: DataFolder) -> dict[str, AdministrativeUnit]:
    """Returns {code: AdministrativeUnit}. Provinces are loaded first, because communes refer to them."""
    rows = folder.read("agencies.json")["administrative_units"]
    provinces = upsert(AdministrativeUnit, "code", {row["code"]: _values(row) for row in rows if not row["parent"]})
    communes = {row["code"]: _values(row, provinces[row["parent"]].pk) for row in rows if row["parent"]}
    return provinces | upsert(AdministrativeUnit, "code", communes)


def _values(row: dict[str, Any], parent_id: int | None = None) -> dict[str, Any]:
    names = " | ".join(fold(name) for name in [row["name"], *row["merged_from"]])
    return {
        "kind": row["kind"],
        "name": row["name"],
        "short_name": row["short"],
        "sort_key": sort_key(row["short"]),
        "search_text": names[:SEARCH_TEXT_LENGTH],
        "parent_id": parent_id,
        "valid_from": day(row["valid_from"]),
        "valid_to": day(row["valid_to"]),
        "merged_from": row["merged_from"],
        "agency_code": row.get("agency_code") or "",
        "certainty": row["code_certainty"],
    }
