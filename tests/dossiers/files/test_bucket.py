"""Files in S3-compatible storage keep what files in a folder promise; the storage is moto's server on loopback."""

import io
import os

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command

from dossiers import invariants
from dossiers.files import bucket, storage
from dossiers.files.changing import open_files
from dossiers.files.receiving import check, receive
from dossiers.papers.models import IssuedPaper
from portal.settings import file_storage
from portal.views import files_writable
from tests.dossiers.files.makers import HEIC, pdf
from tests.dossiers.pages import browse, upload

pytestmark = pytest.mark.slow
SECRET = "0123456789abcdef/+"


@pytest.fixture(scope="module")
def server():
    from moto.server import ThreadedMotoServer  # a second of CPU, for this file alone

    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def in_bucket(server, settings, tmp_path):
    """The portal keeps its files in a new bucket of that server."""
    settings.PRIVATE_FILES_ROOT = tmp_path / "files"
    use(settings, server, f"files-{os.urandom(4).hex()}")
    made = storages[bucket.ALIAS].bucket
    made.create()
    return made


def use(settings, server, name):
    host, port = server.get_host_and_port()
    url = f"s3://portal:{SECRET.replace('/', '%2F').replace('+', '%2B')}@{host}:{port}/{name}?tls=0"
    assert file_storage.problem(url) == ""
    backend = {"BACKEND": "dossiers.files.s3.PrivateBucket", "OPTIONS": file_storage.options(url)}
    settings.STORAGES = {**settings.STORAGES, bucket.ALIAS: backend}


def test_what_is_stored_is_read_back_by_its_key_and_lies_in_the_bucket_alone(in_bucket, settings):
    content = os.urandom(3_000_000)
    stored = storage.store(io.BytesIO(content))
    assert (storage.read_stored(stored.storage_key), stored.size) == (content, 3_000_000)
    assert storage.matches(stored.storage_key, stored.sha256)
    again = storage.store_again(stored.storage_key)
    storage.delete_stored(stored.storage_key)
    storage.delete_stored(stored.storage_key)
    assert storage.read_stored(again) == content and [found.key for found in in_bucket.objects.all()] == [f"{again[:2]}/{again}"]
    for gone in (storage.read_stored, storage.store_again):
        with pytest.raises(storage.StoredFileMissing):
            gone(stored.storage_key)
    with pytest.raises(ValueError, match="not a storage key"):
        storage.open_stored("../../etc/passwd")
    assert not settings.PRIVATE_FILES_ROOT.exists() and files_writable()


def test_half_a_file_is_not_stored(in_bucket):
    class BreaksOff(io.BytesIO):
        def read(self, *args):
            raise OSError("the connection of the sender broke")

    with pytest.raises(OSError, match="broke"):
        storage.store(BreaksOff())
    assert not list(in_bucket.objects.all())


def test_a_photo_is_checked_stored_shown_and_downloaded_as_received(in_bucket, desk):
    draft = desk.draft()
    with open_files(draft) as opened:
        files = [upload("IMG_1.HEIC", HEIC), upload("a.pdf", b"%PDF-1.7 no pdf at all")]
        received = receive(opened, check("khac", files, who=""))
    (photo,), refused = received.taken, received.refused["khac"]
    assert len(refused) == 1 and len(list(in_bucket.objects.all())) == 2, "what is refused is not stored"
    client = browse(draft.submitter)
    shown, received = client.get(f"/giay-to/{photo.pk}/"), client.get(f"/giay-to/{photo.pk}/tep-goc/")
    assert b"".join(shown.streaming_content)[:3] == b"\xff\xd8\xff" and int(shown["Content-Length"]) == photo.size
    assert b"".join(received.streaming_content) == HEIC
    assert browse().get(f"/giay-to/{photo.pk}/").status_code == 404
    storage.delete_stored(photo.original_key)
    assert client.get(f"/giay-to/{photo.pk}/tep-goc/").status_code == 404
    assert any("cannot be read" in sentence for sentence in invariants.violations())


