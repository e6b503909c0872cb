"""Loads offerings: the rules of offerings_demo.json expanded to one row per agency, terminals, and amounts of the provinces.

All data is invented for the demo. What people set in an offering or an amount is
not changed, nor is an offering that is no longer marked «demo».
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from accounts.models import AdministrativeUnit, Agency
from portal.common import clock
from portal.common.provenance import set_shipped
from procedures.loading.folder import DataFolder, DataRefused
from procedures.loading.rows import BATCH, day
from procedures.models import Filing, LocalFee, Offering, Procedure, Terminal

MARK = "demo"


def load(
    folder: DataFolder,
    entries: Mapping[str, Procedure],
    agencies: Mapping[str, Agency],
    units: Mapping[str, AdministrativeUnit],
    *,
    codes: Collection[str] | None,
    provinces: Collection[str] | None,
) -> int:
    """Returns the number of offerings. `codes`, `provinces`: only these (None: all)."""
    document = folder.read("offerings_demo.json")
    rules = [rule for rule in document["rules"] if codes is None or rule["procedure"] in codes]
    wanted = {}
    bodies = Bodies(agencies.values(), {unit.pk: unit.code for unit in units.values()})
    for rule in rules:
        for agency in bodies.offering(rule):
            if provinces is None or rule["filing"] == Filing.ELSEWHERE or agency.province_code in provinces:
                wanted[entries[rule["procedure"]].pk, agency.pk] = _values(rule, agency, bodies, document)
    _upsert_terminals(values["terminal_id"] for values in wanted.values())
    _upsert_offerings(wanted, [entries[rule["procedure"]] for rule in rules])
    _upsert_local_fees(document, entries, codes, provinces)
    return len(wanted)


class Bodies:
    """Finds agencies by code, kind and place, as the rules name them. Names are not unique and not used."""

    def __init__(self, agencies: Iterable[Agency], unit_codes: Mapping[int, str]) -> None:
        today = clock.today()
        self.unit_codes = unit_codes
        self.by_code: dict[str, Agency] = {}
        self.by_kind: dict[str, list[Agency]] = defaultdict(list)
        self.by_place: dict[tuple[str, int | str], list[Agency]] = defaultdict(list)
        for agency in agencies:
            if (agency.valid_from or today) <= today <= (agency.valid_to or today):
                self._add(agency)

    def _add(self, agency: Agency) -> None:
        self.by_code[agency.code] = agency
        for kind in {agency.kind, agency.sub_kind} - {""}:
            self.by_kind[kind].append(agency)
            self.by_place[kind, agency.unit_id].append(agency)
            self.by_place[kind, agency.province_code].append(agency)

    def unit_of(self, agency: Agency) -> str:
        """The code of an agency's territory, or ""."""
        return self.unit_codes.get(agency.unit_id, "")

    def offering(self, rule: dict[str, Any]) -> list[Agency]:
        """The agencies that a rule applies to."""
        if rule["filing"] == Filing.ELSEWHERE:
            return [self.by_code[rule["lead_agency"]]]
        to = rule["applies_to"]
        return [
            agency
            for agency in self.by_kind[to["agency_kind"]]
            if agency.province_code in to["province"] and (not to["unit"] or self.unit_of(agency) in to["unit"])
        ]

    def resolve(self, reference: str, agency: Agency) -> Agency | None:
        """The agency of «self», «kind:…» (same territory, else same province) or a code. None when none or several match."""
        if reference == "self":
            return agency
        if not reference.startswith("kind:"):
            return self.by_code.get(reference)
        kind = reference.removeprefix("kind:")
        found = self.by_place.get((kind, agency.unit_id)) or self.by_place.get((kind, agency.province_code), [])
        return found[0] if len(found) == 1 else None

    def named(self, reference: str, agency: Agency) -> Agency:
        """As `resolve`. Raises DataRefused when none or several match."""
        if (found := self.resolve(reference, agency)) is None:
            raise DataRefused(f"{agency.code}: {reference}")
        return found


