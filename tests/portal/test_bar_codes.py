"""The bars of a code are those of Code 128: read back by the table of the standard."""

from urllib.parse import unquote

import pytest
from barcode.charsets import code128

from portal.common.bar_codes import QUIET, bar_code_data_uri
from portal.common.figures import number_in


def bars_of(text):
    """[(x, width)] of the black bars, and the width of the whole picture."""
    svg = unquote(bar_code_data_uri(text))
    bars = [part.split("v")[0].split(" 0h") for part in svg.split('d="')[2].split('"')[0].split("M")[1:]]
    width = number_in(svg.split('width="')[1].split('"')[0])
    return [(number_in(x), number_in(length)) for x, length in bars], width


def read(text):
    """What a reader makes of the bars: code numbers without start, check and stop; asserts the check number."""
    bars, width = bars_of(text)
    modules = [0] * width
    for x, length in bars:
        modules[x : x + length] = [1] * length
    inner = "".join(map(str, modules[QUIET:-QUIET]))
    assert not any(modules[:QUIET]) and not any(modules[-QUIET:])
    numbers = [code128.CODES.index(inner[at : at + 11]) for at in range(0, len(inner) - 13, 11)]
    assert inner.endswith(code128.STOP + "11")
    start, *codes, check = numbers
    assert (start + sum(place * code for place, code in enumerate(codes, 1))) % 103 == check
    return _text(start, codes)


def _text(start, codes):
    table = {103: "A", 104: "B", 105: "C"}[start]
    found = ""
    for code in codes:
        if code in (99, 100, 101) and not (table == "C" and code == 99):
            table = {99: "C", 100: "B", 101: "A"}[code]
        else:
            found += f"{code:02d}" if table == "C" else chr(code + 32)
    return found


@pytest.mark.parametrize("code", ["H18.X004.HC-261129-0005", "H18-261129-0017", "000.00.18.H18-261129-12345678", "BBQ7K2M9XA3C"])
def test_the_bars_say_the_code(code):
    assert read(code) == code
    bars, width = bars_of(code)
    assert 84 / width > 0.2  # millimetres of a module on the label: what a cheap reader resolves
