"""Waits until the launcher ends. If it was killed (kill -9), ends all processes that the launcher had started.

A separate script: `python -I watchdog.py PIPE TOKEN SECONDS`. The launcher writes a line "pid start-time" to the pipe for each
process, and "done" when it stops normally. When the launcher dies, the kernel signals its direct children (see child.py); the
watchdog kills those that do not stop, and their children, which have PORTAL_RUN=TOKEN in their environment.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator


def watch(pipe: int, token: str, patience: float) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    leaders: dict[int, str] = {}
    with os.fdopen(pipe) as lines:
        for line in lines:
            if line.strip() == "done":
                return
            pid, _, started = line.strip().partition(" ")
            leaders[int(pid)] = started
    end_all(leaders, token, patience)


def end_all(leaders: dict[int, str], token: str, patience: float) -> None:
    """Wait `patience` seconds for all processes to end, then kill the rest."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not any(True for _ in _left(leaders, token)):
            return
        time.sleep(0.2)
    for _ in range(10):
        left = list(_left(leaders, token))
        for pid in left:
            _kill(pid, group=pid in leaders)
        if not left:
            return
        time.sleep(0.1)


def _left(leaders: dict[int, str], token: str) -> Iterator[int]:
    for pid, started in leaders.items():
        if started and start_time(pid) == started:
            yield pid
    mark = f"PORTAL_RUN={token}".encode()
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if os.path.isdir("/proc/self") else ():
        if pid != os.getpid() and mark in _environment(pid):
            yield pid


def _environment(pid: int) -> list[bytes]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as environment:
            return environment.read().split(b"\0")
    except OSError:
        return []


def start_time(pid: int) -> str:
    """Start time of a process in kernel ticks; empty when it has ended. Pid and start time together identify a process."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            after_name = stat.read().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if after_name[0] == "Z" else after_name[19]


def _kill(pid: int, *, group: bool) -> None:
    try:
        (os.killpg if group else os.kill)(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


if __name__ == "__main__":
    watch(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
