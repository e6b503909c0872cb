"""The file as received is kept beside the copy that is shown."""

import pytest
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from dossiers.files.models import Attachment
from tests import factories


@pytest.mark.slow
def test_a_key_without_a_digest_is_refused_by_the_database(desk):
    with pytest.raises(IntegrityError):
        factories.attachment(desk.draft(), "khac", original_key="0" * 40)


def test_pdfs_from_before_are_their_own_originals_and_of_pictures_none_is_claimed(desk):
    draft = desk.draft()
    paper = factories.attachment(draft, "khac")
    photo = factories.attachment(draft, "khac", content_type="image/jpeg")
    migration = MigrationExecutor(connection).loader.get_migration("files", "0003_pdfs_are_their_own_originals")
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)

    paper.refresh_from_db()
    photo.refresh_from_db()
    assert (paper.original_key, paper.received_sha256, paper.is_redrawn) == (paper.storage_key, paper.sha256, False)
    assert (photo.original_key, photo.received_sha256, photo.is_redrawn) == ("", photo.sha256, False)
    assert photo.stored_keys == [photo.storage_key]
    assert Attachment.objects.count() == 2
