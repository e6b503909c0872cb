"""The id of the request that work belongs to: given by the proxy, named in logs, answers, outbox rows and calls to a gateway."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[0-9a-f]{32}")  # as nginx writes it
_id: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of the request that this thread works for; "" outside of one."""
    return _id.get()


def begin(given: str) -> str:
    """Work for a new request from now on. `given`: the proxy's id; a new one is made where there is none or a malformed one."""
    _id.set(given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex)
    return _id.get()


def end(**_signal: object) -> None:
    _id.set("")


@contextmanager
def working_for(request_id: str) -> Iterator[None]:
    """Inside this block the work belongs to this request."""
    before = _id.set(request_id)
    try:
        yield
    finally:
        _id.reset(before)


def headers() -> dict[str, str]:
    """For calls to other systems."""
    return {HEADER: _id.get()} if _id.get() else {}
