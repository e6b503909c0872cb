"""A postal service that takes orders and reports over HTTP: JSON, each message signed with HMAC-SHA256 in X-Post-Signature.

The protocol is that of `dossiers/mock_post` (its README.md). The real service's own description was not at hand: whoever
connects it writes a module beside this one.
"""

import datetime as dt
import hashlib
import hmac
import json
import logging
import re

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dossiers.choices import ParcelState
from dossiers.parcels.carriers.base import (
    BadSignature,
    CancelRefused,
    NoAnswer,
    Notice,
    Ordered,
    OrderRefused,
    UnknownHere,
    Unreadable,
)
from portal.common import request_ids
from portal.common.network import is_here

log = logging.getLogger(__name__)
key = "buu-dien"
label = _("Bưu điện đến lấy")
takes_orders = True
TIMEOUT = httpx.Timeout(10, connect=3)  # seconds
MAX_ANSWER_BYTES = 16 * 1024
MAX_NOTICES = 50  # of one parcel
STATES = {
    "labelled": ParcelState.LABELLED,
    "picked_up": ParcelState.PICKED_UP,
    "in_transit": ParcelState.IN_TRANSIT,
    "delivered": ParcelState.DELIVERED,
    "refused": ParcelState.REFUSED,
    "unknown_address": ParcelState.UNKNOWN_ADDRESS,
    "lost": ParcelState.LOST,
    "returned": ParcelState.BROUGHT_BACK,
    "cancelled": ParcelState.CANCELLED,
}
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TRACKING = re.compile(r"[A-Z0-9]{8,40}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_configured():
    return bool(settings.POST_API_URL and settings.POST_SECRET)


def signature(body):
    return hmac.new(settings.POST_SECRET.encode(), body, hashlib.sha256).hexdigest()


def order(parcel):
    """POST of the order. The carrier learns the address and the phone number, never what the envelope holds."""
    sender = parcel.dossier.receiving_agency
    asked = {
        "client": settings.POST_CLIENT,
        "reference": parcel.reference,
        "postage_by": "recipient" if parcel.payer == "recipient" else "sender",
        "sender": {"name": sender.desk_name or sender.name, "address": sender.desk_address, "phone": sender.desk_phone},
        "recipient": {"name": parcel.recipient, "address": parcel.address, "phone": parcel.phone},
    }
    body = json.dumps(asked, ensure_ascii=False).encode()
    answer = _post(f"{settings.POST_API_URL.rstrip('/')}/v1/parcels", body)
    raw = answer.content
    if answer.status_code == 422:
        raise OrderRefused(_text(_read(raw).get("reason"), 300))
    if answer.status_code not in (200, 201) or not _is_signed(raw, answer.headers.get("X-Post-Signature", "")):
        raise NoAnswer(f"HTTP {answer.status_code}")
    found = _read(raw)
    tracking, postage = found.get("tracking"), found.get("postage")
    if not isinstance(tracking, str) or not _TRACKING.fullmatch(tracking) or found.get("reference") != parcel.reference:
        raise NoAnswer("an answer about something else")
    whole = isinstance(postage, int) and not isinstance(postage, bool) and 0 <= postage < 10**9
    return Ordered(tracking, postage if whole else None, _moment(found.get("at")), raw.decode())


def find(parcel):
    return _asked("find", parcel)


def cancel(parcel):
    return _asked("cancel", parcel)


def _asked(what, parcel):
    """POST of a question about a parcel; the notices of the answer."""
    body = json.dumps({"client": settings.POST_CLIENT, "reference": parcel.reference}).encode()
    answer = _post(f"{settings.POST_API_URL.rstrip('/')}/v1/parcels/{what}", body)
    raw = answer.content
    if answer.status_code == 404:
        raise UnknownHere(parcel.reference)
    if answer.status_code == 409:
        raise CancelRefused(_text(_read(raw).get("reason"), 300))
    if answer.status_code != 200 or not _is_signed(raw, answer.headers.get("X-Post-Signature", "")):
        raise NoAnswer(f"HTTP {answer.status_code}")
    found = _read(raw)
    told = found.get("notices")
    if found.get("reference") != parcel.reference or not isinstance(told, list) or len(told) > MAX_NOTICES:
        raise NoAnswer("an answer about something else")
    return [_notice({**one, "reference": parcel.reference} if isinstance(one, dict) else {}, json.dumps(one)) for one in told]


def _post(url, body):
    headers = {"Content-Type": "application/json", "X-Post-Signature": signature(body), **request_ids.headers()}
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=not is_here(url)) as client:
            answer = client.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer(f"no answer: {type(error).__name__}") from error
    if len(answer.content) > MAX_ANSWER_BYTES:
        raise NoAnswer("an answer too long to be one")
    return answer


def read_notice(body, headers):
    if not _is_signed(body, headers.get("X-Post-Signature", "")):
        raise BadSignature
    return _notice(_read(body), body.decode())


def _notice(found, raw):
    named, reference, state = found.get("id"), found.get("reference"), found.get("status")
    if not (isinstance(named, str) and _KEY.fullmatch(named) and isinstance(reference, str) and _KEY.fullmatch(reference)):
        raise Unreadable("no id, or no reference")
    if not isinstance(state, str) or state not in STATES:
        raise Unreadable("an unknown status")
    place, words = _text(found.get("place"), 120), _text(found.get("words"), 300)
    return Notice(reference, named, STATES[state], _moment(found.get("at")), place, words, raw)


def _is_signed(body, given):
    return hmac.compare_digest(signature(body).encode(), given.encode("utf-8", "replace"))


def _read(body):
    try:
        found = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("no JSON object")
    return found


def _text(value, length):
    if not isinstance(value, str):
        return ""
    whole = value.encode("utf-8", "replace").decode()  # no lone surrogates
    return _CONTROL.sub(" ", whole)[:length].strip()


def _moment(text):
    try:
        at = dt.datetime.fromisoformat(text)
        return at.astimezone(dt.UTC)
    except (TypeError, ValueError, OverflowError):
        raise Unreadable("no time") from None
