"""Real processes for tests: broker, relay and workers, on the test database."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from portal.launch.places import Places
from portal.launch.valkey import find_program


class Processes:
    """Starts and stops the portal's processes. `stop_all` kills everything it started."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="broker-"))
        self.socket = self.folder / "v.sock"
        self.started = []

    @property
    def environment(self):
        database = connection.settings_dict
        host = database["HOST"] or database["OPTIONS"].get("host", "")
        return {
            **os.environ,
            "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={host}",
            "REDIS_URL": f"redis+socket://{self.socket}",
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.test"),
            "PYTHONPATH": f"{settings.BASE_DIR}:{os.environ.get('PYTHONPATH', '')}",
        }

    def start(self, *command):
        process = subprocess.Popen(
            [str(part) for part in command],
            env=self.environment,
            cwd=settings.BASE_DIR,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("ab"),
        )
        self.started.append(process)
        return process

    def broker(self):
        program = find_program(Places(Path(settings.BASE_DIR), self.folder))
        process = self.start(
            program, "--port", "0", "--unixsocket", self.socket, "--dir", self.folder, "--save", "", "--appendonly", "yes"
        )
        wait_for(self.socket.exists)
        return process

    def relay(self):
        return self.start(sys.executable, "manage.py", "relay")

    def worker(self):
        return self.start(sys.executable, "-m", "celery", "-A", "portal", "worker", "-c", "1", "-l", "WARNING")

    @staticmethod
    def kill(process, number=signal.SIGKILL):
        """Kill the process group (default SIGKILL) and wait for the process."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        process.wait(20)

    def stop_all(self):
        for process in reversed(self.started):
            if process.poll() is None:
                self.kill(process)


def wait_for(condition, seconds=60, pause=0.05):
    """Wait until the condition is true and return its value. Raises AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise AssertionError(f"not within {seconds} seconds: {condition}")
