"""The simulated bank: accounts that receive transfers, and the parser of VietQR payloads."""

import re

from . import clock
from .models import Credit

MAX_TRANSFER = 499_999_999_999  # đồng, one transfer
ACCOUNT = r"[A-Za-z0-9]{3,19}"


class BadTransfer(ValueError):
    """The transfer is refused; the text says why, in Vietnamese."""


def receive(account, amount, content):
    """Credit an account. `amount` in whole đồng, a number or ASCII digits. Raises BadTransfer."""
    account, content = str(account or "").strip(), str(content or "").strip()
    if not re.fullmatch(ACCOUNT, account):
        raise BadTransfer("Số tài khoản có từ 3 đến 19 chữ hoặc số.")
    if isinstance(amount, str) and re.fullmatch(r"[0-9]{1,12}", amount.strip()):
        amount = int(amount)
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= MAX_TRANSFER:
        raise BadTransfer("Số tiền là số đồng chẵn, lớn hơn 0.")
    if len(content) > 255 or not content.isprintable():
        raise BadTransfer("Nội dung dài nhất 255 chữ, trên một dòng.")
    return Credit.objects.create(account=account, amount=amount, content=content, at=clock.now())


def as_banks_write_it(content):
    """A transfer content as many banks change it: no punctuation, upper case, with a prefix."""
    return f"CT DEN {re.sub(r'[^A-Za-z0-9 ]', '', content).upper()}".strip()


def as_json(credit):
    return {
        "id": credit.pk,
        "account": credit.account,
        "amount": credit.amount,
        "content": credit.content,
        "at": credit.at.astimezone(clock.GMT7).isoformat(),
    }


def read_payload(text):
    """{"bank", "account", "amount", "content"} of a VietQR payload. Raises BadTransfer when it is malformed."""
    text = text.strip()
    if not re.fullmatch(r"[ -~]{20,512}", text) or text[-8:-4] != "6304":
        raise BadTransfer("Đây không phải là nội dung của mã VietQR.")
    if f"{_crc(text[:-4]):04X}" != text[-4:].upper():
        raise BadTransfer("Mã QR sai số kiểm tra: có chữ bị thiếu hoặc bị sửa.")
    root = _parts(text)
    account_part = _parts(_parts(root.get("38", "")).get("01", ""))
    extra = _parts(root.get("62", ""))
    if _parts(root.get("38", "")).get("00") != "A000000727" or "01" not in account_part:
        raise BadTransfer("Mã QR không ghi tài khoản nhận.")
    return {
        "bank": account_part.get("00", ""),
        "account": account_part["01"],
        "amount": root.get("54", ""),
        "content": extra.get("08", "") or extra.get("01", ""),
    }


def _parts(text):
    """The parts of an EMVCo TLV text as {id: value}."""
    found, at = {}, 0
    while at < len(text):
        if not re.fullmatch(r"[0-9]{4}", text[at : at + 4]):
            raise BadTransfer("Mã QR bị sai cấu trúc.")
        name, length = text[at : at + 2], int(text[at + 2 : at + 4])
        value = text[at + 4 : at + 4 + length]
        if length == 0 or len(value) < length or name in found:
            raise BadTransfer("Mã QR bị sai cấu trúc.")
        found[name] = value
        at += 4 + length
    return found


def _crc(text):
    """CRC-16 of EMVCo QR codes: polynomial 0x1021, initial value 0xFFFF."""
    crc = 0xFFFF
    for byte in text.encode("ascii"):
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
