"""QR codes of bank transfers (VietQR: NAPAS QR_Format, EMVCo): fields of id, length and value, and a checksum at the end.

ASCII only, because some readers count the length in characters and others in bytes.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from payments.models import PaymentAttempt

NAPAS, TO_ACCOUNT = "A000000727", "QRIBFTTA"
MAX_AMOUNT = 499_999_999_999  # đồng: the limit of one instant transfer is lower; 12 digits always fit
MAX_PURPOSE_LENGTH = 25
CHECKSUM = "6304"
_BIN = re.compile(r"[0-9]{6}")
_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,19}")
_WORDS = re.compile(r"[A-Za-z0-9 .:,_-]{1,25}")  # characters that banks do not change


class BadTransferCode(ValueError):
    """Not a valid transfer code; it must not be shown, since money could go to a wrong account."""


@dataclass(frozen=True)
class TransferCode:
    """The content of a code. `amount` in whole đồng; None if the payer types it."""

    bank_bin: str
    account_number: str
    amount: int | None = None
    purpose: str = ""
    bill: str = ""


def payload(bank_bin: str, account_number: str, amount: int | None = None, purpose: str = "", bill: str = "") -> str:
    """The text of the QR code for a transfer of `amount` whole đồng to this account. Raises BadTransferCode."""
    _must_be(_BIN, bank_bin, "bank")
    _must_be(_ACCOUNT, account_number, "account")
    if amount is not None and (not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= MAX_AMOUNT):
        raise BadTransferCode(f"amount {amount!r}")
    for words in filter(None, (purpose, bill)):
        _must_be(_WORDS, words, "words")
    account = _part("00", bank_bin) + _part("01", account_number)
    text = _part("00", "01") + _part("01", "11" if amount is None else "12")
    text += _part("38", _part("00", NAPAS) + _part("01", account) + _part("02", TO_ACCOUNT)) + _part("53", "704")
    text += ("" if amount is None else _part("54", str(amount))) + _part("58", "VN")
    extra = (_part("01", bill) if bill else "") + (_part("08", purpose) if purpose else "")
    text += (_part("62", extra) if extra else "") + CHECKSUM
    return text + f"{checksum(text):04X}"


def payload_of(attempt: "PaymentAttempt") -> str:
    """The text of the QR code of one attempt: account, amount, reference. Raises BadTransferCode."""
    point = attempt.point
    return payload(point.bank_bin, point.account_number, attempt.amount, purpose_of(attempt))


def purpose_of(attempt: "PaymentAttempt") -> str:
    """The transfer content to use; it contains the reference, by which the credit is matched."""
    return f"DVC {attempt.reference}"


def parse(text: str) -> TransferCode:
    """Parse a code as a banking app does. Raises BadTransferCode."""
    if not re.fullmatch(r"[ -~]{20,512}", text, re.ASCII) or text[-8:-4] != CHECKSUM:
        raise BadTransferCode("not a transfer code")
    if text[-4:] != f"{checksum(text[:-4]):04X}":
        raise BadTransferCode("wrong checksum")
    root = _parts(text)
    merchant = _parts(root.get("38", ""))
    if (root.get("00"), merchant.get("00"), root.get("53"), root.get("58")) != ("01", NAPAS, "704", "VN"):
        raise BadTransferCode("not a VietQR code in đồng")
    account, extra = _parts(merchant.get("01", "")), _parts(root.get("62", ""))
    amount = root.get("54")
    if amount is not None and not re.fullmatch(r"[1-9][0-9]{0,11}", amount, re.ASCII):
        raise BadTransferCode("wrong amount")
    _must_be(_BIN, account.get("00", ""), "bank")
    _must_be(_ACCOUNT, account.get("01", ""), "account")
    return TransferCode(
        account["00"], account["01"], None if amount is None else int(amount), extra.get("08", ""), extra.get("01", "")
    )


def checksum(text: str) -> int:
    """CRC-16/CCITT-FALSE: polynomial 1021, initial value FFFF, not reflected. Check value of «123456789»: 29B1."""
    crc = 0xFFFF
    for byte in text.encode("ascii"):
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc


def _must_be(form: re.Pattern[str], value: Any, name: str) -> None:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise BadTransferCode(f"{name} {value!r}")


def _part(name: str, value: str) -> str:
    if not 1 <= len(value) <= 99:
        raise BadTransferCode(f"part {name} of {len(value)} characters")
    return f"{name}{len(value):02}{value}"


def _parts(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        name, length = text[at : at + 2], text[at + 2 : at + 4]
        if not re.fullmatch(r"[0-9]{4}", name + length, re.ASCII) or name in found:
            raise BadTransferCode("parts that do not fit")
        value = text[at + 4 : at + 4 + int(length)]
        if not value or len(value) != int(length):
            raise BadTransferCode("parts that do not fit")
        found[name], at = value, at + 4 + len(value)
    return found
