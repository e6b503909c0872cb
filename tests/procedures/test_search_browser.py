"""Suggestions while typing in Chromium: keyboard, accessible names, without scripts nothing lost."""

import pytest
from playwright.sync_api import expect

from tests.browser_support import axe, sideways
from tests.world import load_sample

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def catalogue():
    load_sample(codes=["1.010041", "1.004873", "1.001193", "1.001699", "1.004194"])


@pytest.mark.parametrize("width", [360, 1280])
def test_suggestions_are_chosen_by_keyboard_and_have_names(open_page, live_server, width):
    page = open_page(width=width)
    page.goto(live_server.url + "/")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("xac nhan")
    choices = page.get_by_role("listbox", name="Gợi ý").get_by_role("option")
    expect(choices.first).to_be_visible()
    assert box.get_attribute("aria-expanded") == "true"
    assert axe(page) == [] and sideways(page) == 0
    box.press("ArrowDown")
    expect(choices.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == choices.first.get_attribute("id")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    box.press_sequentially(" tinh")
    expect(choices.first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/thu-tuc/1.004873/**")


def test_enter_without_a_choice_searches(open_page, live_server):
    page = open_page()
    page.goto(live_server.url + "/")
    page.get_by_role("combobox").press_sequentially("khai sinh")
    expect(page.get_by_role("option").first).to_be_visible()
    page.get_by_role("combobox").press("Enter")
    page.wait_for_url("**tu-khoa=khai*")


def test_pages_of_results_guesses_and_nothing_are_clean(open_page, live_server):
    for width in (360, 1280):
        page = open_page(width=width)
        for words in ("giấy xác nhận", "thời tiết hôm nay", "khai sinh ở điện biên"):
            page.goto(f"{live_server.url}/thu-tuc/?tu-khoa={words}")
            assert axe(page) == [] and sideways(page) == 0, (width, words)
