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
    """(the parcel, whether it is new). Raises Refused, also for a parcel that its sender has cancelled."""
    asked = _signed(body, signature)
    reference, recipient = asked["reference"], asked.get("recipient")
    if not isinstance(recipient, dict):
        raise Refused(400, "recipient")
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
    if parcel.status == "cancelled":
        raise Refused(422, "Người gửi đã hủy")
    return parcel, new


def find(body, signature):
    """The parcel that its sender asks about. Raises Refused: 404 for one that is not known."""
    asked = _signed(body, signature)
    parcel = Parcel.objects.filter(client=asked["client"], reference=asked["reference"]).first()
    if parcel is None:
        raise Refused(404, "unknown")
    return parcel


@transaction.atomic
def cancel(body, signature):
    """The parcel, cancelled. One that was never ordered is kept as cancelled, so that an order that comes late is refused. Raises
    Refused: 409 when it was picked up."""
    asked = _signed(body, signature)
    parcel, _new = Parcel.objects.get_or_create(
        client=asked["client"], reference=asked["reference"],
        defaults={"recipient": {}, "sender": {}, "postage": 0, "postage_by": "sender", "ordered_at": datetime.now(UTC)},
    )  # fmt: skip
    if parcel.status == "labelled":
        course.report(parcel, "cancelled")
        parcel.refresh_from_db()
    if parcel.status != "cancelled":
        raise Refused(409, f"Không hủy được: {parcel.get_status_words()}")
    return parcel


def course_of(parcel):
    """All notices of the parcel so far, as (body, signature); not those that only pretend to be the post's."""
    true = parcel.notices.filter(forged=False).order_by("pk")
    told = {"reference": parcel.reference, "notices": [notice.told() for notice in true]}
    body = json.dumps(told, ensure_ascii=False).encode()
    return body, signatures.sign(setting("SECRETS")[parcel.client], body)


def answer(parcel):
    """The answer to an order, as (body, signature)."""
    told = {"reference": parcel.reference, "tracking": parcel.tracking, "postage": parcel.postage, "status": "labelled",
            "at": parcel.ordered_at.isoformat()}  # fmt: skip
    body = json.dumps(told).encode()
    return body, signatures.sign(setting("SECRETS")[parcel.client], body)


def _signed(body, signature):
    """The message of a client with its `client` and `reference`. Raises Refused."""
    asked = _read(body)
    secret = setting("SECRETS").get(asked.get("client"))
    if not secret or not signatures.is_right(secret, body, signature):
        raise Refused(401, "signature")
    if not isinstance(asked.get("reference"), str) or not 4 <= len(asked["reference"]) <= 64:
        raise Refused(400, "reference")
    return asked


def _read(body):
    try:
        asked = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise Refused(400, "no JSON") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("client"), str):
        raise Refused(400, "client")
    return asked
