"""HTTP client of VNPAY's API: one POST with a short timeout. The log has no personal data."""

import logging
import time
from collections.abc import Mapping

import httpx

from payments.gateways.base import NoAnswer, NotSent
from portal.common import request_ids
from portal.common.network import is_here

log = logging.getLogger(__name__)
CONNECT_SECONDS, READ_SECONDS, WRITE_SECONDS = 3, 10, 5
TIMEOUT_SECONDS = 15  # for the whole answer; READ_SECONDS alone does not stop a slow drip of bytes
MAX_ANSWER_BYTES = 32 * 1024  # an answer has about 1,000


def post(url: str, values: Mapping[str, str], *, timeout: float | None = None) -> bytes:
    """The raw answer to a POST; `timeout` in seconds (default: TIMEOUT_SECONDS). Raises `NotSent` if there was no connection,
    `NoAnswer` for any other failure."""
    began = time.monotonic()
    try:
        raw = _exchange(url, values, began, timeout or TIMEOUT_SECONDS)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        _note(values, began, type(error).__name__)
        raise NotSent("the gateway cannot be reached") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _note(values, began, type(error).__name__)
        raise NoAnswer(f"no answer: {type(error).__name__}") from error
    except NoAnswer as refusal:
        _note(values, began, refusal.reason)
        raise
    _note(values, began, "answered")
    return raw


def _exchange(url: str, values: Mapping[str, str], began: float, timeout: float) -> bytes:
    limits = {"connect": min(timeout, CONNECT_SECONDS), "read": min(timeout, READ_SECONDS)}
    times = httpx.Timeout(**limits, write=WRITE_SECONDS, pool=CONNECT_SECONDS)
    # No compression: a small answer could expand to a huge one.
    plain = {"Accept-Encoding": "identity", **request_ids.headers()}
    with (
        httpx.Client(timeout=times, follow_redirects=False, trust_env=not is_here(url), headers=plain) as client,
        client.stream("POST", url, json=dict(values)) as response,
    ):
        raw = b""
        for piece in response.iter_raw():
            raw += piece
            if len(raw) > MAX_ANSWER_BYTES:
                raise NoAnswer("an answer too long to be one")
            if time.monotonic() - began > timeout:
                raise NoAnswer("an answer too slow to be one")
        if response.status_code != 200:
            raise NoAnswer(f"HTTP {response.status_code}", raw=raw.decode("utf-8", "replace").replace("\0", "\ufffd"))
        return raw


def _note(values: Mapping[str, str], began: float, outcome: str) -> None:
    log.info(
        "gateway asked",
        extra={
            "command": values.get("vnp_Command"),
            "reference": values.get("vnp_TxnRef"),
            "request": values.get("vnp_RequestId"),
            "outcome": outcome,
            "ms": round(1000 * (time.monotonic() - began)),
        },
    )
