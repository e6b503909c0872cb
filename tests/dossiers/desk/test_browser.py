"""The desk in Chromium: no axe violations at both widths, and work with the keyboard only."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLog, User
from dossiers.models import Dossier
from dossiers.states import DossierState
from tests import factories
from tests.browser_support import axe, click_and_wait, prefer, sideways
from tests.databases import past_the_triggers

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
    submitted, at_work, to_sign, decided = desk.submitted(), desk.processing(), desk.to_sign(), desk.approved()
    places = {
        desk.clerk: [
            "",
            "?xep=-nop&tu=2026-01-01&chua-doc=1",
            "vang-mat/",
            f"ho-so/{submitted.code}/",
            f"ho-so/{decided.code}/",
            f"ho-so/{submitted.code}/yeu-cau-bo-sung/",
            "?cach-nop=postal",
        ],
        desk.head: [f"ho-so/{at_work.code}/", f"ho-so/{at_work.code}/gia-han/", f"ho-so/{at_work.code}/giao-viec/"],
        desk.officer: [f"ho-so/{at_work.code}/soan-ket-qua/"],
        desk.signer: [f"ho-so/{to_sign.code}/duyet/", f"ho-so/{to_sign.code}/tra-lai-buoc/", "ky-loat/"],
    }
    for person, addresses in places.items():
        page = logged_in_page(person, width)
        prefer(page, live_server.url, co_chu="rat-to")
        for address in addresses:
            page.goto(live_server.url + reverse("desk:queue") + address)
            assert axe(page) == [], address
            assert sideways(page) == 0, address


@pytest.mark.needs_pdf
def test_a_result_is_drafted_returned_mended_seen_and_signed(logged_in_page, live_server, desk):
    dossier = desk.processing()
    address = live_server.url + reverse("desk:dossier", args=[dossier.code])
    officer, signer = logged_in_page(desk.officer, 360), logged_in_page(desk.signer, 1280)

    officer.goto(f"{address}soan-ket-qua/")
    officer.fill("#confirmation--conclusion", "Đúng với cơ sở dữ liệu.")
    officer.wait_for_selector("[data-preview-here] >> text=Đúng với cơ sở dữ liệu.")  # while it is typed
    officer.click("[name=luu-tiep]")
    officer.wait_for_url("**/chuyen-buoc/")
    officer.click(".step-form button[type=submit]:not([name])")
    officer.wait_for_url(address)

    signer.goto(f"{address}tra-lai-buoc/")
    signer.check("[name=back_to]")
    signer.fill("[name=note]", "Xem lại kết luận.")
    signer.fill("[name='dau.confirmation/conclusion']", "Ghi rõ ngày tra cứu.")
    signer.click(".step-form button[type=submit]:not([name])")
    signer.wait_for_url(address)

    officer.goto(f"{address}soan-ket-qua/")
    assert "Xem lại kết luận." in officer.inner_text("main") and "Ghi rõ ngày tra cứu." in officer.inner_text("main")
    officer.fill("#confirmation--conclusion", "Đúng với cơ sở dữ liệu ngày 28/11/2026.")
    officer.click("[name=luu-tiep]")
    officer.wait_for_url("**/chuyen-buoc/")
    officer.click(".step-form button[type=submit]:not([name])")
    officer.wait_for_url(address)

    signer.goto(f"{live_server.url}{reverse('desk:sign')}")
    assert "chưa mở" in signer.inner_text("main")
    with signer.context.expect_page() as opened:
        signer.click("table a[target=_blank]")
    opened.value.close()
    signer.goto(f"{address}duyet/")
    assert "Đúng với cơ sở dữ liệu ngày 28/11/2026." in signer.inner_text(".changes ins")
    signer.goto(f"{live_server.url}{reverse('desk:sign')}")
    signer.check(f"input[value='{dossier.code}']")
    signer.click("form button[type=submit]:has-text('Duyệt và ký các hồ sơ đã chọn')")
    signer.wait_for_selector("text=Lần ký vừa rồi")
    assert "Đã duyệt." in signer.inner_text("main")
    assert Dossier.objects.get(pk=dossier.pk).decisions.count() == 1


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
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert "Đã tiếp nhận, chuyển xử lý" in page.inner_text("main")
    assert Dossier.objects.get(pk=dossier.pk).state == DossierState.PROCESSING


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


MORNING = 20  # dossiers


def test_a_clerks_morning_by_keyboard_only(logged_in_page, live_server, desk, capsys):
    """20 plain dossiers with a file each: opened, read, accepted and transferred. Keys and page loads are counted."""
    dossiers = [desk.submitted() for _n in range(MORNING)]
    with past_the_triggers():
        files = [factories.attachment(dossier, "khac", name=f"giay-{dossier.pk}.pdf") for dossier in dossiers]
    page = logged_in_page(desk.clerk)
    page.set_viewport_size({"width": 1280, "height": 900})
    keys, loads = 0, []
    page.on("framenavigated", lambda frame: loads.append(frame.url) if frame == page.main_frame else None)
    page.goto(live_server.url + reverse("desk:queue"))
    page.evaluate("document.activeElement.blur()")
    loads.clear()

    def press(key):
        nonlocal keys
        keys += 1
        page.keyboard.press(key)

    with page.expect_navigation():
        press("n")
    for _n in range(MORNING):
        assert page.locator("[data-body]").bounding_box()["y"] < 900 and page.locator("#nd").bounding_box()["y"] < 900
        on_screen = next(file for file in files if file.dossier.code in page.url)
        while not AccessLog.objects.filter(target=f"file:{on_screen.pk}", actor=desk.clerk).exists():
            page.wait_for_timeout(20)
        press("d")
        with page.expect_navigation():
            press("Enter")
    page.wait_for_url("**/can-bo/")

    with capsys.disabled():
        print(f"\n{MORNING} dossiers: {keys} keys, {len(loads)} page loads")
    assert keys <= 4 * MORNING and len(loads) <= 2 * MORNING
    assert {Dossier.objects.get(pk=dossier.pk).state for dossier in dossiers} == {DossierState.PROCESSING}
    read = [dossier.events.get(step="accept").text.details["read"] for dossier in dossiers]
    assert [list(row) for row in read] == [[str(file.pk)] for file in files] and all(all(row.values()) for row in read)


def test_keys_keep_quiet_while_somebody_types_and_with_other_keys_held(logged_in_page, live_server, desk):
    dossier = desk.submitted()
    page = logged_in_page(desk.clerk)
    address = live_server.url + reverse("desk:queue")
    page.goto(address)
    page.focus("#tu-khoa")
    page.keyboard.type("njkd?x")
    assert page.url == address and page.input_value("#tu-khoa") == "njkd?x"
    page.evaluate("document.activeElement.blur()")
    for held in ("Control+n", "Alt+n", "Meta+n", "Shift+n"):
        page.evaluate("key => document.dispatchEvent(new KeyboardEvent('keydown', key))", {
            "key": held[-1].upper() if held[0] == "S" else held[-1], "bubbles": True,
            "ctrlKey": held[0] == "C", "altKey": held[0] == "A", "metaKey": held[0] == "M", "shiftKey": held[0] == "S",
        })  # fmt: skip
    assert page.url == address
    page.keyboard.press("?")
    assert page.locator("[data-keys] dl").is_visible()
    click_and_wait(page.locator("[data-keys] form button"))
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert page.url == address and dossier.events.count() == 1
