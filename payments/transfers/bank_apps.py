"""Links that open a banking app on the payer's phone. Shown for real accounts only: a made-up one is paid at the mock bank.

The addresses are those VietQR publishes. They carry nothing of the payment, because apps differ in what they fill in: the
payer pastes what was copied. Not tried with the real apps.
"""

from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings

OPENER = "https://dl.vietqr.io/pay"


class BankApp(NamedTuple):
    """One app: its id in the published list, and the bank's name as people say it."""

    app: str
    name: str

    @property
    def href(self):
        return f"{OPENER}?app={self.app}"


APPS = [
    BankApp("vcb", "Vietcombank"), BankApp("icb", "VietinBank"), BankApp("bidv", "BIDV"), BankApp("vba", "Agribank"),
    BankApp("mb", "MB Bank"), BankApp("tcb", "Techcombank"), BankApp("acb", "ACB"), BankApp("tpb", "TPBank"),
]  # fmt: skip


def apps_for(point):
    """The apps to offer for a transfer to this account: none where the account is made up."""
    return [] if point.demo else APPS


def play_bank(attempt, content):
    """In demo, where to make the transfer with play money: the bank corner of the mock gateway. Empty for real accounts."""
    if not (settings.DEMO and attempt.point.demo):
        return ""
    gateway = urlsplit(settings.VNPAY_PAY_URL)
    facts = {"account": attempt.point.account_number, "amount": attempt.amount, "content": content}
    return f"{gateway.scheme}://{gateway.netloc}/bank/?{urlencode(facts)}"
