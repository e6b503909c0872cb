"""Signatures: HMAC-SHA512 over sorted form fields (pay, IPN, return) or over values joined with | (querydr, refund).

The portal has its own implementation, so that an error in one of them is found by the other.
"""

import hashlib
import hmac
from urllib.parse import quote_plus

UNSIGNED = frozenset({"vnp_SecureHash", "vnp_SecureHashType"})

QUERY_FIELDS = ["RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate", "IpAddr", "OrderInfo"]
REFUND_FIELDS = [
    *("RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount", "TransactionNo"),
    *("TransactionDate", "CreateBy", "CreateDate", "IpAddr", "OrderInfo"),
]
REFUND_ANSWER_FIELDS = [
    *("ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode", "PayDate"),
    *("TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo"),
]
QUERY_ANSWER_FIELDS = [*REFUND_ANSWER_FIELDS, "PromotionCode", "PromotionAmount"]


def form_text(fields):
    """The text to sign: vnp_ fields with a value, sorted by bytes, form-encoded."""
    signed = {name: value for name, value in fields.items() if name.startswith("vnp_") and name not in UNSIGNED and value != ""}
    return "&".join(f"{name}={quote_plus(signed[name])}" for name in sorted(signed, key=str.encode))


def pipe_text(fields, names):
    """The text to sign: the named values joined with |; a missing value is empty."""
    return "|".join(str(fields.get(f"vnp_{name}", "")) for name in names)


def hmac_hex(secret, text):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def is_right(secret, text, given):
    """True when `given` is the signature of this text; upper or lower case. Compares in constant time."""
    return hmac.compare_digest(hmac_hex(secret, text).encode(), str(given).lower().encode("utf-8", "replace"))
