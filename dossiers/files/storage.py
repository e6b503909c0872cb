"""Private files on disk: random names, written whole or not at all, with their SHA-256.

A file is stored before the row that names it is committed; a row never names a file that is not there. What no row names
after an hour is an orphan (a transaction that failed) and may be removed.
"""

import hashlib
import io
import os
import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

KEY = re.compile(r"[0-9a-f]{40}")
CHUNK = 1 << 20


class StoredFileMissing(Exception):
    """A row names a file that is not on disk: a fault to be looked into, never an empty download."""


@dataclass(frozen=True)
class Stored:
    """Where a file went and what it is: random key, SHA-256 in hex, size in bytes."""

    storage_key: str
    sha256: str
    size: int


def store(source):
    """Keep the bytes (or what can be read from a file) for good: temporary file, fsync, rename."""
    key = secrets.token_hex(20)
    path = stored_path(key)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with _temporary_beside(path) as target:
        for chunk in _chunks(source):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    _sync_folder(path.parent)
    return Stored(key, digest.hexdigest(), size)


def stored_path(key):
    """The path of a stored file. Anything that is not a key of ours is refused: no path can be smuggled in."""
    if not KEY.fullmatch(key):
        raise ValueError("not a storage key")
    return Path(settings.PRIVATE_FILES_ROOT) / key[:2] / key


def open_stored(key):
    """Open a stored file for reading. Raises StoredFileMissing."""
    try:
        return stored_path(key).open("rb")
    except FileNotFoundError as missing:
        raise StoredFileMissing(key) from missing


def read_stored(key):
    """All bytes of a stored file."""
    with open_stored(key) as stored:
        return stored.read()


def matches(key, sha256):
    """Is the file on disk still the one whose hash the row remembers?"""
    with open_stored(key) as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest() == sha256


def delete_stored(key):
    """Remove a file whose row is gone (a draft thrown away). Not there is as good as removed."""
    stored_path(key).unlink(missing_ok=True)


def _chunks(source):
    source = io.BytesIO(source) if isinstance(source, bytes) else source
    if hasattr(source, "seek"):
        source.seek(0)
    return iter(lambda: source.read(CHUNK), b"")


@contextmanager
def _temporary_beside(path):
    temporary = path.with_name(f"{path.name}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        temporary.rename(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _sync_folder(folder):
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
