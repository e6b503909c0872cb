"""Stored files in a folder (`PRIVATE_FILES_ROOT`): written to a temporary file, fsync, renamed."""

import os
import secrets
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def path_of(key):
    return Path(settings.PRIVATE_FILES_ROOT) / key[:2] / key


def put(key, chunks):
    """Store these bytes durably. A failure leaves nothing behind."""
    path = _ready(path_of(key))
    with _temporary_beside(path) as target:
        for chunk in chunks:
            target.write(chunk)
    _sync_folder(path.parent)


def put_again(key, new):
    """A second name of a stored file. Raises FileNotFoundError."""
    path = _ready(path_of(new))
    os.link(path_of(key), path)
    _sync_folder(path.parent)


def open_file(key):
    """The file, opened for reading. Raises FileNotFoundError."""
    return path_of(key).open("rb")


def delete(key):
    path_of(key).unlink(missing_ok=True)


def all_keys():
    """The keys of all stored files."""
    return (path.name for path in Path(settings.PRIVATE_FILES_ROOT).glob("??/*") if path.suffix != ".part")


def is_writable():
    """True when a file can be written and removed again."""
    probe = Path(settings.PRIVATE_FILES_ROOT) / f".health-{secrets.token_hex(4)}"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"ok")
        probe.unlink()
        return True
    except OSError:
        return False


def _ready(path):
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


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
