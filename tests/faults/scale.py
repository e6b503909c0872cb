"""`./portalctl scale-drill`: two webs and two workers behind the proxy of deploy/nginx, a primary and a streaming standby.

People read through the proxy and four file dossiers, while a web, the standby and the replication fail one after the other.
Nobody who reads may see an error page, who files sees it in the own list at once, and nothing is missing or doubled.
"""

import argparse
import contextlib
import getpass
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import httpx
import psycopg2
from django.db import connection

from portal.launch import programs
from portal.launch.places import ROOT, Places
from portal.launch.postgres import find_binaries
from portal.launch.prove import program
from tests.deploy import files
from tests.deploy.forms import Reader
from tests.faults.filing import Outcome, count, file, session_of
from tests.faults.site import Site
from tests.mock_gateway.process import free_port
from tests.processes import wait_for

READERS, FILING = 4, 8  # people who read at once; dossiers that are filed in each stretch
STRETCHES = {  # what happens after the first third of it: as the table names it
    "nothing": "nothing",
    "web": "one of two webs killed",
    "standby": "standby killed",
    "lag": "standby stops following",
}
HEAD = (
    "| happens | pages read | errors | p50, ms | p95, ms | read from the standby | filed | missing | doubled |\n|" + " --- |" * 9
)


@dataclass
class Stretch:
    """What readers saw while one thing happened."""

    kind: str
    seconds: list = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    on_standby: int | None = None  # statements; None: cannot be told
    filed: list = field(default_factory=list)

    def row(self):
        bad = sum(number for status, number in self.statuses.items() if status != 200)
        times = sorted(self.seconds)
        p50, p95 = statistics.median(times) * 1000, times[int(len(times) * 0.95)] * 1000
        told = Outcome("nobody", self.filed, 0)
        count(told)
        standby = "–" if self.on_standby is None else f"{self.on_standby} transactions"
        facts = (STRETCHES[self.kind], len(times), bad, f"{p50:.0f}", f"{p95:.0f}", standby, len(self.filed))
        return f"| {' | '.join(map(str, (*facts, told.missing, told.doubled)))} |", bool(bad or told.missing or told.doubled)


class Standby:
    """A copy of the server of the tests that follows it by streaming, reached by a socket of its own."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="standby-"))
        self.home.chmod(0o755)
        facts = connection.get_connection_params()
        self.primary, self.database, self.process = facts["host"], facts.get("dbname", facts.get("database")), None
        self.programs = _programs_beside(self.primary)
        self.owner = Path(self.primary).stat().st_uid
        os.chown(self.home, self.owner, -1)

    @property
    def address(self):
        return f"postgresql://postgres@/{self.database}?host={quote(str(self.home), safe='')}"

    def copy(self):
        words = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "-h", self.primary, "-U", "postgres"]
        self._run("pg_basebackup", *words, "-D", self.home / "data").wait()

    def start(self):
        options = {"unix_socket_directories": self.home, "archive_mode": "off", "max_connections": 180, "listen_addresses": ""}
        words = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.process = self._run("postgres", "-D", self.home / "data", *words)
        wait_for(self.follows, 60)

    def _run(self, name, *words):
        who = {"user": self.owner} if os.geteuid() == 0 else {}
        with (self.home / "log").open("ab") as log:
            command = [str(self.programs / name), *map(str, words)]
            return subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True, **who)

    def ask(self, sql):
        """The first value, or None when it does not answer."""
        with contextlib.suppress(psycopg2.Error):
            asked = psycopg2.connect(self.address, connect_timeout=2)
            asked.autocommit = True
            with asked.cursor() as cursor:
                cursor.execute(sql)
                value = cursor.fetchone()[0]
            asked.close()
            return value
        return None

    def follows(self):
        return self.ask("SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'") == 1

    def transactions(self):
        return self.ask("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")

    def stop(self, number=signal.SIGQUIT):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, number)
            self.process.wait(20)


def _programs_beside(socket):
    """The programs of the server at this socket: root's launcher has copied them to where the server's user may run them."""
    pid = next((int(lock.read_text().split()[0]) for lock in Path(socket).glob(".s.PGSQL.*.lock")), None)
    with contextlib.suppress(OSError, TypeError):
        return Path(os.readlink(f"/proc/{pid}/exe")).parent
    return find_binaries(Places.of()).folder


class WideSite(Site):
    """Two webs, two workers, one relay, behind the proxy."""

    def __init__(self, standby):
        super().__init__()
        self.standby = standby
        self.ports = free_port(), free_port()
        self.plain = free_port()

    @property
    def environment(self):
        return {**super().environment, "DATABASE_STANDBY_URL": self.standby.address, "SITE_URL": self.address}

    def up(self):
        self.broker()
        for name in ("web_0", "web_1", "worker_0", "worker_1", "relay"):
            self.run(name)
        self._proxy()
        wait_for(lambda: all(map(_lives, self.ports)) and self.answers(), 180)
        return self

    def _web_0(self):
        return self.start(*programs.web(sys.executable, self.ports[0], processes=1))

    def _web_1(self):
        return self.start(*programs.web(sys.executable, self.ports[1], processes=1))

    def _worker_0(self):
        return self.start(*programs.worker(sys.executable, processes=1))

    _worker_1 = _worker_0

    def _proxy(self):
        """The proxy's own file, without TLS: the drill is about what stands behind it."""
        written, folder = files.text("deploy/nginx/nginx.conf"), self.folder / "proxy"
        folder.mkdir()
        for old, new in {
            "server web:8000;": "".join(f"server 127.0.0.1:{port};" for port in self.ports),
            "listen 8080;": f"listen 127.0.0.1:{self.plain};",
            "listen 8443 ssl http2;": f"listen 127.0.0.1:{self.port};",
            "ssl_certificate /run/secrets/tls_certificate;": "",
            "ssl_certificate_key /run/secrets/tls_key;": "",
            "X-Forwarded-Proto https": "X-Forwarded-Proto http",
            "proxy_cache pages;": "",  # a kept page would hide who answers
            "/var/cache/nginx/": f"{folder}/",
            "/etc/nginx/portal/pages/": f"{ROOT}/deploy/nginx/pages/",
            "/tmp/nginx.pid": f"{folder}/nginx.pid",
            "access_log /dev/stdout": f"access_log {folder}/access.log",
            "worker_processes auto;": "worker_processes 1;" + (f"user {getpass.getuser()};" if os.geteuid() == 0 else ""),
        }.items():
            assert old in written, old
            written = written.replace(old, new)
        (folder / "nginx.conf").write_text(written)
        self.running["proxy"] = self.start(program("nginx"), "-c", folder / "nginx.conf", "-g", "daemon off;")


