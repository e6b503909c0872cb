"""A payer: a citizen with a dossier whose fee is due, with a browser at the portal and at the gateway."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
from django.conf import settings
from django.test import Client

from tests.faults.site import patiently

APP, ATM, ABROAD = "ung-dung", "the-noi-dia", "the-quoc-te"  # values of the buttons
CAME_BACK = ("return_first", "ipn_first", "return_only")  # the orders in which the browser returns


class Payer:
    """`desk` is a tests.money.MoneyDesk: it files the dossier. Everything else goes over HTTP."""

    def __init__(self, site, desk):
        self.site = site
        self.dossier = desk.waiting()
        self.browser = httpx.Client(
            base_url=site.address, cookies=_logged_in(self.dossier.submitter), timeout=30, trust_env=False, follow_redirects=False
        )
        self.page = f"/ho-so/{self.dossier.code}/tra-phi/"
        self.seen = []  # headings of the pages after returns

    def press(self, button):
        """Choose a way on the pay page. Returns the URL at the gateway."""
        answer = patiently(lambda: self._press(button))
        address = answer.headers.get("Location", "")
        if not address.startswith(self.site.gateway.address):
            raise AssertionError(f"the button {button} leads to {answer.status_code} {address or 'nowhere'}")
        return address

    def _press(self, button):
        page = self.browser.get(self.page)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        if page.status_code != 200 or not token:
            return page
        form = {"csrfmiddlewaretoken": token[1], "cach": button}
        return self.browser.post(self.page, data=form, headers={"Referer": self.site.address + self.page})

    def arrive(self, address, *, reloads=3):
        """Open the page of the gateway, reloading after failures. Returns the last response."""
        for _try in range(reloads):
            page = self.site.gateway.arrive(address)
            if page.status_code == 200:
                break
        return page

    def act(self, address, outcome, order, faults=None):
        """Pay (or not) at the gateway, and return to the portal if `order` says so."""
        reference = reference_of(address)
        ended = self.site.gateway.pay(reference, outcome, order=order, faults=faults or {})
        if ended["return_url"] and order in CAME_BACK:
            self.come_back(ended["return_url"])
        return ended

    def come_back(self, address):
        """Open the return URL; it must always show a page with a heading."""
        page = patiently(lambda: self.browser.get(address, follow_redirects=True))
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
        if page.status_code != 200 or not heading:
            raise AssertionError(f"the way back ends in HTTP {page.status_code} without a heading")
        self.seen.append(re.sub(r"<[^>]+>|\s+", " ", heading[1]).strip())


def reference_of(address):
    return parse_qs(urlsplit(address).query)["vnp_TxnRef"][0]


def _logged_in(user):
    client = Client()
    client.force_login(user, backend="accounts.authentication.PasswordBackend")
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
