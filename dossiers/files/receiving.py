"""Receives uploads: each file is checked, stored on disk, then saved as a row; a refused file gets a sentence for its sender."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.files import storage
from dossiers.files.checking import UploadRefused, check_upload, safe_name
from dossiers.files.models import Attachment


@dataclass
class Received:
    """`taken`: the saved attachments. `refused`: (file name, sentence)."""

    taken: list[Attachment] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def receive(dossier, item_key, uploads, *, user=None, staged_in=None, source=Attachment.Source.UPLOAD):
    """Receive files for one document item, in the order they were chosen. A refused file does not affect the others."""
    received = Received()
    there = dossier.attachments.filter(item_key=item_key, replaced_at=None, staged_in=staged_in).count()
    for upload in uploads:
        if there + len(received.taken) >= settings.MAX_UPLOAD_FILES:
            sentence = _("Mỗi giấy tờ gửi nhiều nhất %(most)d tệp. Ghép các trang vào một tệp PDF rồi gửi.")
            received.refused.append((safe_name(upload.name), sentence % {"most": settings.MAX_UPLOAD_FILES}))
            continue
        try:
            checked = check_upload(upload, upload.name)
        except UploadRefused as refusal:
            received.refused.append((safe_name(upload.name), str(refusal)))
            continue
        received.taken.append(
            _save_row(dossier, checked, item_key=item_key, page=there + len(received.taken) + 1, uploaded_by=user,
                        staged_in=staged_in, source=source)
        )  # fmt: skip
    return received


def _save_row(dossier, checked, **facts):
    stored = storage.store(checked.content)
    return Attachment.objects.create(
        dossier=dossier, name=checked.name, content_type=checked.media_type, size=stored.size, sha256=stored.sha256,
        storage_key=stored.storage_key, **facts,
    )  # fmt: skip


def remove_file(attachment):
    """Delete a file of a draft or of an unsent supplement: the row now, the bytes after commit."""
    key = attachment.storage_key
    attachment.delete()
    transaction.on_commit(lambda: storage.delete_stored(key))
