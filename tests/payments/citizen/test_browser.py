"""Paying in a real browser: three taps to the gateway, pages that poll, with and without scripts."""

import http.server
import threading

import pytest

from payments.attempts import links, settlement
from payments.models import PaymentAttempt
from payments.models.states import AttemptState
from tests.browser_support import axe, prefer, sideways, too_wide_at_twice_the_text
from tests.dossiers.pages import browse
from tests.payments.notices import RETURN, signed_query_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def waiting(money_desk):
    return money_desk.waiting()


@pytest.fixture
def gateway_host(settings):
    """A host in place of the gateway: records URL and headers of each request."""
    seen = []

    class Visits(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.startswith("/paymentv2/"):
                seen.append((self.path, dict(self.headers)))
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<title>Cong thanh toan</title>")

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Visits)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    settings.VNPAY_PAY_URL = f"{host}/paymentv2/vpcpay.html"
    directives = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "form-action": [*directives["form-action"][:1], host]}}
    yield seen
    server.shutdown()


@pytest.fixture
def logged_in(open_page, live_server, waiting):
    """Call it for a browser page where the submitter is logged in."""

    def logged_in(**options):
        page = open_page(**options)
        session = browse(waiting.submitter).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    return logged_in


def address(live_server, dossier, tail=""):
    return f"{live_server.url}/ho-so/{dossier.code}/tra-phi/{tail}"


# ---------------------------------------------------------------- to the gateway
@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_is_at_the_gateway_in_three_taps(logged_in, live_server, waiting, gateway_host, scripts):
    page = logged_in(java_script_enabled=scripts)
    page.goto(f"{live_server.url}/ho-so/")
    page.click(".todo a.btn")
    page.wait_for_url("**/tra-phi/")
    first = page.locator("main form button").first
    assert first.inner_text().strip() == "Mở ứng dụng ngân hàng"
    first.click()
    page.wait_for_url("**/paymentv2/vpcpay.html?*")
    assert PaymentAttempt.objects.get().reference in page.url and len(gateway_host) == 1


def test_a_desktop_is_offered_the_code_first(logged_in, live_server, waiting):
    page = logged_in(width=1280, height=900)
    page.goto(address(live_server, waiting))
    assert page.locator("main form button").first.inner_text().strip() == "Hiện mã QR"
    assert page.is_visible("text=Hiện mã VietQR") and not page.is_visible("text=Mở ứng dụng ngân hàng trên máy này")


def test_a_double_click_and_a_second_tab_make_one_attempt(logged_in, live_server, waiting, gateway_host):
    page = logged_in()
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(address(live_server, waiting))
    page.locator("main form button").first.dblclick()
    other.locator("main form button").first.click()
    for tab in (page, other):
        tab.wait_for_url("**/paymentv2/vpcpay.html?*")
    assert PaymentAttempt.objects.count() == 1


def test_the_gateway_never_learns_the_address_of_a_link(open_page, live_server, waiting, gateway_host):
    link = links.make(waiting, waiting.submitter)
    page = open_page()
    page.goto(f"{live_server.url}/tra-giup/{link.token}/")
    page.locator("main form button").first.click()
    page.wait_for_url("**/paymentv2/vpcpay.html?*")
    path, headers = gateway_host[0]
    assert link.token not in path and "Referer" not in headers


# ---------------------------------------------------------------- waiting
def test_a_transfer_goes_on_by_itself_when_the_money_is_there(logged_in, live_server, waiting):
    page = logged_in()
    page.goto(address(live_server, waiting))
    page.click("button[value=chuyen-khoan]")
    page.wait_for_url("**/chuyen-khoan/")
    assert page.is_visible("[data-poll]") and not page.is_visible("main .qr") and page.is_visible("text=Lưu ảnh mã QR")
    settlement.settle(PaymentAttempt.objects.get().reference, cause="statement")
    page.wait_for_url(address(live_server, waiting))
    assert "Đã trả 200.000" in page.inner_text("h1")


def test_an_unknown_payment_goes_on_to_what_became_of_it(money_desk, logged_in, live_server, waiting):
    attempt = money_desk.paying(dossier=waiting)
    page = logged_in()
    page.goto(address(live_server, waiting, "chua-xong/"))
    assert "Ngân hàng chưa báo" in page.inner_text("h1")
    settlement.record_outcome(attempt.reference, AttemptState.FAILED, cause="ipn", code="51/02")
    page.wait_for_selector("text=Tài khoản không đủ tiền.")


