"""Downloads Pango if the system has none: Debian's packages, unpacked in var/, without root."""

import os
import shutil
import subprocess
from pathlib import Path

from ..common.pango import PACKAGES, folder

DPKG_STATUS = Path("/var/lib/dpkg/status")


def fetch(var: Path) -> str | None:
    """Download and unpack Debian's packages in var/, without root and without changing the system. Returns the error, or None."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb") and DPKG_STATUS.exists()):
        return "máy này không dùng apt"
    home = folder(var)
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
    error = getattr(failed, "stderr", None) or str(failed)
    return (str(error).strip().splitlines() or ["không rõ"])[-1]


def _user_name() -> str:
    import pwd

    return pwd.getpwuid(os.geteuid()).pw_name
