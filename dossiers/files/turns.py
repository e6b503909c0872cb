"""Whose file is opened next: few child processes at once, and at most one for each person.

A person who sends thirty files has them opened one after the other; between two of them others have their turn. The places are
counted in each web process; the lock of a person is in PostgreSQL and holds in all of them. Who waits keeps a thread of the web
server, so only a few may wait, and not long: the others are told that the portal is busy.
"""

import hashlib
import threading
import time
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

LOCK_CLASS = 0x46494C45  # first key of the advisory locks ("FILE"); the second is a digest of the person
POLL_SECONDS = 0.1

_places = threading.BoundedSemaphore(settings.MAX_FILE_CHECKS)
_waiting = threading.BoundedSemaphore(settings.MAX_FILE_CHECKS_WAITING)


class Busy(Exception):
    """No turn within MAX_FILE_CHECK_WAIT seconds. `own`: because of another file of the same person."""

    def __init__(self, *, own):
        super().__init__("busy")
        self.own = own


@contextmanager
def turn(who):
    """Hold a place while one untrusted file is opened. `who`: key of the person; empty for jobs. Raises Busy."""
    if not _waiting.acquire(blocking=False):
        raise Busy(own=False)
    deadline, waits = time.monotonic() + settings.MAX_FILE_CHECK_WAIT, True
    try:
        with _only_one_of(who, deadline):
            if not _places.acquire(timeout=max(0, deadline - time.monotonic())):
                raise Busy(own=False)
            _waiting.release()
            waits = False
            try:
                yield
            finally:
                _places.release()
    finally:
        if waits:
            _waiting.release()


@contextmanager
def _only_one_of(who, deadline):
    if not who:
        yield
        return
    key = int.from_bytes(hashlib.sha256(str(who).encode()).digest()[:4], signed=True)
    while not _asked("SELECT pg_try_advisory_lock(%s, %s)", key):
        if time.monotonic() >= deadline:
            raise Busy(own=True)
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        _asked("SELECT pg_advisory_unlock(%s, %s)", key)


def _asked(statement, key):
    with connection.cursor() as cursor:
        cursor.execute(statement, [LOCK_CLASS, key])
        return cursor.fetchone()[0]
