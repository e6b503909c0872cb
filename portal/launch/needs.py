"""Checks, before anything is started, that the machine has what the portal needs."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from .missing import Missing
from .places import Places

GIGABYTE = 1024**3
DISK_FOR_SETUP = 1.5 * GIGABYTE  # environment and cache 1.0, database and papers 0.3, reserve 0.2
SHARED_MEMORY = Path("/dev/shm")
DISK_TO_RUN = 0.2 * GIGABYTE


def check(places: Places, *, port: int | None = None, installing: bool = True) -> None:
    """Raise one Missing that names everything missing, one line each."""
    lacking = list(_lacking(places, port, installing))
    if len(lacking) == 1:
        raise lacking[0]
    if lacking:
        raise Missing("\n  ".join(["Máy này còn thiếu:", *map(str, lacking)]).rstrip("."))


def _lacking(places: Places, port: int | None, installing: bool) -> Iterator[Missing]:
    for folder in (places.root, places.venv, places.tools, places.var, places.logs):
        if folder.exists() and not os.access(folder, os.W_OK):  # for example after a first start as root
            yield Missing(f"Không ghi được vào thư mục {folder}", f"sudo chown -R {os.geteuid()} {folder}")
            break
    yield from _disk(places, DISK_FOR_SETUP if installing else DISK_TO_RUN)
    if installing and not can_install():
        yield Missing("Python này không có pip", "apt-get install -y python3-pip")
    if not known_user():
        yield Missing(f"Mã người dùng {os.geteuid()} không có trong /etc/passwd, PostgreSQL không chạy được", "useradd -m portal")
    if SHARED_MEMORY.is_dir() and not os.access(SHARED_MEMORY, os.W_OK):  # needed for the semaphores of the workers
        yield Missing(f"Không ghi được vào {SHARED_MEMORY}", f"sudo mount -t tmpfs -o mode=1777 tmpfs {SHARED_MEMORY}")
    if port is not None and not port_is_free(port):
        yield Missing(f"Cổng {port} đang có chương trình khác dùng", f"PORT={free_ports(port + 1)} ./portalctl run")


def _disk(places: Places, wanted: float) -> Iterator[Missing]:
    for folder in dict.fromkeys([places.root, _existing(places.var)]):
        free = shutil.disk_usage(folder).free
        if free < wanted:
            yield Missing(
                f"Ổ đĩa chứa {folder} còn {free / GIGABYTE:.1f} GB, cần {wanted / GIGABYTE:.1f} GB",
                f"df -h {folder}",
            )


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def can_install() -> bool:
    """True when packages can be installed: with pip, with a venv that contains pip, or with uv."""
    return has_pip() or has_venv() or shutil.which("uv") is not None


def has_pip() -> bool:
    if find_spec("pip") is None:
        return False
    asked = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def has_venv() -> bool:
    """True when `python3 -m venv` works. It needs ensurepip, which Debian packages separately."""
    return find_spec("venv") is not None and find_spec("ensurepip") is not None


def known_user() -> bool:
    if os.geteuid() == 0:
        return service_account() is not None
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


def service_account() -> pwd.struct_passwd | None:
    """The unprivileged user that runs PostgreSQL when the launcher is root: PostgreSQL refuses to run as root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as refused:
            raise Missing(f"Cổng {port} chỉ người quản trị mới mở được", "PORT=8000 ./portalctl run") from refused
        except OSError:
            return False
    return True


def free_ports(start: int) -> int:
    """The first port from `start` that is free together with the next two, to suggest in an error message."""
    return next((port for port in range(start, min(start + 50, 65533)) if all(map(port_is_free, range(port, port + 3)))), start)


def chosen_port() -> int:
    """The port of the web server: PORT from the environment, else 8000. Raises Missing for an invalid PORT."""
    asked = os.environ.get("PORT", "8000")
    if not (asked.isascii() and asked.isdigit()) or not 0 < int(asked) < 65536:
        raise Missing(f"PORT={asked} không phải số cổng (1 đến 65535)", "PORT=8000 ./portalctl run")
    return int(asked)
