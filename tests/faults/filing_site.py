"""The portal as real processes, and each way of breaking it while people file dossiers.

`break_<kind>` breaks it once; `begin_<kind>` and `end_<kind>`, where a kind has them, stand around the whole of it.
"""

import contextlib
import datetime as dt
import errno
import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import redis
from django.conf import settings
from django.db import OperationalError, connection

from portal.launch.prove import HANOI, moved_clock
from tests.faults.books import wait_until_nothing_is_owed
from tests.faults.site import Site
from tests.processes import wait_for

PROGRAMS = ("web", "worker", "relay")
BACK_SECONDS = 1200  # how far the clock is set back: less than `anchors.EVENT_GRACE`
SMALL_DISK_MB = 64
MOST_WAIT_SECONDS = 900  # until what failed on a full disk was tried again


class FilingSite(Site):
    """The portal without the gateway."""

    def __init__(self, broker=""):
        """`broker`: the address of one that runs already; without it an embedded one is started, and can be killed."""
        super().__init__()
        self.given = {"REDIS_URL": broker} if broker else {}
        self.clock = {}  # further variables of the programs
        self.hands = self.folder / "clock"  # what libfaketime adds to the time of day, read again every second
        self.back = False
        self.ended = []  # programs that ended by themselves, one name each time
        self.over = threading.Event()

    @property
    def environment(self):
        return {**super().environment, **self.given, **self.clock}

    def up(self):
        if not self.given:
            self.running["broker"] = self.broker()
        for name in PROGRAMS:
            self.run(name)
        threading.Thread(target=self._start_again, daemon=True).start()
        wait_for(self.answers, 180)

    def _start_again(self):
        """Start what ended by itself, as Docker and the launcher do."""
        while not self.over.wait(0.5):
            for name in PROGRAMS:
                with self._lock:
                    ended = self.running[name].poll() is not None
                    if ended:
                        self.running[name] = getattr(self, f"_{name}")()
                        self.ended.append(name)

    def stop_all(self):
        self.over.set()
        super().stop_all()

    def kill_and_start(self, name):
        with self._lock:
            self.kill_whole(name)
            self.running[name] = getattr(self, f"_{name}")()

    def break_web(self):
        self.kill_and_start("web")

    def break_worker(self):
        self.kill_and_start("worker")

    def break_relay(self):
        self.kill_and_start("relay")

    def break_broker(self):
        """It reads its append-only file again."""
        self.kill_whole("broker")
        self.socket.unlink(missing_ok=True)
        self.running["broker"] = self.broker()

    def break_flush(self):
        """The broker forgets everything while it runs."""
        with redis.Redis(unix_socket_path=str(self.socket)) as broker:
            broker.flushall()

    @staticmethod
    def break_database():
        """One of its processes: PostgreSQL then throws out everybody and recovers from its log."""
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        with contextlib.suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute(f"SELECT pid FROM pg_stat_activity WHERE {others} LIMIT 1")
            for (pid,) in cursor.fetchall():
                os.kill(pid, signal.SIGKILL)
        connection.close()

    # ------------------------------------------------------------ two relays, two workers
    def begin_relays(self):
        self.second = [self.relay(), self.worker()]

    def end_relays(self):
        for process in self.second:
            self.kill(process)

    # ------------------------------------------------------------ a clock that is set back
    def begin_clock(self):
        moved = moved_clock(dt.datetime.now(HANOI).date())
        moved.pop("FAKETIME")
        folders = os.pathsep.join([super().environment["PYTHONPATH"], moved["PYTHONPATH"]])
        self.clock = moved | {
            "PYTHONPATH": folders,
            "FAKETIME_TIMESTAMP_FILE": str(self.hands),
            "FAKETIME_CACHE_DURATION": "1",
        }
        self._set_clock(0)
        for name in PROGRAMS:
            self.kill_and_start(name)
        wait_for(self.answers, 180)

    def break_clock(self):
        """Of web, worker and relay while they run, by 20 minutes; the next time forward again. The database keeps the time."""
        self.back = not self.back
        self._set_clock(-BACK_SECONDS if self.back else 0)

    def _set_clock(self, seconds):
        self.hands.with_suffix(".new").write_text(f"{seconds:+d}\n")
        self.hands.with_suffix(".new").rename(self.hands)

    def end_clock(self):
        self.clock = {}
        for name in PROGRAMS:
            self.kill_and_start(name)
        wait_for(self.answers, 180)

    # ------------------------------------------------------------ a disk that is full
    def begin_disk(self):
        """The folder of files is a small disk of its own. Needs the right to mount."""
        self.disk, self.ballast = Path(settings.PRIVATE_FILES_ROOT), Path(settings.PRIVATE_FILES_ROOT) / "ballast"
        self.disk.mkdir(parents=True, exist_ok=True)
        options = f"size={SMALL_DISK_MB}m,mode=700"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.disk], check=True)

    def break_disk(self):
        """Full to the last byte; the next time free again."""
        if self.ballast.exists():
            self.ballast.unlink()
            return
        with self.ballast.open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(1 << 16))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def end_disk(self):
        """Free; when all is done, what lies on it goes to where the other files are."""
        self.ballast.unlink(missing_ok=True)
        connection.close()
        try:
            if owed := wait_until_nothing_is_owed(MOST_WAIT_SECONDS):
                print(f"not done {MOST_WAIT_SECONDS} s after the disk was free again: {owed}", flush=True)
            aside = self.folder / "from the small disk"
            shutil.copytree(self.disk, aside)
        finally:
            subprocess.run(["umount", "--lazy", self.disk], check=True)
        shutil.copytree(aside, self.disk, dirs_exist_ok=True)
