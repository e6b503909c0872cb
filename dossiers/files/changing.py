"""The only way to add, replace or remove files of a dossier: lock the dossier, look at its state again, then write.

Lock order: dossier, supplement request, attachment. A lock is held until the transaction ends, so check uploads, which is
slow, before opening the files (`receiving.check`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, Max, Q, Sum, When
from django.utils.translation import gettext as _

from dossiers.choices import SupplementTarget
from dossiers.files import pictures, storage
from dossiers.files.checking import Checked
from dossiers.files.models import Attachment, AttachmentQuerySet, Thumbnail
from dossiers.filing.supplements import LEFT_OUT
from dossiers.models import Dossier, Event, SupplementRequest
from dossiers.states import DossierState
from portal.common.dates import moment

PICTURES = ("image/jpeg", "image/png")  # types of the copies that are shown


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
        """Store a checked file, by default as the last page of its document: the original, and the copy that is shown."""
        original = stored = storage.store(checked.original)
        if checked.is_redrawn:
            stored = storage.store(checked.content)
        old = facts.get("replaces")
        if old is not None:
            self.keep(old.pk)
        facts.setdefault("page", old.page if old else self._next_page(item_key))
        file = Attachment.objects.create(
            dossier=self.dossier, staged_in=self.request, item_key=item_key, name=checked.name,
            content_type=checked.media_type, size=stored.size, sha256=stored.sha256, storage_key=stored.storage_key,
            original_type=checked.original_type, original_size=original.size, original_sha256=original.sha256,
            original_key=original.storage_key, **facts,
        )  # fmt: skip
        if checked.thumbnail:
            Thumbnail.objects.create(attachment=file, content=checked.thumbnail)
        return file

    def add_again(self, old: Attachment, **facts: Any) -> Attachment:
        """A file of another dossier of the same person, byte for byte, with the same digests. Raises StoredFileMissing."""
        key = storage.store_again(old.storage_key)
        file = Attachment.objects.create(
            dossier=self.dossier, item_key=old.item_key, page=old.page, name=old.name, content_type=old.content_type,
            size=old.size, sha256=old.sha256, storage_key=key, original_type=old.original_type, original_size=old.original_size,
            original_sha256=old.original_sha256, source=old.source,
            original_key=storage.store_again(old.original_key) if old.is_redrawn else key if old.original_key else "", **facts,
        )  # fmt: skip
        thumbnail = Thumbnail.objects.filter(attachment=old).first()
        if thumbnail:
            Thumbnail.objects.create(attachment=file, content=thumbnail.content)
        return file

    def _next_page(self, item_key: str) -> int:
        there = self.dossier.attachments.filter(
            Q(staged_in=None) | Q(staged_in=self.request), item_key=item_key, replaced_at=None
        )
        return (there.aggregate(last=Max("page"))["last"] or 0) + 1

    def asked_pages(self) -> AttachmentQuerySet:
        """The files sent before of the documents that the supplement asks for."""
        if self.request is None:
            return Attachment.objects.none()
        keys = self.request.items.filter(target=SupplementTarget.DOCUMENT).values_list("key", flat=True)
        return self.dossier.attachments.current().filter(item_key__in=list(keys))

    def leave_out(self, pk: int | None) -> bool:
        """Take an old page out when the supplement is sent. False when it is not a page of a requested document."""
        if not self.keep(pk):
            return False
        self._save_left_out({*self._left_out, pk})
        return True

    def keep(self, pk: int | None) -> bool:
        """Keep an old page: drops its new file, and that it is left out. False as in `leave_out`."""
        if not self.asked_pages().filter(pk=pk).exists():
            return False
        self._delete(list(self.all().filter(replaces=pk)))
        if pk in self._left_out:
            self._save_left_out(self._left_out - {pk})
        return True

    @property
    def _left_out(self) -> set[int | None]:
        return set(self.request.edits.get(LEFT_OUT, [])) if self.request else set()

    def _save_left_out(self, keys: set[int | None]) -> None:
        if self.request is not None:
            self.request.edits = {**self.request.edits, LEFT_OUT: sorted(key for key in keys if key)}
            self.request.save(update_fields=["edits"])

    def received_bytes(self) -> int:
        """Size of all files of the dossier as received, also of those that were replaced."""
        size = Case(When(original_key="", then="size"), default="original_size")
        return self.dossier.attachments.aggregate(all=Sum(size))["all"] or 0

    def remove(self, pk: int | None) -> Attachment | None:
        """Remove one file: the row now, the bytes after commit. None when it is not here (any more)."""
        file = self.all().filter(pk=pk).first()
        if file is not None:
            self._delete([file])
        return file

    def move_up(self, pk: int | None) -> Attachment | None:
        """Put a page before the one that stands before it. None when it is not here (any more)."""
        file = self.all().filter(pk=pk).first()
        if file is None:
            return None
        pages = list(self.all().filter(item_key=file.item_key).order_by("page", "pk"))
        at = pages.index(file)
        pages.insert(max(0, at - 1), pages.pop(at))
        for number, page in enumerate(pages, 1):
            Attachment.objects.filter(pk=page.pk).exclude(page=number).update(page=number)
        return file

    def turn(self, pk: int | None) -> Attachment | None:
        """Turn the picture that is shown by 90 degrees to the right; what was received stays. None when it is no picture here."""
        file = self.all().filter(pk=pk, content_type__in=PICTURES).first()
        if file is None:
            return None
        content, small = pictures.turned(storage.read_stored(file.storage_key))
        old, stored = file.storage_key, storage.store(content)
        file.storage_key, file.sha256, file.size = stored.storage_key, stored.sha256, stored.size
        file.save(update_fields=["storage_key", "sha256", "size"])
        Thumbnail.objects.update_or_create(attachment=file, defaults={"content": small})
        if old != file.original_key:
            transaction.on_commit(lambda: storage.delete_stored(old))
        return file

    def remove_all(self) -> None:
        """Remove all files, to discard the draft."""
        self._delete(list(self.all()))

    def _delete(self, files: list[Attachment]) -> None:
        keys = [key for file in files for key in file.stored_keys]
        Attachment.objects.filter(pk__in=[file.pk for file in files]).delete()
        # What cannot be deleted now is an orphan: the removal itself stands.
        transaction.on_commit(lambda: [storage.delete_stored(key) for key in keys], robust=True)


@contextmanager
def signed_files(event: Event) -> Iterator[OpenFiles]:
    """Lock the filed dossier of this event, and yield where papers signed for it are added. They are never removed."""
    with transaction.atomic():
        row = Dossier.objects.select_for_update(of=("self",)).get(pk=event.dossier_id)
        yield OpenFiles(row, None)


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
