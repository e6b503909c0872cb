"""The file as received is kept beside the copy that is shown."""

import hashlib

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import AccessLog
from dossiers import invariants, workflow
from dossiers.files import storage
from dossiers.files.changing import open_files
from dossiers.files.models import Attachment, Thumbnail
from dossiers.files.receiving import check, receive
from dossiers.files.storage import read_stored, stored_path
from dossiers.papers import contexts
from tests import factories
from tests.dossiers.files.makers import HEIC, pdf, picture, saved, written_page
from tests.dossiers.pages import browse, step_url, upload, words


@pytest.mark.slow
def test_a_key_without_a_digest_is_refused_by_the_database(desk):
    with pytest.raises(IntegrityError):
        factories.attachment(desk.draft(), "khac", original_key="0" * 40)


def test_pdfs_from_before_are_their_own_originals_and_of_pictures_none_is_claimed(desk):
    draft = desk.draft()
    paper = factories.attachment(draft, "khac")
    photo = factories.attachment(draft, "khac", content_type="image/jpeg")
    migration = MigrationExecutor(connection).loader.get_migration("files", "0003_rules_of_0_3")
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)

    paper.refresh_from_db()
    photo.refresh_from_db()
    assert (paper.original_key, paper.received_sha256, paper.is_redrawn) == (paper.storage_key, paper.sha256, False)
    assert (photo.original_key, photo.received_sha256, photo.is_redrawn) == ("", photo.sha256, False)
    assert photo.stored_keys == [photo.storage_key]
    assert Attachment.objects.count() == 2


def send(dossier, *files):
    with open_files(dossier) as opened:
        return receive(opened, check("khac", [upload(name, content) for name, content in files], who=""))


def test_a_photo_is_kept_as_received_and_the_acknowledgement_names_its_digest(desk):
    draft = desk.draft()
    (photo,) = send(draft, ("IMG_1.HEIC", HEIC)).taken
    assert read_stored(photo.original_key) == HEIC and read_stored(photo.storage_key)[:3] == b"\xff\xd8\xff"
    assert photo.received_sha256 == hashlib.sha256(HEIC).hexdigest() != photo.sha256
    dossier = workflow.submit(draft, actor=draft.submitter)
    context = contexts.context("acknowledgement", dossier, dossier.events.get(), number="1", verification_code="A" * 16)
    assert context["papers"][-1]["hash_prefix"] == photo.received_sha256[:16]


def test_a_pdf_is_stored_once(desk):
    (paper,) = send(desk.draft(), ("a.pdf", pdf())).taken
    assert paper.original_key == paper.storage_key and not paper.is_redrawn


def test_the_desk_downloads_the_original_and_never_opens_it_in_the_browser(desk):
    draft = desk.draft()
    (photo,) = send(draft, ("IMG_1.HEIC", HEIC)).taken
    dossier = workflow.submit(draft, actor=draft.submitter)
    address = f"/giay-to/{photo.pk}/tep-goc/"
    assert f'href="{address}"' in browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/?xem=tep-{photo.pk}").content.decode()

    answer = browse(desk.clerk).get(address)
    assert b"".join(answer.streaming_content) == HEIC
    assert answer["Content-Disposition"] == 'attachment; filename="IMG_1.heic"'
    assert answer["Content-Type"] == "application/octet-stream" and answer["X-Content-Type-Options"] == "nosniff"
    assert AccessLog.objects.filter(action="download", actor=desk.clerk, target=f"file:{photo.pk}").exists()
    assert browse(factories.citizen()).get(address).status_code == 404
    assert browse(None).get(address).status_code == 404


def test_where_only_a_copy_was_kept_there_is_no_original_to_download(desk):
    dossier = desk.submitted()
    old = factories.attachment(dossier, "khac", content_type="image/jpeg")
    assert browse(desk.clerk).get(f"/giay-to/{old.pk}/tep-goc/").status_code == 404


def test_removing_a_file_removes_both(desk, django_capture_on_commit_callbacks):
    draft = desk.draft()
    (photo,) = send(draft, ("a.jpg", picture())).taken
    with django_capture_on_commit_callbacks(execute=True), open_files(draft) as files:
        files.remove(photo.pk)
    assert not any(stored_path(key).exists() for key in photo.stored_keys) and len(photo.stored_keys) == 2


def test_a_dossier_has_a_quota_that_counts_what_was_received(desk, settings):
    draft = desk.draft()
    original = saved(written_page("RGB", size=(1200, 900)), "JPEG", quality=95)
    settings.MAX_UPLOAD_BYTES_OF_DOSSIER = len(original) + 2000
    received = send(draft, ("một.jpg", original), ("hai.jpg", original), ("ba.pdf", pdf()))
    assert [file.name for file in received.taken] == ["một.jpg", "ba.pdf"]
    assert "còn gửi được 2 kB" in received.refused["khac"][0]
    page = browse(draft.submitter).post(step_url(draft, "giay-to"), {"tep-khac": upload("bốn.jpg", original), "gui": "khac"})
    assert "Mỗi hồ sơ gửi tối đa" in words(page)


def test_a_changed_original_is_found(desk):
    draft = desk.draft()
    (photo,) = send(draft, ("a.jpg", picture())).taken
    assert not [line for line in invariants.violations() if "giấy tờ" in line]
    stored_path(photo.original_key).write_bytes(b"other")
    assert [line for line in invariants.violations() if "changed" in line]


def test_a_thumbnail_is_kept_by_the_browser_of_who_may_see_it(desk):
    draft = desk.draft()
    (photo,) = send(draft, ("a.jpg", saved(written_page("RGB"), "JPEG"))).taken
    client, address = browse(draft.submitter), f"/giay-to/{photo.pk}/anh-nho/"
    assert f'src="{address}"' in client.get(step_url(draft, "giay-to")).content.decode()

    answer = client.get(address)
    assert answer["Cache-Control"] == "private, no-cache" and len(answer.content) <= 8192
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for user in (desk.clerk, factories.citizen(), None):
        assert browse(user).get(address, headers={"if-none-match": answer["ETag"]}).status_code == 404


def test_a_picture_from_before_gets_its_thumbnail_when_it_is_asked_for(desk):
    draft = desk.draft()
    stored = storage.store(saved(written_page("RGB"), "JPEG"))
    old = factories.attachment(draft, "khac", content_type="image/jpeg", storage_key=stored.storage_key)
    client = browse(draft.submitter)
    assert client.get(f"/giay-to/{old.pk}/anh-nho/").status_code == 200 and Thumbnail.objects.get().attachment == old
    paper = factories.attachment(draft, "khac")
    assert client.get(f"/giay-to/{paper.pk}/anh-nho/").status_code == 404
