"""VNPAY PAY 2.1.0, as `payments` uses it: our rows in, an address or a verified answer out."""

import secrets as randomness
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from payments.gateways.vnpay import answers, canonical, client, requests
from payments.gateways.vnpay.answers import QueryAnswer, RefundAnswer
from portal.common import clock


def pay_url(attempt: Any, *, ip: str | None, language: str = "vi") -> str:
    """Where the browser of a payer goes to pay this attempt. `ip` is the payer's, as the request tells it."""
    payment = requests.Payment(
        terminal=attempt.point.code,
        reference=attempt.reference,
        amount=attempt.amount,
        created_at=attempt.created_at,
        expires_at=attempt.expires_at,
        order_info=f"Le phi ho so {attempt.obligation.dossier.code}: {attempt.amount} VND",
        return_url=return_url(language),
        ip=canonical.safe_ip(ip, settings.SERVER_IP),
        language=language,
        bank_choice=attempt.bank_choice,
    )
    return requests.pay_url(settings.VNPAY_PAY_URL, payment, attempt.point.secret)


def return_url(language: str) -> str:
    """The one address, per language, to which the gateway sends payers back: nothing of the payment stands in it."""
    with translation.override(language):
        return settings.SITE_URL + reverse("payments:return")


def query(attempt: Any, *, patience: float | None = None) -> QueryAnswer:
    """Ask what became of an attempt, for at most `patience` seconds (default: the client's). Raises `NoAnswer`: then we know
    what we knew before."""
    point, now = attempt.point, clock.now()
    question = requests.Question(
        request_id=f"Q{now:%y%m%d%H%M%S}{randomness.token_hex(6).upper()}",
        terminal=point.code,
        reference=attempt.reference,
        paid_for_at=attempt.created_at,
        asked_at=now,
        ip=settings.SERVER_IP,
    )
    raw = client.post(settings.VNPAY_API_URL, requests.query(question, point.secret), patience=patience)
    return answers.read_query_answer(raw, terminal=point.code, secret=point.secret)


def refund(refund: Any, *, by: str) -> RefundAnswer:
    """Send the order of an approved refund, under its own request id. Raises `NotSent` (may be sent again as it is) or
    `NoAnswer` (may have arrived: only a question tells)."""
    attempt = refund.attempt
    point = attempt.point
    order = requests.GiveBack(
        request_id=refund.request_id,
        terminal=point.code,
        reference=attempt.reference,
        amount=refund.amount,
        is_all=refund.amount == attempt.amount,
        transaction_no=attempt.transaction_no,
        paid_for_at=attempt.created_at,
        by=by,
        sent_at=clock.now(),
        ip=settings.SERVER_IP,
        order_info=f"Hoan le phi ho so {attempt.obligation.dossier.code}",
    )
    raw = client.post(settings.VNPAY_API_URL, requests.refund(order, point.secret))
    return answers.read_refund_answer(raw, terminal=point.code, secret=point.secret)
