"""The one clock. Everything that asks what time it is asks here, so that tests and demo data can move it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
_moved: ContextVar[dt.datetime | None] = ContextVar("moved_clock", default=None)


def now() -> dt.datetime:
    """The moment, aware, in UTC."""
    return _moved.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The day in Việt Nam (Asia/Ho_Chi_Minh), which is not the day in UTC before seven in the morning."""
    return now().astimezone(LOCAL).date()


def local(moment: dt.datetime) -> dt.datetime:
    """The same moment on the clocks of Việt Nam."""
    return moment.astimezone(LOCAL)


def is_moved() -> bool:
    """Whether `at` holds the clock at this place."""
    return _moved.get() is not None


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Inside this block it is `moment` (aware). For tests and demo data only."""
    if moment.tzinfo is None:
        raise ValueError("the clock can only be moved to an aware moment")
    token = _moved.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _moved.reset(token)
