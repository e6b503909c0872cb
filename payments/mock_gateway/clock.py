"""The gateway's own clock. Times in the database are UTC; on the wire they are fourteen digits in GMT+7."""

import re
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, timezone

GMT7 = timezone(timedelta(hours=7), "GMT+7")
STAMP = "%Y%m%d%H%M%S"
_stopped = ContextVar("stopped", default=None)


def now():
    """The present moment (aware, UTC), or the moment a test has set."""
    return _stopped.get() or datetime.now(UTC)


@contextmanager
def at(moment):
    """For tests: inside, it is this moment."""
    token = _stopped.set(moment)
    try:
        yield moment
    finally:
        _stopped.reset(token)


def stamp(moment):
    """Fourteen digits, GMT+7, as the wire wants them."""
    return moment.astimezone(GMT7).strftime(STAMP)


def read_stamp(text):
    """The moment fourteen ASCII digits name, or None when they name none."""
    if not re.fullmatch(r"[0-9]{14}", text):
        return None
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=GMT7)
    except ValueError:
        return None


def local_day(moment):
    """The day in Việt Nam at this moment."""
    return moment.astimezone(GMT7).date()
