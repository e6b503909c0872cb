"""Somebody who pays: a citizen with a dossier that owes its fee, a browser at the portal, and the gateway's page."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
from django.conf import settings
from django.test import Client

from tests.faults.site import patiently

APP, ATM, ABROAD = "ung-dung", "the-noi-dia", "the-quoc-te"  # the buttons, by what they send
CAME_BACK = ("return_first", "ipn_first", "return_only")  # the orders in which a browser comes back


class Payer:
    """`desk` is a tests.money.MoneyDesk: it files the dossier. Everything else goes over HTTP."""

    def __init__(self, site, desk):
        self.site = site
        self.dossier = desk.waiting()
        self.browser = httpx.Client(
            base_url=site.address, cookies=_logged_in(self.dossier.submitter), timeout=30, trust_env=False, follow_redirects=False
        )
        self.page = f"/ho-so/{self.dossier.code}/tra-phi/"
        self.seen = []  # the heading of every page a return led to

    def press(self, button):
        """Choose a way on the dossier's own page. Returns the address at the gateway that it leads to."""
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
        """Open the gateway's page; what fails is loaded again. Returns the last page."""
        for _try in range(reloads):
            page = self.site.gateway.arrive(address)
            if page.status_code == 200:
                break
        return page

    def act(self, address, outcome, order, faults=None):
        """Pay (or not) at the gateway, and come back when `order` has the browser come back."""
        reference = reference_of(address)
        ended = self.site.gateway.pay(reference, outcome, order=order, faults=faults or {})
        if ended["return_url"] and order in CAME_BACK:
            self.come_back(ended["return_url"])
        return ended

    def come_back(self, address):
        """The browser is sent back to the portal: what it shows is a page, whatever happened."""
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
