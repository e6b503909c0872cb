"""Shipped data never overwrite what people set: tried for every table that is loaded, column by column."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from accounts.models import Agency, RemovedRow
from payments.models import CollectionPoint
from portal.common import clock
from portal.common.provenance import WHOLE_ROW, Provenance
from procedures.loading import load_sample
from procedures.models import Holiday, LifeEventEntry, LocalFee, Offering, UndecidedHoliday
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.procedures.office.test_drafts import shown_values

pytestmark = pytest.mark.django_db
CODES = ("3.000333", "1.000656")  # with a fee, with local fees
LOADED = [model for model in apps.get_models() if issubclass(model, Provenance)]


def load():
    load_sample(CODES)
    call_command("load_collection_points")


@pytest.fixture
def loaded(db):
    world.load_sample(CODES)
    call_command("load_collection_points")


def changeable(model):
    """The columns that can be given another value of the same kind without breaking a rule of the table."""
    kinds = (models.CharField, models.PositiveBigIntegerField, models.BooleanField, models.JSONField, models.DateField)
    for field in model._meta.concrete_fields:
        fixed = field.primary_key or field.unique or field.choices
        fixed = fixed or field.name in (*model.SHIPPED_KEY, "set_by_people", "shipped_says", "slug", "provider")
        if isinstance(field, kinds) and not fixed and not field.name.endswith(("_until", "_code", "certainty")):
            yield field


def another(field, value):
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.JSONField):
        return {**value, "x": [["08:00", "09:00"]]} if isinstance(value, dict) else [*value, {"key": "x"}]
    if isinstance(field, models.DateField):
        return field.to_python("2031-01-02")
    if isinstance(field, models.PositiveBigIntegerField):
        return (value or 0) + 1
    return f"x{value[1:]}" if value else "x"


def test_every_table_that_people_may_edit_says_where_its_rows_come_from():
    names = {model.__name__ for model in LOADED}
    wanted = "Agency OfficeHours Holiday UndecidedHoliday Offering LocalFee LifeEvent LifeEventEntry CollectionPoint"
    assert names >= set(wanted.split())
    assert all(model.SHIPPED_KEY for model in LOADED)


@pytest.mark.parametrize("model", LOADED, ids=lambda model: model.__name__)
def test_what_people_set_stays_and_the_rest_is_still_loaded(loaded, model):
    row = model.objects.order_by("pk").first()
    assert row is not None, "the sample needs a procedure that has one"
    assert row.set_by_people == [] and str(row.source) == "dữ liệu kèm theo"
    fields = list(changeable(model))
    before = {field.attname: getattr(row, field.attname) for field in fields}
    for field in fields:
        setattr(row, field.attname, another(field, before[field.attname]))
        row.save()
        load()
        row.refresh_from_db()
        assert getattr(row, field.attname) == another(field, before[field.attname]), field.name
        assert field.attname in row.set_by_people and "người sửa" in str(row.source)
        model.objects.filter(pk=row.pk).update(**{field.attname: before[field.attname], "set_by_people": []})
        row.refresh_from_db()


def test_a_desk_phone_set_by_an_administrator_stays_and_a_shipped_name_still_comes(loaded):
    agency = Agency.objects.get(code="H18.X004.CA")
    name = agency.name
    agency.desk_phone = "0215 382 5123"
    agency.save()
    Agency.objects.filter(pk=agency.pk).update(name="Tên cũ trong dữ liệu")
    load()
    agency.refresh_from_db()
    assert (agency.desk_phone, agency.name, agency.set_by_people) == ("0215 382 5123", name, ["desk_phone"])


def test_days_that_people_made_changed_or_removed_stay_so(loaded):
    first, second = Holiday.objects.order_by("date")[:2]
    second.kind, second.name = "swap_working_day", "Làm bù"
    second.save()
    day = first.date
    first.delete()
    own = Holiday.objects.create(date="2026-12-31", name="Nghỉ của tỉnh", kind="statutory")
    UndecidedHoliday.objects.all().delete()
    span = UndecidedHoliday.objects.create(name="Bão", first_on="2026-12-01", last_on="2026-12-02")
    for _again in range(2):
        load()
    second.refresh_from_db()
    own.refresh_from_db()
    assert (second.kind, second.name) == ("swap_working_day", "Làm bù") and own.set_by_people == [WHOLE_ROW]
    assert not Holiday.objects.filter(date=day).exists() and list(UndecidedHoliday.objects.all()) == [span]
    assert RemovedRow.objects.filter(table="procedures.Holiday", key=day.isoformat()).exists()


def test_an_offering_a_fee_and_an_account_of_people_stay(loaded):
    offering = Offering.objects.order_by("pk").first()
    offering.valid_to = None
    offering.duty = {"main": {"login": "nguoi.khac", "name": "Người Khác"}}
    offering.save()
    for fee in LocalFee.objects.all()[:1]:
        fee.effective_to = "2030-12-31"
        fee.save()
    point = CollectionPoint.objects.first()
    point.account_number = "9999"
    point.save()
    load()
    offering.refresh_from_db()
    point.refresh_from_db()
    assert offering.duty["main"]["login"] == "nguoi.khac" and point.account_number == "9999"
    assert all(str(fee.effective_to) == "2030-12-31" for fee in LocalFee.objects.all()[:1])


def test_entries_of_life_events_that_people_made_or_removed_stay(loaded):
    entry = LifeEventEntry.objects.first()
    key = (entry.event_id, entry.procedure_id, entry.subgroup)
    entry.delete()
    own = LifeEventEntry.objects.create(event_id=key[0], procedure_id=key[1], subgroup="Của tỉnh", order=3)
    load()
    assert not LifeEventEntry.objects.filter(event=key[0], procedure=key[1], subgroup=key[2]).exists()
    assert LifeEventEntry.objects.filter(pk=own.pk).exists()


def test_what_a_later_load_says_of_columns_of_people_is_noted_and_shown(loaded):
    """Until people take it over; a value that is set back to the shipped one differs no more."""
    agency = Agency.objects.get(code="H18.X004.HC")
    shipped = agency.desk_phone
    agency.desk_phone = "0215 382 5123"
    agency.save(update_fields=["desk_phone"])
    offering = Offering.objects.filter(agency__code="H18.X004").first()
    lead, offering.lead_agency = offering.lead_agency, Agency.objects.get(code="H18")
    ways, offering.delivery_ways = offering.delivery_ways, ["post"]
    offering.save()
    day = Holiday.objects.filter(date__year=clock.today().year).earliest("date")
    name, day.name = day.name, "Tên khác"
    day.save()
    amount = LocalFee.objects.filter(province_code="H18").first()
    resolution, amount.legal_ref = amount.legal_ref, "99/2026/NQ-HĐND"
    amount.save()
    load()
    for row in (agency, offering, day):
        row.refresh_from_db()
    assert agency.shipped_says == {"desk_phone": shipped} and "nói khác" in str(agency.source)
    assert offering.shipped_says == {"lead_agency_id": lead.pk, "delivery_ways": ways} and offering.delivery_ways == ["post"]
    assert offering.shipped_differences(["delivery_ways"]) == [
        {"place": "cơ quan giải quyết", "old": "UBND tỉnh Điện Biên", "new": lead.name}
    ]
    assert day.shipped_says == {"name": name} and day.name == "Tên khác"
    admin = browse(factories.user(agency_admin=["H18.X004", "H18.X004.HC"]))
    address = f"/can-bo/cung-cap/H18.X004/thu-tuc/{offering.procedure.code}/"
    page = words(admin.get(address))
    assert "Bản cài mới nói khác" in page and lead.name in page
    filled = shown_values(admin.get(address, {"lay-lai": "kem-theo"}).content.decode())
    assert sorted(filled["delivery_ways"]) == sorted(ways)
    desk = "/can-bo/cung-cap/H18.X004.HC/"
    assert shipped in words(admin.get(desk))
    filled = shown_values(admin.get(desk, {"lay-lai": "kem-theo"}).content.decode())
    assert filled["desk_phone"][0].replace("\N{NO-BREAK SPACE}", " ") == shipped
    page = words(browse(factories.user(agency_admin="H18")).get(f"/can-bo/cung-cap/H18/muc-thu/{amount.procedure.code}/"))
    assert "Bản cài mới nói khác" in page and (resolution or "không có") in page.partition("Bản cài mới nói khác")[2]
    assert name in words(browse(factories.user(catalogue_admin="H18")).get("/can-bo/lich-lam-viec/", {"nam": day.date.year}))
    agency.desk_phone = shipped
    agency.save(update_fields=["desk_phone"])
    agency.refresh_from_db()
    assert agency.shipped_says == {} and agency.set_by_people == ["desk_phone"]
