"""Secrets that the portal must read again, encrypted for their column: AES-256-GCM under a key that comes from SECRET_KEY.

A sealed value is base64 of nonce (12 bytes), encrypted bytes and tag (16 bytes). Who reads the database without the environment
of the portal reads nothing. It opens with SECRET_KEY or one of SECRET_KEY_FALLBACKS, for the purpose it was sealed for only.
"""

import base64
import binascii
import secrets
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac

NONCE = 12  # bytes


class CannotOpen(Exception):
    """Sealed under a key that the portal no longer has, or damaged."""


def seal(purpose: str, value: bytes) -> str:
    """Encrypt for this purpose."""
    nonce = secrets.token_bytes(NONCE)
    return base64.b64encode(nonce + next(_keys()).encrypt(nonce, value, purpose.encode())).decode()


def unseal(purpose: str, sealed: str) -> bytes:
    """What `seal` was given. Raises CannotOpen."""
    return _opened(purpose, sealed)[0]


def is_under_an_old_key(purpose: str, sealed: str) -> bool:
    """Does it open with one of SECRET_KEY_FALLBACKS only? Raises CannotOpen."""
    return _opened(purpose, sealed)[1] > 0


def _opened(purpose: str, sealed: str) -> tuple[bytes, int]:
    """The value, and the place of the key that opened it: 0 is SECRET_KEY."""
    try:
        raw = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CannotOpen("not a sealed value") from error
    for place, key in enumerate(_keys()):
        try:
            return key.decrypt(raw[:NONCE], raw[NONCE:], purpose.encode()), place
        except (InvalidTag, ValueError):  # ValueError: too short for a nonce
            continue
    raise CannotOpen("sealed under another SECRET_KEY, or damaged")


def _keys() -> Iterator[AESGCM]:
    """The newest first."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield AESGCM(salted_hmac("portal.sealing", "", secret=secret, algorithm="sha256").digest())