def _lives(port):
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=3, trust_env=False).status_code == 200
    return False


def main(words):
    """Run with these arguments. Exit code 0 when nobody saw an error page, and nothing is missing or doubled."""
    parser = argparse.ArgumentParser(prog="portalctl scale-drill", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="of each stretch (default 20)")
    asked = parser.parse_args(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django

    django.setup()
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return 1 if play(asked.seconds) else 0
    finally:
        from tests.faults.__main__ import _end_other_sessions

        _end_other_sessions(connection)
        connection.creation.destroy_test_db(name, verbosity=0)


def play(seconds):
    """Print the table. True when something is wrong."""
    from dossiers.papers.signing import ensure_development_ca
    from tests import factories, world
    from tests.faults.books import wait_until_nothing_is_owed

    world.holidays()
    ensure_development_ca()
    desk = factories.Desk()
    reader = desk.submitted().submitter
    standby = Standby()
    site = WideSite(standby)
    try:
        standby.copy()
        standby.start()
        site.up()
        pages = [("/", {}), ("/thu-tuc/?q=cu+tru", {}), ("/ho-so/", session_of(reader)), ("/can-bo/", session_of(desk.clerk))]
        stretches = []
        for kind in STRETCHES:
            drafts = [(draft.pk, session_of(draft.submitter)) for draft in (desk.draft() for _ in range(FILING))]
            stretches.append(_stretch(site, kind, pages, drafts, seconds))
            print(f"── {STRETCHES[kind]}: {dict(stretches[-1].statuses)}", flush=True)
        own = _own_writes(site, desk)
        owed = wait_until_nothing_is_owed(300)
    finally:
        site.stop_all()
        standby.stop()
    rows = [stretch.row() for stretch in stretches]
    print("\n".join([HEAD, *(row for row, _ in rows), "", own or "who files sees it in the own list at once", *owed]), flush=True)
    return bool(own or owed or any(bad for _, bad in rows))


def _stretch(site, kind, pages, drafts, seconds):
    stretch, over, lock = Stretch(kind), threading.Event(), threading.Lock()
    before = site.standby.transactions()

    def read():
        with httpx.Client(base_url=site.address, timeout=30, trust_env=False) as client:
            while not over.is_set():
                for path, cookies in pages:
                    began = time.monotonic()
                    status = client.get(path, headers=_cookie(cookies)).status_code
                    with lock:
                        stretch.seconds.append(time.monotonic() - began)
                        stretch.statuses[status] += 1

    with ThreadPoolExecutor(READERS + 2) as people:
        readers = [people.submit(read) for _ in range(READERS)]
        filing = people.submit(lambda: [file(site.address, *draft) for draft in drafts])
        over.wait(seconds / 3)
        getattr(sys.modules[__name__], f"_{kind}")(site)
        over.wait(seconds * 2 / 3)
        stretch.filed = [one for one in filing.result() if one]
        over.set()
        for one in readers:
            one.result()
    after = site.standby.transactions()
    stretch.on_standby = after - before if before is not None and after is not None and after >= before else None
    _mended(site)
    return stretch


def _cookie(cookies):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}


def _nothing(site):
    """The stretch to compare with."""


def _web(site):
    site.kill_whole("web_0")


def _standby(site):
    site.standby.stop(signal.SIGKILL)


def _lag(site):
    site.standby.ask("SELECT pg_wal_replay_pause()::text")


def _mended(site):
    site.run("web_0")
    if site.standby.process.poll() is not None:
        site.standby.start()
    site.standby.ask("SELECT CASE WHEN pg_is_wal_replay_paused() THEN pg_wal_replay_resume()::text END")
    wait_for(lambda: all(map(_lives, site.ports)), 120)


def _own_writes(site, desk):
    """While the standby stands still: a person files, and reads the own list. A sentence when it is not there."""
    site.standby.ask("SELECT pg_wal_replay_pause()::text")
    draft = desk.draft()
    cookies = session_of(draft.submitter)
    with httpx.Client(base_url=site.address, timeout=60, trust_env=False, follow_redirects=True, cookies=cookies) as client:
        person = Reader(client).open(f"/nop/{draft.pk}/xem-lai/").press("Ký và nộp hồ sơ", **{"cam-doan": "1"})
        code = person.url.split("/ho-so/")[1].split("/")[0]
        there = code in client.get("/ho-so/").text
    site.standby.ask("SELECT pg_wal_replay_resume()::text")
    return "" if there else f"{code} is not in the list of who has just filed it"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
