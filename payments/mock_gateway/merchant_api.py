"""The merchant API: querydr and refund. Every answer to a known terminal is signed."""

import json
import re

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from . import clock, faults, paying, refunding, signatures
from .codes import API_MESSAGES, Declined
from .conf import setting
from .models import ApiRequest, QueryWindow, Transaction

MAX_BODY_BYTES = 8000  # bytes
COMMON = {
    "RequestId": r"[A-Za-z0-9]{1,32}",
    "Version": r"2\.1\.0",
    "TmnCode": r"[A-Za-z0-9]{8}",
    "TxnRef": r"[A-Za-z0-9]{1,100}",
    "TransactionDate": r"[0-9]{14}",
    "CreateDate": r"[0-9]{14}",
    "IpAddr": r"[0-9A-Fa-f:.]{2,45}",
    "OrderInfo": r"[A-Za-z0-9 .:,_-]{1,255}",
}
FORMATS = {
    "querydr": COMMON | {"TransactionNo": r"[0-9]{0,15}"},
    "refund": COMMON
    | {
        "TransactionType": r"0[23]",
        "Amount": r"[1-9][0-9]{2,11}",
        "TransactionNo": r"[0-9]{0,15}",
        "CreateBy": r"[A-Za-z0-9 .:,_@-]{1,245}",
    },
}
SIGNED = {"querydr": signatures.QUERY_FIELDS, "refund": signatures.REFUND_FIELDS}
ANSWERED = {"querydr": signatures.QUERY_ANSWER_FIELDS, "refund": signatures.REFUND_ANSWER_FIELDS}


def answer(body):
    """The answer to one request body, as a dict for JSON."""
    try:
        asked = read_body(body)
    except Declined as refusal:
        return {"vnp_ResponseCode": refusal.code, "vnp_Message": refusal.message}
    command = asked.get("vnp_Command", "")
    try:
        check(asked, command)
        fields = _query(asked) if command == "querydr" else _refund(asked)
    except Declined as refusal:
        fields = {"ResponseCode": refusal.code, "Message": refusal.message}
    return _signed(asked, command, fields)


def read_body(body):
    """The fields of a JSON object of strings (integers become strings). Raises Declined 03, also for repeated names."""

    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("repeated name")
        return dict(pairs)

    try:
        asked = json.loads(body.decode(), object_pairs_hook=once) if len(body) <= MAX_BODY_BYTES else None
        if not isinstance(asked, dict):
            raise ValueError("not an object")
        fields = {name: _text(value) for name, value in asked.items()}
        "".join([*fields, *fields.values()]).encode()  # raises for lone surrogates
    except (ValueError, RecursionError) as error:
        raise Declined("03") from error
    return fields


def _text(value):
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError("neither text nor number")
    return value


def check(asked, command):
    """Check terminal (02), format (03) and signature (97), in this order. Raises Declined."""
    if command not in FORMATS:
        raise Declined("03")
    secret = setting("TERMINALS").get(asked.get("vnp_TmnCode", ""))
    if not secret:
        raise Declined("02")
    for name, pattern in FORMATS[command].items():
        optional = name == "TransactionNo"
        if not re.fullmatch(pattern, asked.get(f"vnp_{name}", "" if optional else "\0")):
            raise Declined("03", f"{API_MESSAGES['03']}: vnp_{name}")
    if not all(clock.read_stamp(asked[f"vnp_{name}"]) for name in ("TransactionDate", "CreateDate")):
        raise Declined("03")
    text = signatures.pipe_text(asked, SIGNED[command])
    if not signatures.is_right(secret, text, asked.get("vnp_SecureHash", "")):
        raise Declined("97")


def _register_request_id(asked):
    """A request id is valid once a day; a repeated one raises Declined 94. The id of a refused refund is not stored."""
    try:
        with transaction.atomic():
            ApiRequest.objects.create(
                terminal=asked["vnp_TmnCode"], request_id=asked["vnp_RequestId"], day=clock.local_day(clock.now())
            )
    except IntegrityError as repeated:
        raise Declined("94") from repeated


def find(asked):
    """The transaction with this terminal, reference and creation time. Raises Declined 91."""
    row = Transaction.objects.filter(
        terminal=asked["vnp_TmnCode"], reference=asked["vnp_TxnRef"], create_date=asked["vnp_TransactionDate"]
    ).first()
    if row is None:
        raise Declined("91")
    return row


def _query(asked):
    _register_request_id(asked)
    if faults.apply_switches(["querydr_94"], asked["vnp_TxnRef"]):
        raise Declined("94")
    with transaction.atomic():
        row = _within_rate_limit(asked)
    return {"ResponseCode": "00", "Message": "QueryDR Success", **refunding.refund_or_payment_fields(row)}


def _within_rate_limit(asked):
    """The transaction, if QUERY_WINDOW seconds have passed since the last answer to its terminal. Raises Declined 94."""
    terminal = asked["vnp_TmnCode"]
    QueryWindow.objects.get_or_create(terminal=terminal)
    window = QueryWindow.objects.select_for_update().get(terminal=terminal)
    if window.answered_at and (clock.now() - window.answered_at).total_seconds() < setting("QUERY_WINDOW"):
        raise Declined("94")
    row = find(asked)
    paying.complete_pending()
    row = paying.expire_if_late(Transaction.objects.get(pk=row.pk), notify=False)
    window.answered_at = clock.now()
    window.save()
    return row


@transaction.atomic
def _refund(asked):
    _register_request_id(asked)
    refund = refunding.accept_refund(find(asked), asked)
    return {"ResponseCode": "00", "Message": "Refund Success", **refunding.answer_fields(refund)}


def _signed(asked, command, fields):
    """The answer with vnp_ names and signature; without signature for an unknown terminal."""
    names = ANSWERED.get(command, signatures.QUERY_ANSWER_FIELDS)
    echoed = {"Command": command[:16], "TmnCode": asked.get("vnp_TmnCode", "")[:8], "TxnRef": asked.get("vnp_TxnRef", "")[:100]}
    filled = {"ResponseId": f"R{get_random_string(15, '0123456789')}", **echoed, **fields}
    out = {f"vnp_{name}": str(filled.get(name, "")) for name in names}
    secret = setting("TERMINALS").get(asked.get("vnp_TmnCode", ""))
    if secret:
        out["vnp_SecureHash"] = signatures.hmac_hex(secret, signatures.pipe_text(out, names))
    switch = {"querydr": "querydr_unsigned", "refund": "refund_unsigned"}.get(command, "")
    match faults.apply_switches([switch], echoed["TxnRef"]).get(switch):
        case "missing":
            out.pop("vnp_SecureHash", None)
        case "wrong":
            out["vnp_SecureHash"] = signatures.hmac_hex("not the secret", "")
    return out
