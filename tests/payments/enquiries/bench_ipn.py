"""Benchmark of the IPN endpoint against an empty view: real HTTP and PostgreSQL, one run, printed as ratios.

By hand: `python -m tests.payments.enquiries.bench_ipn [how many attempts]`. DATABASE_URL names a server where a database may be
made.
"""

import http.client
import json
import os
import socket
import statistics
import sys
import threading
import time
from dataclasses import dataclass

from portal.launch import web_server

CALLERS = 8  # at once, each with its own connection
WARM_UP = 40
BARE = 2000  # calls of the bare view before each kind


@dataclass(frozen=True)
class Run:
    """One round of calls: calls per second, median and high percentile in milliseconds."""

    name: str
    a_second: float
    median: float
    p95: float
    answers: dict


def main(count=300):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    import django

    django.setup()
    from django.db import connection

    from tests.processes import Processes

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    processes = Processes()
    try:
        print(f"{name}: {count} attempts are being opened …", flush=True)
        attempts = _attempts(count + WARM_UP)
        port = _serve(processes)
        runs = _rounds(port, attempts)
        _print(runs)
        _prove(attempts)
    finally:
        processes.stop_all()
        connection.creation.destroy_test_db(name, verbosity=0)


def _attempts(count):
    from tests import world
    from tests.money import MoneyDesk

    world.holidays()
    desk = MoneyDesk()
    return [desk.paying() for _ in range(count)]


def _serve(processes):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes.start(
        *web_server.command(sys.executable, "portal.wsgi:application", port, workers=2),
    )
    from tests.processes import wait_for

    wait_for(lambda: _answers(port))
    return port


def _answers(port):
    try:
        return _get(http.client.HTTPConnection("127.0.0.1", port, timeout=2), "/health/live")[0] == 200
    except OSError:
        return False


def _get(connection, path):
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def _rounds(port, attempts):
    from tests.payments.notices import IPN, signed_query_of

    def calls(query_of):
        return [f"{IPN}?{query_of(attempt)}" for attempt in attempts[WARM_UP:]]

    def forged(attempt):
        return signed_query_of(attempt, secret="doan-mo")

    _round("", port, [f"{IPN}?{signed_query_of(attempt)}" for attempt in attempts[:WARM_UP]])
    _bare(port)
    kinds = {"IPN that is forged": forged, "IPN that settles": signed_query_of, "IPN that comes again": signed_query_of}
    return [(_bare(port), _round(name, port, calls(query_of))) for name, query_of in kinds.items()]


def _bare(port):
    """The empty view, measured before each kind, because the load of the machine varies."""
    return _round("bare view", port, ["/health/live"] * BARE)


def _round(name, port, paths):
    times, answers, waiting, lock = [], {}, list(reversed(paths)), threading.Lock()

    def caller():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                if not waiting:
                    return
                path = waiting.pop()
            began = time.perf_counter()
            status, body = _get(connection, path)
            took = time.perf_counter() - began
            with lock:
                times.append(took * 1000)
                key = json.loads(body)["RspCode"] if body.startswith(b"{") else str(status)
                answers[key] = answers.get(key, 0) + 1

    threads = [threading.Thread(target=caller) for _ in range(CALLERS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - began
    times.sort()
    return Run(name, len(times) / whole, statistics.median(times), times[int(len(times) * 0.95) - 1], answers)


def _print(runs):
    print(f"{'':24}{'per second':>12}{'median ms':>12}{'p95 ms':>10}{'rate / bare':>13}{'p95 / bare':>12}  answers")
    for bare, run in runs:
        for one in (bare, run):
            rate, slow = one.a_second / bare.a_second, one.p95 / bare.p95
            print(f"{one.name:24}{one.a_second:12.0f}{one.median:12.1f}{one.p95:10.1f}{rate:13.3f}{slow:12.1f}  {one.answers}")


def _prove(attempts):
    """Check the results of the run."""
    from payments.models import AttemptState, EReceipt, GatewayEvent, PaymentAttempt

    paid = PaymentAttempt.objects.filter(state=AttemptState.PAID, settles=True).count()
    assert paid == EReceipt.objects.count() == GatewayEvent.objects.filter(verdict="valid").count() == len(attempts)
    print(f"{paid} attempts, each settled once, each with one receipt")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
