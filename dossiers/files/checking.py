"""Checks uploads: PDF, JPEG, PNG, WebP and HEIC, opened in a child process with limits of time and memory.

The file as received is the original of record. What is shown is a clean copy: a picture is redrawn (turned upright, metadata
removed, scaled down) and compared with what came in. A PDF is shown byte for byte, so that a signature in it stays valid, unless
it has links that lead out of it, which are left out of the copy, or is a form with scripts, which is flattened. The limits are
settings (`MAX_UPLOAD_…` in portal/settings/base.py).
"""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.utils.translation import gettext as _

from dossiers.files import turns
from portal.common import sandbox

MAX_NAME_LENGTH = 100
TIMEOUT_SECONDS = 30
ENDINGS = {
    "pdf": (".pdf",), "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"), "png": (".png",), "webp": (".webp",),
    "heic": (".heic", ".heif", ".hif"),
}  # fmt: skip
MEDIA_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "heic": "image/heic"}
# For `<input type=file accept>`.
ACCEPT = ",".join([*(ending for endings in ENDINGS.values() for ending in endings[:2]), *MEDIA_TYPES.values()])
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"heif", b"mif1", b"msf1")
PICTURE_BRANDS = (b"avif", b"avis", b"jpx ", b"jp2 ", b"crx ")  # the same container holds pictures that are not taken
VIDEO_BOXES = (b"ftyp", b"moov", b"wide", b"mdat")  # the first box of a MOV or MP4
PDF_START = 1024  # bytes in which viewers look for the start of a PDF


