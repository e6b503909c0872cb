"""Vietnamese text: normalising for storage, search and sorting. Imports no models."""

import re
import unicodedata

from portal.common.lookalikes import to_latin

# Invisible characters that Unicode does not class as "format" (Cf): fillers and joiners from pasted text.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\uffa0")
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})  # controls; zero-width and bidi marks; half characters

# ---------------------------------------------------------------- sorting: the order of CLDR "vi"
_ALPHABET = {letter: chr(65 + n) for n, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền hỏi ngã sắc nặng
_MARKED = {
    ("a", "\u0306"): "ă",
    ("a", "\u0302"): "â",
    ("e", "\u0302"): "ê",
    ("o", "\u0302"): "ô",
    ("o", "\u031b"): "ơ",
    ("u", "\u031b"): "ư",
}

# ---------------------------------------------------------------- syllables, for what Telex typing leaves behind
_ONSET = re.compile(r"ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdghklmnpqrstvx]|")
_RHYME = re.compile(
    r"(?:a[iouy]?|e[ou]?|i(?:[au]|eu?)?|o(?:a[ioy]?|eo?|i)?|u(?:[aeiu]|ay|o[iu]?|y[aeu]?)?|y(?:eu?)?)(?:ch|ng|nh|[cmnpt])?"
)


def nfc(text: str) -> str:
    """The text in NFC: «ế» is one character."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without accents, đ as d, look-alikes of other scripts as Latin letters: «Đăng ký», «Ðăng ký» (with the letter of
    Iceland) and «dang ky» become equal."""
    bare = (c for c in unicodedata.normalize("NFD", to_latin(text).lower()) if not unicodedata.combining(c))
    return nfc("".join(bare)).replace("đ", "d")


def clean_text(text: str, *, lines: bool = False) -> str:
    """Typed text, cleaned: NFC, no control, bidi or zero-width characters, single spaces.

    With `lines`, line breaks are kept (long answers); without, they become spaces.
    """
    if lines:
        kept = [clean_text(line) for line in text.splitlines()]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")
    spaced = " ".join(nfc(text).split())  # before dropping: a tab or a line break is a space, not nothing
    visible = (c for c in spaced if c not in _INVISIBLE and unicodedata.category(c) not in _DROPPED_CATEGORIES)
    return " ".join(nfc("".join(visible)).split())


def sort_key(text: str) -> str:
    """Sort key in the order of a Vietnamese dictionary: letters, then tones, then case. Store it with collation "C"."""
    letters: list[str] = []
    tones: list[str] = []
    cases: list[str] = []
    for char in unicodedata.normalize("NFD", text.strip()):
        if char in _TONES and tones:
            tones[-1] = _TONES[char]
        elif letters and (letters[-1], char) in _MARKED:
            letters[-1] = _MARKED[letters[-1], char]
        elif not unicodedata.combining(char):
            letters.append(char.lower())
            tones.append("0")
            cases.append("0" if char == char.lower() else "1")
    return "\x01".join(["".join(map(_letter_key, letters)), "".join(tones), "".join(cases)])


def _letter_key(letter: str) -> str:
    """One letter of the sort key: Vietnamese letters as A–a, digits unchanged, separators as a space, others last."""
    if letter in _ALPHABET:
        return _ALPHABET[letter]
    if letter.isdigit():
        return letter
    return " " if letter.isspace() or unicodedata.category(letter)[0] in "PZ" else "~" + letter


def untelex(text: str) -> str:
    """Folded text in which Telex key sequences are resolved: «ddawng kys» → «dang ky».

    For search only, as a second reading beside `fold`: a foreign word may look like Telex («bus» → «bu»).
    """
    return re.sub(r"[a-z]+", lambda word: _untelex_word(word[0]), fold(text))


def _untelex_word(word: str) -> str:
    if _is_syllable(word) or word[0] in "fjz":  # a tone cannot come first
        return word
    for candidate in _telex_readings(word):
        if _is_syllable(candidate):
            return candidate
    return word


def _is_syllable(word: str) -> bool:
    """True if the word can be one Vietnamese syllable without accents. The vowel of «gi» and «qu» may belong to the rhyme."""
    onset = _ONSET.match(word)
    starts = [onset.end()] if onset else []
    if word.startswith(("gi", "qu")):
        starts.append(1)
    return any(_RHYME.fullmatch(word[start:]) for start in starts)


def _telex_readings(word: str) -> list[str]:
    """The syllables a Telex word may mean: s f r x j are tones, w is a breve or horn, a doubled letter a circumflex or đ."""
    start = word[0].replace("w", "u") + word[1:]  # «tw», «w»: a lone w is ư
    head = re.match(r"dd|ngh|[bcdghklmnpqrstvx]+(?=[aeiouyw])|", start)
    onset = head[0] if head else ""
    rest = start[len(onset) :]
    if rest.startswith("w"):
        rest = "u" + rest[1:]
    rest = re.sub(r"[sfrxjw]", "", rest)
    rest = re.sub(r"([aeo])\1", r"\1", rest)
    onset = "d" if onset == "dd" else onset
    plain = onset + rest
    readings = [plain]
    if onset == "d" and rest.endswith("d"):  # «dangd»: the stroke typed last
        readings.append(plain[:-1])
    if rest and rest[-1] in "aeo" and rest[-1] in rest[:-1]:  # «viete»: the circumflex typed last
        readings.append(plain[:-1])
    return readings
