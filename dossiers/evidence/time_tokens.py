"""Time tokens after RFC 3161: a service of others says that a text existed at a moment."""

import asyncio
import hashlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data

TIMEOUTS = httpx.Timeout(connect=5, read=10, write=5, pool=5)  # seconds


class _Service(TimeStamper):
    """pyHanko's client over the HTTP library of the portal."""

    def __init__(self, url):
        super().__init__()
        self.url = url

    async def async_request_tsa_response(self, req):
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        async with httpx.AsyncClient(timeout=TIMEOUTS) as client:
            answer = await client.post(self.url, content=req.dump(), headers=headers)
        if answer.status_code != httpx.codes.OK:
            raise TimestampRequestError(f"HTTP {answer.status_code}")
        return tsp.TimeStampResp.load(answer.content)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of pyHanko's coroutine, in a thread of its own: the thread of the caller may run a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def fetch(url: str, content: bytes) -> bytes:
    """A time token (DER) over these bytes. Raises httpx.HTTPError, TimestampRequestError or ValueError."""
    token = _run(_Service(url).async_timestamp(hashlib.sha256(content).digest(), "sha256")).dump()
    if reason := why_not(token, content):
        raise ValueError(reason)
    return token


def why_not(token: bytes, content: bytes) -> str:
    """Empty when the token is whole and speaks of these bytes, else the reason. Whether the service is to be trusted is not
    judged here: `openssl ts -verify` does it with the service's own certificates."""
    try:
        signed = cms.ContentInfo.load(token)["content"]
        status = _run(validate_tst_signed_data(signed, None, lambda name: hashlib.new(name, content).digest()))
    except Exception as error:  # noqa: BLE001 - any error of the library means: does not hold
        return f"{type(error).__name__}: {error}"
    return "" if status["intact"] and status["valid"] else "it speaks of another text, or was changed"
