"""VNPAY's messages, verified and typed. A message without the signature of its terminal's secret is rejected.

Amounts are in hundredths of a đồng, as on the wire. An unreadable field of a signed message is None or "".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from payments.gateways.base import BadSignature, ForeignTerminal, NoAnswer
from payments.gateways.vnpay import canonical, wire

# The fields (without `vnp_`) in the order in which they are signed. A refund answer has the first 13.
QUERY_ANSWER = (
    "ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate", "TransactionNo",
    "TransactionType", "TransactionStatus", "OrderInfo", "PromotionCode", "PromotionAmount",
)  # fmt: skip
REFUND_ANSWER = QUERY_ANSWER[:13]


@dataclass(frozen=True)
class PayAnswer:
    """One signed message about a payment (IPN and return have the same fields)."""

    terminal: str
    reference: str
    hundredths: int | None
    response_code: str
    status: str
    transaction_no: str
    bank_code: str
    pay_date: str

    def is_amount(self, amount: int) -> bool:
        """Is it about exactly so many đồng?"""
        return self.hundredths == amount * 100

    @property
    def is_readable(self) -> bool:
        """Are both codes there, of two digits each?"""
        return bool(self.response_code and self.status)

    @property
    def is_paid(self) -> bool:
        """Both codes must be 00; only one of them is a contradiction."""
        return self.response_code == self.status == wire.PAID


@dataclass(frozen=True)
class ApiAnswer:
    """One signed answer to querydr or refund. `code` is about the call, `status` about the transaction."""

    code: str
    message: str
    terminal: str
    reference: str
    hundredths: int | None
    bank_code: str
    pay_date: str
    transaction_no: str
    transaction_type: str
    status: str
    raw: str

    def is_about(self, terminal: str, reference: str, amount: int) -> bool:
        """Is it about this transaction of this terminal, for exactly so many đồng?"""
        return (self.terminal, self.reference, self.hundredths) == (terminal, reference, amount * 100)

    def proves_paid(self, terminal: str, reference: str, amount: int) -> bool:
        """Does it prove this payment: the call was done, and it is about the payment (not a refund) and the full amount?"""
        codes = (self.code, self.status, self.transaction_type)
        return codes == (wire.DONE, wire.PAID, wire.PAYMENT) and self.is_about(terminal, reference, amount)


def read_pay(raw: str, secrets: Mapping[str, str]) -> PayAnswer:
    """Verify and read the raw query string of an IPN or a return. Raises Unreadable, ForeignTerminal, BadSignature.

    Before the signature is checked, only the terminal is read, to choose the secret.
    """
    values = canonical.read_query(raw)
    if canonical.HASH not in values:
        raise BadSignature
    terminal = wire.read_terminal(values.get("vnp_TmnCode", ""))
    secret = secrets.get(terminal)
    if not secret:
        raise ForeignTerminal
    if not canonical.is_signed(secret, canonical.string_to_sign(values), values[canonical.HASH]):
        raise BadSignature

    def of(name: str) -> str:
        return values.get(f"vnp_{name}", "")

    return PayAnswer(
        terminal=terminal,
        reference=wire.read_reference(of("TxnRef")),
        hundredths=wire.read_amount(of("Amount")),
        response_code=wire.read_code(of("ResponseCode")),
        status=wire.read_code(of("TransactionStatus")),
        transaction_no=wire.read_plain(of("TransactionNo")),
        bank_code=wire.read_plain(of("BankCode")),
        pay_date=wire.read_plain(of("PayDate")),
    )


def read_query_answer(raw: bytes, *, terminal: str, secret: str) -> ApiAnswer:
    """The answer to querydr. Raises `NoAnswer` unless this terminal's secret signed it."""
    return ApiAnswer(**_verified(raw, QUERY_ANSWER, terminal, secret))


def read_refund_answer(raw: bytes, *, terminal: str, secret: str) -> ApiAnswer:
    """The answer to a refund. Raises `NoAnswer` unless this terminal's secret signed it."""
    return ApiAnswer(**_verified(raw, REFUND_ANSWER, terminal, secret))


def _verified(raw: bytes, order: tuple[str, ...], terminal: str, secret: str) -> dict[str, Any]:
    text = raw.decode("utf-8", "replace").replace("\0", "\ufffd")
    values = _values(text)
    code = wire.read_code(values.get("vnp_ResponseCode", ""))
    is_busy = code == wire.BUSY
    message = canonical.joined(values.get(f"vnp_{name}", "") for name in order)
    if not canonical.is_signed(secret, message, values.get(canonical.HASH, "")):
        raise NoAnswer("not signed by the gateway", raw=text, is_busy=is_busy)
    if values.get("vnp_TmnCode") != terminal:
        raise NoAnswer("about another terminal", raw=text, is_busy=is_busy)
    if not code:
        raise NoAnswer("without a code", raw=text)
    return {
        "code": code,
        "message": values.get("vnp_Message", "")[:200],
        "terminal": terminal,
        "reference": wire.read_reference(values.get("vnp_TxnRef", "")),
        "hundredths": wire.read_amount(values.get("vnp_Amount", "")),
        "bank_code": wire.read_plain(values.get("vnp_BankCode", "")),
        "pay_date": wire.read_plain(values.get("vnp_PayDate", "")),
        "transaction_no": wire.read_plain(values.get("vnp_TransactionNo", "")),
        "transaction_type": wire.read_code(values.get("vnp_TransactionType", "")),
        "status": wire.read_code(values.get("vnp_TransactionStatus", "")),
        "raw": text[:4000],
    }


def _values(text: str) -> dict[str, str]:
    """A flat JSON object of strings (integers become strings). Raises `NoAnswer` for anything else."""
    try:
        found = json.loads(text, object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise NoAnswer("not JSON", raw=text) from None
    if not isinstance(found, dict):
        raise NoAnswer("not a JSON object", raw=text)
    values = {}
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise NoAnswer("a value that is no text", raw=text)
        values[name] = "" if value is None else str(value)
    return values


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)
