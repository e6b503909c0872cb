"""Private files on disk: random names, written atomically, with their SHA-256.

A file is stored before the row that names it is committed, so a row never names a missing file. A file that no row names
after an hour is an orphan (its transaction failed) and may be removed.
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
    """A row names a file that is not on disk. Callers must not answer with an empty file."""


@dataclass(frozen=True)
class Stored:
    """A stored file: random key, SHA-256 (hex), size in bytes."""

    storage_key: str
    sha256: str
    size: int


def store(source):
    """Store bytes, or the content of an open file, durably: temporary file, fsync, rename."""
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


def store_again(key):
    """A second name of a stored file, so that each row owns its file and either may be deleted. Returns the new key. Raises
    StoredFileMissing."""
    new = secrets.token_hex(20)
    path = stored_path(new)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.link(stored_path(key), path)
    except FileNotFoundError as missing:
        raise StoredFileMissing(key) from missing
    _sync_folder(path.parent)
    return new


def stored_path(key):
    """The path of a stored file. Raises ValueError when the key is not 40 hex digits (protects against path traversal)."""
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
    """Has the file on disk this SHA-256?"""
    with open_stored(key) as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest() == sha256


def delete_stored(key):
    """Delete a file whose row is gone (a discarded draft). No error when it does not exist."""
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
