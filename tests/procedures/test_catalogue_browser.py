"""The catalogue in Chromium: no axe findings, no horizontal scrolling, working links."""

import pytest
from django.urls import reverse

from procedures.models import Procedure
from procedures.search.text import search_columns
from tests.browser_support import axe, click_and_wait, prefer, sideways
from tests.world import load_sample

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODES = ["1.010041", "3.000333", "1.004873", "1.011606", "2.000815", "1.015002"]


@pytest.fixture
def paths():
    """The pages to look at."""
    load_sample(codes=[*CODES, "1.001193", "3.000348"])
    Procedure.objects.create(
        code="1.000010", name="Thủ tục chỉ có tên", declared_level=3, **search_columns("1.000010", "Thủ tục chỉ có tên")
    )
    pages = ["/", "/thu-tuc/?tu-khoa=mat+bang+lai", "/thu-tuc/?tu-khoa=thoi+tiet", "/su-kien/co-con-nho/"]
    pages += [_path(code) for code in [*CODES, "1.000010"]]
    return [*pages, _path("1.010041") + "?tinh=11&xa=11.X004", _path("1.004873") + "?tinh=68&xa=11.X004"]


def _path(code):
    return reverse("procedures:procedure", args=[code, Procedure.objects.get(code=code).slug])


@pytest.mark.parametrize(("width", "looks"), [(360, [{}, {"co_chu": "rat-to", "giao_dien": "toi"}]), (1280, [{}])])
def test_axe_finds_nothing(open_page, live_server, paths, width, looks):
    page = open_page(width=width)
    for look in looks:
        page.context.clear_cookies()
        prefer(page, live_server.url, **look)
        for path in paths:
            page.goto(live_server.url + path)
            assert axe(page) == [], (path, look)


def test_nothing_scrolls_sideways_on_the_narrowest_phone_with_the_largest_text(open_page, live_server, paths):
    page = open_page(width=320)
    prefer(page, live_server.url, co_chu="rat-to")
    for path in paths:
        page.goto(live_server.url + path)
        assert sideways(page) == 0, path


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_question_to_the_desk(open_page, live_server, paths, scripts):
    page = open_page(java_script_enabled=scripts)
    page.goto(live_server.url + "/")
    page.fill("#q", "xac nhan cu tru")
    click_and_wait(page.locator("form[role=search] button").first)
    click_and_wait(page.locator("text=Xác nhận thông tin về cư trú").first)
    page.select_option("#tinh", "11")
    page.select_option("#xa", "11.X004")
    click_and_wait(page.locator("text=Xem nơi nộp").first)

    assert "Công an phường Điện Biên Phủ" in page.inner_text("main")
    assert page.get_attribute("a:has-text('Bắt đầu nộp hồ sơ')", "href").startswith("/nop/bat-dau/1.010041/?noi=")


def test_communes_follow_the_province(open_page, live_server, paths):
    page = open_page()
    page.goto(live_server.url + _path("1.010041"))
    page.select_option("#tinh", "11")
    assert page.locator("#xa optgroup").count() == 1
