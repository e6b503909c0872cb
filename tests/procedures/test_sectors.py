"""Sectors and their homes among the life events: pages, breadcrumbs, counts of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from procedures import loading
from procedures.models import LifeEvent, LifeEventSector, Procedure, Sector
from procedures.views import SECTOR_PAGE
from tests.world import load_sample

pytestmark = pytest.mark.django_db
RESIDENCE, BIRTH = "1.010041", "1.001193"


@pytest.fixture
def catalogue():
    load_sample(codes=[RESIDENCE, BIRTH])


def listed(code, sector, name="Cấp giấy phép thử", audience=("citizen",)):
    facts = {"audience": list(audience), "field": sector.name, "commune": True}
    return Procedure.objects.create(code=code, name=name, sector=sector, declared_level=1, facts=facts, promulgator="Bộ Thử")


def sector_with_homes(code, *events):
    sector, _made = Sector.objects.get_or_create(code=code, defaults={"name": "Lĩnh vực thử"})
    for event in events:
        LifeEventSector.objects.create(event=LifeEvent.objects.get(code=event), sector=sector)
    return sector


def page(client, name, *args, **query):
    answer = client.get(reverse(f"procedures:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_life_event_leads_to_its_sectors_and_these_to_their_procedures(client, catalogue):
    found = listed("9.000001", sector_with_homes("G09-LĐ99", "VIECLAM", "LAODONGVABAOHIEMXAHOI"))
    for slug in ("viec-lam", "lao-dong-va-bao-hiem-xa-hoi"):
        text = page(client, "life_event", slug)
        assert reverse("procedures:sector", args=["G09-LĐ99"]) in text
        assert "1 thủ tục · Bộ Thử" in " ".join(text.split()) and "do cổng này xếp" in text
    assert reverse("procedures:procedure", args=[found.code, found.slug]) in page(client, "sector", "G09-LĐ99")
    assert reverse("procedures:sector", args=["G09-LĐ99"]) in page(client, "sectors")
    assert client.get(reverse("procedures:sector", args=["khong-co"])).status_code == 404


def test_a_sector_of_several_publishers_names_none(client, catalogue):
    sector = sector_with_homes("X1", "VIECLAM")
    listed("9.000001", sector)
    Procedure.objects.filter(pk=listed("9.000002", sector).pk).update(promulgator="UBND tỉnh Thử")
    text = " ".join(page(client, "life_event", "viec-lam").split())
    assert "2 thủ tục" in text and "UBND tỉnh Thử" not in text and "Bộ Thử" not in text


@pytest.mark.parametrize(
    ("audience", "event"),
    [
        (["citizen", "enterprise"], "viec-lam"),
        (["enterprise"], "lao-dong-va-bao-hiem-xa-hoi"),
        ([], "lao-dong-va-bao-hiem-xa-hoi"),
    ],
)
def test_a_procedure_that_can_only_be_read_shows_the_home_of_its_sector(client, catalogue, audience, event):
    sector = sector_with_homes("X1", "VIECLAM", "LAODONGVABAOHIEMXAHOI")
    found = listed("9.000001", sector, audience=audience)
    text = page(client, "procedure", found.code, found.slug)
    crumbs = text[text.index("crumbs") : text.index("</nav>", text.index("crumbs"))]
    assert reverse("procedures:life_event", args=[event]) in crumbs
    assert reverse("procedures:sector", args=["X1"]) in crumbs


def test_a_life_event_that_names_a_procedure_comes_before_the_home_of_its_sector(client, catalogue):
    text = page(client, "procedure", BIRTH, Procedure.objects.get(code=BIRTH).slug)
    assert "/su-kien/co-con-nho/" in text


def test_no_card_of_the_home_page_is_empty(client, catalogue):
    links = page(client, "home")
    for event in LifeEvent.objects.all():
        address = reverse("procedures:life_event", args=[event.slug])
        assert (address in links) == LifeEvent.objects.filled().filter(pk=event.pk).exists()
    empty = LifeEvent.objects.get(code="DAUTHAUMUASAMCONG")
    assert reverse("procedures:life_event", args=[empty.slug]) not in links
    sector = sector_with_homes("X1", empty.code)
    assert reverse("procedures:life_event", args=[empty.slug]) not in page(client, "home"), "a sector without procedures"
    listed("9.000001", sector)
    assert reverse("procedures:life_event", args=[empty.slug]) in page(client, "home")


def test_a_group_of_ours_says_so(client, catalogue):
    listed("9.000001", sector_with_homes("X1", "VIECKHACCONGDAN"))
    assert "Nhóm này và các lĩnh vực" in page(client, "life_event", LifeEvent.objects.get(code="VIECKHACCONGDAN").slug)


def test_a_large_sector_is_paged_and_every_page_is_one_click_away(client, catalogue):
    sector = sector_with_homes("X1", "VIECLAM")
    for number in range(SECTOR_PAGE + 1):
        listed(f"9.{number:06}", sector, name=f"Thủ tục {number:03}")
    first = page(client, "sector", "X1")
    assert first.count("/thu-tuc/9.") == SECTOR_PAGE and 'href="?trang=2"' in first
    second = page(client, "sector", "X1", trang="2")
    assert second.count("/thu-tuc/9.") == 1 and 'href="?"' in second


@pytest.mark.parametrize(
    ("name", "args", "allowed"),
    [("home", [], 9), ("life_event", ["viec-lam"], 8), ("sectors", [], 3), ("sector", ["X1"], 6)],
)
def test_queries_do_not_grow_with_sectors_and_procedures(client, catalogue, name, args, allowed):
    for number in range(12):
        listed(f"9.{number:06}", sector_with_homes(f"X{number}", "VIECLAM"))
        listed(f"9.1{number:05}", Sector.objects.get(code=f"X{min(number, 1)}"))
    with CaptureQueriesContext(connection) as queries:
        page(client, name, *args)
    assert len(queries) <= allowed, [query["sql"][:90] for query in queries]


def test_sectors_that_people_gave_a_home_or_took_it_from_stay_so(catalogue):
    sector = Sector.objects.first()
    shipped = LifeEventSector.objects.filter(sector=sector).first()
    key = shipped.event_id, shipped.sector_id
    shipped.delete()
    own = LifeEventSector.objects.create(event=LifeEvent.objects.get(code="HUUTRI"), sector=sector)
    loading.load_sample(codes=[RESIDENCE, BIRTH])
    assert not LifeEventSector.objects.filter(event_id=key[0], sector_id=key[1]).exists()
    assert LifeEventSector.objects.filter(pk=own.pk).exists()
