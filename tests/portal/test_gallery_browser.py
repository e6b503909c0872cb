"""Every component in Chromium: no axe findings and no horizontal scrolling, in every text size, width and background."""

import pytest

from tests import factories
from tests.browser_support import axe, prefer, sideways
from tests.dossiers.pages import browse

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

GROUNDS = ["/kho-thanh-phan/", "/kho-thanh-phan/?nen=can-bo"]
LOOKS = [{}, {"co_chu": "rat-to"}, {"giao_dien": "toi"}, {"co_chu": "rat-to", "giao_dien": "toi"}]


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_the_gallery(open_page, live_server, ground, width):
    page = open_page(width=width)
    for look in LOOKS:
        page.context.clear_cookies()
        prefer(page, live_server.url, **look)
        page.goto(live_server.url + ground)
        assert axe(page) == [], look


@pytest.mark.parametrize("ground", GROUNDS)
def test_nothing_scrolls_sideways_on_the_narrowest_phone_with_the_largest_text(open_page, live_server, ground):
    page = open_page(width=320)
    for look in LOOKS:
        page.context.clear_cookies()
        prefer(page, live_server.url, **look)
        page.goto(live_server.url + ground)
        assert sideways(page) == 0, look


def test_text_grows_without_a_reload_and_stays_on_the_next_page(open_page, live_server):
    page = open_page()
    page.goto(live_server.url + GROUNDS[0])
    page.fill("#nhan", "đang gõ dở")
    page.click("button[name=co-chu][value=rat-to] >> nth=0")

    assert page.locator("html").get_attribute("data-text") == "rat-to"
    assert page.input_value("#nhan") == "đang gõ dở"
    page.goto(live_server.url + GROUNDS[0])
    assert page.locator("html").get_attribute("data-text") == "rat-to"


def test_text_grows_without_scripts_too(open_page, live_server):
    page = open_page(java_script_enabled=False)
    page.goto(live_server.url + GROUNDS[0] + "?trang=2")
    page.click("button[name=co-chu][value=to] >> nth=0")

    assert page.url == live_server.url + GROUNDS[0] + "?trang=2"
    assert page.locator("html").get_attribute("data-text") == "to"


def test_the_error_summary_has_the_focus_and_leads_to_the_input(open_page, live_server):
    page = open_page()
    page.goto(live_server.url + GROUNDS[0])
    assert page.evaluate("document.activeElement.classList.contains('errsum')")

    page.click(".errsum a[href='#so-ban-an']")
    assert page.evaluate("document.activeElement.id") == "so-ban-an"


def test_picked_rows_are_counted(open_page, live_server):
    page = open_page(width=1280)
    page.goto(live_server.url + GROUNDS[1])
    assert page.inner_text("[data-picked]") == "Đã chọn 1"
    page.check("[data-pick-all]")
    assert page.inner_text("[data-picked]") == "Đã chọn 2"


def test_nothing_in_a_page_needs_what_the_policy_forbids(open_page, live_server):
    page = open_page()
    refused = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    for ground in GROUNDS:
        page.goto(live_server.url + ground)
    assert refused == []
    assert page.locator("[style], [onclick]").count() == 0


def as_clerk(open_page, live_server):
    """A page of somebody who is logged in: the keys are for staff at work."""
    page, session = open_page(width=1280), browse(factories.user()).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


def test_keys_walk_and_pick_the_list_and_do_nothing_when_they_are_off(open_page, live_server):
    page, address = as_clerk(open_page, live_server), live_server.url + GROUNDS[1]
    page.goto(address)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tr').classList.contains('cur')")
    page.keyboard.press("x")
    assert page.inner_text("[data-picked]") == "Đã chọn 2"

    page.keyboard.press("?")
    assert page.locator("[data-keys]").get_attribute("open") is not None

    def switched_off(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-keys=""', 'data-keys="off"'))

    page.route(address, switched_off)
    page.goto(address)
    page.evaluate("document.activeElement.blur()")
    for key in "jx?":
        page.keyboard.press(key)
    assert page.inner_text("[data-picked]") == "Đã chọn 1"
    assert page.locator("[data-keys]").get_attribute("open") is None


def test_keys_are_silent_while_somebody_types(open_page, live_server):
    page = as_clerk(open_page, live_server)
    page.goto(live_server.url + GROUNDS[1])
    page.locator("#nhan").press_sequentially("jxk?")
    assert page.input_value("#nhan") == "jxk?"
    assert page.inner_text("[data-picked]") == "Đã chọn 1"
