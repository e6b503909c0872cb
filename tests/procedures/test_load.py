"""Loading data/: complete, idempotent; a changed file makes a new version and does not change the old one."""

import datetime as dt
import json
import re
import shutil

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AdministrativeUnit, Agency
from procedures.loading import DataFolder, DataRefused, load_all, load_sample, territory
from procedures.models import (
    Filing,
    Holiday,
    LifeEvent,
    LocalFee,
    Offering,
    Procedure,
    ProcedureVersion,
    Sector,
    Terminal,
    UndecidedHoliday,
)
from tests import factories, reference
from tests.portal.test_weight import LIMIT, weight

pytestmark = pytest.mark.django_db
RESIDENCE = "1.010041"


def offering_key(offering):
    return f"{offering.procedure.code}@{offering.agency.code}"


@pytest.fixture
def folder(tmp_path):
    """A copy of the data folder that a test may change."""
    shutil.copytree(settings.DATA_DIR, tmp_path / "data")
    return tmp_path / "data"


def change(folder, name, edit):
    document = json.loads((folder / name).read_text("utf-8"))
    edit(document)
    (folder / name).write_text(json.dumps(document, ensure_ascii=False), "utf-8")


@pytest.mark.slow
def test_the_whole_catalogue_arrives_and_agrees_with_the_reference_reading(client):
    counts = load_all()

    assert counts | {"holidays": 0} == {
        "units": 34 + 3321,
        "agencies": 866,
        "holidays": 0,
        "procedures": 5473,
        "published": 77,
        "offerings": 10421,
        "life_events": 34,
    }
    check = reference.module("check")
    rules = reference.load("offerings_demo.json")
    wanted = {row["key"]: row for row in check.expand(rules, reference.load("agencies.json")["agencies"])}
    rows = Offering.objects.select_related("procedure", "agency", "receiving_agency", "lead_agency")
    found = {offering_key(row): row for row in rows}
    assert found.keys() == wanted.keys()
    for key, row in found.items():
        if row.filing == Filing.HERE:
            assert row.receiving_agency.code == wanted[key]["received"]["code"]
            assert row.lead_agency.code == wanted[key]["lead"]["code"]
            assert row.processing_steps == wanted[key]["steps"]
            assert row.duty["main"]["name"] == check.person(rules, wanted[key]["duty"]["main"])
    assert LocalFee.objects.count() == len(rules["local_fees"])
    assert Procedure.objects.filter(listed=True).count() == 5473 - 77

    every_procedure_is_two_clicks_from_a_life_event(client)

    before = list(Offering.objects.order_by("pk").values_list("pk", flat=True)), ProcedureVersion.objects.count()
    load_all()
    assert before == (list(Offering.objects.order_by("pk").values_list("pk", flat=True)), ProcedureVersion.objects.count())


def every_procedure_is_two_clicks_from_a_life_event(client):
    """Each card of the home page opens; its sectors lead to every procedure; a page is small."""

    def links(address, start):
        page = client.get(address).content
        assert weight(page.decode()) < LIMIT, address
        return {f"{start}{rest}" for rest in re.findall(rf'href="{re.escape(start)}([^"]+)"', page.decode())}

    cards = links("/", "/su-kien/")
    assert len(cards) == LifeEvent.objects.count() == 34
    sectors = set().union(*(links(card, "/linh-vuc/") for card in cards))
    assert len(sectors) == Sector.objects.count() == 289 and links("/linh-vuc/", "/linh-vuc/") == sectors
    reached = set()
    for sector in sectors:
        for page in links(sector, "?trang=") | {""}:
            reached |= links(sector + page, "/thu-tuc/")
    assert {address.split("/")[2] for address in reached if address.count("/") > 2} == set(
        Procedure.objects.values_list("code", flat=True)
    )


def test_a_sample_is_enough_for_tests_and_brings_the_ground_with_it():
    load_sample(codes=[RESIDENCE])

    assert list(Procedure.objects.values_list("code", flat=True)) == [RESIDENCE]
    assert set(Offering.objects.values_list("province_code", flat=True)) == {"H18"}
    assert AdministrativeUnit.objects.count() == 281 and LifeEvent.objects.count() == 34
    assert Agency.objects.get(code="G07").successor.code == "G09"
    assert Agency.objects.get(code="H18.X004.CA").parent.code == "H18.Z01"
    assert Holiday.objects.filter(kind="swap_working_day").exists()
    tet = UndecidedHoliday.objects.earliest("first_on")
    assert (tet.first_on.isoformat(), tet.last_on.isoformat()) == ("2027-02-04", "2027-02-14")


