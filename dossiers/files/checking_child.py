"""Child process that opens one untrusted file: re-encodes pictures, checks every object of a PDF. Refuses with a code."""

import io
import warnings

from portal.common.sandbox_child import Refused, serve

MAX_MEMORY_BYTES = 1536 * 1024 * 1024
MAX_CPU_SECONDS = 25
MAX_SIDE_PIXELS = 2600  # pixels: an A4 page at about 220 dpi
MAX_PNG_BYTES = 3 * 1024 * 1024
MAX_DEPTH = 60  # nesting of PDF objects
ACTIVE = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/RichMediaExecute", "/Rendition", "/Movie", "/Sound"}
READABLE_ATTACHMENTS = (".json", ".xml", ".txt", ".csv")  # allowed as attachments of a PDF (PDF/A-3): plain data
OTHER_FILES = ((b"%PDF-",), (b"PK\x03\x04", b"PK\x05\x06"), (b"<script",), (b"<?php",), (b"<!doctype html",), (b"<html",))


def check(header, body):
    """Do one job. header: `kind` ("image" or "pdf") and the limits from the settings (MAX_UPLOAD_…)."""
    if header["kind"] == "image":
        return reencode_picture(body, header["max_pixels"])
    return check_pdf_objects(body, header["max_pages"], header["max_objects"])


def reencode_picture(data, max_pixels):
    """Re-encode a picture: upright, without metadata, at most 2600 pixels long. PNG stays PNG up to 3 MB, else JPEG."""
    from PIL import Image, ImageOps

    if any(all(mark in data for mark in marks) for marks in OTHER_FILES):
        raise Refused("polyglot")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("too_many_pixels") from None
    if picture.width * picture.height > max_pixels:
        raise Refused("too_many_pixels")
    source = picture.format
    picture.draft("RGB", (MAX_SIDE_PIXELS * 2, MAX_SIDE_PIXELS * 2))
    picture = ImageOps.exif_transpose(picture)
    picture.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), Image.Resampling.LANCZOS)
    return _encoded(_flat(picture), source)


def _flat(picture):
    """Convert to RGB or grey; a transparent background becomes white."""
    from PIL import Image

    if picture.mode in ("1", "L", "RGB"):
        return picture
    if picture.mode in ("LA", "PA", "RGBA") or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def _encoded(picture, source):
    out = io.BytesIO()
    if source == "PNG":
        picture.save(out, "PNG", optimize=False, compress_level=6)
        if out.tell() <= MAX_PNG_BYTES:
            return {"format": "png", "pages": 1}, out.getvalue()
        out = io.BytesIO()
    picture.convert("L" if picture.mode in ("1", "L") else "RGB").save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return {"format": "jpeg", "pages": 1}, out.getvalue()


def check_pdf_objects(data, max_pages, max_objects):
    """Check every object of a PDF. The file is stored unchanged, so active content is refused."""
    import pikepdf

    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused("truncated")
    if data[end + 5 :].strip(b"\r\n\t\0 "):
        raise Refused("polyglot")
    try:
        pdf = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    with pdf:
        if pdf.is_encrypted:
            raise Refused("encrypted")
        if not 1 <= len(pdf.pages) <= max_pages:
            raise Refused("too_many_pages" if len(pdf.pages) else "unreadable")
        if len(pdf.objects) > max_objects:
            raise Refused("unreadable")
        for thing in pdf.objects:
            _check_object(thing, 0)
        return {"format": "pdf", "pages": len(pdf.pages)}, b""


def _check_object(thing, depth):
    """Check one object and its direct children (indirect objects are visited by `pdf.objects`)."""
    import pikepdf

    if depth > MAX_DEPTH:
        raise Refused("unreadable")
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        _check_dictionary(thing)
        children = [value for __, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        children = list(thing)
    else:
        return
    for child in children:
        if isinstance(child, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)) and not child.is_indirect:
            _check_object(child, depth + 1)


def _check_dictionary(thing):
    if str(thing.get("/S", "")) in ACTIVE or "/JS" in thing or str(thing.get("/Type", "")) == "/RichMedia":
        raise Refused("active")
    if "/XFA" in thing:
        raise Refused("xfa")
    if "/EF" in thing:
        name = str(thing.get("/UF", thing.get("/F", ""))).lower()
        if not name.endswith(READABLE_ATTACHMENTS):
            raise Refused("embedded")


if __name__ == "__main__":
    serve(check, memory=MAX_MEMORY_BYTES, cpu=MAX_CPU_SECONDS)
