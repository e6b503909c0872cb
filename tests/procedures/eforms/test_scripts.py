"""The JavaScript modules of a wizard page in a browser: communes, places by name, saved drafts, no lost input without network."""

import datetime as dt

import pytest
from django.conf import settings

from procedures.eforms import BoundPage
from tests.procedures.eforms.browser import shown
from tests.procedures.eforms.conftest import FORMS

pytestmark = pytest.mark.browser
TODAY = dt.date(2026, 11, 25)
SITE = "http://trang.test"
FRAME = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Thử</title>
<link rel="stylesheet" href="/static/css/portal.css"></head>
<body><main id="noi-dung"><p class="saved" role="status" data-saved></p>
<form method="post" action="/tiep" data-autosave="/luu" data-draft="7-{page}">
<input type="hidden" name="csrfmiddlewaretoken" value="abc"><input type="hidden" name="revision" value="1">
{fields}<button>Lưu và đi tiếp</button></form><a href="/truoc">Quay lại</a></main>
<script src="/static/js/portal.js" defer></script><script src="/static/js/address.js" defer></script>
<script src="/static/js/copies.js" defer></script><script src="/static/js/autosave.js" defer></script></body></html>"""

AFTER = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Xong</title><body>{main}</main>
<script src="/static/js/portal.js" defer></script></body></html>"""


class Site:
    """Serves one wizard page and takes its saves; `answer` is what the next save gets, None = the network is away."""

    def __init__(self, page, wizard_page):
        self.html = FRAME.format(page=wizard_page.key, fields=shown(BoundPage(FORMS["ct01"], wizard_page, KNOWN, TODAY)))
        self.after = "<main>"
        self.places = PLACES
        self.saves, self.sent, self.answer = [], [], (200, {"saved_at_text": "9 giờ 41", "revision": "2"})
        page.route("**/*", self._reply)

    def _reply(self, route, request):
        path = request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            route.fulfill(path=settings.BASE_DIR / path.lstrip("/"))
        elif path.startswith("/api/v1/communes/"):
            route.fulfill(json={"results": self.places}) if self.places else route.abort()
        elif path == "/luu":
            self.saves.append(request.post_data)
            status, body = self.answer or (0, None)
            route.fulfill(status=status, json=body) if status else route.abort()
        elif request.method == "POST":
            self.sent.append(request.post_data)
            route.fulfill(content_type="text/html", body=AFTER.format(main=self.after))
        else:
            route.fulfill(content_type="text/html", body=self.html)


WAS = "Phường Mường Thanh, Thành phố Điện Biên Phủ, Tỉnh Điện Biên"
PLACES = [
    {"code": code, "name": name, "province": "11", "province_name": "Tỉnh Điện Biên", "was": was}
    for code, name, was in (("11.X004", "Phường Điện Biên Phủ", [WAS]), ("11.X035", "Xã Thanh Nưa", []))
]
KNOWN = {"request_kind": "tam_tru", "head_relation": "chu_ho"}


@pytest.fixture
def visit(open_page):
    def visit(key):
        page = open_page()
        site = Site(page, FORMS["ct01"].page(key))
        page.goto(SITE + "/")
        return page, site

    return visit


def test_the_communes_of_the_province_arrive_when_it_is_chosen(visit):
    page, site = visit("noi_dang_ky")
    commune = page.locator("[data-commune]")

    assert page.locator("[data-step]:visible").count() == 0
    page.select_option("[data-province]", label="Tỉnh Điện Biên")
    page.locator("[data-commune] option", has_text="Xã Thanh Nưa").wait_for(state="attached")
    commune.select_option("11.X004")

    page.select_option("[data-province]", value="")
    assert commune.locator("option").count() == 1


def test_three_letters_are_enough_and_one_tap_chooses(visit):
    page, site = visit("noi_dang_ky")

    page.locator("[data-find]").press_sequentially("muo")
    page.get_by_role("option", name="Phường Điện Biên Phủ, Tỉnh Điện Biên (trước là Phường Mường Thanh").click()
    page.locator("[data-commune] option:checked", has_text="Phường Điện Biên Phủ").wait_for(state="attached")

    assert page.input_value("[data-province]") == "11" and page.input_value("[data-commune]") == "11.X004"
    assert page.input_value("[data-find]") == ""
    assert page.evaluate("document.activeElement.name") == "new_address-detail"


def test_a_place_is_chosen_with_the_keyboard_alone(visit):
    page, site = visit("noi_dang_ky")
    find = page.locator("[data-find]")

    find.press_sequentially("muo")
    page.get_by_role("option").first.wait_for()
    assert find.get_attribute("aria-expanded") == "true"
    find.press("ArrowDown")
    assert page.locator("[aria-selected=true]").get_attribute("id") == find.get_attribute("aria-activedescendant")
    find.press("Enter")
    page.locator("[data-commune] option:checked", has_text="Phường Điện Biên Phủ").wait_for(state="attached")
    assert site.sent == []


