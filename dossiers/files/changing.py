"""The only way to add, replace or remove files of a dossier: lock the dossier, look at its state again, then write.

Lock order: dossier, supplement request, attachment. A lock is held until the transaction ends, so check uploads, which is
slow, before opening the files (`receiving.check`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.files import storage
from dossiers.files.checking import Checked
from dossiers.files.models import Attachment, AttachmentQuerySet
from dossiers.models import Dossier, SupplementRequest
from dossiers.states import DossierState
from portal.common.dates import moment


class FilesClosed(Exception):
    """The files cannot change any more: the draft was filed or discarded, or the supplement was sent. Nothing was written.

    `dossier`: as it is now; None when it was discarded.
    """

    def __init__(self, dossier: Dossier | None, request: SupplementRequest | None = None) -> None:
        super().__init__(f"files of {dossier or 'a discarded draft'} are closed")
        self.dossier, self.request = dossier, request

    def sentence(self) -> str:
        """The reason for users."""
        if self.dossier is None:
            return _("Bản nháp này đã xóa.")
        if self.request is not None and self.request.sent_at:
            return _("Phần bổ sung đã gửi lúc %(when)s.") % {"when": moment(self.request.sent_at)}
        if self.request is not None:
            return _("Hồ sơ này không còn chờ bổ sung.")
        facts = {"code": self.dossier.code, "when": moment(self.dossier.submitted_at)}
        return _("Hồ sơ đã nộp lúc %(when)s, mã %(code)s.") % facts


@dataclass
class OpenFiles:
    """The files of a locked draft, or of a locked supplement that is not sent (`request`)."""

    dossier: Dossier
    request: SupplementRequest | None

    def all(self) -> AttachmentQuerySet:
        """The files that may be removed here."""
        return self.dossier.attachments.filter(staged_in=self.request, replaced_at=None)

    def add(self, item_key: str, checked: Checked, **facts: Any) -> Attachment:
        """Store a checked file as the last page of its document."""
        stored, page = storage.store(checked.content), self.all().filter(item_key=item_key).count() + 1
        return Attachment.objects.create(
            dossier=self.dossier, staged_in=self.request, item_key=item_key, page=page, name=checked.name,
            content_type=checked.media_type, size=stored.size, sha256=stored.sha256, storage_key=stored.storage_key, **facts,
        )  # fmt: skip

    def remove(self, pk: int | None) -> Attachment | None:
        """Remove one file: the row now, the bytes after commit. None when it is not here (any more)."""
        file = self.all().filter(pk=pk).first()
        if file is not None:
            self._delete([file])
        return file

    def remove_all(self) -> None:
        """Remove all files, to discard the draft."""
        self._delete(list(self.all()))

    def _delete(self, files: list[Attachment]) -> None:
        keys = [key for file in files for key in file.stored_keys]
        Attachment.objects.filter(pk__in=[file.pk for file in files]).delete()
        transaction.on_commit(lambda: [storage.delete_stored(key) for key in keys])


@contextmanager
def open_files(dossier: Dossier, request: SupplementRequest | None = None) -> Iterator[OpenFiles]:
    """Lock the dossier (and the supplement request) and yield its files. Raises FilesClosed when they may not change."""
    with transaction.atomic():
        row = Dossier.objects.select_for_update(of=("self",)).filter(pk=dossier.pk).first()
        if request is not None:
            request = SupplementRequest.objects.select_for_update().filter(pk=request.pk, dossier=row).first()
            open_ = row and request and row.state == DossierState.SUPPLEMENT_REQUIRED and request.sent_at is None
        else:
            open_ = row and row.state == DossierState.DRAFT
        if row is None or not open_:
            raise FilesClosed(row, request)
        yield OpenFiles(row, request)
