"""The clock of the portal. All code reads the time here, so that tests and demo data can set it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
_moved: ContextVar[dt.datetime | None] = ContextVar("moved_clock", default=None)


def now() -> dt.datetime:
    """The current moment, aware, in UTC."""
    return _moved.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Today's date in Asia/Ho_Chi_Minh. Before 07:00 local time it is one day later than the date in UTC."""
    return now().astimezone(LOCAL).date()


def local(moment: dt.datetime) -> dt.datetime:
    """The same moment in Asia/Ho_Chi_Minh."""
    return moment.astimezone(LOCAL)


def is_moved() -> bool:
    """True inside a block of `at`."""
    return _moved.get() is not None


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Inside this block `now()` returns `moment`. For tests and demo data only. Raises ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("the clock can only be moved to an aware moment")
    token = _moved.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _moved.reset(token)
