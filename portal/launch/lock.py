"""The run lock: one running portal per data folder."""

import fcntl
import json
import os
import time
from pathlib import Path

from .missing import Missing
from .places import Places

STOP_WAIT_SECONDS = 20.0  # how long to wait for a run that is stopping


class RunLock:
    """A file lock, held by the launcher, and by its watchdog if the launcher was killed, until the last process has ended."""

    def __init__(self, path: Path, *, address: str) -> None:
        self.path = path
        self.address = address
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(path, "a+")  # noqa: SIM115 - held for the launcher's whole life

    def take(self) -> None:
        """Take the lock. Waits for a run that is stopping. Raises Missing while another run is alive."""
        deadline = time.monotonic() + STOP_WAIT_SECONDS
        while not self._try():
            if (other := holder(self.path)) is not None:
                raise Missing(f"Cổng này đang chạy ở {other['address']} (tiến trình {other['pid']})", f"kill {other['pid']}")
            if time.monotonic() > deadline:
                raise Missing("Lần chạy trước chưa dừng hẳn", f"fuser -v {self.path}")
            time.sleep(0.2)
        self.file.truncate(0)
        self.file.write(json.dumps({"pid": os.getpid(), "address": self.address}))
        self.file.flush()

    def _try(self) -> bool:
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        self.file.truncate(0)
        self.file.close()


def holder(path: Path) -> dict | None:
    """{"pid", "address"} of the launcher that wrote the lock file, if it is still alive; else None."""
    try:
        other = json.loads(path.read_text())
        os.kill(other["pid"], 0)
    except PermissionError:
        return other
    except (OSError, ValueError, KeyError):
        return None
    return other


def run_lock(places: Places) -> Path:
    return places.var / "run.lock"


def refuse_while_running(places: Places) -> None:
    """Raise Missing while a portal or a test run uses the data folder."""
    for path in map(run_lock, places.all()):
        if path.exists():
            lock = open(path, "a+")  # noqa: SIM115
            with lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as held:
                    other = holder(path) or {"pid": "?"}
                    raise Missing("Đang chạy, chưa dọn được", f"kill {other['pid']}") from held
