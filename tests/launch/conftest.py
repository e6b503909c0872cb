"""A checkout of nothing but what the launcher looks at, and a way to run a supervisor as a process of its own."""

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
    """An empty project folder with two locks."""
    (tmp_path / "requirements").mkdir()
    for kind in ("run", "dev", "tools"):
        (tmp_path / "requirements" / f"{kind}.txt").write_text(f"{kind} lock")
    return Places(root=tmp_path, var=tmp_path / "var")


@pytest.fixture
def supervised(tmp_path):
    """Call it with the lines that start children; answers the running launcher. Whatever is left is killed at the end."""
    started = []

    def supervised(body):
        script = tmp_path / "launcher.py"
        script.write_text(SCRIPT.format(body="\n        ".join(body)))
        launcher = subprocess.Popen(
            [sys.executable, script, tmp_path],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
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
    """Wait for something to become true, ten seconds at most."""

    def wait_until(true):
        deadline = time.monotonic() + 10
        while not true():
            assert time.monotonic() < deadline, "it did not happen within ten seconds"
            time.sleep(0.05)

    return wait_until


def alive(pid):
    return start_time(int(pid)) != ""
