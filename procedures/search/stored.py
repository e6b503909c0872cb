"""The built index on disk: one process builds it, which takes seconds of CPU, the others and the next start read it.

The file name is a digest of what the index is made from: the entries and the code. A file that is missing, damaged or cannot be
written is no failure: the index is then built in memory.
"""

import fcntl
import hashlib
import logging
import marshal
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from django.conf import settings

from portal.common import vietnamese
from procedures.search.index import Entry, SearchIndex

logger = logging.getLogger(__name__)
KEPT = 2  # files: that of the catalogue before a change is read by processes that have not noticed it yet


def index_of(entries: Iterable[Entry]) -> SearchIndex:
    """The index over these entries: read from disk, or built and written there."""
    entries = list(entries)
    folder: Path = settings.VAR_DIR / "search"
    file = folder / f"{_digest(entries)}.index"
    found = _read(file, entries)
    if found is not None:
        return found
    with _alone(folder):
        found = _read(file, entries)  # another process may have built it meanwhile
        if found is None:
            found = SearchIndex(entries)
            _write(file, found)
    return found


def _read(file: Path, entries: Sequence[Entry]) -> SearchIndex | None:
    try:
        return SearchIndex.restored(entries, marshal.loads(file.read_bytes()))  # noqa: S302 our own file; runs no code
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError, TypeError) as problem:
        logger.warning("the stored search index was not read: %s", type(problem).__name__)
        return None


def _write(file: Path, index: SearchIndex) -> None:
    """Store the index under its name at once, and delete all but the newest files."""
    unfinished = file.with_suffix(f".{os.getpid()}")
    try:
        unfinished.write_bytes(marshal.dumps(index.state()))
        unfinished.replace(file)
        for old in sorted(file.parent.glob("*.index"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as problem:
        logger.warning("the search index was not stored: %s", type(problem).__name__)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process at a time builds; without a folder that can be written all do."""
    lock = None
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if lock:
            lock.close()


def _digest(entries: Sequence[Entry]) -> str:
    found = hashlib.sha256(_code())
    for entry in entries:
        found.update("\0".join([entry.code, entry.text, str(entry.rank), entry.sector, *entry.phrases, "\n"]).encode())
    return found.hexdigest()[:32]


@cache
def _code() -> bytes:
    """A digest of the modules and word lists that the index is built with."""
    files = [
        Path(str(vietnamese.__file__)),
        *sorted(Path(__file__).parent.glob("*.py")),
        *sorted(Path(__file__).parent.glob("*.txt")),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()
