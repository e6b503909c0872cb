"""In Chromium: a head's morning from the message to the last dossier given to a colleague; and the viewer of PDF files."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from PIL import Image

from accounts.messages.models import Message
from accounts.models import Membership
from dossiers import workflow
from dossiers.files import storage
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
    page.locator("main").get_by_role("link").last.click()
    page.wait_for_url("**/can-bo/viec-dang-do/**")
    page.goto(live_server.url + reverse("obligations:overview"))
    page.get_by_role("row", name=desk.officer.full_name).get_by_role("link", name="Giao lại").click()
    page.get_by_role("button", name="Chọn người nhận").click()
    page.locator("select[name=nguoi]").select_option(label=str(colleague))
    page.locator("[name=ghi-chu]").fill("Anh Nam chuyển công tác.")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()

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


COLOURS = [(200, 30, 30), (30, 160, 30), (30, 30, 200)]


def three_pages():
    pages = [Image.new("RGB", (600, 800), colour) for colour in COLOURS]
    pdf = io.BytesIO()
    pages[0].save(pdf, "PDF", save_all=True, append_images=pages[1:])
    return storage.store(pdf.getvalue())


def test_the_viewer_turns_pages_zooms_and_turns_a_pdf_by_key(logged_in_page, live_server, desk):
    dossier, stored = desk.submitted(), three_pages()
    facts = {"size": stored.size, "sha256": stored.sha256, "storage_key": stored.storage_key}
    with past_the_triggers():
        factories.attachment(dossier, "khac", name="ba-trang.pdf", **facts)
    assert Membership.objects.filter(user=desk.clerk).exists()
    page = logged_in_page(desk.clerk)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live_server.url + reverse("desk:dossier", args=[dossier.code]))
    page.evaluate("document.activeElement.blur()")

    def colours():
        """Colours in the frame: which page is shown, how much of the frame it fills."""
        shot = Image.open(io.BytesIO(page.locator("[data-body]").screenshot())).convert("RGB").resize((40, 40))
        return [min(range(3), key=lambda n: abs(rgb[n] - 200)) for rgb in shot.getdata() if max(rgb) > 120 and min(rgb) < 60]

    def wait_for(colour):
        for _n in range(60):
            found = colours()
            if found and max(set(found), key=found.count) == colour:
                return
            page.wait_for_timeout(250)
        raise AssertionError(f"page {colour + 1} is not on screen")

    wait_for(0)
    page.keyboard.press("]")
    wait_for(1)
    page.keyboard.press("]")
    wait_for(2)
    page.keyboard.press("[")
    wait_for(1)
    page.keyboard.press("+")
    page.keyboard.press("r")
    wait_for(1)
    frame = page.locator("[data-body] iframe")
    assert "zoom=125" in frame.get_attribute("src") and "rotate(90deg)" in frame.get_attribute("style")
