"""Files that staff send: PDFs of results made elsewhere and of processing steps, photos of a visit."""

from collections.abc import Mapping
from typing import Any, TypedDict

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from dossiers.files import storage
from dossiers.files.checking import UploadRefused, check_upload

PDF = "application/pdf"
KEPT_FILE = "tep-da-gui"  # salt of the signed name of a file that was checked, while the form is not saved yet


class PdfFile(TypedDict):
    """A stored file, as it is kept in the row that names it. `size`: bytes."""

    name: str
    sha256: str
    size: int
    storage_key: str


class PictureFile(PdfFile):
    content_type: str


def store_picture(upload: UploadedFile, who: str) -> PictureFile:
    """Check a photo like any upload and store its clean copy. Raises UploadRefused, also for a PDF."""
    try:
        checked = check_upload(upload, upload.name, who=who)
    except UploadRefused as refusal:
        raise UploadRefused(refusal.code, f"{upload.name}: {refusal}") from None
    if not checked.media_type.startswith("image/"):
        raise UploadRefused("no_picture", _("%(name)s không phải ảnh. Chọn ảnh JPG hoặc PNG.") % {"name": upload.name})
    stored = storage.store(checked.content)
    return PictureFile(
        name=checked.name,
        sha256=stored.sha256,
        size=stored.size,
        storage_key=stored.storage_key,
        content_type=checked.media_type,
    )


def store_pdf(upload: UploadedFile, who: str) -> PdfFile:
    """Check the upload like any other and store it. Raises UploadRefused, also for a file that is no PDF."""
    try:
        checked = check_upload(upload, upload.name, who=who)
    except UploadRefused as refusal:
        raise UploadRefused(refusal.code, f"{upload.name}: {refusal}") from None
    if checked.original_type != PDF:
        sentence = _("%(name)s không phải tệp PDF. Lưu giấy thành tệp PDF rồi gửi.")
        raise UploadRefused("not_pdf", sentence % {"name": upload.name})
    stored = storage.store(checked.content)
    return PdfFile(name=checked.name, sha256=stored.sha256, size=stored.size, storage_key=stored.storage_key)


def signed(file: Mapping[str, Any] | None, place: str) -> str:
    """A stored file for a hidden input, because the form may come back for another error. `place`: where it may be used."""
    return signing.dumps(file, salt=f"{KEPT_FILE}:{place}") if file else ""


def unsigned(text: str, place: str) -> PdfFile | None:
    """The file of such an input; None when there is none or it was forged."""
    try:
        return signing.loads(text, salt=f"{KEPT_FILE}:{place}") if text else None
    except signing.BadSignature:
        return None
