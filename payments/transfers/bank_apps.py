"""Links that open a banking app on the phone of the payer. Only for real accounts; a demo account is paid at the mock bank.

The URLs are those that VietQR publishes. They contain no payment data, because apps differ in what they fill in: the payer
pastes the copied values. Not tested with the real apps.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from payments.models import CollectionPoint, PaymentAttempt

OPENER = "https://dl.vietqr.io/pay"


class BankApp(NamedTuple):
    """One app: its id in the published list, and the usual name of the bank."""

    app: str
    name: str

    @property
    def href(self) -> str:
        return f"{OPENER}?app={self.app}"


APPS = [
    BankApp("vcb", "Vietcombank"), BankApp("icb", "VietinBank"), BankApp("bidv", "BIDV"), BankApp("vba", "Agribank"),
    BankApp("mb", "MB Bank"), BankApp("tcb", "Techcombank"), BankApp("acb", "ACB"), BankApp("tpb", "TPBank"),
]  # fmt: skip


def apps_for(point: CollectionPoint) -> Sequence[BankApp]:
    """The apps to offer for a transfer to this account; none for a demo account."""
    return [] if point.demo else APPS


def play_bank(attempt: PaymentAttempt, content: str) -> str:
    """In the demo, the URL of the mock bank where the transfer can be made; empty for real accounts."""
    if not (settings.DEMO and attempt.point.demo):
        return ""
    gateway = urlsplit(settings.VNPAY_PAY_URL)
    facts = {"account": attempt.point.account_number, "amount": attempt.amount, "content": content}
    return f"{gateway.scheme}://{gateway.netloc}/bank/?{urlencode(facts)}"
