"""File storage: atomic writes, random names, access by key only."""

import hashlib
import io
import os

import pytest

from dossiers.files import storage


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_FILES_ROOT = tmp_path / "files"


def test_what_is_stored_is_read_back_with_its_hash_and_size():
    content = os.urandom(3_000_000)
    stored = storage.store(io.BytesIO(content))
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size == len(content)
    assert storage.read_stored(stored.storage_key) == content
    assert storage.matches(stored.storage_key, stored.sha256)
    assert storage.stored_path(stored.storage_key).stat().st_mode & 0o777 == 0o600


def test_equal_files_do_not_share_a_place():
    assert storage.store(b"x").storage_key != storage.store(b"x").storage_key


class Broken(io.BytesIO):
    def read(self, *args):
        raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_nothing_behind(settings):
    with pytest.raises(OSError, match="No space"):
        storage.store(Broken())
    assert not [path for path in settings.PRIVATE_FILES_ROOT.rglob("*") if path.is_file()]


@pytest.mark.parametrize("key", ["../../etc/passwd", "", "a" * 39, "A" * 40, "a" * 40 + "\n"])
def test_only_keys_of_ours_name_a_file(key):
    with pytest.raises(ValueError, match="not a storage key"):
        storage.open_stored(key)


def test_a_missing_file_is_a_fault_not_an_empty_download():
    with pytest.raises(storage.StoredFileMissing):
        storage.read_stored("0" * 40)


def test_removing_a_file_twice_is_removing_it_once():
    key = storage.store(b"x").storage_key
    storage.delete_stored(key)
    storage.delete_stored(key)
    assert not storage.stored_path(key).exists()
