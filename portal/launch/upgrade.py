"""`./portalctl upgrade-drill DIR`: how long an upgrade of the data in DIR, the data folder of an older release, takes.

Works on a copy; DIR is only read, and no portal may run on it. Does what docs/operations.md, «Upgrading», tells: migrates
in two parts (`manage.py upgrade`), starts the new web between them, and prints how long nobody can write.
"""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from . import programs
from .child import Child
from .console import say, step
from .lock import refuse_while_running
from .missing import Missing
from .places import Places
from .postgres import OWNER, SUPERUSER, Postgres, outside_home
from .preparation import manage
from .run import answers
from .supervisor import StopAsked, Supervisor

SHOWN = 8  # migrations
READY, DONE = "rồi bấm Enter", "Mở bản mới được rồi"  # in what `manage.py upgrade` prints; a test compares
WRITTEN = ["accounts_user", "dossiers_dossier", "dossiers_event", "dossiers_steprun", "files_attachment", "payments_refund"]
# Seconds that a program waits before it can write into all of them.
WRITE = f"""BEGIN; LOCK TABLE {", ".join(WRITTEN)} IN ROW EXCLUSIVE MODE;
    SELECT extract(epoch FROM clock_timestamp() - now()); ROLLBACK"""
WEB_SECONDS = 180.0
# Each migration is recorded when it ends, so nothing is known of the first one.
NEWEST = "SELECT max(id) FROM django_migrations"
SLOWEST = """SELECT app || '.' || name || ' ' || round(extract(epoch FROM took)::numeric, 2) FROM (
    SELECT app, name, applied - lag(applied) OVER (ORDER BY applied, id) AS took, id FROM django_migrations) AS each
    WHERE id > {last} + 1 ORDER BY took DESC LIMIT {shown}"""
IN_DATABASE = "SELECT round(active_time::numeric / 1000, 1) FROM pg_stat_database WHERE datname = current_database()"


def upgrade_drill(places: Places, folder: Path) -> int:
    """Exit code 0 when the upgraded data answers and all invariants hold. Raises Missing."""
    if not any(folder.glob("pg*")) and not (folder / "cluster-lies-in").exists():
        raise Missing(f"Trong {folder} không có dữ liệu của cổng", f"ls {folder}")
    older = Places(root=places.root, var=folder)
    refuse_while_running(older)
    there = Places(root=places.root, var=places.var / "upgrade")
    _tidy(there)
    there.logs.mkdir(parents=True)
    try:
        postgres = _copy(older, there)
        with Supervisor() as supervisor:
            supervisor.start([postgres.child(supervisor.environment(os.environ))], ready=postgres.ready)
            return _measure(there, postgres, supervisor)
    except StopAsked:
        return 130
    finally:
        _tidy(there)


def _copy(older: Places, there: Places) -> Postgres:
    """The cluster and the other files of the older data, in a place of its own."""
    source, postgres = Postgres(older), Postgres(there)
    if not source.data.exists():
        raise Missing(f"Trong {older.var} không có dữ liệu của PostgreSQL {source.binaries.major}", f"ls {older.var}")
    with step("Chép dữ liệu ra một bản riêng"):
        subprocess.run(["cp", "--archive", source.data, postgres.data], check=True)
        for name in ("files", "signing", "anchors", "secret_key"):
            if (older.var / name).exists():
                subprocess.run(["cp", "--archive", older.var / name, there.var / name], check=True)
    return postgres


def _measure(places: Places, postgres: Postgres, supervisor: Supervisor) -> int:
    last = postgres.execute(NEWEST).strip()
    before = float(postgres.execute(IN_DATABASE))
    variables = _variables(places, postgres.address(OWNER))
    upgrade = Child("upgrade", programs.upgrade(places.python), variables, places.root, _log(places), stdin=subprocess.PIPE)
    with supervisor.together([upgrade]), _Writer(postgres) as writer:
        beside = _seconds_until(upgrade, READY)
        longest, closing_from = writer.longest, postgres.execute(NEWEST).strip()
        started = _web_starts(places, postgres, supervisor)
        upgrade.process.stdin.write(b"\n")
        upgrade.process.stdin.flush()
        closed = _seconds_until(upgrade, DONE)
        _seconds_until(upgrade, None)
    in_database = float(postgres.execute(IN_DATABASE)) - before
    made = postgres.execute(f"SELECT count(*) FROM django_migrations WHERE id > {last}").strip()
    slowest = postgres.execute(SLOWEST.format(last=closing_from, shown=SHOWN)).split("\n")
    code = supervisor.run_to_end(_child(places, postgres, "check_invariants"))
    say(f"\n  {made} migrations, {in_database:.1f} s in the database")
    say(f"  beside the running programs {beside:.1f} s; a write waited at most {longest:.2f} s")
    say(f"  first answer of the new web, beside the old one, {started:.1f} s after its start")
    say(f"  nobody can write {closed:.1f} s, and while the old programs stop and the proxy turns to the new web")
    say("  slowest of these: " + "; ".join(line.replace("|", " ") + " s" for line in slowest if line.strip()))
    say("  invariants: " + ("all hold" if code == 0 else _log(places).read_text().strip().splitlines()[-1]))
    return 0 if code == 0 else 1


class _Writer(threading.Thread):
    """Asks again and again for the locks that a filing and a payment of the old programs take. `longest`: seconds it waited."""

    def __init__(self, postgres: Postgres) -> None:
        super().__init__(daemon=True)
        self.postgres, self.longest, self.ended = postgres, 0.0, threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.05):
            self.longest = max(self.longest, float(self.postgres.execute(WRITE)))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.ended.set()
        self.join()


def _seconds_until(child: Child, words: str | None) -> float:
    """Seconds until its log has a line with these words, or, with None, until it ends well. Raises Missing when it fails."""
    began = time.monotonic()
    while words is None or words not in child.log_tail(3):
        if not child.running:
            if words is None and child.exit_code == 0:
                break
            raise Missing(f"Nâng cấp hỏng:\n{child.log_tail(20)}", f"less {child.log}")
        time.sleep(0.02)
    return time.monotonic() - began


def _web_starts(places: Places, postgres: Postgres, supervisor: Supervisor) -> float:
    """Seconds until a web of this release answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web = Child(
        "web", programs.web(places.python, port), _variables(places, postgres.address(SUPERUSER)), places.root, _log(places)
    )
    began = time.monotonic()
    supervisor.start([web], ready=lambda: answers(f"http://127.0.0.1:{port}/health/live"), seconds=WEB_SECONDS)
    return time.monotonic() - began


def _child(places: Places, postgres: Postgres, verb: str) -> Child:
    variables = _variables(places, postgres.address(SUPERUSER))
    return Child(verb, manage(places, verb), variables, places.root, _log(places))


def _variables(places: Places, address: str) -> Mapping[str, str]:
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    own = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": settings, "PORTAL_VAR": str(places.var), "LOG_LEVEL": "ERROR"}
    return {**os.environ, **own}


def _log(places: Places) -> Path:
    return places.logs / "upgrade.log"


def _tidy(places: Places) -> None:
    for folder in (places.var, outside_home(places)):
        shutil.rmtree(folder, ignore_errors=True)
