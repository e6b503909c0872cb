"""The desk in Chromium: no axe violations at both widths, and work with the keyboard only."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dossiers.models import Dossier
from dossiers.states import DossierState
from tests.browser_support import axe, prefer, sideways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def logged_in_page(open_page, live_server):
    """Factory: a browser page where this user is logged in."""

    def logged_in_page(user, width=1280):
        client = Client()
        client.force_login(User.objects.get(pk=user.pk))
        page = open_page(width=width)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return page

    return logged_in_page


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(logged_in_page, live_server, desk, width):
    submitted, at_work, to_sign = desk.submitted(), desk.processing(), desk.to_sign()
    places = {
        desk.clerk: ["", f"ho-so/{submitted.code}/", f"ho-so/{submitted.code}/yeu-cau-bo-sung/", "?cach-nop=postal"],
        desk.head: [f"ho-so/{at_work.code}/", f"ho-so/{at_work.code}/gia-han/", f"ho-so/{at_work.code}/giao-viec/"],
        desk.signer: [f"ho-so/{to_sign.code}/duyet/", f"ho-so/{to_sign.code}/tra-lai-buoc/"],
    }
    for person, addresses in places.items():
        page = logged_in_page(person, width)
        prefer(page, live_server.url, co_chu="rat-to")
        for address in addresses:
            page.goto(live_server.url + reverse("desk:queue") + address)
            assert axe(page) == [], address
            assert sideways(page) == 0, address


def test_a_dossier_is_taken_in_without_a_mouse(logged_in_page, live_server, desk):
    desk.accepted()
    dossier = desk.submitted()
    page = logged_in_page(desk.clerk)
    page.goto(live_server.url + reverse("desk:queue"))
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("j")
    while dossier.code not in page.evaluate("document.activeElement.closest('tr').textContent"):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('desk:dossier', args=[dossier.code])}")
    page.keyboard.press("d")
    page.wait_for_url("**/tiep-nhan/")
    page.evaluate("document.querySelector('main').focus()")
    for _press in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('form button[type=submit]')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('desk:dossier', args=[dossier.code])}")

    assert "Đã tiếp nhận hồ sơ" in page.inner_text("main")
    assert Dossier.objects.get(pk=dossier.pk).state == DossierState.ACCEPTED


def test_the_box_for_a_reason_opens_without_scripts(open_page, logged_in_page, live_server, desk):
    dossier = desk.submitted()
    page = logged_in_page(desk.clerk)
    page.goto(live_server.url + reverse("desk:step", args=[dossier.code, "yeu-cau-bo-sung"]))
    reason = page.locator("textarea[name='ly-do:field:request_detail']")
    assert not reason.is_visible()
    page.check("input[value='field:request_detail']")
    assert reason.is_visible()


def test_the_admin_works_under_its_own_policy(logged_in_page, live_server, desk):
    page = logged_in_page(User.objects.create_superuser("he-thong", full_name="Quản Trị", password="x"))
    refused = []
    page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(live_server.url + reverse("admin:accounts_agency_changelist"))
    page.goto(live_server.url + reverse("admin:accounts_user_add"))
    assert refused == []
    assert page.locator("input[name=username]").is_visible()