def test_the_territory_of_the_country_and_what_was_abolished():
    territory.load(DataFolder())
    units = AdministrativeUnit.objects
    today = dt.date(2026, 11, 28)

    assert units.communes().in_force(today).count() == 3321 and units.provinces().in_force(today).count() == 34
    assert units.filter(valid_to=dt.date(2025, 6, 30)).values_list("kind").distinct().count() == 9
    assert not units.exclude(valid_to=None).filter(successors=None).exists(), "every abolished unit has successors"
    ours = units.get(code="11.X004")
    assert (ours.official_code, ours.parent.code) == ("03127", "11"), "our code is kept, the official one stands beside it"
    assert units.get(code="68.X004").name == "Phường B’Lao", "agencies.json wins"
    old = units.get(name="Phường Điện Biên", parent__name="Quận Ba Đình")
    assert old.full_name == "Phường Điện Biên, Quận Ba Đình, Thành phố Hà Nội" and old.successors.count() > 1
    assert old.parent.parent.code == "01", "a province that was not merged is still there"
    assert [unit.code for unit in units.get(name="Tỉnh Kiên Giang").successors.all()] == ["91"]

    before = list(units.order_by("pk").values_list("pk", "code", "search_text")), units.model.successors.through.objects.count()
    with CaptureQueriesContext(connection) as queries:
        territory.load(DataFolder())
    assert before == (
        list(units.order_by("pk").values_list("pk", "code", "search_text")),
        units.model.successors.through.objects.count(),
    )
    assert not [query["sql"][:80] for query in queries if not query["sql"].startswith("SELECT")]


def test_a_version_holds_what_the_portal_needs_for_ever():
    load_sample(codes=[RESIDENCE])
    version = Procedure.objects.get(code=RESIDENCE).current

    assert (version.number, version.state, version.published_by) == (1, "published", None)
    assert version.document.keys() == {"procedure", "form", "code_lists", "defaults", "amount_set_later"}
    assert version.document["form"]["grammar"] == version.grammar == 1
    assert version.document["procedure"] == reference.procedures()[RESIDENCE]


def test_changed_data_become_a_new_version_and_dossiers_keep_theirs(folder):
    load_sample(codes=[RESIDENCE])
    procedure = Procedure.objects.get(code=RESIDENCE)
    first = procedure.current
    draft = factories.Desk().draft(version=first)

    def rename(document):
        next(row for row in document["procedures"] if row["code"] == RESIDENCE)["short_name"] = "Giấy xác nhận nơi ở"

    change(folder, "procedures.json", rename)
    load_sample(codes=[RESIDENCE], folder=DataFolder(folder))

    procedure.refresh_from_db()
    first.refresh_from_db()
    draft.refresh_from_db()
    assert (procedure.current.number, procedure.short_name) == (2, "Giấy xác nhận nơi ở")
    assert (first.state, draft.version_id) == ("retired", first.pk)
    assert "giay xac nhan noi o" in procedure.search_folded


def test_what_people_have_made_their_own_is_not_written_over(folder):
    load_sample(codes=[RESIDENCE])
    own, demo = Offering.objects.order_by("pk")[:2]
    Offering.objects.filter(pk=own.pk).update(certainty="", terminal=Terminal.objects.create(code="RIENG"))
    Offering.objects.filter(pk=demo.pk).update(terminal=Terminal.objects.create(code="CU"))

    load_sample(codes=[RESIDENCE], folder=DataFolder(folder))

    assert Offering.objects.get(pk=own.pk).terminal_id == "RIENG"
    assert Offering.objects.get(pk=demo.pk).terminal_id != "CU"


@pytest.mark.slow
def test_an_offering_without_a_rule_ends_and_stays_for_its_dossiers(folder):
    load_sample(codes=[RESIDENCE])

    def narrow(document):
        next(rule for rule in document["rules"] if rule["procedure"] == RESIDENCE)["applies_to"]["unit"] = ["11.X004"]

    change(folder, "offerings_demo.json", narrow)
    load_sample(codes=[RESIDENCE], folder=DataFolder(folder))

    assert [row.unit_code for row in Offering.objects.current()] == ["11.X004"]
    assert Offering.objects.count() > 1


def test_procedures_of_central_bodies_are_shown_but_filed_elsewhere():
    load_sample(codes=["1.015002"])
    offering = Offering.objects.get()
    assert (offering.filing, offering.receiving_agency, offering.agency.code) == (Filing.ELSEWHERE, None, "G06.19")


def test_a_file_that_breaks_its_schema_is_refused_with_the_place(folder):
    change(folder, "procedures.json", lambda document: document["procedures"][3].update(declared_level=9))
    with pytest.raises(DataRefused, match=r"procedures.json.*procedures/3"):
        load_all(DataFolder(folder))
    assert not Procedure.objects.exists()


def test_the_command_does_nothing_when_nothing_changed(folder, settings, tmp_path, capsys, monkeypatch):
    settings.DATA_DIR, settings.VAR_DIR = folder, tmp_path / "var"
    monkeypatch.setattr(
        "procedures.management.commands.load_data.load_all", lambda data: load_sample(codes=[RESIDENCE], folder=data)
    )
    call_command("load_data")
    assert "Đã nạp" in capsys.readouterr().out
    call_command("load_data")
    assert "không có gì đổi" in capsys.readouterr().out

    Holiday.objects.first().delete()
    call_command("load_data")
    assert "Đã nạp" in capsys.readouterr().out


def test_the_command_says_plainly_what_is_wrong(folder, settings, tmp_path):
    settings.DATA_DIR, settings.VAR_DIR = folder, tmp_path / "var"
    (folder / "agencies.json").unlink()
    with pytest.raises(CommandError, match="agencies.json"):
        call_command("load_data")
