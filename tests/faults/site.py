"""The portal and the mock gateway as real processes that can be killed, with short intervals."""

import contextlib
import json
import os
import signal
import sys
import threading
import time

import httpx
from django.db import connections

from portal.launch import programs
from tests.mock_gateway.process import Gateway, free_port
from tests.processes import Processes, wait_for

TIMES = {  # seconds, for PAYMENT_TIMES
    "window": 75,
    "ask_after_expiry": 2,
    "ask_after_return": 2,
    "quiet_when_busy": 0.4,
    "ask_again": [1, 2, 3, 5],
    "refund_query_after": 1,
}
GATEWAY = {"interval": 1, "query_window": 0.05, "refund_step": 1, "GATEWAY_HEAD_START": 1.5}


class Site(Processes):
    """web, worker, relay, broker and gateway on the database of this process. `kill_…` uses SIGKILL."""

    def __init__(self, times=None):
        super().__init__()
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.times = {**TIMES, **(times or {})}
        self.gateway = Gateway(self, ipn_url=f"{self.address}/thanh-toan/vnpay/ipn", **GATEWAY)
        # No keep-alive: the server may close an idle connection at the moment of its next use.
        fresh = httpx.Limits(max_keepalive_connections=0)
        self.gateway.client = httpx.Client(base_url=self.gateway.address, timeout=60, trust_env=False, limits=fresh)
        self.running = {}
        self._lock = threading.Lock()  # a program must not be started twice

    @property
    def environment(self):
        return {
            **super().environment,
            "PAYMENT_TIMES": json.dumps(self.times),
            "VNPAY_PAY_URL": self.gateway.pay_url,
            "VNPAY_API_URL": self.gateway.api_url,
            "SITE_URL": self.address,
            "LOG_LEVEL": "WARNING",
        }

    def up(self):
        """Start everything and wait until web and gateway answer. Returns itself."""
        self.broker()
        for name in ("web", "worker", "relay"):
            self.run(name)
        self.gateway.start()
        wait_for(self.answers, 90)
        return self

    def run(self, name):
        """Start web, worker or relay, unless it is running."""
        with self._lock:
            there = self.running.get(name)
            if there is None or there.poll() is not None:
                self.running[name] = getattr(self, f"_{name}")()

    def _web(self):
        return self.start(*programs.web(sys.executable, self.port))

    def _worker(self):
        return self.start(*programs.worker(sys.executable))

    def _relay(self):
        return self.relay()

    def answers(self):
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.address}/health/live", timeout=3, trust_env=False).status_code == 200
        return False

    def kill_whole(self, name):
        """kill -9 of the program with all its children."""
        self.kill(self.running[name])

    def kill_child(self, name, choice):
        """kill -9 of one child (picked by `choice`); the parent keeps running. False if it has none."""
        children = _children(self.running[name].pid)
        if not children:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(choice(children), signal.SIGKILL)
        return True

    def last_words(self, lines=30):
        """The last lines of the log of the processes, without the start messages of Celery."""
        said = (self.folder / "log").read_text(errors="replace").splitlines()
        return "\n".join([line[:1000] for line in said if line.startswith(("{", "[", "Traceback"))][-lines:])


def _children(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{pid}/children") as listed:
        return [int(child) for child in listed.read().split()]
    return []


def patiently(act, seconds=60, pause=0.3):
    """Call `act` until it returns a response below 500, as a person reloads a page; at most `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            response = act()
            if response.status_code < 500:
                return response
            said = f"HTTP {response.status_code}"
        except httpx.TransportError as error:
            said = type(error).__name__
        if time.monotonic() > end:
            raise AssertionError(f"nothing but failures for {seconds} seconds, the last one {said}")
        time.sleep(pause)


def close_connections():
    """Close the database connections of this thread."""
    connections.close_all()
