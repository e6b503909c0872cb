"""Redraws a picture from an untrusted file: upright, without metadata, at most 2600 pixels long, and compared with what came in.

Runs in the limited child process (`checking_child`). Does not import Django.
"""

import io
import statistics
from contextlib import suppress

from PIL import Image, ImageCms
from PIL.Image import Transpose

from dossiers.files import damaged
from portal.common.sandbox_child import Refused

MAX_SIDE_PIXELS = 2600  # an A4 page at about 220 dpi
MAX_PNG_BYTES = 3 * 1024 * 1024
MAX_THUMBNAIL_BYTES = 8 * 1024
THUMBNAIL_SIDES = (240, 160, 96)  # pixels; the first that fits into MAX_THUMBNAIL_BYTES
THUMBNAIL_QUALITIES = (70, 50, 30)
COMPARED_SIDE = 96  # pixels of the small pictures that are compared
FLAT = 0.004  # standard deviation of luminance (black 0, white 1) below which a picture shows nothing: one step of 8 bits
MIN_CORRELATION = 0.8
ORIENTATION = 0x0112  # EXIF tag
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
}  # fmt: skip


def redraw(data, max_pixels, max_pixels_decoded):
    """(format, clean copy, thumbnail). `max_pixels` of a JPEG, which is decoded at a reduced scale; `max_pixels_decoded` of all
    others, which have to be decoded whole. Refuses before decoding."""
    try:
        return _redraw(data, max_pixels, max_pixels_decoded)
    except (OSError, SyntaxError, ValueError):  # what Pillow says of files that are not well formed
        whole = damaged.mended(data, MAX_SIDE_PIXELS, max_pixels_decoded)
        if whole is None:
            raise
        return _redraw(whole, max_pixels, max_pixels_decoded)


def _redraw(data, max_pixels, max_pixels_decoded):
    picture = _opened(data)
    source = picture.format
    if picture.width * picture.height > (max_pixels if source in ("JPEG", "MPO") else max_pixels_decoded):
        raise Refused("too_many_pixels")
    turn = UPRIGHT.get(_orientation(picture))
    raw = _decoded(picture)
    shown = _drawn(raw, picture.info.get("icc_profile"))
    if turn is not None:
        shown = shown.transpose(turn)
    return (*_encoded(shown, source), thumbnail_of(shown))


def thumbnail(data):
    """The thumbnail of a clean copy."""
    return thumbnail_of(Image.open(io.BytesIO(data), formats=("JPEG", "PNG")))


def turned(data):
    """(content, thumbnail) of a clean copy, turned by 90 degrees to the right."""
    picture = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    source = picture.format
    upright = picture.transpose(Transpose.ROTATE_270)
    return _encoded(upright, source)[1], thumbnail_of(upright)


def thumbnail_of(picture):
    """A JPEG of at most 8 kB."""
    for side in THUMBNAIL_SIDES:
        small = picture.convert("RGB")
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in THUMBNAIL_QUALITIES:
            out = io.BytesIO()
            small.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() <= MAX_THUMBNAIL_BYTES:
                return out.getvalue()
    raise Refused("no thumbnail fits")


def _opened(data):
    import pi_heif

    pi_heif.options.THUMBNAILS = False
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # counted here
    return Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "HEIF"))


def _orientation(picture):
    with suppress(Exception):  # damaged metadata do not make a photo unreadable
        return picture.getexif().get(ORIENTATION)


def _decoded(picture):
    """The picture at no more than twice the size it is kept in, in its own mode."""
    scale = MAX_SIDE_PIXELS / max(picture.size)
    if scale < 1:
        picture.draft(None, (round(picture.width * scale), round(picture.height * scale)))
    picture.load()
    return picture


def _drawn(raw, profile):
    """RGB or grey, as viewers show it. Refuses when the result does not show what the file holds."""
    picture = _eight_bits(raw)
    picture.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS), Image.Resampling.LANCZOS)
    picture = _on_a_ground(picture)
    expected = _luminance(raw)
    for drawn in filter(None, (_in_srgb(picture, profile), picture.convert("L" if picture.mode == "L" else "RGB"))):
        if _shows(drawn, expected):
            return drawn
    raise Refused("not_faithful")


def _eight_bits(picture):
    """8 bits a channel, in a mode that can be scaled smoothly."""
    if picture.mode == "1":
        return picture.convert("L")
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        return picture.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if picture.mode in ("PA", "La", "RGBa") or "transparency" in picture.info:
        return picture.convert("RGBA")
    if picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return picture.copy()
    return picture.convert("RGB")


def _on_a_ground(picture):
    """Transparent parts become white; dark grey where the drawing itself is white and would vanish."""
    if picture.mode not in ("LA", "RGBA"):
        return picture
    picture = picture.convert("RGBA")
    grounds = [
        Image.alpha_composite(Image.new("RGBA", picture.size, colour), picture).convert("RGB") for colour in ("white", "#404040")
    ]
    on_white, on_dark = (statistics.pstdev(_values(ground.convert("L"))) / 255 for ground in grounds)
    return grounds[1] if on_white < FLAT and on_dark >= FLAT else grounds[0]


def _in_srgb(picture, profile):
    """Colours by the profile of the file; None without a usable one."""
    if not profile or picture.mode not in ("L", "RGB", "CMYK"):
        return None
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        drawn = ImageCms.profileToProfile(picture, found, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return drawn.convert("L") if picture.mode == "L" else drawn


# ---------------------------------------------------------------- does it show what came in?
def _shows(drawn, expected):
    """Compares light and dark parts. `expected` is read from the decoded numbers, not from the redrawn picture."""
    found = [value / 255 for value in _values(drawn.convert("L"))]
    spread, expected_spread = statistics.pstdev(found), statistics.pstdev(expected)
    if expected_spread < FLAT:
        return spread < 10 * FLAT
    return spread >= expected_spread / 4 and statistics.correlation(found, expected) >= MIN_CORRELATION


def _luminance(raw):
    """Light (1) and dark (0) of the decoded picture at COMPARED_SIDE, in the numbers of its own mode."""
    if raw.mode in ("I", "F") or raw.mode.startswith("I;16"):
        return [value / 65535 for value in _values(raw.convert("I"))]
    if raw.mode == "CMYK":
        return [(255 - k) * (765 - c - m - y) / (255 * 765) for c, m, y, k in _values(raw)]
    picture = _on_a_ground(_eight_bits(raw).resize((COMPARED_SIDE, COMPARED_SIDE), Image.Resampling.BOX))
    return [value / 255 for value in _values(picture.convert("L"))]


def _values(picture):
    small = picture.resize((COMPARED_SIDE, COMPARED_SIDE), Image.Resampling.BOX, reducing_gap=None)
    return list(small.get_flattened_data())


def _encoded(picture, source):
    out = io.BytesIO()
    if source == "PNG":
        picture.save(out, "PNG", optimize=False, compress_level=6)
        if out.tell() <= MAX_PNG_BYTES:
            return "png", out.getvalue()
        out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return "jpeg", out.getvalue()
