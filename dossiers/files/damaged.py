"""Mends pictures that are not well formed but hold every row: viewers show them whole. A picture with rows missing is refused.

Runs in the limited child process (`checking_child`). Does not import Django.
"""

import io
import struct
import zlib

from PIL import Image, ImageChops, ImageStat

from portal.common.sandbox_child import Refused

END_OF_IMAGE = b"\xff\xd9"
# Read by a decoder that runs out of data. Two that differ: where the data suffice, neither is looked at.
FILLERS = (b"\x5a\xa6" * 4096, b"\xe9\x13" * 4096)
PNG_START = b"\x89PNG\r\n\x1a\n"
NEEDED_INTACT = (b"IHDR", b"PLTE", b"tRNS")
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
PASSES = (
    (8, 8, 0, 0),
    (8, 8, 4, 0),
    (4, 8, 0, 4),
    (4, 4, 2, 0),
    (2, 4, 0, 2),
    (2, 2, 1, 0),
    (1, 2, 0, 1),
)  # dx, dy, x, y of Adam7
PIECE = 1 << 20  # bytes
UNSEEN = 0.5  # mean difference of 255: the last refinements of a progressive JPEG are missing


def mended(data, max_side, max_pixels):
    """The same picture as a well-formed file; None when it is of another kind or its structure cannot be read.

    Refuses a picture with rows missing. `max_side`: pixels it is kept in; `max_pixels` of a PNG.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data, max_side)
    return _png(data, max_pixels) if data.startswith(PNG_START) else None


# JPEG -----------------------------------------------------------------------------------------------------------------
def _jpeg(data, max_side):
    """Ends the data with the end mark, after a look whether the decoder wanted more than there is."""
    data = _without_padding(data)
    one, other = (_decoded(data + filler + END_OF_IMAGE, max_side) for filler in FILLERS)
    if one.reduce(8).tobytes() != other.reduce(8).tobytes():
        raise Refused("rows_missing")
    if max(ImageStat.Stat(ImageChops.difference(one, other)).mean) > UNSEEN:
        raise Refused("rows_missing")
    return data + END_OF_IMAGE


def _without_padding(data):
    """Zeros behind the picture are from interrupted downloads; one behind 0xFF belongs to the data."""
    bare = data.rstrip(b"\0")
    if bare.endswith(b"\xff"):
        return bare + b"\0" if len(bare) < len(data) else bare[:-1]
    return bare


def _decoded(data, max_side):
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        scale = min(1, max_side / max(picture.size))
        picture.draft(None, (round(picture.width * scale), round(picture.height * scale)))
        picture.load()
        return picture.copy()


# PNG ------------------------------------------------------------------------------------------------------------------
def _png(data, max_pixels):
    """Writes the chunks anew: check sums, the end of the compressed rows, and the end mark."""
    head, rows = [], []
    for kind, content, intact in _chunks(data):
        if kind == b"IDAT":
            rows.append(content)
        elif not intact and kind in NEEDED_INTACT:
            return None
        elif intact and not rows and kind != b"IEND":
            head.append((kind, content))
    if not head or head[0][0] != b"IHDR" or len(head[0][1]) != 13 or not rows:
        return None
    width, height = struct.unpack(">II", head[0][1][:8])
    if width * height > max_pixels:
        raise Refused("too_many_pixels")
    packed = _repacked(rows, _size_of_rows(head[0][1]))
    return PNG_START + b"".join(_chunk(*one) for one in (*head, (b"IDAT", packed), (b"IEND", b"")))


def _chunks(data):
    """(kind, content, is its check sum right) as far as the file goes; the content of the last one may be short."""
    at = len(PNG_START)
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        yield kind, content, data[at + 8 + length : at + 12 + length] == struct.pack(">I", zlib.crc32(kind + content))
        at += 12 + length


def _size_of_rows(header):
    """Bytes of all rows before compression, each with its filter byte."""
    width, height, depth, colour, __, __, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * CHANNELS.get(colour, 4)
    parts = PASSES if interlaced else ((1, 1, 0, 0),)
    sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for dx, dy, x, y in parts]
    return sum((1 + (columns * bits + 7) // 8) * lines for columns, lines in sizes if columns > 0 and lines > 0)


def _repacked(rows, size):
    """The rows compressed again. Refuses when there are fewer than `size` bytes of them."""
    unpack, pack, left, packed = zlib.decompressobj(), zlib.compressobj(1), size, []
    try:
        for content in rows:
            while content and left:
                found = unpack.decompress(content, min(PIECE, left))
                content = unpack.unconsumed_tail if found else b""
                left -= len(found)
                packed.append(pack.compress(found))
    except zlib.error:
        raise Refused("rows_missing") from None
    if left:
        raise Refused("rows_missing")
    return b"".join(packed) + pack.flush()


def _chunk(kind, content):
    return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", zlib.crc32(kind + content))
