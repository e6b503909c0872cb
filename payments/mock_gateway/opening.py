"""Checks a payment request as strictly as the real gateway and opens a transaction."""

import ipaddress
import re
from urllib.parse import parse_qsl, urlsplit

from django.db import IntegrityError, transaction

from . import banks, clock, faults, signatures
from .conf import setting
from .models import State, Transaction

MAX_QUERY_BYTES = 6000  # bytes
ALNUM = r"[A-Za-z0-9]"
FORMATS = {
    "vnp_Version": r"2\.1\.0",
    "vnp_Command": r"pay",
    "vnp_TmnCode": rf"{ALNUM}{{8}}",
    "vnp_Amount": r"[1-9][0-9]{2,11}",
    "vnp_CreateDate": r"[0-9]{14}",
    "vnp_ExpireDate": r"[0-9]{14}",
    "vnp_CurrCode": r"VND",
    "vnp_IpAddr": r"[0-9A-Fa-f:.]{2,45}",
    "vnp_Locale": r"vn|en",
    "vnp_OrderInfo": r"[A-Za-z0-9 .:,_-]{1,255}",
    "vnp_OrderType": r"[A-Za-z0-9_-]{1,100}",
    "vnp_ReturnUrl": r"https?://[!-~]{3,247}",
    "vnp_TxnRef": rf"{ALNUM}{{1,100}}",
}
BANK_CODE = rf"{ALNUM}{{3,20}}"


class Refused(Exception):
    """The payment request is refused with this code. `known`: the transaction that already has this reference, or None."""

    def __init__(self, code, why="", known=None):
        super().__init__(f"{code}: {why}")
        self.code, self.why, self.known = code, why, known


def read_query(raw):
    """The fields of a raw query string. Raises Refused 03 for repeated names, invalid encoding and too long queries."""
    try:
        pairs = (
            parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=80) if len(raw) <= MAX_QUERY_BYTES else None
        )
    except ValueError:
        pairs = None
    if pairs is None:
        raise Refused("03", "unreadable")
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refused("03", "repeated parameter")
    return fields


def open_transaction(raw_query):
    """Open a transaction for a payment request. The identical request gets the same transaction while it is open.

    Raises Refused with 01, 02, 03, 04 or 97.
    """
    fields = read_query(raw_query)
    terminal = check_sender(fields)
    check_fields(fields)
    return _create(terminal, fields)


def check_sender(fields):
    """Check terminal (02), signature (97) and the fault terminal_locked (04). Returns the terminal code. Raises Refused."""
    terminal = fields.get("vnp_TmnCode", "")
    secret = setting("TERMINALS").get(terminal)
    if not secret:
        raise Refused("02", "no such terminal")
    if not signatures.is_right(secret, signatures.form_text(fields), fields.get("vnp_SecureHash", "")):
        raise Refused("97", "signature")
    if faults.apply_switches(["terminal_locked"], fields.get("vnp_TxnRef")):
        raise Refused("04", "locked")
    return terminal


def check_fields(fields):
    """Check that every required parameter is present and well formed. Raises Refused 03."""
    for name, pattern in FORMATS.items():
        if not re.fullmatch(pattern, fields.get(name, "")):
            raise Refused("03", name)
    bank = fields.get("vnp_BankCode", "")
    if bank and not (re.fullmatch(BANK_CODE, bank) and banks.is_known(bank)):
        raise Refused("03", "vnp_BankCode")
    if int(fields["vnp_Amount"]) % 100:
        raise Refused("03", "vnp_Amount")
    created, expires = (clock.read_stamp(fields[name]) for name in ("vnp_CreateDate", "vnp_ExpireDate"))
    if not created or not expires or expires <= created:
        raise Refused("03", "dates")
    _check_addresses(fields)


def _check_addresses(fields):
    try:
        ipaddress.ip_address(fields["vnp_IpAddr"])
        parts = urlsplit(fields["vnp_ReturnUrl"])
        good = bool(parts.hostname) and not parts.username and not parts.fragment and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or "\\" in fields["vnp_ReturnUrl"]:
        raise Refused("03", "address")


def _create(terminal, fields):
    reference = fields["vnp_TxnRef"]
    known = Transaction.objects.filter(terminal=terminal, reference=reference).first()
    if known:
        return _repeated(known, fields)
    try:
        with transaction.atomic():
            return Transaction.objects.create(
                terminal=terminal,
                reference=reference,
                amount=int(fields["vnp_Amount"]) // 100,
                bank_choice=fields.get("vnp_BankCode", ""),
                order_info=fields["vnp_OrderInfo"],
                return_url=fields["vnp_ReturnUrl"],
                locale=fields["vnp_Locale"],
                request_hash=fields["vnp_SecureHash"].lower(),
                create_date=fields["vnp_CreateDate"],
                created_at=faults.gateway_time(),
                expires_at=clock.read_stamp(fields["vnp_ExpireDate"]),
            )
    except IntegrityError:  # two requests with this reference at the same time
        return _repeated(Transaction.objects.get(terminal=terminal, reference=reference), fields)


def _repeated(known, fields):
    """The open transaction of an identical request. Raises Refused 01 for any other use of a known reference."""
    same = known.request_hash == fields["vnp_SecureHash"].lower() and known.state == State.OPEN
    if not same or faults.apply_switches(["strict_duplicate"], known.reference):
        raise Refused("01", "duplicate", known)
    return known
