"""Pango, the one library of the PDF maker that no wheel brings: the system's, else Debian's packages unpacked in var/.

`preload()` is for the program that makes PDFs; it must be called before WeasyPrint is imported.
"""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from .places import Places

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
HOW_TO_GET = "apt-get install -y --no-install-recommends " + " ".join(PACKAGES)
NEEDED = ("libgobject-2.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0", "libfontconfig.so.1", "libpango-1.0.so.0",
          "libpangoft2-1.0.so.0")  # fmt: skip
DPKG_STATUS = Path("/var/lib/dpkg/status")


def preload(var: Path | None = None) -> bool:
    """Make Pango's libraries known to this process. False when the machine has none: then no PDF can be made."""
    if _all_load():
        return True
    waiting = _unpacked(_folder(var or Places.of().var))
    while waiting:  # each round loads what the round before made loadable: no need to read who depends on whom
        refused = [library for library in waiting if not _loads(str(library), everywhere=True)]
        if len(refused) == len(waiting):
            break
        waiting = refused
    return _all_load()


def fetch(var: Path) -> str | None:
    """Bring Debian's packages into var/ without being root and without touching the system. Returns why it failed, or None."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb") and DPKG_STATUS.exists()):
        return "máy này không dùng apt"
    home = _folder(var)
    shutil.rmtree(home, ignore_errors=True)
    for part in ("lists/partial", "cache/archives/partial", "packages"):
        (home / part).mkdir(parents=True)
    try:
        _download(home)
        unpacked = home / "unpacking"
        for package in sorted((home / "packages").glob("*.deb")):
            _call("dpkg-deb", "-x", package, unpacked)
        unpacked.rename(home / "root")
    except (OSError, subprocess.SubprocessError) as failed:
        return _last_line(failed)
    for part in ("lists", "cache", "packages"):
        shutil.rmtree(home / part, ignore_errors=True)
    return None


def _download(home: Path) -> None:
    apt = [
        "apt-get",
        *("-o", f"Dir::State={home}"),
        *("-o", f"Dir::State::lists={home}/lists"),
        *("-o", f"Dir::State::status={DPKG_STATUS}"),
        *("-o", f"Dir::Cache={home}/cache"),
        *("-o", "Debug::NoLocking=1"),
        *("-o", f"APT::Sandbox::User={_user_name()}"),
    ]
    _call(*apt, "update", "-qq")
    plan = _call(*apt, "install", "-s", "--no-install-recommends", *PACKAGES)
    names = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    _call(*apt, "download", "-qq", *names, folder=home / "packages")


def _call(*command: object, folder: Path | None = None) -> str:
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def _last_line(failed: Exception) -> str:
    said = getattr(failed, "stderr", None) or str(failed)
    return (str(said).strip().splitlines() or ["không rõ"])[-1]


def _user_name() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name


def _folder(var: Path) -> Path:
    return var / "pango"


def _unpacked(home: Path) -> list[Path]:
    found = {library.name: library for library in sorted((home / "root").glob("**/lib*.so.*"))}
    return list(found.values())


def _all_load() -> bool:
    return all(_loads(name) for name in NEEDED)


def _loads(library: str, *, everywhere: bool = False) -> bool:
    try:
        ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL if everywhere else ctypes.DEFAULT_MODE)
    except OSError:
        return False
    return True
