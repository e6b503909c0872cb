"""Speaking to VNPAY's API: one short POST, believed only when signed. What is logged names no person."""

import logging
import time
from collections.abc import Mapping

import httpx

from payments.gateways.base import NoAnswer, NotSent
from payments.gateways.network import is_here

log = logging.getLogger(__name__)
CONNECT, READ, WRITE = 3, 10, 5  # seconds
PATIENCE = 15  # seconds for the whole answer: one letter every nine seconds is no answer
LARGEST = 32 * 1024  # bytes; an answer has about one thousand


def post(url: str, values: Mapping[str, str], *, patience: float | None = None) -> bytes:
    """What the gateway answered, unread, within `patience` seconds (default: PATIENCE). Raises `NotSent` when nobody was
    reached, `NoAnswer` for any other failure."""
    began = time.monotonic()
    try:
        raw = _exchange(url, values, began, patience or PATIENCE)
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


def _exchange(url: str, values: Mapping[str, str], began: float, patience: float) -> bytes:
    times = httpx.Timeout(connect=min(patience, CONNECT), read=min(patience, READ), write=WRITE, pool=CONNECT)
    plain = {"Accept-Encoding": "identity"}  # a small packed answer could unpack to a huge one
    with (
        httpx.Client(timeout=times, follow_redirects=False, trust_env=not is_here(url), headers=plain) as client,
        client.stream("POST", url, json=dict(values)) as response,
    ):
        raw = b""
        for piece in response.iter_raw():
            raw += piece
            if len(raw) > LARGEST:
                raise NoAnswer("an answer too long to be one")
            if time.monotonic() - began > patience:
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
