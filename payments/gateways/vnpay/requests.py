"""What we say to VNPAY: the address of a payment, a question about one, an order to send money back. Pure: facts in, text out."""

import datetime as dt
from dataclasses import dataclass

from payments.gateways.vnpay import canonical, wire

LOCALES = {"vi": "vn", "en": "en"}


@dataclass(frozen=True)
class Payment:
    """A payment about to be asked for. `amount` in whole đồng; `bank_choice` empty lets the payer choose on the gateway."""

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
    """«What became of it?» `paid_for_at` is the vnp_CreateDate of the payment; `ip` is our server's."""

    request_id: str
    terminal: str
    reference: str
    paid_for_at: dt.datetime
    asked_at: dt.datetime
    ip: str


@dataclass(frozen=True)
class GiveBack:
    """An order to send `amount` đồng of a payment back. `by` names who approved it, in the gateway's letters."""

    request_id: str
    terminal: str
    reference: str
    amount: int
    is_all: bool
    transaction_no: str
    paid_for_at: dt.datetime
    by: str
    sent_at: dt.datetime
    ip: str
    order_info: str


def pay_url(address: str, payment: Payment, secret: str) -> str:
    """Where the payer's browser goes. Only letters every encoder writes alike go out; anything else raises ValueError."""
    if not 10 <= len(payment.return_url) <= 255:
        raise ValueError("the gateway takes return addresses of 10 to 255 characters")
    values = {
        "vnp_Version": wire.VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": _known(wire.read_terminal(payment.terminal)),
        "vnp_Amount": wire.hundredths(payment.amount),
        "vnp_BankCode": wire.read_plain(payment.bank_choice),
        "vnp_CreateDate": wire.moment(payment.created_at),
        "vnp_ExpireDate": wire.moment(payment.expires_at),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": payment.ip,
        "vnp_Locale": LOCALES.get(payment.language, "vn"),
        "vnp_OrderInfo": _known(canonical.safe_text(payment.order_info)),
        "vnp_OrderType": "other",
        "vnp_ReturnUrl": payment.return_url,
        "vnp_TxnRef": _known(wire.read_reference(payment.reference)),
    }
    return f"{address}?{canonical.signed_query(values, secret)}"


def query(question: Question, secret: str) -> dict[str, str]:
    """The JSON of querydr."""
    values = {
        "vnp_RequestId": question.request_id,
        "vnp_Version": wire.VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": _known(wire.read_terminal(question.terminal)),
        "vnp_TxnRef": _known(wire.read_reference(question.reference)),
        "vnp_TransactionDate": wire.moment(question.paid_for_at),
        "vnp_CreateDate": wire.moment(question.asked_at),
        "vnp_IpAddr": question.ip,
        "vnp_OrderInfo": f"Truy van {question.reference}",
    }
    return _signed(values, secret)


def refund(order: GiveBack, secret: str) -> dict[str, str]:
    """The JSON of a refund."""
    values = {
        "vnp_RequestId": order.request_id,
        "vnp_Version": wire.VERSION,
        "vnp_Command": "refund",
        "vnp_TmnCode": _known(wire.read_terminal(order.terminal)),
        "vnp_TransactionType": wire.REFUND_OF_ALL if order.is_all else wire.REFUND_OF_PART,
        "vnp_TxnRef": _known(wire.read_reference(order.reference)),
        "vnp_Amount": wire.hundredths(order.amount),
        "vnp_TransactionNo": order.transaction_no or "0",
        "vnp_TransactionDate": wire.moment(order.paid_for_at),
        "vnp_CreateBy": _known(canonical.safe_text(order.by, 245, between="")),
        "vnp_CreateDate": wire.moment(order.sent_at),
        "vnp_IpAddr": order.ip,
        "vnp_OrderInfo": _known(canonical.safe_text(order.order_info)),
    }
    return _signed(values, secret)


def _signed(values: dict[str, str], secret: str) -> dict[str, str]:
    """In the order they stand (which is the order the gateway joins them in), then the hash."""
    if not 1 <= len(values["vnp_RequestId"]) <= 32:
        raise ValueError("the gateway takes request ids of 1 to 32 characters")
    return {**values, canonical.HASH: canonical.sign(secret, canonical.joined(values.values()))}


def _known(text: str) -> str:
    if not text:
        raise ValueError("the gateway cannot be told this: a required value is empty or holds letters it does not take")
    return text
