"""The pages of webhooks in Chromium, on a phone and on a desk."""

import os

import pytest

from dossiers.webhooks import keeping
from dossiers.webhooks.models import Delivery
from tests.browser_support import axe, sideways
from tests.dossiers.pages import browse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN_IN = os.environ.get("PAGES_SHOWN_IN", "")  # a folder: the pages as pictures, to be looked at


def test_an_administrator_looks_at_endpoints_on_any_width(open_page, live_server, administrator, endpoint):
    for state, status, error in (("done", 204, ""), ("dead", 500, "NotTaken: HTTP 500"), ("waiting", None, "")):
        made = keeping.try_it(endpoint)
        Delivery.objects.filter(pk=made.pk).update(due_state=state, last_status=status, last_error=error, done_at=made.created_at)
    session = browse(administrator).cookies["sessionid"].value
    for width in (360, 1280):
        page = open_page(width=width, height=900)
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        for name, path in (("list", ""), ("one", f"{endpoint.pk}/")):
            page.goto(f"{live_server.url}/can-bo/webhook/{path}")
            if SHOWN_IN:
                page.screenshot(path=f"{SHOWN_IN}/webhook-{name}-{width}.png", full_page=True)
            assert sideways(page) == 0 and axe(page) == [], (width, path)
