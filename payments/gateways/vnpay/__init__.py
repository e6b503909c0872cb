"""VNPAY PAY 2.1.0 as a provider (`payments.gateways.base.Provider`). Only this package knows codes of VNPAY."""

import datetime as dt
import json
import secrets as randomness
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from payments.gateways.base import Answer, Notice, NoticeResult, Reply, SettlementLine, Subject
from payments.gateways.outcomes import Outcome
from payments.gateways.vnpay import answers, canonical, client, codes, requests, settlement_files, wire
from payments.gateways.vnpay.answers import ApiAnswer
from payments.models.states import AttemptState
from portal.common import clock

if TYPE_CHECKING:
    from payments.models import CollectionPoint, PaymentAttempt, Refund

key, notice_method = "vnpay", "GET"
SUBJECTS = {
    wire.PAYMENT: Subject.PAYMENT,
    wire.REFUND_OF_ALL: Subject.REFUND,
    wire.REFUND_OF_PART: Subject.REFUND,
}  # fmt: skip
# RspCode and Message; after 00 and 02 VNPAY does not retry.
REPLIES = {
    NoticeResult.CONFIRMED: ("00", "Confirm Success"),
    NoticeResult.UNKNOWN_REFERENCE: ("01", "Order not found"),
    NoticeResult.ALREADY_CONFIRMED: ("02", "Order already confirmed"),
    NoticeResult.WRONG_AMOUNT: ("04", "Invalid amount"),
    NoticeResult.BAD_SIGNATURE: ("97", "Invalid signature"),
    NoticeResult.FAILED: ("99", "Unknown error"),
}


class NoSecret(LookupError):
    """The environment has no secret for this terminal: nothing can be signed or verified."""


def is_configured(point: "CollectionPoint") -> bool:
    """Is the secret of this terminal in the environment?"""
    return bool(settings.VNPAY_SECRETS.get(point.code))


def secret_of(point: "CollectionPoint") -> str:
    """The secret that this terminal shares with VNPAY. Raises NoSecret."""
    if not is_configured(point):
        raise NoSecret(point.code)
    return settings.VNPAY_SECRETS[point.code]


# ------------------------------------------------------------ the payer goes there and comes back


def pay_url(attempt: "PaymentAttempt", *, ip: str | None, language: str = "vi") -> str:
    """The URL to pay this attempt. `ip`: address of the payer, from the request."""
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
    return requests.pay_url(settings.VNPAY_PAY_URL, payment, secret_of(attempt.point))


def return_url(language: str) -> str:
    """The URL to which VNPAY sends payers back; one per language, without data of the payment."""
    with translation.override(language):
        return settings.SITE_URL + reverse("payments:return")


def read_return(raw: str) -> Notice:
    """Verify and read the query string of a return; it has the same signed fields as an IPN."""
    return read_notice(raw)


# ------------------------------------------------------------ IPN


def raw_notice(request: HttpRequest) -> str:
    """The query string."""
    return request.META.get("QUERY_STRING", "")


def read_notice(raw: str) -> Notice:
    """Verify and read the query string of an IPN."""
    said = answers.read_pay(raw, settings.VNPAY_SECRETS)
    return Notice(
        terminal=said.terminal,
        reference=said.reference,
        amount=wire.dong(said.hundredths),
        outcome=codes.of_pay(said.response_code, said.status),
        code=codes.joined(said.response_code, said.status),
        transaction_no=said.transaction_no,
        bank_code=said.bank_code,
        is_readable=said.is_readable,
    )


def answer_notice(result: NoticeResult) -> Reply:
    """VNPAY's JSON: RspCode and Message."""
    code, message = REPLIES[result]
    return Reply(code, json.dumps({"RspCode": code, "Message": message}), "application/json")


# ------------------------------------------------------------ queries and refunds


def query(attempt: "PaymentAttempt", *, timeout: float | None = None) -> Answer:
    """Query an attempt (querydr); `timeout` in seconds (default: the client's). Raises `NoAnswer`."""
    point, now = attempt.point, clock.now()
    secret = secret_of(point)
    question = requests.Question(
        request_id=f"Q{now:%y%m%d%H%M%S}{randomness.token_hex(6).upper()}",
        terminal=point.code,
        reference=attempt.reference,
        payment_created_at=attempt.created_at,
        asked_at=now,
        ip=settings.SERVER_IP,
    )
    raw = client.post(settings.VNPAY_API_URL, requests.query(question, secret), timeout=timeout)
    return answer_of(answers.read_query_answer(raw, terminal=point.code, secret=secret), attempt)


def refund(refund: "Refund", *, by: str) -> Answer:
    """Send the order of an approved refund under its request id. Raises `NotSent` (the same order may be sent again) or
    `NoAnswer` (it may have arrived: query first)."""
    attempt = refund.attempt
    point = attempt.point
    secret = secret_of(point)
    order = requests.RefundOrder(
        request_id=refund.request_id,
        terminal=point.code,
        reference=attempt.reference,
        amount=refund.amount,
        is_all=refund.amount == attempt.amount,
        transaction_no=attempt.transaction_no,
        payment_created_at=attempt.created_at,
        by=by,
        sent_at=clock.now(),
        ip=settings.SERVER_IP,
        order_info=f"Hoan le phi ho so {attempt.obligation.dossier.code}",
    )
    raw = client.post(settings.VNPAY_API_URL, requests.refund(order, secret))
    return answer_of(answers.read_refund_answer(raw, terminal=point.code, secret=secret), attempt)


def answer_of(said: ApiAnswer, attempt: "PaymentAttempt") -> Answer:
    """The neutral form of an answer about this attempt."""
    return Answer(
        is_done=said.code == wire.DONE,
        subject=SUBJECTS.get(said.transaction_type, Subject.UNCLEAR),
        reference=said.reference,
        amount=wire.dong(said.hundredths),
        outcome=codes.of_query(said, attempt),
        refund=codes.of_refund(said.code, said.status),
        is_success=said.status == wire.PAID,
        is_busy=said.code == wire.BUSY,
        code=codes.joined(said.code, said.status),
        transaction_no="" if said.transaction_no == "0" else said.transaction_no,
        bank_code=said.bank_code,
        raw=said.raw,
    )


def outcome_of_code(code: str, state: AttemptState) -> Outcome | None:
    """The outcome for a code stored on an attempt in this state."""
    return codes.of_stored_code(code, state)


# ------------------------------------------------------------ settlement files


def settlement_address(point: "CollectionPoint", day: dt.date) -> str:
    """The URL of the file of this terminal and day; empty if SETTLEMENT_URL is not set."""
    return settings.SETTLEMENT_URL.format(terminal=point.code, day=f"{day:%Y%m%d}")


def read_settlement(content: bytes, day: dt.date) -> list[SettlementLine]:
    """The lines of VNPAY's CSV."""
    return settlement_files.read(content, day)


def read_settlement_line(raw: str) -> SettlementLine:
    """A line from its stored text."""
    return settlement_files.stored_line(raw)


def paid_on(raw: str) -> dt.date | None:
    """The day of vnp_PayDate."""
    return settlement_files.paid_on(raw)
