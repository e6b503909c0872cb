"""A procedure is offered at new places in one act, and ended at one; the administration changes none of it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Agency, User
from portal.common import clock
from procedures.models import AgencyChange, Holiday, Offering, Procedure
from procedures.offerings import many, opening
from tests import factories, world
from tests.dossiers.pages import browse, words

CODE, USED, PLACE = "3.000333", "1.001612", "H18.X004"
PAGE = f"/can-bo/cung-cap/{PLACE}/thu-tuc-moi/"


@pytest.fixture
def admin(db):
    world.load_sample([CODE, USED])
    Offering.objects.filter(procedure__code=CODE).delete()
    return factories.user(agency_admin=PLACE)


def offered(place=PLACE):
    return Offering.objects.filter(procedure__code=CODE, agency__code=place)


def test_a_procedure_is_offered_at_one_place_with_its_usual_desk(admin):
    pages, usual = browse(admin), Offering.objects.get(procedure__code=USED, agency__code=PLACE)
    shown = words(pages.get(PAGE, {"thu-tuc": CODE}))
    assert usual.receiving_agency.name in shown and not offered().exists()
    sent = {"thu-tuc": CODE, "loai": "", "noi": [usual.agency_id]}
    assert pages.post(PAGE, sent).url == f"/can-bo/cung-cap/{PLACE}/thu-tuc/{CODE}/"
    row = offered().get()
    assert (row.receiving_agency, row.lead_agency, row.terminal) == (usual.receiving_agency, usual.lead_agency, usual.terminal)
    assert row.unit_code == usual.unit_code and row.valid_from == clock.today()
    assert AgencyChange.objects.get(offering=row).by == admin
    assert "chưa cử người trực" in words(pages.get(f"/can-bo/cung-cap/{PLACE}/thu-tuc/{CODE}/"))
    assert "đã cung cấp thủ tục này" in words(pages.get(PAGE, {"thu-tuc": CODE}))
    pages.post(PAGE, sent)  # pressed twice
    assert offered().count() == 1


@pytest.mark.slow
def test_the_province_offers_it_at_all_its_communes_in_one_act(admin):
    pages, kind = browse(factories.user(agency_admin="H18")), Agency.objects.get(code=PLACE).kind
    communes = Offering.objects.filter(procedure__code=USED, agency__kind=kind).values_list("agency_id", flat=True)
    address = "/can-bo/cung-cap/H18/thu-tuc-moi/"
    assert f"({len(communes)})" in words(pages.get(address)) and "mọi cơ quan như UBND" in words(pages.get(address))
    page = pages.get(address, {"thu-tuc": CODE, "loai": kind}).content.decode()
    assert page.count('name="noi"') == len(communes) >= 45
    left_out = Agency.objects.get(code=PLACE).pk
    pages.post(address, {"thu-tuc": CODE, "loai": kind, "noi": [pk for pk in communes if pk != left_out]})
    assert Offering.objects.filter(procedure__code=CODE).count() == len(communes) - 1 and not offered().exists()

    template = offered("H18.X005").get()
    template.delivery_ways = ["account"]
    template.save()
    plan = many.plan(template, ["delivery_ways"], User.objects.get(memberships__agency__code="H18"))
    assert len(plan.targets) == len(communes) - 2 and not any(target.exception for target in plan.targets)


@pytest.mark.slow
def test_nobody_offers_for_another_body_nor_what_cannot_be_filed(admin):
    pages, other = browse(admin), Agency.objects.get(code="H18.X005")
    assert pages.get("/can-bo/cung-cap/H18.X005/thu-tuc-moi/").status_code == 404
    pages.post(PAGE, {"thu-tuc": CODE, "loai": other.kind, "noi": [other.pk]})
    assert not Offering.objects.filter(procedure__code=CODE).exists()
    for code in ("9.999999", "", "<script>"):
        assert pages.post(PAGE, {"thu-tuc": code}).status_code == 404
    Procedure.objects.filter(code=CODE).update(listed=True)
    assert "Không có thủ tục nào" in words(pages.get(PAGE, {"thu-tuc": CODE}))
    clerk = browse(factories.user(receiving_clerk=PLACE))
    assert clerk.get(PAGE).status_code == clerk.post(PAGE, {"thu-tuc": CODE}).status_code == 404


def test_an_offering_is_ended_by_its_own_administrator(admin):
    address = f"/can-bo/cung-cap/{PLACE}/thu-tuc/{USED}/ngung/"
    with pytest.raises(PermissionDenied):
        opening.end(Offering.objects.get(procedure__code=USED, agency__code=PLACE), by=factories.user(agency_admin="H18"))
    assert browse(factories.user(agency_admin="H18.X005")).post(address).status_code == 404
    assert browse(admin).post(address).status_code == 302
    row = Offering.objects.get(procedure__code=USED, agency__code=PLACE)
    assert row.valid_to == clock.today() and "Cung cấp đến hết ngày" in words(browse(admin).get(address[:-6]))
    with clock.at(clock.now() + dt.timedelta(days=1)):
        assert not Offering.objects.current().filter(pk=row.pk).exists()


@pytest.mark.slow
def test_the_administration_writes_no_offering_no_day_off_and_no_desk(admin):
    system = browse(User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD))
    agency, row = Agency.objects.get(code=PLACE), Offering.objects.filter(procedure__code=USED).first()
    day = Holiday.objects.first()
    for found in (row, day):
        model = found._meta.model_name
        assert system.get(reverse(f"admin:procedures_{model}_change", args=[found.pk])).status_code == 200
        assert system.post(reverse(f"admin:procedures_{model}_change", args=[found.pk]), {"name": "x"}).status_code == 403
        assert system.get(reverse(f"admin:procedures_{model}_add")).status_code == 403
        assert system.post(reverse(f"admin:procedures_{model}_delete", args=[found.pk]), {"post": "yes"}).status_code == 403
    page = system.get(reverse("admin:accounts_agency_change", args=[agency.pk])).content.decode()
    assert 'name="name"' in page and 'name="desk_phone"' not in page and 'name="hours"' not in page
