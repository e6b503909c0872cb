"""The folders that the launcher uses, all inside the project folder."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .missing import Missing

ROOT = Path(__file__).resolve().parents[2]
MAX_SOCKET_PATH = 100  # bytes; the kernel allows 107, and the server adds the suffix of a lock file


@dataclass(frozen=True)
class Places:
    """The folders of one checkout. `var` holds the data; PORTAL_VAR names another folder for it."""

    root: Path
    var: Path

    @classmethod
    def of(cls, root: Path = ROOT) -> "Places":
        return cls(root=root, var=Path(os.environ.get("PORTAL_VAR") or root / "var").resolve())

    def for_tests(self) -> "Places":
        """The same checkout with a temporary data folder for tests."""
        return Places(root=self.root, var=self.var / "test")

    def for_faults(self) -> "Places":
        """The same checkout with a temporary data folder for the fault run, so that both can run at the same time."""
        return Places(root=self.root, var=self.var / "faults")

    def all(self) -> tuple["Places", "Places", "Places"]:
        """These places and the temporary ones."""
        return self, self.for_tests(), self.for_faults()

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def tools(self) -> Path:
        return self.root / ".tools"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    def lock_file(self, kind: str) -> Path:
        return self.root / "requirements" / f"{kind}.txt"

    def package(self, name: str) -> Path | None:
        """The folder of an installed package, or None. It is not imported, because some packages run code at import."""
        found = sorted(self.venv.glob(f"lib/python3*/site-packages/{name}"))
        return found[-1] if found else None


def short_id(path: Path) -> str:
    """A short, stable name for a folder."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def own_folder(path: Path, owner: int, mode: int = 0o700) -> Path:
    """Make a folder that only `owner` (a user id) can enter. Raises Missing if it belongs to another user."""
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    there = path.lstat()
    if not stat.S_ISDIR(there.st_mode) or there.st_uid not in (owner, os.geteuid()):
        raise Missing(f"Thư mục {path} thuộc về người dùng khác", f"sudo chown -R {owner} {path}")
    if there.st_uid != owner:
        os.chown(path, owner, -1)
    path.chmod(mode)
    return path


def socket_folder(wanted: Path, longest_name: str, owner: int) -> Path:
    """A folder for a Unix socket: `wanted`, or one with a short path under the temporary folder if the path is too long."""
    if len(os.fsencode(wanted / longest_name)) > MAX_SOCKET_PATH:
        wanted = Path(tempfile.gettempdir()) / f"portal-{owner}-{short_id(wanted)}"
    return own_folder(wanted, owner)
