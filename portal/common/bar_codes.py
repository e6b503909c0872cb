"""Bar codes (Code 128, ISO/IEC 15417) as vector pictures: a reader types the text into the field with the cursor."""

from itertools import groupby
from urllib.parse import quote

from barcode.codex import Code128

QUIET = 10  # modules left white at each side, as the standard asks
SHAPE = 0.15  # height of the picture by its width


def bar_code_data_uri(text: str) -> str:
    """A bar code of `text` (ASCII) as a `data:` address for `<img src>`; its height follows from the width on paper."""
    modules = "".join(Code128(text).build())
    width = len(modules) + 2 * QUIET
    height, bars, x = round(width * SHAPE), [], QUIET
    for is_bar, run in groupby(modules):
        length = len(list(run))
        if is_bar == "1":
            bars.append(f"M{x} 0h{length}v{height}h-{length}z")
        x += length
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    svg = f'{head}<path fill="#fff" d="M0 0h{width}v{height}H0z"/><path fill="#000" d="{"".join(bars)}"/></svg>'
    return "data:image/svg+xml," + quote(svg, safe="/:=' ")
