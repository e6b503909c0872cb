"""Requests to VNPAY: the URL of a payment, a query, a refund order. Pure functions without I/O."""

import datetime as dt
from dataclasses import dataclass

from payments.gateways.vnpay import canonical, wire

LOCALES = {"vi": "vn", "en": "en"}


@dataclass(frozen=True)
class Payment:
    """A payment to request. `amount` in whole đồng; empty `bank_choice`: the payer chooses at the gateway."""

    terminal: str
    reference: str
    amount: int
    created_at: dt.datetime
    expires_at: dt.datetime
    order_info: str
    return_url: str
    ip: str
    language: str = "vi"
    bank_choice: str = ""


@dataclass(frozen=True)
class Question:
    """A query. `payment_created_at`: the vnp_CreateDate of the payment; `ip`: address of our server."""

    request_id: str
    terminal: str
    reference: str
    payment_created_at: dt.datetime
    asked_at: dt.datetime
    ip: str


@dataclass(frozen=True)
class RefundOrder:
    """An order to refund `amount` đồng of a payment. `by` identifies who approved it (ASCII letters and digits)."""

    request_id: str
    terminal: str
    reference: str
    amount: int
    is_all: bool
    transaction_no: str
    payment_created_at: dt.datetime
    by: str
    sent_at: dt.datetime
    ip: str
    order_info: str


def pay_url(address: str, payment: Payment, secret: str) -> str:
    """The URL to pay. Raises ValueError for a value with characters that form encoders write differently."""
    if not 10 <= len(payment.return_url) <= 255:
        raise ValueError("the gateway takes return addresses of 10 to 255 characters")
    values = {
        "vnp_Version": wire.VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": _required(wire.read_terminal(payment.terminal)),
        "vnp_Amount": wire.hundredths(payment.amount),
        "vnp_BankCode": wire.read_plain(payment.bank_choice),
        "vnp_CreateDate": wire.moment(payment.created_at),
        "vnp_ExpireDate": wire.moment(payment.expires_at),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": payment.ip,
        "vnp_Locale": LOCALES.get(payment.language, "vn"),
        "vnp_OrderInfo": _required(canonical.safe_text(payment.order_info)),
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": payment.return_url,
        "vnp_TxnRef": _required(wire.read_reference(payment.reference)),
    }
    return f"{address}?{canonical.signed_query(values, secret)}"


def query(question: Question, secret: str) -> dict[str, str]:
    """The JSON of querydr."""
    values = {
        "vnp_RequestId": question.request_id,
        "vnp_Version": wire.VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": _required(wire.read_terminal(question.terminal)),
        "vnp_TxnRef": _required(wire.read_reference(question.reference)),
        "vnp_TransactionDate": wire.moment(question.payment_created_at),
        "vnp_CreateDate": wire.moment(question.asked_at),
        "vnp_IpAddr": question.ip,
        "vnp_OrderInfo": f"Truy van {question.reference}",
    }
    return _signed(values, secret)


def refund(order: RefundOrder, secret: str) -> dict[str, str]:
    """The JSON of a refund."""
    values = {
        "vnp_RequestId": order.request_id,
        "vnp_Version": wire.VERSION,
        "vnp_Command": "refund",
        "vnp_TmnCode": _required(wire.read_terminal(order.terminal)),
        "vnp_TransactionType": wire.REFUND_OF_ALL if order.is_all else wire.REFUND_OF_PART,
        "vnp_TxnRef": _required(wire.read_reference(order.reference)),
        "vnp_Amount": wire.hundredths(order.amount),
        "vnp_TransactionNo": order.transaction_no or "0",
        "vnp_TransactionDate": wire.moment(order.payment_created_at),
        "vnp_CreateBy": _required(canonical.safe_text(order.by, 245, between="")),
        "vnp_CreateDate": wire.moment(order.sent_at),
        "vnp_IpAddr": order.ip,
        "vnp_OrderInfo": _required(canonical.safe_text(order.order_info)),
    }
    return _signed(values, secret)


def _signed(values: dict[str, str], secret: str) -> dict[str, str]:
    """The values with the hash. Their order is the order in which VNPAY joins and signs them."""
    if not 1 <= len(values["vnp_RequestId"]) <= 32:
        raise ValueError("the gateway takes request ids of 1 to 32 characters")
    return {**values, canonical.HASH: canonical.sign(secret, canonical.joined(values.values()))}


def _required(text: str) -> str:
    if not text:
        raise ValueError("a required value is empty or holds characters that the gateway does not take")
    return text