def _values(rule: dict[str, Any], agency: Agency, bodies: Bodies, document: dict[str, Any]) -> dict[str, Any]:
    values = {
        "filing": rule["filing"],
        "province_code": agency.province_code,
        "unit_code": bodies.unit_of(agency),
        "delivery_ways": rule["delivery_ways"],
        "electronic_result": rule["electronic_result"],
        "no_result": rule.get("no_result", False),
        "certainty": rule["certainty"],
        "valid_from": None,
    }
    if rule["filing"] == Filing.ELSEWHERE:
        nowhere: dict[str, Any] = {
            "receiving_agency_id": None,
            "processing_steps": [],
            "duty": {},
            "terminal_id": None,
            "valid_to": None,
        }
        return {**values, **nowhere, "lead_agency_id": agency.pk}
    lead, received = bodies.named(rule["lead_agency"], agency), bodies.named(rule["received_at"], agency)
    terminals = document["gateway_terminals"][agency.province_code]
    return {
        **values,
        "receiving_agency_id": received.pk,
        "lead_agency_id": lead.pk,
        "processing_steps": [_step(step, agency, lead, received, bodies) for step in rule["processing_steps"]],
        "duty": {post: _person(login.format(received=received.code), document) for post, login in rule["duty"].items()},
        "terminal_id": terminals[rule["gateway_terminal"]] if rule["gateway_terminal"] else None,
        "valid_to": None,
    }


def _step(step: dict[str, Any], agency: Agency, lead: Agency, received: Agency, bodies: Bodies) -> dict[str, Any]:
    body = {"lead": lead, "received": received}.get(step["agency"]) or bodies.resolve(step["agency"], agency)
    return {**step, "agency": body.code if body else None}


def _person(login: str, document: dict[str, Any]) -> dict[str, str]:
    return {"login": login.lower(), "name": person_name(login, document["name_rule"])}


def person_name(login: str, rule: dict[str, Any]) -> str:
    """An invented name for a demo login («H18.X004.CA.tn1»): always the same for a login."""
    number = int(hashlib.sha256(login.encode()).hexdigest(), 16)
    parts = ((rule["ho"], 1), (rule["dem"], 97), (rule["ten"], 9973))
    return " ".join(names[number // divisor % len(names)] for names, divisor in parts)


def _upsert_terminals(codes: Iterable[str | None]) -> None:
    """Make the terminals named by the rules. An existing terminal is not changed, so that its switch is kept."""
    Terminal.objects.bulk_create([Terminal(code=code) for code in sorted(filter(None, set(codes)))], ignore_conflicts=True)


def _upsert_offerings(wanted: Mapping[Any, dict[str, Any]], procedures: Iterable[Procedure]) -> None:
    """Make new rows, update shipped ones, and end (yesterday) shipped rows that no rule gives any more."""
    there = {(row.procedure_id, row.agency_id): row for row in Offering.objects.filter(procedure__in=procedures)}
    new = [Offering(procedure_id=p, agency_id=a, **values) for (p, a), values in wanted.items() if (p, a) not in there]
    ours = {key: row for key, row in there.items() if row.certainty == MARK}
    changed = [row for key, row in ours.items() if key in wanted and set_shipped(row, wanted[key])]
    yesterday = {"valid_to": clock.today() - dt.timedelta(days=1)}
    unwanted = [row for key, row in ours.items() if key not in wanted and row.valid_to is None]
    ended = [row for row in unwanted if set_shipped(row, yesterday)]
    Offering.objects.bulk_create(new, batch_size=BATCH)
    if changed or ended:
        fields = [Offering._meta.get_field(name).name for name in next(iter(wanted.values()))]
        Offering.objects.bulk_update([*changed, *ended], [*fields, "shipped_says"], batch_size=BATCH)


def _upsert_local_fees(
    document: dict[str, Any], entries: Mapping[str, Procedure], codes: Collection[str] | None, provinces: Collection[str] | None
) -> None:
    wanted = {
        (row["province"], entries[row["procedure"]].pk, row["fee_line_key"], day(row["effective_from"])): {
            "amount": row["amount"],
            "effective_to": day(row["effective_to"]),
            "legal_ref": "" if row["legal_ref"] == MARK else row["legal_ref"],
            "certainty": row["certainty"],
        }
        for row in document["local_fees"]
        if (codes is None or row["procedure"] in codes) and (provinces is None or row["province"] in provinces)
    }
    rows = LocalFee.objects.filter(procedure__in={procedure for _province, procedure, _line, _day in wanted})
    there = {tuple(getattr(row, name) for name in LocalFee.SHIPPED_KEY): row for row in rows}
    keys = [key for key in wanted if key not in there]
    new = [LocalFee(**dict(zip(LocalFee.SHIPPED_KEY, key, strict=True)), **wanted[key]) for key in keys]
    changed = [row for key, row in there.items() if key in wanted and set_shipped(row, wanted[key])]
    LocalFee.objects.bulk_create(new, batch_size=BATCH)
    LocalFee.objects.bulk_update(changed, ["amount", "effective_to", "legal_ref", "certainty", "shipped_says"], batch_size=BATCH)
