"""Checks of uploads: type and content agree, no active content, and every refusal says what to do."""

import io
import subprocess
import sys
import unicodedata

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from dossiers.files import pictures
from dossiers.files.checking import UploadRefused, check_upload, megabytes, safe_name
from portal.common.sandbox_child import Refused
from tests.dossiers.files.makers import pdf, picture


def refusal(source, name):
    with pytest.raises(UploadRefused) as refused:
        check_upload(source, name)
    assert str(refused.value).endswith(("gửi.", "lại."))
    return refused.value


def test_the_child_that_opens_a_file_starts_without_django_and_celery():
    """A person waits for its start, at each file."""
    loads = "import sys, dossiers.files.checking_child; from dossiers.files import pdf_objects, pictures; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", loads], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert "pikepdf" in loaded.stdout.split() and not {"django", "celery"} & set(loaded.stdout.split())


def test_a_phone_photo_is_turned_upright_made_smaller_and_loses_its_camera_data():
    exif = Image.Exif()
    exif[0x0112] = 6  # the phone was held upright
    exif[0x010F] = "Phone & Co"
    checked = check_upload(picture(size=(4000, 3000), exif=exif), "ảnh sổ.jpg")

    stored = Image.open(io.BytesIO(checked.content))
    assert stored.size == (1950, 2600)
    assert not stored.getexif()
    assert (checked.name, checked.media_type, checked.pages) == ("ảnh sổ.jpg", "image/jpeg", 1)


def test_a_transparent_scan_lands_on_white_paper():
    checked = check_upload(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), "quét.png")
    assert Image.open(io.BytesIO(checked.content)).getpixel((5, 5)) == (255, 255, 255)


def test_a_jpeg_called_png_gets_its_right_name():
    assert check_upload(picture("JPEG"), "scan.PNG").name == "scan.jpg"


def test_a_pdf_is_kept_byte_for_byte():
    original = pdf(pages=3)
    checked = check_upload(SimpleUploadedFile("don.pdf", original), "don.pdf")
    assert checked.content == original
    assert checked.pages == 3


def test_an_empty_file_is_told_so():
    assert refusal(b"", "a.pdf").code == "empty"


def test_a_file_too_large_is_told_its_size_and_the_limit(settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    refused = refusal(b"%PDF-" + b"0" * 1_300_000, "a.pdf")
    assert str(refused) == "Tệp này lớn 1,2 MB. Mỗi tệp tối đa 1 MB. Chụp lại hoặc giảm cỡ ảnh rồi gửi."


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"MZ\x90\x00", "virus.exe", "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "type"),
        (b"PK\x03\x04", "don.docx", "type"),
        (b"no name at all", "", "type"),
        (b"just words", "a.pdf", "unreadable"),
        (b"\x00\x00\x00\x18ftypheic", "IMG_1.HEIC", "unreadable"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a.webp", "unreadable"),
        (picture() + pdf(), "a.jpg", "polyglot"),
        (picture() + b"PK\x03\x04.....PK\x05\x06", "a.jpg", "polyglot"),
        (pdf() + b"PK\x03\x04", "a.pdf", "polyglot"),
        (picture()[:200], "a.jpg", "unreadable"),
        (picture()[:-40], "a.jpg", "rows_missing"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "IMG_0001.MOV", "video"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "a.jpg", "video"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "a.avif", "type"),
        (pdf()[:300], "a.pdf", "truncated"),
        (b"%PDF-1.7\nnonsense\n%%EOF", "a.pdf", "unreadable"),
    ],
)
def test_what_is_not_a_readable_paper_is_refused(content, name, code):
    assert refusal(content, name).code == code


def with_javascript(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_launch_deep_inside(document):
    document.pages[0].Annots = [
        pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"))
    ]


def with_xfa(document):
    document.Root.AcroForm = pikepdf.Dictionary(XFA=pikepdf.Array([]), Fields=[])


def with_attachment(name):
    def change(document):
        document.attachments[name] = pikepdf.AttachedFileSpec(document, b"content", filename=name)

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (with_javascript, "active"),
        (with_launch_deep_inside, "active"),
        (with_xfa, "xfa"),
        (with_attachment("virus.exe"), "embedded"),
    ],
)
def test_a_pdf_that_could_act_is_refused(change, code):
    assert refusal(pdf(change=change), "a.pdf").code == code


def test_an_archival_paper_with_data_inside_is_taken():
    assert check_upload(pdf(change=with_attachment("noi-dung.json")), "ket-qua.pdf").pages == 1


