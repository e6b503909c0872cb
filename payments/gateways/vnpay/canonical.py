"""Signatures of VNPAY 2.1.0: HMAC-SHA512 over sorted form-encoded pairs (browser) or over values joined by «|» (JSON).

Form encoders differ on `~ * ! ' ( )`, so the values we send never contain these.
"""

import hmac
import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import quote_plus, unquote_to_bytes, urlencode

from payments.gateways.base import Unreadable

HASH = "vnp_SecureHash"
UNSIGNED = frozenset({HASH, "vnp_SecureHashType"})
MAX_QUERY_LENGTH = 4000  # characters; a complete message has about 700
MAX_PAIRS = 60
_NAME = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,64}")
_HEX_HASH = re.compile(r"[0-9A-Fa-f]{128}")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def string_to_sign(values: Mapping[str, str]) -> str:
    """The non-empty `vnp_` pairs except the hash, sorted by name and form-encoded (space is +)."""
    signed = {name: value for name, value in values.items() if name.startswith("vnp_") and name not in UNSIGNED and value}
    return urlencode(sorted(signed.items()), quote_via=quote_plus)


def joined(values: Iterable[str]) -> str:
    """The string to sign of a JSON request or answer: raw values joined by «|»; a missing value is empty."""
    return "|".join(values)


def sign(secret: str, message: str) -> str:
    """Lower-case hex of HMAC-SHA512. Raises ValueError for an empty secret, which anybody could use."""
    if not secret:
        raise ValueError("no secret to sign with")
    return hmac.digest(secret.encode(), message.encode(), "sha512").hex()


def is_signed(secret: str, message: str, claimed: str) -> bool:
    """Was `message` signed with this secret? Compared in constant time; False unless `claimed` is 128 hex digits."""
    if not secret or not _HEX_HASH.fullmatch(claimed):
        return False
    return hmac.compare_digest(sign(secret, message).encode(), claimed.lower().encode())


def signed_query(values: Mapping[str, str], secret: str) -> str:
    """The query string of a redirect, with the signature as last parameter."""
    message = string_to_sign(values)
    return f"{message}&{HASH}={sign(secret, message)}"


def read_query(raw: str) -> dict[str, str]:
    """Parse a raw query string strictly. Raises `Unreadable`."""
    if len(raw) > MAX_QUERY_LENGTH:
        raise Unreadable("longer than any answer of the gateway")
    pieces = [piece for piece in raw.split("&") if piece]
    if len(pieces) > MAX_PAIRS:
        raise Unreadable("more parameters than the gateway has")
    values: dict[str, str] = {}
    for piece in pieces:
        name, equals, value = piece.partition("=")
        name, value = _decoded(name), _decoded(value)
        if not equals or not _NAME.fullmatch(name):
            raise Unreadable("a parameter without a proper name")
        if name in values:
            raise Unreadable("a name stands twice")
        values[name] = value
    return values


def _decoded(text: str) -> str:
    if not text.isascii() or _STRAY_PERCENT.search(text):
        raise Unreadable("not form-encoded")
    try:
        decoded = unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    if any(unicodedata.category(char) == "Cc" for char in decoded):
        raise Unreadable("a control character")
    return decoded


def safe_text(text: str, max_length: int = 255, *, between: str = " .:,_-") -> str:
    """Text in the characters VNPAY accepts: letters without accents, digits and those in `between`. Any other character becomes
    a space, or is removed if `between` has no space."""
    plain = text.replace("đ", "d").replace("Đ", "D")  # NFD does not decompose it
    plain = "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))
    space = " " if " " in between else ""
    kept = (char if char.isascii() and (char.isalnum() or char in between) else space for char in plain)
    return space.join("".join(kept).split())[:max_length].strip()


def safe_ip(address: str | None, default: str) -> str:
    """A valid IPv4 or IPv6 address of a payer, or `default` if there is none (Unix socket, unusual proxy)."""
    try:
        found = ipaddress.ip_address((address or "").strip())
    except ValueError:
        return default
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.IPv6Address(int(found)))  # without the zone («fe80::1%eth0»)
    return str(found)
