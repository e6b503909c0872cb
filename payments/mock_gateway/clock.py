"""The gateway's own clock. Times in the database are UTC; in messages they are fourteen digits in GMT+7."""

import re
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, timezone

GMT7 = timezone(timedelta(hours=7), "GMT+7")
STAMP = "%Y%m%d%H%M%S"
_stopped = ContextVar("stopped", default=None)


def now():
    """The current moment (aware, UTC), or the moment set by `at`."""
    return _stopped.get() or datetime.now(UTC)


@contextmanager
def at(moment):
    """For tests: inside this block `now()` returns `moment`."""
    token = _stopped.set(moment)
    try:
        yield moment
    finally:
        _stopped.reset(token)


def stamp(moment):
    """The moment as fourteen digits yyyymmddHHMMSS in GMT+7."""
    return moment.astimezone(GMT7).strftime(STAMP)


def read_stamp(text):
    """The moment of fourteen ASCII digits (GMT+7); None for any other text."""
    if not re.fullmatch(r"[0-9]{14}", text):
        return None
    try:
        return datetime.strptime(text, STAMP).replace(tzinfo=GMT7)
    except ValueError:
        return None


def local_day(moment):
    """The date of this moment in GMT+7."""
    return moment.astimezone(GMT7).date()
