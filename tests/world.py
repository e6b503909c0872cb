"""Test data: real procedures and forms, the agencies of one commune and its province."""

import functools
import json

from django.conf import settings

from accounts.models import AdministrativeUnit, Agency, OfficeHours
from accounts.unit_search import search_text
from payments.models import CollectionPoint
from portal.common import clock
from portal.common.vietnamese import sort_key
from procedures import loading
from procedures.eforms import expanded_form
from procedures.models import Holiday, Offering, Procedure, ProcedureVersion, Sector, Terminal, UndecidedHoliday
from tests import snapshots

UNITS = ["11", "11.X004", "11.X005", "68", "68.X001", "44"]
AGENCIES = ["H18", "H18.Z01", "H18.Y14", "H18.X004", "H18.X004.CA", "H18.X004.HC", "H18.X005.CA", "H36.X001.CA"]


@functools.cache
def document(name):
    """A parsed file of data/."""
    return json.loads((settings.DATA_DIR / name).read_text("utf-8"))


def place(code):
    """An administrative unit from the data, with its province."""
    found = AdministrativeUnit.objects.filter(code=code).first()
    if found:
        return found
    row = next(row for row in document("agencies.json")["administrative_units"] if row["code"] == code)
    return AdministrativeUnit.objects.create(
        code=code,
        kind=row["kind"],
        name=row["name"],
        short_name=row["short"],
        sort_key=sort_key(row["name"]),
        search_text=search_text(row["short"], row["name"], [place(row["parent"]).name] if row["parent"] else []),
        parent=place(row["parent"]) if row["parent"] else None,
        agency_code=row.get("agency_code") or "",
    )


def agency(code):
    """An agency from the data, with its desk and hours."""
    found = Agency.objects.filter(code=code).first()
    if found:
        return found
    row = next(row for row in document("agencies.json")["agencies"] if row["code"] == code)
    desk = row["desk"] or {}
    return Agency.objects.create(
        code=code,
        name=row["name"],
        kind=row["kind"],
        sub_kind=row.get("sub_kind") or "",
        unit=place(row["unit"]) if row["unit"] else None,
        desk_name=desk.get("name", ""),
        desk_address=desk.get("address", ""),
        desk_phone=desk.get("phone", ""),
        hours=office_hours(desk["hours"]) if desk else None,
        demo=row["demo"],
    )


def office_hours(key):
    row = document("agencies.json")["reception_hours"][key]
    return OfficeHours.objects.get_or_create(key=key, defaults={"intervals": {d: row[d] for d in ("mon_fri", "sat")}})[0]


def procedure(code):
    """A curated procedure with its published version 1."""
    found = Procedure.objects.filter(code=code).first()
    if found:
        return found
    facts = next(row for row in document("procedures.json")["procedures"] if row["code"] == code)
    sector = Sector.objects.get_or_create(code=facts["field"]["code"], defaults={"name": facts["field"]["name"]})[0]
    meta = document("procedures.json")["meta"]
    entry = Procedure.objects.create(
        code=code,
        name=facts["name"],
        short_name=facts["short_name"],
        sector=sector,
        declared_level=facts["declared_level"],
        listed=True,
    )
    version = ProcedureVersion.objects.create(
        procedure=entry,
        number=1,
        state="published",
        effective_from="2025-07-01",
        published_at=clock.now(),
        declared_level=facts["declared_level"],
        form_key=facts["form_key"] or "",
        document={
            "procedure": facts,
            "form": expanded_form(facts["form_key"], document("forms.json")) if facts["form_key"] else None,
            "code_lists": meta["code_lists"],
            "defaults": meta["defaults"],
            "amount_set_later": [],
        },
    )
    entry.current, entry.listed = version, False
    entry.save()
    return entry


def offering(code, receiving_agency, lead=None):
    """An offering of this procedure at a desk, with the processing steps from the data."""
    entry, desk = procedure(code), agency(receiving_agency)
    lead = agency(lead) if lead else desk
    found = Offering.objects.filter(procedure=entry, agency=lead).first()
    if found:
        return found
    rule = next(row for row in document("offerings_demo.json")["rules"] if row["procedure"] == code)
    steps = [
        {**s, "agency": {"received": desk.code, "lead": lead.code}.get(s["agency"], s["agency"])}
        for s in rule["processing_steps"]
    ]
    code_of_terminal = document("offerings_demo.json")["gateway_terminals"][lead.province_code].get(rule["gateway_terminal"])
    point = collection_point(code_of_terminal)
    return Offering.objects.create(
        procedure=entry,
        agency=lead,
        receiving_agency=desk,
        lead_agency=lead,
        province_code=lead.province_code,
        unit_code=lead.unit.code if lead.unit else "",
        delivery_ways=rule["delivery_ways"],
        electronic_result=rule["electronic_result"],
        no_result=rule["no_result"],
        processing_steps=steps,
        duty={"main": {"login": f"{desk.code}.tn1".lower(), "name": "Lò Thị Hoa"}},
        terminal=point.terminal if point else None,
    )


def collection_point(code):
    """The collection point from the data with its terminal; None when the code is unknown."""
    for row in document("collection_points_demo.json")["points"]:
        if row["code"] == code:
            facts = {name: value for name, value in row.items() if name not in ("code", "certainty")}
            return CollectionPoint.objects.get_or_create(terminal=terminal(code), defaults={**facts, "demo": True})[0]


def terminal(code):
    return Terminal.objects.get_or_create(code=code)[0]


def holidays():
    """The holidays from the data."""
    data = document("holidays.json")
    rows = [row for year in data["years"].values() for row in year]
    Holiday.objects.bulk_create(
        [Holiday(date=row["date"], name=row["name"], kind=row["kind"]) for row in rows], ignore_conflicts=True
    )
    if not UndecidedHoliday.objects.exists():
        for row in data["undecided"]:
            days = [option[end] for option in row["options"] for end in ("off_from", "off_to")]
            UndecidedHoliday.objects.create(name=row["name"], first_on=min(days), last_on=max(days))


def load_sample(codes=(), provinces=("H18",)):
    """`procedures.loading.load_sample` with a snapshot for each combination of codes and provinces."""
    key = ("load_sample", tuple(sorted(codes)), tuple(sorted(provinces)))
    return snapshots.kept(key, lambda: loading.load_sample(codes=codes, provinces=provinces))


def country():
    """All provinces and communes, as a real page lists them."""
    loading.territory.load(loading.DataFolder())
    loading.territory.analyse()


def local_answers(form_key):
    """The sample answers of a form, with every address in the test data."""
    home = {"province": "11", "commune": "11.X004", "detail": "Số 5, tổ dân phố 3"}
    answers = sample_answers(form_key)
    return {key: home if isinstance(value, dict) and "commune" in value else value for key, value in answers.items()}


def sample_answers(form_key):
    """Complete, valid answers of a form, from data/samples."""
    return json.loads((settings.DATA_DIR / "samples" / f"{form_key}.json").read_text("utf-8"))["answers"]
