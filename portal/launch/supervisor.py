"""Starts the portal's processes, restarts those that crash, and stops them all together."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from . import watchdog
from .child import Child, rotate_log, stop
from .console import warn
from .missing import Missing

MIN_RESTART_SECONDS, MAX_RESTART_SECONDS = 0.5, 30.0  # back-off before a crashed process is restarted
EXIT_WITH_ADVICE = (
    65  # exit code (EX_DATAERR) of a command whose last output line is a message for the user (portal/older_data.py)
)
STABLE_AFTER_SECONDS = 30.0  # after this running time the back-off starts again at MIN_RESTART_SECONDS


class StopAsked(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal. Raised by the signal handler, at any point of the launcher's code."""


class Supervisor:
    """Context manager: on exit all processes are stopped, in the reverse order of their start."""

    def __init__(self, *, inherited: Sequence[int] = (), patience: float = 8.0) -> None:
        self.token = secrets.token_hex(8)
        self._inherited = inherited  # file descriptors for the watchdog: it holds the run lock until it ends
        self._patience = patience  # seconds before the watchdog kills processes that outlive the launcher
        self._groups: list[list[Child]] = []
        self._pauses: dict[str, float] = {}
        self._started_at: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._busy = False
        self._asked = 0
        self._pipe = -1

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # started with nohup: ignore a closed terminal
            signal.signal(signal.SIGHUP, self._on_stop)
        self._pipe = self._start_watchdog()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._busy = True
        try:
            for group in reversed(self._groups):
                stop(group, kill_now=lambda: self._asked > 1)
        finally:
            self._send_to_watchdog("done")
            os.close(self._pipe)
            with suppress(subprocess.TimeoutExpired):
                self._watchdog.wait(timeout=2)

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The variables plus PORTAL_RUN, by which the watchdog recognises the processes of this run."""
        return {**variables, "PORTAL_RUN": self.token}

    def start(self, children: Sequence[Child], *, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Start a group of processes that is stopped together, and wait until `ready()` is true, at most `seconds`.

        A process that exits is started again for ten seconds: PostgreSQL may need this after a kill -9. Raises Missing.
        """
        self._groups.append(list(children))
        for child in children:
            rotate_log(child.log)
            self._launch(child)
        deadline, patience = time.monotonic() + seconds, time.monotonic() + 10
        while not ready():
            for child in children:
                if not child.running and time.monotonic() < patience:
                    time.sleep(0.3)
                    self._launch(child)
                elif not child.running or time.monotonic() > deadline:
                    raise Missing(f"{child.name} không khởi động được:\n{child.log_tail()}", f"less {child.log}")
            time.sleep(0.05)

    def step(self, child: Child) -> None:
        """Run one process to its end. Raises Missing with the end of its log when it fails."""
        code = self.run_to_end(child)
        if code == EXIT_WITH_ADVICE:
            raise Missing(child.log_tail(1).removeprefix("CommandError: ").rstrip("."))
        if code != 0:
            raise Missing(f"Bước «{child.name}» hỏng:\n{child.log_tail(20)}", f"less {child.log}")

    def run_to_end(self, child: Child) -> int:
        """Run one process and return its exit code."""
        with self.together([child]):
            while child.running:
                time.sleep(0.03)
        return child.exit_code

    @contextmanager
    def together(self, children: Sequence[Child]) -> Iterator[None]:
        """Start processes that end by themselves within the block. An exception in the block stops them with all others."""
        self._groups.append(list(children))
        for child in children:
            rotate_log(child.log)
            self._launch(child)
        yield
        self._groups.pop()

    def watch(self, *, pause: float = 0.25) -> None:
        """Restart crashed processes with back-off, until StopAsked is raised."""
        while True:
            for child in [child for group in self._groups for child in group]:
                if not child.running:
                    self._restart_when_due(child)
            time.sleep(pause)

    def _restart_when_due(self, child: Child) -> None:
        now = time.monotonic()
        if child.name not in self._due:
            child.kill_group()  # children of the crashed process
            lived = now - self._started_at[child.name]
            wait = MIN_RESTART_SECONDS if lived > STABLE_AFTER_SECONDS else self._pauses.get(child.name, MIN_RESTART_SECONDS)
            self._pauses[child.name] = min(wait * 2, MAX_RESTART_SECONDS)
            self._due[child.name] = now + wait
            warn(f"  {child.name} đã dừng (mã {child.exit_code}); chạy lại sau {wait:g} giây. Nhật ký: {child.log}")
        if now >= self._due[child.name]:
            del self._due[child.name]
            self._launch(child)

    def _launch(self, child: Child) -> None:
        with self._defer_stop():
            pid = child.start()
            self._started_at[child.name] = time.monotonic()
            self._send_to_watchdog(f"{pid} {watchdog.start_time(pid)}")

    def _send_to_watchdog(self, line: str) -> None:
        with suppress(BrokenPipeError):  # the watchdog was killed; the kernel still signals the direct children
            os.write(self._pipe, f"{line}\n".encode())

    @contextmanager
    def _defer_stop(self):
        """Defer a stop signal until a started process is registered with the watchdog; then raise StopAsked."""
        before, self._busy = self._busy, True
        asked = self._asked
        try:
            yield
        finally:
            self._busy = before
        if self._asked > asked and not before:
            raise StopAsked

    def _on_stop(self, number: int, _frame: object) -> None:
        if number == signal.SIGINT or not self._asked:  # a second Ctrl-C means: kill at once
            self._asked += 1
        if not self._busy:
            self._busy = True
            raise StopAsked

    def _start_watchdog(self) -> int:
        theirs, ours = os.pipe()
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", str(Path(watchdog.__file__)), str(theirs), self.token, str(self._patience)],
            pass_fds=[theirs, *self._inherited],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(theirs)
        return ours
