"""How VNPAY 2.1.0 signs: HMAC-SHA512 over sorted, form-encoded pairs (browser) or over values joined with bars (JSON).

Encoders of other languages differ on `~ * ! ' ( )`, so none of those ever stands in a value we send.
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
LONGEST = 4000  # characters of a query string; a full answer of the gateway has about 700
MOST_PAIRS = 60
_NAME = re.compile(r"[A-Za-z0-9_.\-\[\]]{1,64}")
_HEX_HASH = re.compile(r"[0-9A-Fa-f]{128}")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def string_to_sign(values: Mapping[str, str]) -> str:
    """The `vnp_` pairs but the hash itself, without empty ones, by name, as a form writes them (space is +)."""
    signed = {name: value for name, value in values.items() if name.startswith("vnp_") and name not in UNSIGNED and value}
    return urlencode(sorted(signed.items()), quote_via=quote_plus)


def joined(values: Iterable[str]) -> str:
    """The string to sign of a JSON request or answer: raw values, a bar between each; what is absent is empty."""
    return "|".join(values)


def sign(secret: str, message: str) -> str:
    """Lower-case hex of HMAC-SHA512. An empty secret signs nothing: anybody could do the same."""
    if not secret:
        raise ValueError("no secret to sign with")
    return hmac.digest(secret.encode(), message.encode(), "sha512").hex()


def is_signed(secret: str, message: str, claimed: str) -> bool:
    """Was `message` signed with our secret? Compared in constant time; anything but 128 hex figures is a no."""
    if not secret or not _HEX_HASH.fullmatch(claimed):
        return False
    return hmac.compare_digest(sign(secret, message).encode(), claimed.lower().encode())


def signed_query(values: Mapping[str, str], secret: str) -> str:
    """The query string of a redirect, its signature last."""
    message = string_to_sign(values)
    return f"{message}&{HASH}={sign(secret, message)}"


def read_query(raw: str) -> dict[str, str]:
    """The pairs of a query string as it came over the wire. Raises `Unreadable`; nothing is guessed or mended."""
    if len(raw) > LONGEST:
        raise Unreadable("longer than any answer of the gateway")
    pieces = [piece for piece in raw.split("&") if piece]
    if len(pieces) > MOST_PAIRS:
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


def safe_text(text: str, longest: int = 255, *, between: str = " .:,_-") -> str:
    """Words as the gateway takes them: letters without accents, figures and what may stand `between` them; any other sign
    becomes a space, or nothing where no space may stand."""
    plain = text.replace("đ", "d").replace("Đ", "D")  # NFD does not split it
    plain = "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))
    space = " " if " " in between else ""
    kept = (char if char.isascii() and (char.isalnum() or char in between) else space for char in plain)
    return space.join("".join(kept).split())[:longest].strip()


def safe_ip(address: str | None, otherwise: str) -> str:
    """The address of a payer as v4 or v6, or `otherwise` when there is none (a socket, an odd proxy)."""
    try:
        found = ipaddress.ip_address((address or "").strip())
    except ValueError:
        return otherwise
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.IPv6Address(int(found)))  # without a zone («fe80::1%eth0»)
    return str(found)
