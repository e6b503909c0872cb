"""Receives uploads: each file is checked, then all are stored while the dossier is locked. A refused file gets a sentence."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dossiers.files.changing import OpenFiles
from dossiers.files.checking import Checked, UploadRefused, check_upload, megabytes, safe_name
from dossiers.files.models import Attachment


@dataclass
class Upload:
    """One upload for one document item, checked: `checked`, or the sentence that refuses it."""

    item_key: str
    name: str
    checked: Checked | None = None
    sentence: str = ""
    replaces: Attachment | None = None


@dataclass
class Received:
    """`taken`: the saved attachments. `refused`: {item key: ["name: sentence"]}."""

    taken: list[Attachment] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, upload: Upload, sentence: str) -> None:
        self.refused.setdefault(upload.item_key, []).append(f"{upload.name}: {sentence}")


def check_page(old: Attachment, uploads: list[UploadedFile], *, who: str) -> list[Upload]:
    """Check the new file for one page that was sent before; more files of the same input become further pages."""
    checked = check(old.item_key, uploads, who=who)
    for upload in checked[:1]:
        upload.replaces = old
    return checked


def check(item_key: str, uploads: list[UploadedFile], *, who: str) -> list[Upload]:
    """Check the files for one document item, in the order they were chosen. Slow: call it before the dossier is locked.

    `who`: key of the sender (`sender_of`).
    """
    return [_checked(item_key, upload, who) for upload in uploads[: settings.MAX_UPLOAD_FILES]] + [
        Upload(item_key, safe_name(upload.name), sentence=_too_many()) for upload in uploads[settings.MAX_UPLOAD_FILES :]
    ]


def receive(files: OpenFiles, uploads: list[Upload], **facts: Any) -> Received:
    """Store checked uploads. A refused file does not affect the others. `facts`: further columns (`uploaded_by`, `source`)."""
    received, there, left = Received(), {}, settings.MAX_UPLOAD_BYTES_OF_DOSSIER - files.received_bytes()
    for upload in uploads:
        if upload.item_key not in there:
            there[upload.item_key] = files.all().filter(item_key=upload.item_key).count()
        if upload.checked is None:
            received.refuse(upload, upload.sentence)
        elif there[upload.item_key] >= settings.MAX_UPLOAD_FILES:
            received.refuse(upload, _too_many())
        elif len(upload.checked.original) > left:
            received.refuse(upload, _too_much(left))
        else:
            left -= len(upload.checked.original)
            received.taken.append(files.add(upload.item_key, upload.checked, replaces=upload.replaces, **facts))
            there[upload.item_key] += 1
    return received


def sender_of(request: HttpRequest) -> str:
    """The key of the person who sends files in this request."""
    return f"user:{request.user.pk}" if request.user.is_authenticated else f"session:{request.session.session_key or ''}"


def _checked(item_key: str, upload: UploadedFile, who: str) -> Upload:
    try:
        return Upload(item_key, safe_name(upload.name), check_upload(upload, upload.name, who=who))
    except UploadRefused as refusal:
        return Upload(item_key, safe_name(upload.name), sentence=str(refusal))


def _too_much(left: int) -> str:
    facts = {"most": megabytes(settings.MAX_UPLOAD_BYTES_OF_DOSSIER), "left": megabytes(max(left, 0))}
    return _("Mỗi hồ sơ gửi tối đa %(most)s cho tất cả các tệp, hồ sơ này còn gửi được %(left)s. Giảm cỡ tệp rồi gửi.") % facts


def _too_many() -> str:
    most = {"most": settings.MAX_UPLOAD_FILES}
    return _("Mỗi giấy tờ gửi nhiều nhất %(most)d tệp. Ghép các trang vào một tệp PDF rồi gửi.") % most
