"""A provider that takes messages over HTTP: JSON, signed with HMAC-SHA256 in X-Sms-Signature.

The protocol is that of `accounts/mock_sms` (its README.md). The description of a real provider was not at hand: whoever connects
one writes a module beside this one, and names it in `sms.register`.
"""

import hashlib
import hmac
import json

import httpx
from django.conf import settings

from accounts.messages.sms.base import NoAnswer, NumberRefused
from portal.common import request_ids
from portal.common.network import is_here

TIMEOUT = httpx.Timeout(10, connect=3)  # seconds
MAX_ANSWER_BYTES = 16 * 1024


def is_configured() -> bool:
    return bool(settings.SMS_API_URL and settings.SMS_SECRET)


def send(reference: str, phone: str, text: str) -> None:
    asked = {"client": settings.SMS_CLIENT, "reference": reference, "to": phone, "text": text}
    answer = _post(json.dumps(asked, ensure_ascii=False).encode())
    found = _read(answer)
    if answer.status_code == 422:
        raise NumberRefused(str(found.get("reason", ""))[:200])
    if answer.status_code not in (200, 201) or found.get("reference") != reference:
        raise NoAnswer(f"HTTP {answer.status_code}")


def _post(body: bytes) -> httpx.Response:
    url = f"{settings.SMS_API_URL.rstrip('/')}/v1/messages"
    signature = hmac.new(settings.SMS_SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Sms-Signature": signature, **request_ids.headers()}
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=not is_here(url)) as client:
            return client.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer(f"no answer: {type(error).__name__}") from error


def _read(answer: httpx.Response) -> dict[str, object]:
    try:
        found = json.loads(answer.content) if len(answer.content) <= MAX_ANSWER_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NoAnswer(f"HTTP {answer.status_code}, no JSON object")
    return found
