"""Finds Pango, a system library that WeasyPrint needs: installed in the system, or Debian's packages unpacked in var/.

`preload()` must be called before WeasyPrint is imported. Standard library only: the launcher uses this module before any
package is installed.
"""

import ctypes
from pathlib import Path

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
HOW_TO_GET = "apt-get install -y --no-install-recommends " + " ".join(PACKAGES)
NEEDED = ("libgobject-2.0.so.0", "libharfbuzz.so.0", "libharfbuzz-subset.so.0", "libfontconfig.so.1", "libpango-1.0.so.0",
          "libpangoft2-1.0.so.0")  # fmt: skip


def folder(var: Path) -> Path:
    """Where the launcher unpacks Debian's packages; the libraries are in its subfolder `root/`."""
    return var / "pango"


def preload(home: Path) -> bool:
    """Load Pango's libraries into this process. `home`: the result of `folder`. False when Pango is missing."""
    if _all_load():
        return True
    waiting = _unpacked(home)
    while waiting:  # libraries depend on each other: try again as long as a round loads at least one more
        refused = [library for library in waiting if not _loads(str(library), everywhere=True)]
        if len(refused) == len(waiting):
            break
        waiting = refused
    return _all_load()


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