def test_the_picture_is_kept_and_the_lines_are_copied(money_desk, logged_in, live_server, waiting):
    attempt = money_desk.paying("transfer", waiting)
    page = logged_in()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address(live_server, waiting, "chuyen-khoan/"))
    with page.expect_download() as kept:
        page.click("a[download]")
    assert kept.value.suggested_filename == f"ma-qr-{attempt.reference}.png"
    button = page.locator("[data-copy^='DVC ']")
    button.click()
    page.wait_for_selector("text=Đã chép")
    assert page.evaluate("navigator.clipboard.readText()") == f"DVC {attempt.reference}"


def test_without_scripts_everything_is_there_to_read_and_to_press(money_desk, logged_in, live_server, waiting):
    attempt = money_desk.paying("transfer", waiting)
    page = logged_in(java_script_enabled=False)
    page.goto(address(live_server, waiting, "chuyen-khoan/"))
    assert page.is_visible(f"text=DVC {attempt.reference}") and not page.is_visible("[data-copy]")
    settlement.settle(attempt.reference, cause="statement")
    page.click("text=Xem lại")
    assert "Đã trả 200.000" in page.inner_text("h1")


def test_the_way_back_reloads_itself_until_it_is_known(money_desk, open_page, live_server, waiting):
    attempt = money_desk.paying(dossier=waiting)
    page = open_page()
    page.goto(f"{live_server.url}{RETURN}?{signed_query_of(attempt)}")
    assert "đang kiểm tra" in page.inner_text("main")
    settlement.settle(attempt.reference, cause="ipn")
    page.wait_for_selector("text=Đã nhận đủ tiền.")


# ---------------------------------------------------------------- for everybody's eyes
@pytest.fixture
def paths(money_desk, waiting):
    """One of each page, in the states that change it."""
    mine = waiting.submitter
    untouched = money_desk.waiting(submitter=mine)
    links.make(untouched, mine)
    link = links.make(money_desk.paying("transfer", money_desk.waiting(submitter=mine)).obligation.dossier, mine)
    transfer, paid, twice = (money_desk.waiting(submitter=mine) for _ in range(3))
    unknown = money_desk.paying(dossier=waiting)
    money_desk.paying("transfer", transfer)
    settlement.settle(money_desk.paying(dossier=paid).reference, cause="ipn")
    first, second = money_desk.paying(dossier=twice), money_desk.paying("transfer", twice)
    settlement.settle(second.reference, cause="statement")
    settlement.settle(first.reference, cause="ipn")
    doubtful = money_desk.paying(dossier=money_desk.waiting(submitter=mine))
    settlement.record_outcome(doubtful.reference, AttemptState.REVIEW, cause="suspicion", code="07/00")
    gone = links.make(untouched, mine)
    pay, bad = [f"/ho-so/{dossier.code}/tra-phi/" for dossier in (untouched, waiting, transfer, paid, twice)], "chua-xong/"
    links.make(untouched, mine)
    return [
        *pay, f"{pay[1]}{bad}", f"{pay[2]}{bad}", f"{pay[4]}{bad}", f"/ho-so/{doubtful.obligation.dossier.code}/tra-phi/{bad}",
        f"/ho-so/{doubtful.obligation.dossier.code}/tra-phi/", f"{pay[2]}chuyen-khoan/", f"/tra-giup/{link.token}/",
        f"/tra-giup/{link.token}/chuyen-khoan/", f"/tra-giup/{gone.token}/", RETURN, f"/ho-so/{waiting.code}/",
        f"{RETURN}?{signed_query_of(unknown)}",
    ]  # fmt: skip


LOOKS = [
    (360, {"co_chu": "rat-to", "giao_dien": "toi"}), (360, {}), (1280, {}), (1280, {"co_chu": "rat-to", "giao_dien": "toi"}),
]  # fmt: skip


@pytest.mark.parametrize(("width", "look"), LOOKS)
def test_axe_finds_nothing(logged_in, live_server, paths, width, look):
    page = logged_in(width=width)
    prefer(page, live_server.url, **look)
    for path in paths:
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('main details').forEach(box => box.open = true)")
        assert axe(page) == [], path


def test_nothing_scrolls_sideways_on_the_narrowest_phone_with_the_largest_text(logged_in, live_server, paths):
    page = logged_in(width=320)
    prefer(page, live_server.url, co_chu="rat-to")
    for path in paths:
        page.goto(live_server.url + path)
        page.evaluate("document.querySelectorAll('main details').forEach(box => box.open = true)")
        assert sideways(page) == 0, path
        assert too_wide_at_twice_the_text(page) == [], path
        page.set_viewport_size({"width": 320, "height": 780})
