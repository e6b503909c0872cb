"""What a citizen, a payer and an accountant do and read on the pages of paying."""

import re

from payments.accounting import invariants
from tests import factories
from tests.browser_support import axe, click_and_wait, sideways
from tests.dossiers.pages import browse
from tests.processes import wait_for

CARD = {"Số thẻ": "9704198526191432198", "Tên chủ thẻ": "NGUYEN VAN A", "Ngày phát hành": "07/15"}
PAID = "Đã trả 200.000 đồng"
TAKEN = "Đã trừ tiền: "  # then: có, không or đang kiểm tra
SCRIPTS_RUN = """() => {
  const box = document.createElement("div");
  box.innerHTML = "<noscript><b></b></noscript>";
  return !box.querySelector("b");  // where scripts are off, what stands in a noscript is part of the page
}"""
_seen = set()


def words(page):
    """The text of the page as people read it, with plain spaces."""
    return " ".join(page.locator("main").inner_text().split())


def headline(page):
    return " ".join(page.locator("h1").inner_text().split())


def looks_right(page):
    """Nothing for axe to find (it needs scripts), nothing to scroll sideways. What was looked at is not looked at again."""
    kind = (re.sub(r"[A-Z0-9.-]{17,}|/[^/]{20,}/", "*", page.url.partition("?")[0]), headline(page), page.viewport_size["width"])
    if kind in _seen:
        return
    assert sideways(page) == 0, page.url
    if page.evaluate(SCRIPTS_RUN):
        assert axe(page) == [], page.url
        _seen.add(kind)


def log_in(page, site, user):
    """Through the login page, as everybody does."""
    page.goto(f"{site.url}/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(user.username)
    page.get_by_label("Mật khẩu", exact=True).fill(factories.PASSWORD)
    click_and_wait(page.locator("main").get_by_role("button", name="Đăng nhập"))
    page.wait_for_url(re.compile(r"/(ho-so|can-bo)/"))


def is_logged_in(page, site, user):
    """The page's browser has been logged in before. Returns the page."""
    session = browse(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    return page


# ---------------------------------------------------------------- on the portal
def choose(page, site, dossier, way):
    """Open the page of paying and press the button of this way."""
    page.goto(site.of(dossier))
    looks_right(page)
    click_and_wait(page.get_by_role("button", name=way, exact=True))


def reads_paid(page):
    """The page gets there by itself, when it must wait for the bank."""
    page.locator("h1", has_text=re.compile(r"^\s*Đã trả 200\.000\sđồng")).wait_for()
    looks_right(page)


def all_is_well():
    """Whatever this test and those before it did to money: everything adds up."""
    assert list(invariants.violations()) == []


# ---------------------------------------------------------------- at the gateway
def pay_in_the_app(page):
    """From the gateway's first page: the banking app opens, and the payer confirms."""
    looks_right(page)
    click_and_wait(page.get_by_role("link", name="Mở ứng dụng ngân hàng (giả)"))
    looks_right(page)
    click_and_wait(page.get_by_role("button", name=re.compile(r"^Trả 200\.000\sđồng$")))


def pay_by_card(page):
    """The published test card that has enough money, with its one-time password."""
    click_and_wait(page.get_by_role("link", name="NCB"))
    looks_right(page)
    for label, value in CARD.items():
        page.get_by_label(label).fill(value)
    click_and_wait(page.get_by_role("button", name=re.compile("^Trả")))
    looks_right(page)
    page.get_by_label("Mật khẩu một lần").fill("123456")
    click_and_wait(page.get_by_role("button", name=re.compile("^Xác nhận trả")))


def settled(dossier):
    """Wait until the money is counted, however it was heard of; the dossier afresh."""
    wait_for(lambda: type(dossier).objects.filter(pk=dossier.pk, state="SUBMITTED").exists(), 30)
    dossier.refresh_from_db()
    return dossier