class UploadRefused(Exception):
    """The file is refused. The text tells the sender what is wrong and what to do; `code` is for tests and logs."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Checked:
    """A checked file: cleaned name, the original as received, the copy to show (the same bytes when nothing is changed)."""

    name: str
    media_type: str
    content: bytes
    pages: int
    original: bytes
    original_type: str
    thumbnail: bytes = b""

    @property
    def is_redrawn(self):
        return self.content is not self.original


def check_upload(source, declared_name, *, who=""):
    """Check an uploaded file (Django's UploadedFile, an open file, a path or bytes). Raises UploadRefused.

    `who`: key of the sender, who has at most one file checked at a time (`turns`).
    """
    name = safe_name(declared_name)
    data = _bytes_within_limit(source)
    kind = _kind(name, data)
    limits = {
        "max_pages": settings.MAX_UPLOAD_PAGES,
        "max_objects": settings.MAX_UPLOAD_OBJECTS,
        "max_pixels": settings.MAX_UPLOAD_MEGAPIXELS * 1_000_000,
        "max_pixels_decoded": settings.MAX_UPLOAD_MEGAPIXELS_DECODED * 1_000_000,
    }
    answer, content = _ask({"kind": "pdf" if kind == "pdf" else "picture", **limits}, data, who, kind)
    copy, thumbnail = content[: answer["copy_size"]], content[answer["copy_size"] :]
    return Checked(
        _with_ending(name, answer["format"]),
        MEDIA_TYPES[answer["format"]],
        copy or data,
        answer["pages"],
        original=data,
        original_type=MEDIA_TYPES[kind],
        thumbnail=thumbnail,
    )


def make_thumbnail(content, *, who=""):
    """The thumbnail (JPEG) of a stored picture. Raises UploadRefused."""
    return _ask({"kind": "thumbnail"}, content, who, "jpeg")[1]


def _ask(header, data, who, kind):
    try:
        with turns.turn(who):
            return sandbox.ask_once("dossiers.files.checking_child", header, data, timeout=TIMEOUT_SECONDS)
    except turns.Busy as busy:
        raise refused("busy_with_yours" if busy.own else "busy") from busy
    except sandbox.ChildRefusal as refusal:
        raise refused(str(refusal), kind, **refusal.facts) from refusal
    except sandbox.ChildError as error:  # out of time or memory
        raise refused("too_heavy") from error


def safe_name(name):
    """The file name for display: NFC, no path, no control or direction characters, at most 100 characters."""
    name = unicodedata.normalize("NFC", str(name)).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if char.isspace() else char for char in name if char.isspace() or unicodedata.category(char)[0] != "C")
    name = " ".join(name.split()).lstrip(". ")
    stem, ending = PurePosixPath(name).stem, PurePosixPath(name).suffix[:10]
    stem = stem[: MAX_NAME_LENGTH - len(ending)].rstrip(". ")
    return f"{stem or _('giấy tờ')}{ending}"


def refused(code, kind="", **facts):
    """The UploadRefused for this code, with its sentence. `kind`: what the file is, where the limits differ."""
    decoded = kind not in ("", "pdf", "jpeg")
    facts = {
        "most": megabytes(settings.MAX_UPLOAD_BYTES),
        "pages": settings.MAX_UPLOAD_PAGES,
        "megapixels": settings.MAX_UPLOAD_MEGAPIXELS_DECODED if decoded else settings.MAX_UPLOAD_MEGAPIXELS,
        **facts,
        "part": _part(facts.get("part", ""), facts.get("page", 0)),
        "name": f" «{safe_name(facts['name'])}»" if facts.get("name") else "",
    }
    sentences = {
        "empty": _("Tệp này trống, không có gì bên trong. Chụp lại hoặc chọn tệp khác rồi gửi."),
        "too_large": _("Tệp này lớn %(size)s. Mỗi tệp tối đa %(most)s. Chụp lại hoặc giảm cỡ ảnh rồi gửi."),
        "type": _("Cổng nhận tệp PDF và ảnh JPEG, PNG, WebP, HEIC. Chụp ảnh giấy tờ, hoặc lưu thành PDF, rồi gửi."),
        "polyglot": _("Tệp này gồm hai tệp khác loại nối nhau, cổng chỉ nhận một. Chụp ảnh, hoặc lưu lại thành PDF, rồi gửi."),
        "encrypted": _("Tệp PDF này phải có mật khẩu mới mở được. Bỏ mật khẩu mở tệp, hoặc chụp ảnh các trang, rồi gửi."),
        "active": _("Tệp PDF này có %(part)s, cổng không nhận phần đó. In lại thành PDF, hoặc chụp ảnh các trang, rồi gửi."),
        "embedded": _("Tệp PDF này có tệp khác%(name)s kèm bên trong. Gửi riêng từng tệp, hoặc in lại thành PDF rồi gửi."),
        "xfa": _("Tệp PDF này là mẫu điền kiểu XFA, trình duyệt không hiện được. In lại thành PDF, hoặc chụp ảnh, rồi gửi."),
        "truncated": _("Tệp PDF này chưa đủ, thiếu đoạn cuối. Có thể việc chép hay tải bị ngắt: chép hoặc tải lại tệp rồi gửi."),
        "form": _(
            "Tệp PDF này là mẫu điền có đoạn lệnh tự chạy; bỏ đoạn lệnh đi thì mất chữ đã điền ở trang %(page)s."
            " In lại thành PDF, hoặc chụp ảnh các trang, rồi gửi."
        ),
        "rows_missing": _("Ảnh này bị đứt, thiếu một phần hình. Chép hoặc tải lại ảnh, hoặc chụp lại, rồi gửi."),
        "video": _(
            "Tệp này là phim, cổng chỉ nhận ảnh và PDF. Ảnh Live Photo của iPhone gồm một ảnh và một đoạn phim: chọn tệp ảnh"
            " (.HEIC, .JPG), hoặc tắt Live rồi chụp lại, rồi gửi."
        ),
        "too_many_pages": _("Tệp PDF này có quá nhiều trang. Mỗi tệp tối đa %(pages)s trang. Chia thành nhiều tệp rồi gửi."),
        "too_many_pixels": _(
            "Ảnh này quá lớn (hơn %(megapixels)s triệu điểm ảnh). Chụp ở cỡ thường, hoặc lưu thành JPEG nhỏ hơn, rồi gửi."
        ),
        "too_complex": _(
            "Tệp PDF này có quá nhiều chi tiết, cổng không kiểm tra hết được. In lại thành PDF, hoặc chụp ảnh, rồi gửi."
        ),
        "too_heavy": _("Cổng kiểm tra tệp này quá lâu nên phải dừng. Chụp ảnh tờ giấy, hoặc chia thành tệp nhỏ hơn, rồi gửi."),
        "not_faithful": _(
            "Cổng chưa vẽ lại được ảnh này cho đúng, không phải lỗi của ảnh. Lưu thành JPEG hoặc PDF, hoặc chụp lại, rồi gửi."
        ),
        "busy": _("Cổng đang kiểm tra tệp của nhiều người nên chưa nhận tệp này. Chờ một phút rồi gửi lại."),
        "busy_with_yours": _("Cổng còn đang kiểm tra tệp trước của anh/chị nên chưa nhận tệp này. Chờ một phút rồi gửi lại."),
        "unreadable": _("Cổng không đọc được tệp này. Mở tệp ra xem lại; chụp lại hoặc lưu lại thành JPEG, PDF rồi gửi."),
    }  # fmt: skip
    code = code if code in sentences else "unreadable"
    return UploadRefused(code, sentences[code] % facts)


def _part(part, page):
    """The part of a PDF that is refused, in words, with its page where it is known."""
    words = {
        "script": _("đoạn lệnh tự chạy (JavaScript)"),
        "launch": _("lệnh mở chương trình khác"),
        "submit": _("lệnh tự gửi hoặc tự nạp dữ liệu"),
        "media": _("phim hoặc âm thanh"),
        "model": _("hình ba chiều"),
        "external": _("phần nằm ở một tệp khác, ngoài tệp này"),
    }.get(part, _("một phần mà giấy tờ không cần"))
    return _("%(part)s ở trang %(page)s") % {"part": words, "page": page} if page else words


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
    """The kind of a file by its first bytes. A wrong ending of the name is corrected, not refused (`_with_ending`)."""
    found = _first_bytes(data)
    if found == "video":
        raise refused("video")
    if not found:
        known = any(name.lower().endswith(endings) for endings in ENDINGS.values())
        raise refused("unreadable" if known else "type")
    return found


def _first_bytes(data):
    start = data[:PDF_START]
    if start.lstrip(b"\xef\xbb\xbf\0\r\n\t ").startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp" and start[8:12] in HEIC_BRANDS:
        return "heic"
    if start[4:8] in VIDEO_BOXES and start[8:12] not in PICTURE_BRANDS:
        return "video"
    return ""


def _with_ending(name, found):
    path = PurePosixPath(name)
    if path.suffix.lower() in ENDINGS[found]:
        return name
    known = any(path.suffix.lower() in endings for endings in ENDINGS.values())
    ending = ".jpg" if found == "jpeg" else ENDINGS[found][0]
    return f"{(path.stem if known else name)[: MAX_NAME_LENGTH - len(ending)]}{ending}"


def original_name(name, media_type):
    """The name of the file as received: that of the copy, with the ending of its own type."""
    return _with_ending(name, next((kind for kind, found in MEDIA_TYPES.items() if found == media_type), "pdf"))