def test_without_network_the_buttons_come_back(visit):
    page, site = visit("noi_dang_ky")
    site.places = None

    page.select_option("[data-province]", label="Tỉnh Điện Biên")

    page.get_by_role("button", name="Hiện các xã, phường").wait_for()


def test_typing_saves_itself_and_says_when(visit):
    page, site = visit("lien_he")

    page.fill("#f-ap_phone", "0900000012")
    page.get_by_text("Máy đã tự lưu lúc 9 giờ 41").wait_for()

    assert len(site.saves) == 1
    assert "ap_phone=0900000012" in site.saves[0] and "csrfmiddlewaretoken=abc" in site.saves[0] and "revision=1" in site.saves[0]
    assert page.input_value("[name=revision]") == "2"


def test_words_stay_on_the_device_while_the_network_is_away(visit):
    page, site = visit("lien_he")
    site.answer = None

    page.fill("#f-ap_phone", "0900000012")
    page.get_by_text("Mất mạng: chữ đang gõ vẫn ở máy này").wait_for()
    page.reload()
    page.get_by_role("button", name="Dùng lại chữ đó").click()
    assert page.input_value("#f-ap_phone") == "0900000012"

    site.answer = (200, {"saved_at_text": "9 giờ 50", "revision": "2"})
    page.fill("#f-ap_email", "hoa@example.vn")
    page.get_by_text("Máy đã tự lưu lúc 9 giờ 50").wait_for()
    assert page.evaluate("localStorage.length") == 0


def test_a_copy_can_be_dropped(visit):
    page, site = visit("lien_he")
    page.evaluate('localStorage.setItem(\'ban-nhap:7-lien_he\', \'[["ap_phone","09"],["ap_email",""]]\')')
    page.reload()

    page.get_by_role("button", name="Bỏ đi").click()

    assert page.input_value("#f-ap_phone") == "" and page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(("after", "kept"), [("<main>", 0), ("<main data-unsent>", 1)])
def test_a_copy_goes_when_its_form_has_arrived_and_not_by_the_press_itself(visit, after, kept):
    page, site = visit("lien_he")
    site.after, site.answer = after, None

    page.fill("#f-ap_phone", "0900000012")
    page.get_by_role("button", name="Lưu và đi tiếp").click()
    page.wait_for_url("**/tiep")
    page.wait_for_function(f"localStorage.length == {kept}")
    page.goto(SITE + "/")
    assert page.get_by_role("button", name="Dùng lại chữ đó").count() == kept


def test_the_last_words_are_saved_before_a_link_and_at_a_reload(visit):
    page, site = visit("lien_he")
    page.fill("#f-ap_phone", "0900000012")
    page.get_by_role("link", name="Quay lại").click()
    page.wait_for_url("**/truoc")
    assert "ap_phone=0900000012" in site.saves[0] and "cuoi" not in site.saves[0]
    assert page.evaluate("localStorage.length") == 0, "they have arrived"

    page.goto(SITE + "/")
    page.evaluate("""() => { window.fetch = (address, sent) => {
        localStorage.setItem("sent", `${address} ${sent.body} ${sent.keepalive}`);
        return Promise.reject();
    }; }""")  # requests of a page that goes away do not reach `Site`
    page.fill("#f-ap_phone", "0900000013")
    page.reload()
    page.get_by_role("button", name="Dùng lại chữ đó").click()
    assert page.input_value("#f-ap_phone") == "0900000013"
    sent = page.evaluate("localStorage.getItem('sent')")
    assert sent.startswith("/luu ") and "ap_phone=0900000013" in sent and sent.endswith("cuoi=1 true")


def test_all_copies_go_at_logout(visit):
    page, site = visit("lien_he")
    page.evaluate("""() => {
        localStorage.setItem("ban-nhap:ai-do:9", "[]"); localStorage.setItem("khac", "1");
        const out = Object.assign(document.createElement("form"), { action: "/ra", method: "post" });
        out.dataset.logout = "";
        document.body.append(out);
        out.requestSubmit();
    }""")
    page.wait_for_url("**/ra")
    assert page.evaluate("Object.keys(localStorage)") == ["khac"]


def test_another_device_stops_the_saving(visit):
    page, site = visit("lien_he")
    site.answer = (409, {"url": "/nop/7/lien_he/"})

    page.fill("#f-ap_phone", "0900000012")
    link = page.get_by_role("link", name="Xem bản mới")
    link.wait_for()

    assert link.get_attribute("href") == "/nop/7/lien_he/"
    assert "Máy khác vừa sửa" in page.locator("[data-saved]").inner_text()


def test_sending_waits_for_a_save_under_way_and_carries_the_new_revision(visit):
    page, site = visit("lien_he")

    page.fill("#f-ap_phone", "0900000012")
    with page.expect_request("**/luu"):
        pass
    page.get_by_role("button", name="Lưu và đi tiếp").click()
    page.wait_for_url("**/tiep")

    assert len(site.sent) == 1 and "revision=2" in site.sent[0]


def test_each_module_is_small():
    for module in (settings.BASE_DIR / "static/js").glob("*.js"):
        assert module.stat().st_size <= 4096, module.name
