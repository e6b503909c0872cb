"""Reading of codes that people type, paste or read out: dossier codes, tracking secrets, references.

Taken away or replaced: words before the code («Mã hồ sơ: …»), a whole address around it, dashes of every length, spaces, small
letters, letters of other scripts that look the same. Digits of other scripts are not replaced (`portal.common.figures`).
"""

import re
from urllib.parse import unquote

from portal.common.vietnamese import clean_text, fold

MAX_TYPED_LENGTH = 300  # characters read: an address with a code in it
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d\u30fc_~"
_DASHES = str.maketrans(dict.fromkeys(DASHES, "-"))
_FRAME = re.compile(
    r"^[^A-Z0-9]*(?:MA|SO|HO|HS|CODE|DOSSIER)\b[^A-Z0-9]*(?:(?:SO|HO|HS|TRA|CUU|RIENG|LAN|THAM|CHIEU|BAM)\b[^A-Z0-9]*)*"
)
_DOSSIER = re.compile(
    r"(?<![A-Z0-9.])([A-Z][A-Z0-9]*(?:\.[A-Z0-9]+)*)(?:\s*-\s*|\s+)([0-9OIL]{6})(?:\s*-\s*|\s+)([0-9OIL]{4,9})(?![A-Z0-9])"
)
_PART = re.compile(r"([0-9OIL]{6})(?:\s*-\s*|\s+)([0-9OIL]{1,9})")
_DIGITS = str.maketrans("OIL", "011")


def dossier_code_in(text: str) -> str:
    """The dossier code in a typed text, as it is stored: «Mã: h18.x012 – 261121 – 0001» gives «H18.X012-261121-0001».

    A text without a whole code is returned without frame and spaces, for a search by the beginning of a code.
    """
    plain = _plain(text)
    if found := _DOSSIER.search(plain):
        agency, day, sequence = found.groups()
        return f"{agency}-{day.translate(_DIGITS)}-{sequence.translate(_DIGITS)}"
    return re.sub(r"\s+", "", _FRAME.sub("", plain))


def code_part_in(text: str) -> str:
    """The part of a code from its day on, as it is read out: «261127 – 0005» gives «261127-0005». "" when there is none."""
    found = _PART.fullmatch(_plain(text).strip())
    return "-".join(part.translate(_DIGITS) for part in found.groups()) if found else ""


def letters_and_digits_in(text: str) -> str:
    """A code of letters and digits only, in capitals, however it was grouped: references, verification codes. Of an address, the
    last part of its path."""
    return re.sub(r"[^A-Z0-9]+", "", _FRAME.sub("", _plain(_last_part(text))))


def secret_in(text: str) -> str:
    """A tracking secret (small letters and digits) as typed from paper, or the address that contains it."""
    return letters_and_digits_in(text).lower()


def _plain(text: str) -> str:
    """Capitals without accents; look-alikes as Latin letters, dashes as «-»."""
    return fold(clean_text(unquote(text[:MAX_TYPED_LENGTH]).translate(_DASHES))).upper()


def _last_part(text: str) -> str:
    text = text.strip()
    if "://" not in text and not text.startswith("/"):
        return text
    return text.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]
