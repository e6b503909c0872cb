"""Counts requests by view and status, with their durations, and shares the counts between the web processes.

Each process writes its counts to a file of its own, at most once a second and only after a request. The process that is asked for
the metrics reads the files of all processes of this machine, or container: series carry the number of their process, so that one
that ends takes no counts away from another.
"""

import contextlib
import json
import os
import socket
import threading
import time
from collections import defaultdict

from django.conf import settings

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
FLUSH_SECONDS = 1.0
FORGOTTEN_AFTER = 24 * 3600  # seconds without a request: files of machines that are gone
NO_VIEW, STATIC = "none", "static"  # of a request that no URL matched; of a style sheet, script or picture


class Counts:
    """The counts of this process. Thread-safe."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests = defaultdict(int)  # (view, status) → number
        self.seconds = {}  # view → [number in each bucket and above all of them, sum of seconds]
        self.flushed, self.pid = 0.0, os.getpid()

    def add(self, view, status, seconds):
        with self.lock:
            self.requests[view, status] += 1
            durations = self.seconds.setdefault(view, [[0] * (len(BUCKETS) + 1), 0.0])
            durations[0][next((n for n, limit in enumerate(BUCKETS) if seconds <= limit), len(BUCKETS))] += 1
            durations[1] += seconds
            text = self._text_to_flush()
        if text:
            _write(text)

    def _text_to_flush(self):
        if time.monotonic() - self.flushed < FLUSH_SECONDS:
            return ""
        self.flushed = time.monotonic()
        requests = [[view, status, number] for (view, status), number in self.requests.items()]
        return json.dumps({"requests": requests, "seconds": self.seconds})


_counts = Counts()


def count_requests(get_response):
    """Middleware, the outermost: counts each answer under the name of its view. No address and no person is kept."""

    def middleware(request):
        global _counts
        started = time.perf_counter()
        response = get_response(request)
        if _counts.pid != os.getpid():  # forked: the counts so far are the parent's
            _counts = Counts()
        match = getattr(request, "resolver_match", None)
        view = (match.view_name if match else "") or (STATIC if request.path.startswith(settings.STATIC_URL) else NO_VIEW)
        _counts.add(view, response.status_code, time.perf_counter() - started)
        return response

    return middleware


def _folder():
    return settings.VAR_DIR / "metrics"


def _name(pid):
    return f"{socket.gethostname()}-{pid}.json"


def _write(text):
    """A full disk must not break an answer: the counts are written a second later."""
    path = _folder() / _name(os.getpid())
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{threading.get_ident()}.part")
        part.write_text(text)
        part.replace(path)


def of_all_processes():
    """{pid: the counts of a web process that runs here}. Files of processes that ended are removed."""
    found = {}
    for path in sorted(_folder().glob("*.json")):
        host, _dash, pid = path.stem.rpartition("-")
        here = host == socket.gethostname()
        with contextlib.suppress(OSError, ValueError):
            if here and _runs(int(pid)):
                found[pid] = json.loads(path.read_text())
            elif here or time.time() - path.stat().st_mtime > FORGOTTEN_AFTER:
                path.unlink(missing_ok=True)
    return found


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
