"""Taking in what a citizen sends: each file looked into, stored, then written down; a bad one is refused in plain words."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.files import storage
from dossiers.files.checking import UploadRefused, check_upload, safe_name
from dossiers.files.models import Attachment


@dataclass
class Received:
    """What was taken in, and what was not: (file name, sentence)."""

    taken: list[Attachment] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def receive(dossier, item_key, uploads, *, user=None, staged_in=None, source=Attachment.Source.UPLOAD):
    """Take in several files for one paper, in the order they were chosen. What is refused leaves the others untouched."""
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
            _write_down(dossier, checked, item_key=item_key, page=there + len(received.taken) + 1, uploaded_by=user,
                        staged_in=staged_in, source=source)
        )  # fmt: skip
    return received


def _write_down(dossier, checked, **facts):
    stored = storage.store(checked.content)
    return Attachment.objects.create(
        dossier=dossier, name=checked.name, content_type=checked.media_type, size=stored.size, sha256=stored.sha256,
        storage_key=stored.storage_key, **facts,
    )  # fmt: skip


def take_out(attachment):
    """Remove a file that was not handed in yet: the row now, the bytes once that is certain."""
    key = attachment.storage_key
    attachment.delete()
    transaction.on_commit(lambda: storage.delete_stored(key))
