"""Checks uploads: PDF, JPEG and PNG only, opened in a child process with limits of time and memory.

Pictures are re-encoded (turned upright, metadata removed, scaled down). A PDF is kept byte for byte, so that a signature in
it stays valid; it is refused when it has active content. The limits are settings (`MAX_UPLOAD_…` in portal/settings/base.py).
"""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.utils.translation import gettext as _

from portal.common import sandbox

MAX_NAME_LENGTH = 100
TIMEOUT_SECONDS = 30
KINDS = {".pdf": "pdf", ".jpg": "image", ".jpeg": "image", ".jpe": "image", ".jfif": "image", ".png": "image"}
MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
ENDINGS = {"pdf": ".pdf", "jpeg": ".jpg", "png": ".png"}
ACCEPT = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"  # for `<input type=file accept>`


class UploadRefused(Exception):
    """The file is refused. The text tells the sender what is wrong and what to do; `code` is for tests and logs."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Checked:
    """A checked file: its cleaned name, media type, the bytes to store and the number of pages."""

    name: str
    media_type: str
    content: bytes
    pages: int


def check_upload(source, declared_name):
    """Check an uploaded file (Django's UploadedFile, an open file, a path or bytes). Raises UploadRefused."""
    name = safe_name(declared_name)
    data = _bytes_within_limit(source)
    kind = _kind(name, data)
    try:
        answer, content = sandbox.ask_once(
            "dossiers.files.checking_child",
            {
                "kind": kind,
                "max_pages": settings.MAX_UPLOAD_PAGES,
                "max_objects": settings.MAX_UPLOAD_OBJECTS,
                "max_pixels": settings.MAX_UPLOAD_MEGAPIXELS * 1_000_000,
            },
            data,
            timeout=TIMEOUT_SECONDS,
        )
    except sandbox.ChildRefusal as refusal:
        raise refused(str(refusal), kind) from refusal
    except sandbox.ChildError as error:
        raise refused("unreadable", kind) from error
    return Checked(_with_ending(name, answer["format"]), MEDIA_TYPES[answer["format"]], content or data, answer["pages"])


def safe_name(name):
    """The file name for display: NFC, no path, no control or direction characters, at most 100 characters."""
    name = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if char.isspace() else char for char in name if char.isspace() or unicodedata.category(char)[0] != "C")
    name = " ".join(name.split()).lstrip(". ")
    stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix[:10]
    stem = stem[: MAX_NAME_LENGTH - len(ending)].rstrip(". ")
    return f"{stem or _('giấy tờ')}{ending}"


def refused(code, kind="", **facts):
    """The UploadRefused for this code, with its sentence."""
    facts = {
        "most": megabytes(settings.MAX_UPLOAD_BYTES),
        "pages": settings.MAX_UPLOAD_PAGES,
        "megapixels": settings.MAX_UPLOAD_MEGAPIXELS,
        **facts,
    }
    sentences = {
        "empty": _("Tệp này trống, không có gì bên trong. Chụp lại hoặc chọn tệp khác rồi gửi."),
        "too_large": _("Tệp này lớn %(size)s. Mỗi tệp tối đa %(most)s. Chụp lại hoặc giảm cỡ ảnh rồi gửi."),
        "type": _("Chỉ nhận tệp PDF, JPEG hoặc PNG. Chụp ảnh giấy tờ, hoặc lưu thành PDF, rồi gửi."),
        "heic": _(
            "Ảnh kiểu HEIC của iPhone chưa mở được ở đây. Vào Cài đặt, Camera, Định dạng, chọn «Tương thích nhất», rồi chụp lại."
        ),
        "mismatch": _("Tên tệp ghi một loại nhưng bên trong là loại khác. Mở tệp ra xem lại, lưu thành PDF hoặc JPEG, rồi gửi."),
        "polyglot": _("Trong tệp này còn giấu một tệp loại khác nên không nhận được. Chụp ảnh tờ giấy rồi gửi."),
        "encrypted": _("Tệp PDF này có mật khẩu, cán bộ không mở được. Bỏ mật khẩu, hoặc chụp ảnh các trang, rồi gửi."),
        "active": _(
            "Tệp PDF này có phần tự chạy (kịch bản, lệnh mở chương trình). In lại thành PDF, hoặc chụp ảnh các trang, rồi gửi."
        ),
        "embedded": _("Tệp PDF này có tệp khác kèm bên trong. Gửi riêng từng tệp, hoặc in lại thành PDF rồi gửi."),
        "xfa": _("Tệp PDF này là mẫu điền kiểu XFA, nhiều máy không mở được. In lại thành PDF rồi gửi."),
        "truncated": _("Tệp PDF này bị thiếu đoạn cuối, có lẽ khi chép bị ngắt. Chép hoặc tải lại tệp rồi gửi."),
        "too_many_pages": _("Tệp PDF này có quá nhiều trang. Mỗi tệp tối đa %(pages)s trang. Chia thành nhiều tệp rồi gửi."),
        "too_many_pixels": _("Ảnh này quá lớn (hơn %(megapixels)s triệu điểm ảnh). Chụp ở cỡ thường rồi gửi."),
        "unreadable": _("Tệp này không mở được, có lẽ bị hỏng. Chụp lại hoặc lưu lại rồi gửi."),
    }
    code = code if code in sentences else "unreadable"
    return UploadRefused(code, sentences[code] % facts)


def megabytes(size):
    """A size in bytes for display: "12,4 MB"; below a megabyte "184 kB"."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} kB"
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0").replace(".", ",") + " MB"


def _bytes_within_limit(source):
    most = settings.MAX_UPLOAD_BYTES
    size = len(source) if isinstance(source, bytes) else getattr(source, "size", None)
    if size is None and not hasattr(source, "read"):
        size = source.stat().st_size
    if size is not None and size > most:
        raise refused("too_large", size=megabytes(size))
    if isinstance(source, bytes):
        data = source
    elif hasattr(source, "read"):
        source.seek(0)
        data = source.read(most + 1)
    else:
        data = source.read_bytes()
    if len(data) > most:
        raise refused("too_large", size=megabytes(len(data)))
    if not data:
        raise refused("empty")
    return data


def _kind(name, data):
    """The kind ("pdf" or "image"): extension and first bytes must agree. A JPEG named .png is re-encoded and renamed."""
    ending = PurePosixPath(name).suffix.lower()
    found = _first_bytes(data)
    if ending in (".heic", ".heif") or found == "heic":
        raise refused("heic")
    if ending and ending not in KINDS:
        raise refused("type")
    if not found:
        raise refused("unreadable" if ending else "type")
    if ending and KINDS[ending] != found:
        raise refused("mismatch")
    return found


def _first_bytes(data):
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return "image"
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif", b"ftyphevc"):
        return "heic"
    return ""


def _with_ending(name, found):
    path = PurePosixPath(name)
    right = path.suffix.lower() in ({".jpg", ".jpeg"} if found == "jpeg" else {ENDINGS[found]})
    stem = path.stem if path.suffix.lower() in KINDS else name
    return name if right else f"{stem[: MAX_NAME_LENGTH - 4]}{ENDINGS[found]}"