@pytest.mark.needs_pdf
def test_the_result_lies_there_and_is_downloaded(in_bucket, desk, run_followups, signing_keys):
    dossier = desk.approved(delivery_way="account")
    run_followups()
    paper = IssuedPaper.objects.get(dossier=dossier, kind="result")
    response = browse(dossier.submitter).get(f"/giay/{paper.pk}/{paper.file_name}")
    content = getattr(response, "content", None) or b"".join(response.streaming_content)
    assert content == storage.read_stored(paper.storage_key) and content.startswith(b"%PDF")
    assert not list(invariants.violations())


def test_files_are_saved_to_a_folder_and_loaded_into_an_empty_bucket(in_bucket, server, settings, tmp_path):
    first, second = storage.store(b"first"), storage.store(pdf())
    copied(("save", tmp_path / "one"), 2)
    third = storage.store(b"third")
    storage.delete_stored(second.storage_key)
    copied(("save", tmp_path / "two", "--known", tmp_path / "one"), 2)
    assert {path.name for path in (tmp_path / "two").rglob("*/*")} == {first.storage_key, third.storage_key}
    assert (tmp_path / "two" / first.storage_key[:2] / first.storage_key).stat().st_nlink == 2, "a known file is linked"

    use(settings, server, "another")
    storages[bucket.ALIAS].bucket.create()
    copied(("load", tmp_path / "two"), 2)
    copied(("load", tmp_path / "two"), 0)
    assert storage.matches(first.storage_key, first.sha256) and storage.matches(third.storage_key, third.sha256)


def test_a_file_that_a_row_names_is_missed_or_found_changed_in_the_bucket(in_bucket, desk):
    draft = desk.draft()
    with open_files(draft) as opened:
        taken = receive(opened, check("khac", [upload("IMG_1.HEIC", HEIC), upload("a.pdf", pdf())], who="")).taken
    photo, paper = taken
    assert "3 files: all there" in looked_at()
    storage.delete_stored(photo.original_key)
    in_bucket.put_object(Key=f"{paper.storage_key[:2]}/{paper.storage_key}", Body=b"another")
    said = io.StringIO()
    with pytest.raises(CommandError, match="2 of 3 files"):
        call_command("stored_files", "check", stdout=said)
    missing, changed = said.getvalue().splitlines()
    assert photo.original_key in missing and "cannot be read" in missing
    assert paper.storage_key in changed and "was changed" in changed


def looked_at():
    said = io.StringIO()
    call_command("stored_files", "check", stdout=said)
    return said.getvalue()


def copied(words, number):
    said = io.StringIO()
    call_command("stored_files", *map(str, words), stdout=said)
    assert int(said.getvalue()) == number


def test_a_storage_that_is_away_or_refuses_is_an_error_by_name_not_a_missing_file(in_bucket, server, settings, monkeypatch):
    key = storage.store(b"x").storage_key
    use(settings, server, "never-made")
    assert not files_writable()
    with pytest.raises(bucket.StorageAway, match="NoSuchBucket"):
        storage.store(b"y")
    with pytest.raises(bucket.StorageAway, match="NoSuchBucket"):
        call_command("stored_files", "save", "/nowhere")
    options = settings.STORAGES[bucket.ALIAS]["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:9"}
    settings.STORAGES = {**settings.STORAGES, bucket.ALIAS: {**settings.STORAGES[bucket.ALIAS], "OPTIONS": options}}
    assert not files_writable()
    for use_it in (lambda: storage.read_stored(key), lambda: storage.store(b"y"), lambda: storage.store_again(key)):
        with pytest.raises(bucket.StorageAway, match="EndpointConnectionError"):
            use_it()


def test_no_address_of_a_file_is_ever_given_away(in_bucket):
    with pytest.raises(NotImplementedError):
        storages[bucket.ALIAS].url("ab/cd")
