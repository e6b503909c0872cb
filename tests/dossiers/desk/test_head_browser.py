"""In Chromium: a head's morning from the message to the last dossier given to a colleague; and the viewer of PDF files."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.models import StepRun
from portal.common import clock
from portal.obligations import morning
from tests import factories
from tests.browser_support import axe, sideways
from tests.databases import past_the_triggers
from tests.dossiers.desk.test_browser import logged_in_page

__all__ = ["logged_in_page"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HELD = 3
MONDAY = dt.datetime(2026, 11, 30, 7, 31, tzinfo=clock.LOCAL)


def test_a_heads_morning(logged_in_page, live_server, desk):
    """One message, the overview, what one officer holds, all of it to a colleague: seven presses."""
    colleague = factories.user(full_name="Lường Văn Hai", officer="H18.X004.CA")
    held = [workflow.advance(desk.processing(), "take", actor=desk.officer) for _n in range(HELD)]
    with past_the_triggers():
        StepRun.objects.filter(dossier__in=held).update(due_at=MONDAY - dt.timedelta(days=3))
    with clock.at(MONDAY):
        morning.run()
    assert Message.objects.filter(recipient=desk.head, channel="inbox").count() == 1
    page = logged_in_page(desk.head)
    page.goto(live_server.url + reverse("accounts:inbox"))

    page.get_by_role("link", name="Việc hôm nay").click()
    page.locator(f'main a[href="{reverse("obligations:owed")}"]').click()
    page.wait_for_url("**/can-bo/viec-dang-do/**")
    page.goto(live_server.url + reverse("obligations:overview"))
    page.get_by_role("row", name=desk.officer.full_name).get_by_role("link", name="Giao lại").click()
    page.get_by_role("button", name="Chọn người nhận").click()
    page.locator("select[name=nguoi]").select_option(label=str(colleague))
    page.locator("[name=ghi-chu]").fill("Anh Nam chuyển công tác.")
    with page.expect_navigation():
        page.locator("main form[action*='/lam/'] button").last.click()

    steps = StepRun.objects.filter(dossier__in=held, state="open")
    assert {step.holder for step in steps} == {colleague}, page.inner_text("main")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_a_head_have_no_axe_violations_and_do_not_scroll_sideways(logged_in_page, live_server, desk, width):
    workflow.advance(desk.processing(), "take", actor=desk.officer)
    factories.call_task(desk.asked_for_supplement())
    page = logged_in_page(desk.head, width)
    names = ("calls", "assignment", "message_settings", "absences", "outages")
    addresses = [reverse(f"desk:{name}") for name in names] + [reverse("desk:holdings", args=[desk.officer.pk])]
    for address in [*addresses, reverse("obligations:overview")]:
        page.goto(live_server.url + address)
        assert axe(page) == [] and sideways(page) == 0, address
    page.goto(live_server.url + reverse("desk:queue"))
    assert page.locator("h1").bounding_box()["y"] < 400, "the list begins on the first screen, before the other pages"


def test_the_viewer_asks_for_pages_zoom_and_a_turned_pdf_by_key(logged_in_page, live_server, desk):
    """What the frame is asked for. That Chromium's viewer obeys was seen in a full Chromium; the shell of the tests has none."""
    dossier = desk.submitted()
    with past_the_triggers():
        factories.attachment(dossier, "khac", name="ba-trang.pdf")
    page = logged_in_page(desk.clerk)
    page.goto(live_server.url + reverse("desk:dossier", args=[dossier.code]))
    page.evaluate("document.activeElement.blur()")
    frame = page.locator("[data-body] iframe")
    asked = []
    for key in ("]", "]", "[", "+", "r"):
        page.keyboard.press(key)
        asked.append(frame.get_attribute("src").partition("#")[2])
    parts = [dict(part.split("=") for part in words.split("&")) for words in asked]
    assert [part["page"] for part in parts] == ["2", "3", "2", "2", "2"]
    assert parts[2]["view"] == "FitH" and parts[3]["zoom"] == "125"
    page.wait_for_function("document.querySelector('[data-body] iframe').style.transform === 'rotate(90deg)'")
