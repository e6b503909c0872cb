"""Keeps the portal's processes running: starts them, starts them again when they crash, stops them all together."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from . import watchdog
from .child import Child, rotate_log, stop
from .console import warn
from .missing import Missing

MIN_RESTART_SECONDS, MAX_RESTART_SECONDS = 0.5, 30.0  # seconds before a crashed process is started again
EXIT_WITH_ADVICE = (
    65  # exit code (EX_DATAERR) of a command whose last line is a sentence for whoever started it (portal/older_data.py)
)
STABLE_AFTER_SECONDS = 30.0  # seconds: a process that ran this long starts again at the shortest pause


class StopAsked(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal: raised where the launcher happens to be."""


class Supervisor:
    """Use as a context: leaving it, for whatever reason, stops every process in the reverse order of starting."""

    def __init__(self, *, inherited: Sequence[int] = (), patience: float = 8.0) -> None:
        self.token = secrets.token_hex(8)
        self._inherited = inherited  # the run lock: held until the watchdog, too, has gone
        self._patience = patience  # seconds the watchdog gives to what outlives the launcher
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
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to live on without a terminal
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
        """The given variables with the mark by which the watchdog knows this run's processes."""
        return {**variables, "PORTAL_RUN": self.token}

    def start(self, children: Sequence[Child], *, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Start one group of processes that stop together, and wait until `ready` says so.

        A process that leaves at once is tried again for ten seconds: PostgreSQL may need that after a kill -9.
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
        """Run one process to its end. Raises Missing with its last words when it fails."""
        code = self.run_to_end(child)
        if code == EXIT_WITH_ADVICE:
            raise Missing(child.log_tail(1).removeprefix("CommandError: ").rstrip("."))
        if code != 0:
            raise Missing(f"Bước «{child.name}» hỏng:\n{child.log_tail(20)}", f"less {child.log}")

    def run_to_end(self, child: Child, *, on_tick: Callable[[], None] = lambda: None) -> int:
        """Run one process and return its exit code; `on_tick` is called while it runs and once after."""
        rotate_log(child.log)
        self._groups.append([child])
        self._launch(child)
        while child.running:
            on_tick()
            time.sleep(0.03)
        on_tick()
        self._groups.pop()
        return child.exit_code

    def watch(self, *, pause: float = 0.25) -> None:
        """Start again whatever crashes, until asked to stop (by StopAsked)."""
        while True:
            for child in [child for group in self._groups for child in group]:
                if not child.running:
                    self._start_again_when_due(child)
            time.sleep(pause)

    def _start_again_when_due(self, child: Child) -> None:
        now = time.monotonic()
        if child.name not in self._due:
            child.kill_group()  # what the crashed process left behind
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
        with suppress(BrokenPipeError):  # somebody killed the watchdog; the kernel's signal to orphans remains
            os.write(self._pipe, f"{line}\n".encode())

    @contextmanager
    def _defer_stop(self):
        """A stop asked for between a process's birth and its being written down waits until it is."""
        before, self._busy = self._busy, True
        asked = self._asked
        try:
            yield
        finally:
            self._busy = before
        if self._asked > asked and not before:
            raise StopAsked

    def _on_stop(self, number: int, _frame: object) -> None:
        if number == signal.SIGINT or not self._asked:  # only a second Ctrl-C means "at once"
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
