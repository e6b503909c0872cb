"""The project's virtual environment (.venv): installed from the lock file with hashes, again when the lock file changes."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import needs
from .missing import Missing
from .places import Places

RUN, DEV = "run", "dev"  # the dev lock includes the run lock


def is_current(places: Places, kind: str) -> bool:
    """True when the environment was made from the current lock file and its Python still works."""
    try:
        made_from = json.loads(_stamp(places).read_text())
    except (OSError, ValueError):
        return False
    return made_from in [_made_from(places, one) for one in {kind, DEV}] and _works(places.python)


def make(places: Places, kind: str) -> None:
    """Install the lock file into .venv with uv, which is about ten times faster, else with pip. Raises Missing."""
    with _install_lock(places):
        if is_current(places, kind):
            return
        _stamp(places).unlink(missing_ok=True)
        uv = _uv(places)
        if not _works(places.python):
            _make_venv(places, uv)
        _install(places, kind, uv)
        _stamp(places).write_text(json.dumps(_made_from(places, kind)))


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _made_from(places: Places, kind: str) -> dict[str, str]:
    return {"kind": kind, "lock": digest(places.lock_file(kind))}


def _stamp(places: Places) -> Path:
    return places.venv / "made-from.json"


def _works(python: Path) -> bool:
    try:
        asked = subprocess.run(
            [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], capture_output=True, check=False
        )
    except OSError:
        return False
    return asked.returncode == 0


@contextmanager
def _install_lock(places: Places) -> Iterator[None]:
    """File lock: two commands started at the same time must not install into the same folder."""
    places.tools.mkdir(exist_ok=True)
    with open(places.tools / "lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _uv(places: Places) -> Path | None:
    """Path of uv, installed into .tools (Debian's pip refuses a system-wide installation); else uv from PATH; else None."""
    ours, lock = places.tools / "bin" / "uv", places.lock_file("tools")
    wanted = places.tools / f"uv-{digest(lock)[:12]}"
    if not (ours.exists() and wanted.exists()) and needs.has_pip():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", places.tools, "--upgrade", "--no-cache-dir"]
        if _try([*command, "--only-binary=:all:", "--require-hashes", "-r", lock], places) is None:
            wanted.touch()
    if ours.exists():
        return ours
    elsewhere = shutil.which("uv")
    return Path(elsewhere) if elsewhere else None


def _make_venv(places: Places, uv: Path | None) -> None:
    shutil.rmtree(places.venv, ignore_errors=True)
    error = "uv không có" if uv is None else _try([uv, "venv", "--quiet", "--python", sys.executable, places.venv], places)
    if error is None:
        return
    shutil.rmtree(places.venv, ignore_errors=True)
    if not needs.has_venv():
        raise Missing(f"Không tạo được môi trường Python ({error})", "apt-get install -y python3-venv")
    if failed := _try([sys.executable, "-m", "venv", places.venv], places):
        raise Missing(f"Không tạo được môi trường Python ({failed})", "apt-get install -y python3-venv")


def _install(places: Places, kind: str, uv: Path | None) -> None:
    lock = places.lock_file(kind)
    error = "uv không có"
    if uv is not None:
        command = [uv, "pip", "sync", "--quiet", "--python", places.python, "--compile-bytecode"]
        error = _try([*command, "--only-binary", ":all:", "--require-hashes", lock], places)
        if error is None:
            return
        print(f"\n  uv không cài được ({error}); dùng pip với cùng tệp khóa …", flush=True)
    pip = [places.python, "-m", "pip"] if _has_own_pip(places) else [sys.executable, "-m", "pip", "--python", places.python]
    failed = _try([*pip, "install", "--quiet", "--only-binary=:all:", "--require-hashes", "-r", lock], places)
    if failed:
        raise Missing(f"Không tải được các gói Python ({failed})", f"{sys.executable} -m pip download --no-deps -d /tmp django")


def _has_own_pip(places: Places) -> bool:
    return places.package("pip") is not None


def _try(command: Sequence[str | Path], places: Places) -> str | None:
    """Run one command. None on success, else the last line of its output."""
    run = subprocess.run(
        [str(part) for part in command], env=_install_environment(places), capture_output=True, text=True, check=False
    )
    if run.returncode == 0:
        return None
    return ((run.stderr or run.stdout).strip().splitlines() or [f"mã lỗi {run.returncode}"])[-1].strip()


def _install_environment(places: Places) -> dict[str, str]:
    """Environment for uv and pip: cache inside the project, no Python download, no other virtual environment."""
    kept = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"}}
    cache = os.environ.get("UV_CACHE_DIR") or str(places.tools / "cache")
    return {
        **kept,
        "UV_CACHE_DIR": cache,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
