"""The pages of administrators in Chromium: no fault of axe, nothing wider than a phone; a section of a draft stores itself."""

import pytest
from django.conf import settings
from django.test import Client

from procedures.models import Procedure, VersionDraft
from procedures.office import drafts
from tests import factories, world
from tests.browser_support import axe, sideways

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CODE, PLACE = "1.000656", "H18.X004"


@pytest.fixture
def visit(open_page, live_server):
    """Factory: a page of this width where this user is logged in, and a function that opens an address there."""

    def visit(user, width):
        client = Client()
        client.force_login(user)
        page = open_page(width=width)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return page, lambda address: page.goto(live_server.url + address)

    return visit


def test_the_pages_of_an_agency_fit_a_phone_and_have_no_fault(visit):
    world.load_sample([CODE])
    admin = factories.user(agency_admin=["H18", PLACE, f"{PLACE}.HC"])
    role = factories.user(receiving_clerk=f"{PLACE}.HC").memberships.get()
    page, go = visit(admin, 360)
    for address in (
        "/can-bo/cung-cap/H18/muc-thu/",
        f"/can-bo/cung-cap/H18/muc-thu/{CODE}/",
        f"/can-bo/cung-cap/{PLACE}/thu-tuc/{CODE}/noi-nop/",
        "/can-bo/nhan-su/",
        "/can-bo/nhan-su/tai-khoan-moi/",
        f"/can-bo/nhan-su/co-quan/{PLACE}.HC/",
        f"/can-bo/nhan-su/vai-tro/{role.pk}/ket-thuc/",
    ):
        assert go(address).status == 200, address
        assert axe(page) == [], address
        assert sideways(page) == 0, address


def test_a_section_is_stored_while_it_is_typed_and_the_list_beside_it_follows(visit):
    world.load_sample([CODE])
    editor = factories.user(catalogue_admin="H18.Y14")
    drafts.start(Procedure.objects.get(code=CODE).current, by=editor)
    page, go = visit(editor, 1280)
    go(f"/can-bo/danh-muc/{CODE}/ban-thao/phi/")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    field = page.locator("[name='fee_lines.0.amount']")
    field.fill("mười nghìn")
    page.locator("[data-beside]", has_text="Ghi bằng chữ số").wait_for()
    field.fill("15.000")
    page.locator("[data-beside]:not(:has-text('Ghi bằng chữ số'))").wait_for()
    assert VersionDraft.objects.get().version.facts["fee_lines"][0]["amount"] == 15_000
    assert axe(page) == []
