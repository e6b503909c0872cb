"""One child process of the launcher. It is ended when the launcher ends or dies."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
MAX_LOG_BYTES = 5 * 1024 * 1024  # a longer log is renamed at the next start


@dataclass
class Child:
    """A command with its environment, log file and stop signals."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    stop_signals: Sequence[tuple[signal.Signals, float]] = (
        (signal.SIGTERM, 10),
    )  # signal, seconds of patience; then it is killed
    on_orphaned: signal.Signals = signal.SIGTERM  # sent by the kernel when the launcher dies
    stdin: int = subprocess.DEVNULL  # or subprocess.PIPE
    user: tuple[int, int] | None = None  # user and group id, for a program that must not run as root
    process: subprocess.Popen | None = field(default=None, repr=False)

    def start(self) -> int:
        """Start the process in its own session, so that Ctrl-C reaches only the launcher. Returns the pid."""
        with open(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
            self.process = subprocess.Popen(
                [str(part) for part in self.command],
                env=dict(self.environment),
                cwd=self.folder,
                stdin=self.stdin,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,  # other users of this machine must not read mail, papers and logs
                # Runs after the change of user, which would clear the parent-death signal.
                preexec_fn=_tie_to(os.getpid(), self.on_orphaned),
                **({"user": self.user[0], "group": self.user[1], "extra_groups": []} if self.user else {}),
            )
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def signal(self, number: signal.Signals) -> None:
        if self.running:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        """Kill all processes that are left in the process's group."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return

    def log_tail(self, lines: int = 12) -> str:
        """The last lines of its log, for an error message; empty if it cannot be read."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def _tie_to(parent: int, number: signal.Signals) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def tie() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
            if os.getppid() != parent:  # the launcher died after the fork
                os._exit(1)

    return tie


def stop(children: Sequence[Child], *, kill_now: Callable[[], bool] = lambda: False) -> None:
    """Stop all children with their stop signals; kill those that do not stop in time, or all when `kill_now()` is true."""
    started = time.monotonic()
    asked: dict[str, int] = {}
    while any(child.running for child in children):
        waited = time.monotonic() - started
        for child in children:
            step = _steps_due(child, waited)
            if kill_now() or step > len(child.stop_signals):
                child.kill_group()
            elif asked.get(child.name, 0) < step:
                child.signal(child.stop_signals[step - 1][0])
                asked[child.name] = step
        time.sleep(0.05)
    for child in children:
        child.kill_group()


def _steps_due(child: Child, waited: float) -> int:
    """How many of the child's stop signals are due after `waited` seconds; one more than their number means: kill."""
    due, at = 0, 0.0
    for _number, patience in child.stop_signals:
        if waited >= at:
            due += 1
        at += patience
    return due + 1 if waited >= at else due


def rotate_log(log: Path) -> None:
    """Rename a log longer than MAX_LOG_BYTES to .log.1, so that var/log does not grow without limit."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
