"""Private files under random names, with their SHA-256: in a folder, or in S3-compatible storage when STORAGE_URL names one.

A file is stored before the row that names it is committed, so a row never names a missing file. A file that no row names
after an hour is an orphan (its transaction failed) and may be removed. A stored file never changes.
"""

import hashlib
import io
import re
import secrets
from dataclasses import dataclass

from django.conf import settings

from dossiers.files import bucket, folder

KEY = re.compile(r"[0-9a-f]{40}")
CHUNK = 1 << 20


class StoredFileMissing(Exception):
    """A row names a file that is not stored. Callers must not answer with an empty file."""


@dataclass(frozen=True)
class Stored:
    """A stored file: random key, SHA-256 (hex), size in bytes."""

    storage_key: str
    sha256: str
    size: int


def store(source):
    """Store bytes, or the content of an open file, durably: all of it or nothing. Raises OSError."""
    key, digest, size = secrets.token_hex(20), hashlib.sha256(), 0

    def measured():
        nonlocal size
        for chunk in chunks(source):
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    place().put(key, measured())
    return Stored(key, digest.hexdigest(), size)


def store_again(key):
    """A second name of a stored file, so that each row owns its file and either may be deleted. Returns the new key. Raises
    StoredFileMissing."""
    new = secrets.token_hex(20)
    try:
        place().put_again(checked(key), new)
    except FileNotFoundError as missing:
        raise StoredFileMissing(key) from missing
    return new


def stored_path(key):
    """The path of a file stored in the folder. Raises ValueError for what is no key."""
    return folder.path_of(checked(key))


def open_stored(key):
    """Open a stored file for reading. Raises StoredFileMissing, ValueError for what is no key."""
    try:
        return place().open_file(checked(key))
    except FileNotFoundError as missing:
        raise StoredFileMissing(key) from missing


def read_stored(key):
    """All bytes of a stored file."""
    with open_stored(key) as stored:
        return stored.read()


def matches(key, sha256):
    """Has the stored file this SHA-256?"""
    with open_stored(key) as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest() == sha256


def delete_stored(key):
    """Delete a file whose row is gone (a discarded draft). No error when it does not exist."""
    place().delete(checked(key))


def is_writable():
    """True when a file can be stored now."""
    return place().is_writable()


def place():
    """Where files are stored: `folder` or `bucket`."""
    return bucket if bucket.ALIAS in settings.STORAGES else folder


def checked(key):
    """The key. Raises ValueError when it is not 40 hex digits (protects against path traversal)."""
    if not KEY.fullmatch(key):
        raise ValueError("not a storage key")
    return key


def chunks(source):
    """The content of bytes or of an open file, from its beginning, in pieces."""
    source = io.BytesIO(source) if isinstance(source, bytes) else source
    if hasattr(source, "seek"):
        source.seek(0)
    return iter(lambda: source.read(CHUNK), b"")
