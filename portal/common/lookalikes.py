"""Letters that look like Latin or Vietnamese ones and are others: Cyrillic and Greek letters, «Ð» of Iceland for «Đ», full-width
letters. A typed code is read with them replaced; a name is kept as it was typed, found all the same, and shown to the clerk.
"""

import re
import unicodedata

_PAIRS = (
    ("АВЕКМНОРСТХУЅІЈԌҺԀԚԜаекорсухіјѕһԁԛԝѵ", "ABEKMHOPCTXYSIJGHDQWaekopcyxijshdqwv"),  # Cyrillic
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳαικνορτυχϲ", "ABEZHIKMNOPTYXCjaikvoptuxc"),  # Greek
    ("ÐƉðɖꟇ\u1d05", "ĐĐđđĐD"),  # eth of Iceland, letters of African languages
    ("ɑɡıȷℓ", "agijl"),
)
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if not 0xFF10 <= code <= 0xFF19}  # all but digits: `figures`
_LATIN = _WIDE | {ord(strange): latin for row in _PAIRS for strange, latin in zip(*row, strict=True)}
_STRANGE = re.compile(
    "[\\u0370-\\u052f\\u1f00-\\u1fff\\uff01-\\uff5eÐƉðɖꟇ\\u1d05ɑɡıȷℓ]"
)  # Greek, Cyrillic, full width, and the others above
_ODD_LATIN = frozenset("ÐðƉɖꟇ\u1d05ɑɡıȷ")


def to_latin(text: str) -> str:
    """The text in NFC with look-alikes replaced by the letters that they look like; marks on them are kept."""
    if not _STRANGE.search(text):
        return unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(_LATIN))


def strange_letters(name: str) -> list[str]:
    """The letters of a name that no Vietnamese keyboard writes, each once, in order: those of other scripts, and «Ð» for «Đ».

    Accented Latin letters of other languages («Müller») are not strange.
    """
    letters = (c for c in unicodedata.normalize("NFC", name) if c.isalpha())
    return list(dict.fromkeys(c for c in letters if c in _ODD_LATIN or not unicodedata.name(c, "").startswith("LATIN ")))
