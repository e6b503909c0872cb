"""`./portalctl filing-faults`: people file dossiers while web, worker, relay, broker or database is killed by SIGKILL.

Who gets an error tries again, as a person does. In the end every dossier that was acknowledged is there once: with one filing in
its history, one acknowledgement, its messages; and all invariants hold. Prints a table.
"""

import argparse
import contextlib
import io
import itertools
import os
import shutil
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
from django.db import OperationalError, connection

from tests.deploy.forms import Reader
from tests.faults.site import Site
from tests.processes import wait_for

KINDS = ("nobody", "web", "worker", "relay", "broker", "database")
PATIENCE_SECONDS = 180  # of a person who tries again
PAUSE_SECONDS = 2.0  # from the moment when the web answers again to the next kill
AT_ONCE = 4  # people


@dataclass
class Filed:
    """What one person saw: the code that was acknowledged, errors before it, seconds until it."""

    code: str
    errors: int
    seconds: float


@dataclass
class Outcome:
    """One kind of killing: what people saw, how often it was killed, what was found wrong."""

    killed: str
    filed: list
    kills: int
    missing: int = 0
    doubled: int = 0

    def row(self):
        slowest = max((one.seconds for one in self.filed), default=0)
        errors = sum(one.errors for one in self.filed)
        return (
            f"| {self.killed} | {self.kills} | {len(self.filed)} | {errors} | {slowest:.1f} | {self.missing} | {self.doubled} |"
        )


COLUMNS = ("killed", "times", "acknowledged", "errors before", "slowest, s", "missing", "doubled")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"


class FilingSite(Site):
    """The portal without the gateway."""

    def up(self):
        self.running["broker"] = self.broker()
        for name in ("web", "worker", "relay"):
            self.run(name)
        wait_for(self.answers, 180)

    def kill_and_start(self, name):
        self.kill_whole(name)
        self.run(name)

    def kill_broker(self):
        """It comes back empty."""
        self.kill_whole("broker")
        self.socket.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        self.running["broker"] = self.broker()

    @staticmethod
    def kill_database():
        """One of its processes: PostgreSQL then throws out everybody and recovers from its log."""
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        with contextlib.suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute(f"SELECT pid FROM pg_stat_activity WHERE {others} LIMIT 1")
            for (pid,) in cursor.fetchall():
                os.kill(pid, signal.SIGKILL)
        connection.close()


def main(words):
    """Run with these arguments. Exit code 0 when nothing is missing, doubled or wrong."""
    parser = argparse.ArgumentParser(prog="portalctl filing-faults", description=__doc__)
    parser.add_argument("--submits", type=int, default=200, help="acknowledged submissions of each kind (default 200)")
    parser.add_argument("--only", choices=KINDS, help="kill only this")
    asked = parser.parse_args(words)
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django

    django.setup()
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        outcomes, wrong = play([asked.only] if asked.only else KINDS, asked.submits)
        print("\n".join([HEAD, *(outcome.row() for outcome in outcomes), *wrong]), flush=True)
        return 1 if wrong or any(outcome.missing or outcome.doubled for outcome in outcomes) else 0
    finally:
        from tests.faults.__main__ import _end_other_sessions

        _end_other_sessions(connection)
        connection.creation.destroy_test_db(name, verbosity=0)


def play(kinds, submits):
    """File `submits` dossiers for each kind. Returns the outcomes, and sentences about whatever is wrong besides."""
    from dossiers.papers.signing import ensure_development_ca
    from tests import factories, world
    from tests.faults.books import wait_until_nothing_is_owed

    world.holidays()
    ensure_development_ca()
    desk = factories.Desk()
    site = FilingSite()
    try:
        site.up()
        outcomes = []
        for kind in kinds:
            drafts = [(draft.pk, session_of(draft.submitter)) for draft in (desk.draft() for _ in range(submits))]
            outcomes.append(_one_kind(site, kind, drafts))
            connection.close()  # the database may have been killed under it
            print(f"── {kind}: {outcomes[-1].kills} kills, {len(outcomes[-1].filed)} acknowledged", flush=True)
        wrong = wait_until_nothing_is_owed(900)
        for outcome in outcomes:
            count(outcome)
        return outcomes, [*wrong, *_invariants()]
    finally:
        site.stop_all()


def _one_kind(site, kind, drafts):
    over = threading.Event()
    kills = []
    killer = threading.Thread(target=lambda: kills.extend(_kill_until(site, kind, over)))
    killer.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as people:
            filed = list(people.map(lambda one: file(site.address, *one), drafts))
    finally:
        over.set()
        killer.join()
    return Outcome(kind, filed, len(kills))


def _kill_until(site, kind, over):
    """Kill and start again until it is over. Yields once for each kill."""
    while kind != "nobody" and not over.wait(PAUSE_SECONDS):
        getattr(site, f"kill_{kind}", lambda: site.kill_and_start(kind))()
        wait_for(site.answers, PATIENCE_SECONDS)
        yield kind


def file(address, draft, cookie):
    """Press «Ký và nộp hồ sơ» until the page with the code is there. Raises AssertionError after PATIENCE_SECONDS."""
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
    raise AssertionError(f"draft {draft} could not be filed within {PATIENCE_SECONDS} s")


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
