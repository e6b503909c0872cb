"""HMAC-SHA256 over the body, in hexadecimal. The portal has its own implementation: an error in one is found by the other."""

import hashlib
import hmac

HEADER = "X-Post-Signature"


def sign(secret, body):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_right(secret, body, given):
    return hmac.compare_digest(sign(secret, body).encode(), str(given).encode("utf-8", "replace"))
