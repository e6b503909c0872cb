"""What one request costs: CPU of the web server's processes, and how long one client waits."""

import http.client
import math
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

LEAST = 12  # on a busy machine, too; fewer only when fewer are asked for
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """`cpu_ms` a request, of web server and Python; the database is not in it. Times in milliseconds."""

    requests: int
    cpu_ms: float
    per_second: float
    p50_ms: float
    p95_ms: float
    bytes: int


def measure(server, request, *, times, seconds):
    """Repeat `request` (sends one and returns the number of bytes) until `times` or `seconds` are reached, but LEAST times."""
    began, cpu, waits, size = time.monotonic(), cpu_of(server), [], 0
    while len(waits) < times and (len(waits) < LEAST or time.monotonic() - began < seconds):
        sent = time.perf_counter()
        size = request()
        waits.append((time.perf_counter() - sent) * 1000)
    took, spent = time.monotonic() - began, cpu_of(server) - cpu
    count = len(waits)
    return Cost(count, spent * 1000 / count, count / took, statistics.median(waits), p95(waits), size)


def p95(waits):
    return sorted(waits)[math.ceil(len(waits) * 0.95) - 1]


def cpu_of(pid):
    """Seconds of CPU (user and system) that this process and its children have used."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(map(int, stat[11:13])) / TICK + sum(map(cpu_of, children))


class Client:
    """One connection that stays open, as behind a proxy. Without compression: that is the proxy's work."""

    def __init__(self, port, cookies=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())}

    def get(self, path, expected=200, **headers):
        """Ask once; the number of bytes of the body. Raises AssertionError for another status."""
        answer = self._answer(path, {**self.headers, **headers})
        body = answer.read()
        assert answer.status == expected, f"{answer.status} {path}"
        self.etag = answer.headers.get("ETag", "")
        return len(body)

    def _answer(self, path, headers):
        """Over the open connection; over a new one when the server has closed it, as it does after some seconds of silence."""
        try:
            self.connection.request("GET", path, headers=headers)
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self.connection.close()
            self.connection.request("GET", path, headers=headers)
            return self.connection.getresponse()
