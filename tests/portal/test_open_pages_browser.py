"""Public pages in Chromium: both languages, both widths, and print."""

import pytest

from procedures.models import Procedure
from tests.browser_support import axe, prefer, sideways, too_wide_at_twice_the_text
from tests.world import load_sample

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def guide():
    """The URL of the page of the main demo procedure."""
    load_sample(codes=["1.010041"])
    return f"/thu-tuc/1.010041/{Procedure.objects.get(code='1.010041').slug}/?tinh=11&xa=11.X004"


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_either_language(open_page, live_server, guide, width):
    page = open_page(width=width)
    prefer(page, live_server.url, co_chu="rat-to")
    for path in ("/dang-nhap/", "/kiem-tra/", "/tra-cuu/", "/khong-co/", "/", guide):
        for language in ("", "/en"):
            page.goto(live_server.url + language + path)
            assert page.get_attribute("html", "lang") == (language.strip("/") or "vi")
            assert axe(page) == [] and sideways(page) == 0, language + path
            if width == 360:
                assert too_wide_at_twice_the_text(page) == [], language + path


def test_on_paper_the_guide_is_whole_and_nothing_is_left_to_press(open_page, live_server, guide):
    page = open_page(width=1280)
    page.goto(live_server.url + guide)
    folded = page.evaluate("[...document.querySelectorAll('main details:not([open])')].length")
    page.emulate_media(media="print")
    for gone in (".nav", ".foot", ".util", "main .btn", ".crumbs"):
        assert not any(found.is_visible() for found in page.locator(gone).all()), gone
    assert page.locator("h1").is_visible()
    sections = page.locator("main h2:not(.no-print *)")
    assert sections.count() >= 5 and all(section.is_visible() for section in sections.all())
    unread = "[...document.querySelectorAll('main details:not(.no-print)')].filter(box => !box.lastElementChild.offsetHeight)"
    hidden = page.evaluate(f"{unread}.length")
    assert folded and hidden == 0, "what is folded on the screen is read on paper"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
