"""Stored files in S3-compatible storage (STORAGE_URL), through django-storages. One request stores a file: all of it or nothing.

The bucket is private. No address of it reaches a browser: the portal reads a file and sends it, after it asked who may see it.
"""

import secrets
import tempfile
from contextlib import contextmanager

from django.core.files import File
from django.core.files.storage import storages

ALIAS = "files"  # in settings.STORAGES
IN_MEMORY = 1 << 20  # bytes of a file while it is sent; a larger one lies in a temporary file
NO_SUCH = ("404", "NoSuchKey")


class StorageAway(OSError):
    """The storage does not answer, or refuses. Nothing was stored; what failed may be tried again."""


def put(key, chunks):
    """Store these bytes. Raises StorageAway."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as whole:
        for chunk in chunks:
            whole.write(chunk)
        with _named_errors():
            storages[ALIAS].save(_name(key), File(whole))


def put_again(key, new):
    """A copy of a stored file under another name, made by the storage. Raises FileNotFoundError, StorageAway."""
    with _named_errors():
        place = storages[ALIAS].bucket
        place.Object(_name(new)).copy_from(CopySource={"Bucket": place.name, "Key": _name(key)})


def open_file(key):
    """The file, fetched whole, so that an answer does not break off in the middle. Raises FileNotFoundError, StorageAway."""
    with _named_errors():
        file = storages[ALIAS].open(_name(key))
        file.seek(0)
    return file


def delete(key):
    """Raises StorageAway."""
    with _named_errors():
        storages[ALIAS].delete(_name(key))


def all_keys():
    """The keys of all stored files."""
    with _named_errors():
        yield from (found.key.rpartition("/")[2] for found in storages[ALIAS].bucket.objects.all() if "/" in found.key)


def is_writable():
    """True when an object can be written and removed again."""
    name = f".health-{secrets.token_hex(4)}"
    try:
        with _named_errors():
            probe = storages[ALIAS].bucket.Object(name)
            probe.put(Body=b"ok")
            probe.delete()
        return True
    except OSError:
        return False


def _name(key):
    return f"{key[:2]}/{key}"


@contextmanager
def _named_errors():
    # Loaded by now: the backend itself has imported them.
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in NO_SUCH:
            raise FileNotFoundError(code) from error
        raise StorageAway(f"storage: {code}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageAway(f"storage: {type(error).__name__}") from error
