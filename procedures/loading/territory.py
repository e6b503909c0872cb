"""Loads provinces and communes of the whole country, and the communes, districts and provinces abolished on 1 July 2025.

agencies.json holds the provinces and the communes that have agencies here, with our own codes; communes.json holds all communes
with the old units they came from. Where the two differ, agencies.json wins.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from accounts.models import AdministrativeUnit
from accounts.unit_search import search_text
from portal.common.vietnamese import sort_key
from procedures.loading.folder import DataFolder
from procedures.loading.rows import BATCH, day, upsert

MERGED_ON = dt.date(2025, 7, 1)  # start of the two-level local government
LAST_DAY = MERGED_ON - dt.timedelta(days=1)
OLD = "cu."  # codes of abolished units, see AdministrativeUnit
SECOND_HAND = "seen (second-hand)"
Row = dict[str, Any]
# First word of a name → kind; the name as it is written (the source writes «Thị Xã» and «Thị xã»).
KINDS = {
    "Thị trấn": "thi_tran",
    "Thị xã": "thi_xa",
    "Thành phố": "thanh_pho",
    "Phường": "phuong",
    "Xã": "xa",
    "Quận": "quan",
    "Huyện": "huyen",
    "Tỉnh": "tinh",
}


def load(folder: DataFolder, *, everything: bool = True) -> dict[str, AdministrativeUnit]:
    """Returns {code: AdministrativeUnit} of the units in force. Without `everything` only those of agencies.json."""
    rows = folder.read("agencies.json")["administrative_units"]
    country = folder.read("communes.json")["communes"] if everything else []
    official = {row["our_code"]: row["code"] for row in country if "our_code" in row}
    names = {row["code"]: row["name"] for row in rows if not row["parent"]}
    provinces = upsert(AdministrativeUnit, "code", {row["code"]: _values(row) for row in rows if not row["parent"]})
    communes = {
        row["code"]: _values(row, provinces[row["parent"]], names[row["parent"]], official.get(row["code"], ""))
        for row in rows
        if row["parent"]
    }
    communes |= {
        row["code"]: _second_hand(row, provinces[row["province"]], names[row["province"]])
        for row in country
        if "our_code" not in row
    }
    units = provinces | upsert(AdministrativeUnit, "code", communes)
    if everything:
        _load_old(country, units)
    return units


def _values(row: Row, province: AdministrativeUnit | None = None, province_name: str = "", official: str = "") -> dict[str, Any]:
    return {
        "official_code": official or ("" if row["parent"] else row["code"]),
        "kind": row["kind"],
        "name": row["name"],
        "short_name": row["short"],
        "sort_key": sort_key(row["short"]),
        "search_text": search_text(row["short"], row["name"], [province_name] if province else []),
        "parent_id": province.pk if province else None,
        "valid_from": day(row["valid_from"]),
        "valid_to": day(row["valid_to"]),
        "merged_from": row["merged_from"],
        "agency_code": row.get("agency_code") or "",
        "certainty": row["code_certainty"],
    }


def _second_hand(row: Row, province: AdministrativeUnit, province_name: str) -> dict[str, Any]:
    """A commune that only communes.json has."""
    return {
        "official_code": row["code"],
        "kind": row["kind"],
        "name": row["name"],
        "short_name": row["short"],
        "sort_key": sort_key(row["short"]),
        "search_text": search_text(row["short"], row["name"], [province_name]),
        "parent_id": province.pk,
        "valid_from": MERGED_ON,
        "valid_to": None,
        "merged_from": [],
        "agency_code": "",
        "certainty": SECOND_HAND,
    }


# ---------------------------------------------------------------- what was abolished
def _load_old(country: list[Row], units: dict[str, AdministrativeUnit]) -> None:
    """Old provinces, districts and communes, each under the one above, and who succeeds them."""
    old = _OldUnits(country, units)
    provinces = upsert(AdministrativeUnit, "code", {code: old.values(name, []) for name, code in old.provinces.items()})
    above = {name: provinces[code] for name, code in old.provinces.items()} | old.unchanged
    districts = upsert(
        AdministrativeUnit, "code",
        {code: old.values(name, [province], above[province]) for (name, province), code in old.districts.items()},
    )  # fmt: skip
    communes = upsert(
        AdministrativeUnit, "code",
        {
            code: old.values(name, [district, province], districts[old.districts[district, province]], code.removeprefix(OLD))
            for code, (name, district, province) in old.communes.items()
        },
    )  # fmt: skip
    _succeed(provinces | districts | communes, old.successors)


class _OldUnits:
    """The old units of communes.json. Districts and provinces have no codes there; they get that of their first commune."""

    def __init__(self, country: list[Row], units: dict[str, AdministrativeUnit]):
        self.communes: dict[str, tuple[str, str, str]] = {}  # {code: (name, district, province)}
        self.districts: dict[tuple[str, str], str] = {}  # {(name, province): code}
        self.provinces: dict[str, str] = {}  # {name: code}
        self.unchanged: dict[str, AdministrativeUnit] = {}  # {name: unit} of the provinces that were not merged and still exist
        self.successors: dict[str, set[str]] = defaultdict(set)  # {code of an old unit: codes of those in force}
        still = {unit.name: unit for unit in units.values() if unit.is_province and len(unit.merged_from) == 1}
        for row in country:
            for part in row["merged_from"]:
                name, district, province = (_tidy(piece) for piece in part["name"].split(", "))
                self.communes[OLD + part["code"]] = name, district, province
                self._note(self.districts, (district, province), f"{OLD}h{part['code']}")
                if province in still:
                    self.unchanged[province] = still[province]
                else:
                    self._note(self.provinces, province, f"{OLD}t{part['code']}")
        for row in country:
            now = row.get("our_code") or row["code"]
            for part in row["merged_from"]:
                _name, district, province = self.communes[OLD + part["code"]]
                self.successors[OLD + part["code"]].add(now)
                self.successors[self.districts[district, province]].add(now)
                if province in self.provinces:
                    self.successors[self.provinces[province]].add(row["province"])

    @staticmethod
    def _note(codes: dict[Any, str], key: Any, code: str) -> None:
        codes[key] = min(code, codes.get(key, code))

    def values(
        self, name: str, within: Iterable[str], parent: AdministrativeUnit | None = None, official: str = ""
    ) -> dict[str, Any]:
        kind, short = _kind_of(name)
        return {
            "official_code": official,
            "kind": "thanh_pho_tw" if kind == "thanh_pho" and not within else kind,
            "name": name,
            "short_name": short,
            "sort_key": sort_key(short),
            "search_text": search_text(short, name, within),
            "parent_id": parent.pk if parent else None,
            "valid_from": None,
            "valid_to": LAST_DAY,
            "merged_from": [],
            "agency_code": "",
            "certainty": SECOND_HAND,
        }


def _tidy(name: str) -> str:
    """«Thị Xã Mường Lay» as «Thị xã Mường Lay»."""
    return next((word + name[len(word) :] for word in KINDS if name.lower().startswith(word.lower() + " ")), name)


def _kind_of(name: str) -> tuple[str, str]:
    """(kind, name without it) of a tidy name."""
    word = next(word for word in KINDS if name.startswith(word + " "))
    return KINDS[word], name[len(word) + 1 :]


def _succeed(old: Mapping[str, AdministrativeUnit], successors: Mapping[str, set[str]]) -> None:
    """Write the rows of `successors`; rows that the data no longer have are deleted."""
    through = AdministrativeUnit.successors.through
    codes = {code for now in successors.values() for code in now}
    keys = dict(AdministrativeUnit.objects.filter(code__in=codes).values_list("code", "pk"))
    wanted = {(old[code].pk, keys[now]) for code, found in successors.items() for now in found}
    there = {
        (row.from_administrativeunit_id, row.to_administrativeunit_id): row.pk
        for row in through.objects.filter(from_administrativeunit__code__startswith=OLD)
    }
    through.objects.filter(pk__in=[pk for pair, pk in there.items() if pair not in wanted]).delete()
    new = [through(from_administrativeunit_id=a, to_administrativeunit_id=b) for a, b in sorted(wanted - there.keys())]
    through.objects.bulk_create(new, batch_size=BATCH)
    if new:
        analyse()


def analyse() -> None:
    """Have PostgreSQL count the rows now: until it has, it plans the search as if the tables were empty."""
    tables = (AdministrativeUnit._meta.db_table, AdministrativeUnit.successors.through._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
