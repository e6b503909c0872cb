"""A minimal checkout for the launcher, and a fixture that runs a supervisor as a separate process."""

import os
import signal
import subprocess
import sys
import time

import pytest

from portal.launch.places import ROOT, Places
from portal.launch.watchdog import start_time

SCRIPT = """
import os, sys
from pathlib import Path
from portal.launch.child import Child
from portal.launch.supervisor import StopAsked, Supervisor

def sh(name, line, **more):
    log = Path(sys.argv[1]) / f"{{name}}.log"
    return Child(name, ["/bin/sh", "-c", line], supervisor.environment(os.environ), Path("/"), log, **more)

try:
    with Supervisor(patience=0.5) as supervisor:
        {body}
        print("ready", flush=True)
        supervisor.watch(pause=0.05)
except StopAsked:
    print("stopped", flush=True)
"""


@pytest.fixture
def places(tmp_path):
    """An empty project folder with three lock files."""
    (tmp_path / "requirements").mkdir()
    for kind in ("run", "dev", "tools"):
        (tmp_path / "requirements" / f"{kind}.txt").write_text(f"{kind} lock")
    return Places(root=tmp_path, var=tmp_path / "var")


@pytest.fixture
def supervised(tmp_path):
    """A function: takes the lines that start children, returns the running launcher. It is stopped at the end of the test."""
    started = []

    def supervised(body):
        script = tmp_path / "launcher.py"
        script.write_text(SCRIPT.format(body="\n        ".join(body)))
        launcher = subprocess.Popen(
            [sys.executable, script, tmp_path],
            stdout=subprocess.PIPE,
            text=True,
            # The real clock, also with `--today`: `moved` does not reach the watchdog, which Python starts in isolation.
            env={**os.environ, "PYTHONPATH": str(ROOT), "LD_PRELOAD": ""},
        )
        started.append(launcher)
        assert launcher.stdout.readline().strip() == "ready"
        return launcher

    yield supervised
    for launcher in started:
        if launcher.poll() is None:
            launcher.send_signal(signal.SIGTERM)
            launcher.wait(timeout=15)


@pytest.fixture
def wait_until():
    """A function that waits until its argument returns true; fails after ten seconds."""

    def wait_until(condition):
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "it did not happen within ten seconds"
            time.sleep(0.05)

    return wait_until


def alive(pid):
    return start_time(int(pid)) != ""
