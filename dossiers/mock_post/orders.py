"""Takes orders. Idempotent by the reference of the client: the second order with it gets the first answer."""

import json
from datetime import UTC, datetime

from django.db import transaction

from . import course, signatures
from .conf import setting
from .models import Parcel

POSTAGE = 30_000  # đồng; made up
MIN_ADDRESS = 10  # characters


class Refused(Exception):
    """The order is not taken: (HTTP status, reason)."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status, self.reason = status, reason


def take(body, signature):
    """(the parcel, whether it is new). Raises Refused."""
    asked = _read(body)
    secret = setting("SECRETS").get(asked.get("client"))
    if not secret or not signatures.is_right(secret, body, signature):
        raise Refused(401, "signature")
    reference, recipient = asked.get("reference"), asked.get("recipient")
    if not isinstance(reference, str) or not 4 <= len(reference) <= 64 or not isinstance(recipient, dict):
        raise Refused(400, "reference, recipient")
    if len(str(recipient.get("address", "")).strip()) < MIN_ADDRESS:
        raise Refused(422, "Địa chỉ thiếu, không phát được")
    with transaction.atomic():
        parcel, new = Parcel.objects.get_or_create(
            client=asked["client"], reference=reference,
            defaults={
                "recipient": recipient, "sender": asked.get("sender") or {}, "postage": POSTAGE,
                "postage_by": "sender" if asked.get("postage_by") == "sender" else "recipient",
                "ordered_at": datetime.now(UTC), "next_at": course.next_time(),
            },
        )  # fmt: skip
    return parcel, new


def answer(parcel):
    """The answer to an order, as (body, signature)."""
    told = {"reference": parcel.reference, "tracking": parcel.tracking, "postage": parcel.postage, "status": "labelled",
            "at": parcel.ordered_at.isoformat()}  # fmt: skip
    body = json.dumps(told).encode()
    return body, signatures.sign(setting("SECRETS")[parcel.client], body)


def _read(body):
    try:
        asked = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "no JSON") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("client"), str):
        raise Refused(400, "client")
    return asked