@pytest.mark.parametrize(("content", "name", "kept"), [(pdf(), "a.jpg", "a.pdf"), (picture(), "a.pdf", "a.jpg"),
                                                       (picture("PNG"), "Zalo.docx", "Zalo.docx.png")])  # fmt: skip
def test_a_wrong_ending_is_corrected_because_every_viewer_opens_such_a_file(content, name, kept):
    assert check_upload(content, name).name == kept


@pytest.mark.parametrize(
    "content", [pdf() + b"\nsent by a scanner", pdf().rstrip()[:-5], b"\xef\xbb\xbf\r\n" + pdf(), pdf() + b"\0" * 512]
)
def test_a_pdf_with_an_untidy_end_or_start_is_taken_as_viewers_take_it(content):
    assert check_upload(content, "a.pdf").content == content


def test_a_pdf_that_only_forbids_editing_is_taken_as_it_is():
    original = pdf(encryption=pikepdf.Encryption(owner="a", user=""))
    assert check_upload(original, "a.pdf").content == original


def test_a_locked_pdf_is_refused():
    assert refusal(pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "a.pdf").code == "encrypted"


def test_a_pdf_of_201_pages_is_refused():
    assert refusal(pdf(pages=201), "a.pdf").code == "too_many_pages"


@pytest.mark.parametrize(("side", "mode"), [(20000, "1"), (8000, "L")])
def test_a_picture_bomb_is_refused_before_it_is_opened(side, mode, monkeypatch):
    content = picture("PNG", size=(side, side), mode=mode, compress_level=1)
    monkeypatch.setattr(PngImageFile, "load", lambda self: pytest.fail("decoded"))
    with pytest.raises(Refused, match="too_many_pixels"):
        pictures.redraw(content, settings.MAX_UPLOAD_MEGAPIXELS * 10**6, settings.MAX_UPLOAD_MEGAPIXELS_DECODED * 10**6)
    assert refusal(content, "a.png").code == "too_many_pixels"


def test_a_phone_photo_of_50_megapixels_is_taken():
    checked = check_upload(picture(size=(8192, 6144), mode="L", quality=20), "ảnh.jpg")
    assert Image.open(io.BytesIO(checked.content)).size == (2600, 1950)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Lan\\giấy khai sinh.pdf", "giấy khai sinh.pdf"),
        ("ảnh\u202egpj.exe", "ảnhgpj.exe"),
        ("  hộ\t\nkhẩu .jpg", "hộ khẩu.jpg"),
        ("\x00\x1b[31m.pdf", "[31m.pdf"),
        (unicodedata.normalize("NFD", "Đơn xin xác nhận.pdf"), "Đơn xin xác nhận.pdf"),
        ("...", "giấy tờ"),
        (".pdf", "pdf"),
        ("a" * 10_000 + ".pdf", "a" * 96 + ".pdf"),
        ('"; filename=x.exe', '"; filename=x.exe'),
    ],
)
def test_a_hostile_name_becomes_a_plain_one(given, kept):
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    ("size", "words"), [(100, "1 kB"), (188_000, "184 kB"), (13_000_000, "12,4 MB"), (10 * 1024 * 1024, "10 MB")]
)
def test_sizes_are_said_as_people_read_them(size, words):
    assert megabytes(size) == words


# ---------------------------------------------------------------- the limits stand in the settings
@pytest.mark.parametrize(
    ("limit", "value", "content", "name", "said"),
    [
        ("MAX_UPLOAD_BYTES", 500, pdf(pages=3), "a.pdf", "Mỗi tệp tối đa 1 kB"),
        ("MAX_UPLOAD_PAGES", 2, pdf(pages=3), "a.pdf", "tối đa 2 trang"),
        ("MAX_UPLOAD_OBJECTS", 2, pdf(pages=3), "a.pdf", "quá nhiều chi tiết"),
        ("MAX_UPLOAD_MEGAPIXELS", 1, picture(size=(1200, 1000)), "a.jpg", "hơn 1 triệu điểm ảnh"),
        ("MAX_UPLOAD_MEGAPIXELS_DECODED", 1, picture("PNG", size=(1200, 1000)), "a.png", "hơn 1 triệu điểm ảnh"),
    ],
)
def test_a_limit_changed_in_the_settings_holds_in_the_child_and_in_the_sentence(settings, limit, value, content, name, said):
    assert check_upload(content, name).pages
    setattr(settings, limit, value)
    assert said in str(refusal(content, name))
