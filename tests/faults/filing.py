"""`./portalctl filing-faults`: people file dossiers while web, worker, relay, broker or database is killed by SIGKILL, the broker
is emptied, the clock is set back, the disk is full, or two relays run.

Who gets an error tries again, as a person does. In the end every dossier that was acknowledged is there once: with one filing in
its history, one acknowledgement, its messages; and all invariants hold. Then the mail server is away for ten minutes. Prints
tables.
"""

import argparse
import contextlib
import io
import itertools
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
from django.db import connection

from tests.deploy.forms import Reader
from tests.processes import wait_for

KINDS = {  # kind: as the table names it
    "nobody": "nothing",
    "worker": "worker killed",
    "relay": "relay killed",
    "broker": "broker killed",
    "flush": "broker emptied",
    "relays": "two relays and two workers run",
    "database": "database killed",
    "disk": "disk full, and free",
    "clock": "clock set back 20 minutes, and forward",
    "web": "web killed",
}
MAIL = "mail"
OF_THE_BROKER = ("broker", "flush")
PATIENCE_SECONDS = 180  # of a person who tries again
PAUSE_SECONDS = 4.0  # from the moment when the web answers again to the next time
AT_ONCE = 4  # people


@dataclass
class Filed:
    """What one person saw: the code that was acknowledged, errors before it, seconds until it."""

    code: str
    errors: int
    seconds: float


@dataclass
class Outcome:
    """One kind of breaking: what people saw, how often it was broken, what was found wrong."""

    kind: str
    filed: list
    times: int
    missing: int = 0
    doubled: int = 0

    def row(self):
        slowest = max((one.seconds for one in self.filed), default=0)
        errors = sum(one.errors for one in self.filed)
        facts = (KINDS[self.kind], self.times, len(self.filed), errors, f"{slowest:.1f}", self.missing, self.doubled)
        return f"| {' | '.join(map(str, facts))} |"


COLUMNS = ("broken", "times", "acknowledged", "errors before", "slowest, s", "missing", "doubled")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"


