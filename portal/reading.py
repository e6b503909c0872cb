"""Reads from a standby of the database: catalogue, tracking and lists, where DATABASE_STANDBY_URL names one (docs/scaling.md).

Everything else, and every write, goes to the primary. So does who has just written: the browser is marked by a cookie for
OWN_WRITES_SECONDS, and a request that writes reads the rest from the primary. A standby that is away, cut off or behind is left
alone for a while; a request that finds that out is done again on the primary.
"""

import logging
import threading
import time
from contextlib import suppress
from contextvars import ContextVar

from django.conf import settings
from django.db import Error, connections, transaction

log = logging.getLogger(__name__)
PRIMARY, STANDBY = "default", "standby"
COOKIE = "vua-ghi"
OWN_WRITES_SECONDS = 15  # longer than MAX_LAG_SECONDS
MAX_LAG_SECONDS = 5
LOOK_SECONDS, AWAY_SECONDS = 2, 10  # between two looks at the standby; until one that was away is asked again
VIEWS = {
    "home", "dossiers:dashboard", "dossiers:track", "dossiers:track_link", "desk:queue", "desk:register", "desk:letters",
    "desk:parcels", "desk:times",
}  # fmt: skip
ROOMS = {"procedures"}  # all views of these names
LOGINS = {"sessions", "auth", "axes", "accounts.user"}  # just written when they are read: a login must not wait for the standby
LOOK = """SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL)
    AND (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
         OR clock_timestamp() - pg_last_xact_replay_timestamp() < make_interval(secs => %s))"""

_from_standby: ContextVar[bool] = ContextVar("from_standby", default=False)
_known = {"good": False, "until": 0.0}  # of this process: what the last look said, and until when it counts
_looking = threading.Lock()


class Router:
    """Django's database router. Both addresses name the same database, so their rows may meet."""

    def db_for_read(self, model, **hints):
        login = model._meta.app_label in LOGINS or model._meta.label_lower in LOGINS
        return STANDBY if _from_standby.get() and not login else PRIMARY

    def db_for_write(self, model, **hints):
        _from_standby.set(False)  # what follows may read what is written now
        return PRIMARY

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, alias, app_label, **hints):
        return alias == PRIMARY


class ReadFromStandby:
    """Middleware: chooses for each request, marks who wrote, and does a request again whose standby went away."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        _from_standby.set(False)
        try:
            response = self.get_response(request)
        finally:
            _from_standby.set(False)
        if STANDBY in settings.DATABASES and request.method not in ("GET", "HEAD", "OPTIONS"):
            response.set_cookie(
                COOKIE, "1", max_age=OWN_WRITES_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
            )
        return response

    def process_view(self, request, view, words, names):
        if STANDBY in settings.DATABASES and may_wait(request) and is_good():
            request.again = lambda: view(request, *words, **names)
            _from_standby.set(True)

    def process_exception(self, request, error):
        if not hasattr(request, "again") or not isinstance(error, Error):
            return None
        went_away(error)
        _from_standby.set(False)
        with transaction.atomic(PRIMARY):
            return request.again()


def may_wait(request):
    """Is this a page that may be some seconds old, for somebody who has not just written?"""
    match = request.resolver_match
    known = match.view_name in VIEWS or match.namespace in ROOMS
    return known and request.method in ("GET", "HEAD") and COOKIE not in request.COOKIES


def is_good():
    """Does the standby answer, and follow? One thread of each process asks every LOOK_SECONDS; the others take what it said."""
    if time.monotonic() > _known["until"] and _looking.acquire(blocking=False):
        try:
            _look()
        finally:
            _looking.release()
    return _known["good"]


def _look():
    try:
        with connections[STANDBY].cursor() as cursor:
            cursor.execute(LOOK, [MAX_LAG_SECONDS])
            _know(bool(cursor.fetchone()[0]), LOOK_SECONDS)
    except Error as error:
        went_away(error)


def went_away(error):
    """Read from the primary for AWAY_SECONDS."""
    log.warning("standby away", extra={"error": str(error)})
    _know(False, AWAY_SECONDS)
    with suppress(Error):
        connections[STANDBY].close()


def _know(good, seconds):
    _known.update(good=good, until=time.monotonic() + seconds)
