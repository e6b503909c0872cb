"""The page of the API in Chromium: the whole description is shown under the Content-Security-Policy, nothing is called."""

import os

import pytest

from tests import factories
from tests.browser_support import sideways
from tests.dossiers.pages import browse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN_IN = os.environ.get("PAGES_SHOWN_IN", "")  # a folder: the pages as pictures, to be looked at


def test_the_description_is_shown_and_nothing_is_refused_by_the_policy(open_page, live_server):
    page = open_page(width=1280)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    session = browse(factories.citizen()).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/tai-lieu-api/")
    page.wait_for_selector(".opblock")
    assert page.locator(".opblock").count() > 20
    page.click("text=Nộp bản nháp")
    page.wait_for_selector("text=hồ sơ đang ở tình trạng không làm được việc này")
    assert not page.locator("button:has-text('Try it out')").count() and not said
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        if SHOWN_IN:
            page.screenshot(path=f"{SHOWN_IN}/api-{width}.png")
        assert sideways(page) == 0, width