def main(words):
    """Run with these arguments. Exit code 0 when nothing is missing, doubled or wrong."""
    parser = argparse.ArgumentParser(prog="portalctl filing-faults", description=__doc__)
    parser.add_argument("--submits", type=int, default=200, help="acknowledged submissions of each kind (default 200)")
    parser.add_argument("--messages", type=int, default=1000, help="letters while the mail server is away (default 1000)")
    parser.add_argument("--only", choices=[*KINDS, MAIL], action="append", help="only this, may be given several times")
    parser.add_argument("--broker", default="", help="of a broker that runs, e.g. RabbitMQ: it is neither killed nor emptied")
    asked = parser.parse_args(words)
    kinds = [kind for kind in asked.only or [*KINDS, MAIL] if not (asked.broker and kind in OF_THE_BROKER)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is stopped, too
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django

    django.setup()
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        wrong = play([kind for kind in kinds if kind != MAIL], asked.submits, asked.broker)
        if MAIL in kinds:
            from tests.faults import mail_down

            wrong += mail_down.play(asked.messages)
        print("\n".join(wrong), flush=True)
        return 1 if wrong else 0
    finally:
        from tests.faults.__main__ import _end_other_sessions

        _end_other_sessions(connection)
        connection.creation.destroy_test_db(name, verbosity=0)


def play(kinds, submits, broker=""):
    """File `submits` dossiers for each kind and print the table. Returns sentences about whatever is wrong."""
    from dossiers.papers.signing import ensure_development_ca
    from tests import factories, world
    from tests.faults.books import wait_until_nothing_is_owed
    from tests.faults.filing_site import FilingSite

    if not kinds:
        return []
    world.holidays()
    ensure_development_ca()
    desk = factories.Desk()
    site = FilingSite(broker)
    outcomes = []
    try:
        site.up()
        for kind in kinds:
            began = time.monotonic()
            drafts = [(draft.pk, session_of(draft.submitter)) for draft in (desk.draft() for _ in range(submits))]
            outcomes.append(_one_kind(site, kind, drafts))
            connection.close()  # the database may have been killed under it
            facts = f"{outcomes[-1].times} times, {len(outcomes[-1].filed)} acknowledged, {time.monotonic() - began:.0f} s"
            print(f"── {KINDS[kind]}: {facts}", flush=True)
        wrong = wait_until_nothing_is_owed(900)
        print(f"started again after it had ended by itself: {', '.join(site.ended) or 'nothing'}", flush=True)
    finally:
        site.stop_all()
    for outcome in outcomes:
        count(outcome)
    print("\n".join([HEAD, *(outcome.row() for outcome in outcomes), ""]), flush=True)
    bad = [f"{outcome.kind}: missing or doubled" for outcome in outcomes if outcome.missing or outcome.doubled]
    return [*wrong, *bad, *_invariants()]


def _one_kind(site, kind, drafts):
    over, times = threading.Event(), []
    _around(site, "begin", kind)
    breaker = threading.Thread(target=lambda: times.extend(_break_until(site, kind, over)))
    breaker.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as people:
            filed = list(filter(None, people.map(lambda one: file(site.address, *one), drafts)))
    finally:
        over.set()
        breaker.join()
        _around(site, "end", kind)
    return Outcome(kind, filed, len(times))


def _around(site, when, kind):
    getattr(site, f"{when}_{kind}", lambda: None)()


def _break_until(site, kind, over):
    """Break it and wait until the web answers, until it is over. Yields once for each time."""
    breaks = getattr(site, f"break_{kind}", None)
    while breaks and not over.wait(PAUSE_SECONDS):
        breaks()
        wait_for(site.answers, PATIENCE_SECONDS)
        yield kind


def file(address, draft, cookie):
    """Press «Ký và nộp hồ sơ» until the page with the code is there. None after PATIENCE_SECONDS."""
    began, errors = time.monotonic(), itertools.count()
    while time.monotonic() - began < PATIENCE_SECONDS:
        with httpx.Client(base_url=address, timeout=30, trust_env=False, follow_redirects=True, cookies=cookie) as client:
            person = Reader(client)
            with contextlib.suppress(httpx.HTTPError, AssertionError):
                person.open(f"/nop/{draft}/xem-lai/")
                if "/ho-so/" not in person.url:
                    person.press("Ký và nộp hồ sơ", **{"cam-doan": "1"})
                if "/ho-so/" in person.url:
                    return Filed(person.url.split("/ho-so/")[1].split("/")[0], next(errors), time.monotonic() - began)
        next(errors)
        time.sleep(0.5)
    return None


def session_of(user):
    """The cookie of a logged-in browser."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def count(outcome):
    """How many acknowledged dossiers are missing something, and how many have something twice."""
    from accounts.messages.models import Message
    from dossiers.models import Dossier

    for code in {one.code for one in outcome.filed}:
        dossier = Dossier.objects.filter(code=code).first()
        filings = dossier.events.filter(step="submit") if dossier else ()
        papers = dossier.papers.filter(kind="acknowledgement").count() if dossier else 0
        told = [
            Message.objects.filter(key=f"event:{event.pk}", channel="inbox", recipient=dossier.submitter).count()
            for event in filings
        ]
        outcome.missing += not (filings and papers and all(told))
        outcome.doubled += len(filings) > 1 or papers > 1 or any(number > 1 for number in told)
    outcome.doubled += len(outcome.filed) - len({one.code for one in outcome.filed})


def _invariants():
    from django.core.management import CommandError, call_command

    said = io.StringIO()
    try:
        call_command("check_invariants", stdout=said, stderr=said)
    except CommandError as error:
        return [*said.getvalue().splitlines(), str(error)]
    print(said.getvalue(), flush=True)
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
