"""Attempts at objects of others leave a row in the access log; the answer tells nothing of it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts.models import AccessLog, User
from portal import refusals
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.test_attacks import NOT_ONE_PERSONS, addresses, addresses_with_something_in_them

pytestmark = pytest.mark.django_db


def refused(**facts):
    return AccessLog.objects.filter(outcome="refused", **facts)


def test_every_address_that_names_an_object_is_a_door():
    wanted = set(addresses_with_something_in_them()) - NOT_ONE_PERSONS
    patterns = [p for p in get_resolver().url_patterns for p in getattr(p, "url_patterns", [p])]
    books = next(p for p in patterns if getattr(p, "namespace", "") == "accounting")
    wanted |= {name for name in NOT_ONE_PERSONS if name.startswith(("office:", "offerings:", "simulation:", "webhooks:"))}
    wanted |= {"accounts:staff_request", "accounts:staff_people", "accounts:staff_end"}
    wanted |= {f"accounting:{p.name}" for p in books.url_patterns if p.pattern.converters}
    assert {name for name in refusals.DOORS if not name.startswith("admin:")} == wanted


def test_each_door_records_a_stranger(desk, monkeypatch):
    monkeypatch.setattr(refusals, "MAX_AN_HOUR", 100)
    dossier, draft = desk.submitted(), desk.draft()
    stranger = factories.citizen()
    client = browse(stranger)
    for address in addresses(dossier, draft):
        before = AccessLog.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        answer = client.get(address)
        for way in (client.post, client.patch):
            if answer.status_code == 405:
                answer = way(address, {"declared": True}, **({"content_type": "application/json"} if "/api/" in address else {}))
        assert answer.status_code == 404, address
        row = refused(pk__gt=before).get()
        assert row.actor == stranger and row.page == address.partition("?")[0], address
        if "tin-nhan" not in address and "ban-giao" not in address:  # a hand-over list is nobody's alone
            assert row.person in (dossier.person, draft.submitter.person), address


def test_what_does_not_exist_or_is_ones_own_leaves_nothing(desk):
    dossier = desk.submitted()
    client = browse(dossier.submitter)
    for address in ("/ho-so/H18-1/", "/giay/999999/x.pdf", f"/can-bo/ho-so/{dossier.code}/", "/tin-nhan/999999/"):
        assert client.get(address).status_code == 404
    assert browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/khong-co-buoc/").status_code == 404
    assert not refused().exists()


def test_the_answer_is_the_same_and_the_row_comes_after_it(desk, monkeypatch):
    """Body and work until the answer leaves do not depend on whether the object exists."""
    dossier, stranger = desk.submitted(), factories.citizen()
    bodies, work, later = [], [], []
    monkeypatch.setattr(refusals, "_record", lambda *about: later.append(about))
    for code in (dossier.code, dossier.code[:-1] + "9"):
        client = browse(stranger)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/ho-so/{code}/")
        bodies.append(re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", answer.content.replace(code.encode(), b"")))
        work.append(len(queries))
    assert len(later) == 2 and bodies[0] == bodies[1] and work[0] == work[1]


def test_a_person_fills_the_log_no_further_than_the_cap(desk):
    dossier, stranger = desk.submitted(), factories.citizen()
    client = browse(stranger)
    for _ in range(refusals.MAX_AN_HOUR + 5):
        client.get(f"/ho-so/{dossier.code}/")
    assert refused(actor=stranger).count() == refusals.MAX_AN_HOUR
    browse(factories.citizen()).get(f"/ho-so/{dossier.code}/")
    assert refused().count() == refusals.MAX_AN_HOUR + 1


def test_a_system_administrator_who_looks_for_a_citizen_leaves_a_row():
    citizen = factories.citizen()
    system = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    client = Client(raise_request_exception=False)
    client.force_login(system)
    assert client.get(f"/quan-tri/accounts/user/{citizen.pk}/change/").status_code == 404
    assert refused(actor=system, target=f"login:{citizen.pk}", person=citizen.person).exists()


def test_the_citizen_reads_who_tried_without_the_name_of_another_citizen(desk):
    dossier = desk.submitted()
    curious = factories.citizen(person_facts={"full_name": "Kẻ Tò Mò"})
    outside = factories.user(full_name="Cán Bộ Xã Khác", receiving_clerk="H18.X005.CA")
    for user in (curious, outside):
        browse(user).get(f"/ho-so/{dossier.code}/")
    page = words(browse(dossier.submitter).get("/tai-khoan/"))
    assert "Cán Bộ Xã Khác" in page and "Một tài khoản khác" in page and "Kẻ Tò Mò" not in page
    assert page.count("bị từ chối") == 2


def test_the_back_office_of_the_catalogue_records_who_was_refused(desk):
    clerk, agency = desk.clerk, factories.user(agency_admin="H18.X005")
    code = world.procedure(factories.RESIDENCE).code
    for user, address, status in (
        (clerk, f"/can-bo/danh-muc/{code}/", 404),
        (clerk, "/can-bo/cung-cap/H18.X004.CA/", 404),
        (agency, "/can-bo/cung-cap/H18.X004.CA/thu-tuc/", 404),
        (agency, f"/can-bo/danh-muc/{code}/phien-ban/1/", 403),
    ):
        before = refused().count()
        answer = browse(user).post(address) if status == 403 else browse(user).get(address)
        assert answer.status_code == status, address
        assert refused(actor=user, page=address).count() == 1 and refused().count() == before + 1, address
    own = refused().count()
    assert browse(agency).get(f"/can-bo/danh-muc/{code}/").status_code == 200
    assert browse(agency).get("/can-bo/cung-cap/H18.X005/").status_code == 200
    assert browse(clerk).get("/can-bo/danh-muc/9.999999/").status_code == 404
    assert refused().count() == own
