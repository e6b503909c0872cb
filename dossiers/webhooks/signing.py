"""Signatures of the Standard Webhooks scheme, symmetric: `webhook-id`, `webhook-timestamp`, `webhook-signature` (v1).

A secret is `whsec_…`; its row holds it sealed (`portal.common.sealing`).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

from portal.common import sealing

PREFIX = "whsec_"
BYTES = 32  # of a secret; the scheme allows 24 to 64
PURPOSE = "dossiers.webhooks.secret"


def new_secret() -> str:
    """A new secret, sealed: 80 characters."""
    return sealing.seal(PURPOSE, secrets.token_bytes(BYTES))


def opened(sealed: str) -> str:
    """`whsec_…`, as the receiver knows it. Raises sealing.CannotOpen."""
    return PREFIX + base64.b64encode(sealing.unseal(PURPOSE, sealed)).decode()


def resealed(sealed: str) -> str:
    """The same under the SECRET_KEY of now, where it is under an older one; what cannot be opened stays."""
    try:
        if sealed and sealing.is_under_an_old_key(PURPOSE, sealed):
            return sealing.seal(PURPOSE, sealing.unseal(PURPOSE, sealed))
    except sealing.CannotOpen:
        pass
    return sealed


def sign(secret: str, message_id: str, timestamp: int, body: str) -> str:
    """«v1,…»: HMAC-SHA256 of «id.timestamp.body», base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(secrets_now: Iterable[str], message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """The headers of one message, signed with each secret: while one is being replaced, both are valid."""
    signatures = " ".join(sign(secret, message_id, timestamp, body) for secret in secrets_now)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}
