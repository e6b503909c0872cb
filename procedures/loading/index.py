"""Loads the national index: one Procedure for each of its 5,473 entries, with the facts of the national database."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from portal.common.vietnamese import clean_text
from procedures.loading.folder import DataFolder
from procedures.loading.rows import upsert
from procedures.models import Procedure, Sector
from procedures.search.text import search_columns

FLAGS = ("local_only", "commune", "province", "central", "other_agency", "vertical", "full_process", "non_territorial")
CHANNELS = ("online", "direct", "postal")
NUMBERS = ("fee_min", "fee_max", "cases", "documents")
FROM_PAGES = ("name", "short_name", "declared_level", "search_exact", "search_folded", "rank")  # set by publishing from a page
LISTS = ("audience", "life_event_subgroups", "results")


def load(folder: DataFolder, curated: list[dict[str, Any]], *, everything: bool) -> dict[str, Procedure]:
    """Returns {code: Procedure}. Without `everything` only the curated procedures, with `audience` as their only fact."""
    known = {row["code"]: row for row in curated}
    form_codes = {form["key"]: form["form_code"] for form in folder.read("forms.json")["forms"]}
    rows = {row["code"]: row for row in folder.index_rows()} if everything else {}
    sectors = _sectors(list(rows.values()), curated)
    wanted = {code: _values(row, known.get(code), sectors, form_codes) for code, row in rows.items()}
    for code in known.keys() - rows.keys():
        wanted[code] = _values(None, known[code], sectors, form_codes)
    from_people = Q(current__published_by__isnull=False) | Q(current__imported_from__isnull=False)
    for row in Procedure.objects.filter(from_people, code__in=wanted):
        wanted[row.code] |= {name: getattr(row, name) for name in FROM_PAGES}
    return upsert(Procedure, "code", wanted)


def _sectors(rows: list[dict[str, str]], curated: list[dict[str, Any]]) -> dict[str, Sector]:
    """{code: Sector} of the rows and the curated procedures."""
    names = {row["field_code"]: row["field"] for row in rows}
    names |= {row["field"]["code"]: row["field"]["name"] for row in curated}
    return upsert(Sector, "code", {code: {"name": name} for code, name in names.items()})


def _values(
    row: dict[str, str] | None,
    curated: dict[str, Any] | None,
    sectors: Mapping[str, Sector],
    form_codes: Mapping[str, str | None],
) -> dict[str, Any]:
    """The columns of one entry: names from the curated file if there is one, facts from the index."""
    if curated is not None:
        facts = facts_of(row) if row else {"audience": curated["audience"]}
        code, name, short_name = curated["code"], curated["name"], curated["short_name"]
        sector = sectors[curated["field"]["code"]]
        promulgator, level = curated["promulgated_by"]["name"], curated["declared_level"]
    else:
        row = row or {}  # never empty: an entry is in the index or curated
        facts, code, name, short_name = facts_of(row), row["code"], row["name"], ""
        sector, promulgator, level = sectors[row["field_code"]], row["promulgator"], int(row["derived_level"])
    return {
        "name": name,
        "short_name": short_name,
        "sector_id": sector.pk,
        "promulgator": promulgator,
        "declared_level": level,
        "facts": facts,
        **search_columns(code, name, curated, facts, form_codes.get(curated["form_key"]) if curated else None),
    }


def facts_of(row: Mapping[str, str]) -> dict[str, Any]:
    """The CSV row as JSON values. Fees are not interpreted: 0 often means that the province decides (data/README.md)."""
    return {
        "field": row["field"],
        **{name: row[name] == "1" for name in FLAGS},
        "channels": [{"channel": name, "times": _times(row[f"time_{name}"])} for name in CHANNELS if row[name] == "1"],
        **{name: _number(row[name]) for name in NUMBERS},
        **{name: [part for part in row[name].split("|") if part] for name in LISTS},
        "has_template": row["has_template"] == "1",
        "decision": {"number": row["decision"], "date": row["decision_date"] or None},
        "updated": row["updated"] or None,
    }


def _times(text: str) -> list[dict[str, Any]]:
    """«3 working_day|5 day» as rows of {value, unit}, or {text} where the index has words instead of a number."""
    rows = []
    for part in text.split("|"):
        value, _, unit = part.rpartition(" ")
        number = _number(value)
        if number is not None:
            rows.append({"value": number, "unit": unit})
        elif value.strip(" -"):
            rows.append({"text": clean_text(value)})
    return rows


def _number(text: str) -> int | float | None:
    """The number of a text, or None."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number
