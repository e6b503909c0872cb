"""Suggestions while typing: names and aliases that go on as typed, then what the search finds."""

from collections.abc import Sequence

from portal.common.vietnamese import clean_text, fold
from procedures import search
from procedures.search import twins

MIN_LETTERS, MAX_SUGGESTED = 2, 6


def suggest(text: str) -> list[str]:
    """Codes of at most MAX_SUGGESTED procedures for an unfinished text, best first."""
    text = clean_text(text)
    typed = tuple(fold(text).split())
    if len(text) < MIN_LETTERS or not typed:
        return []
    known = search.catalogue()
    begun = _begun(known, typed)
    found = [one.code for one in known.index.search(text) if one.sure]
    return list(twins.grouped(dict.fromkeys([*begun[: MAX_SUGGESTED - 2], *found, *begun]), known.matters))[:MAX_SUGGESTED]


def _begun(known: search.Catalogue, typed: Sequence[str]) -> list[str]:
    """Codes of procedures that can be filed here with a name that holds the words in a row, the last one perhaps unfinished.

    Names that begin so come first, then by rank.
    """
    found: dict[str, int] = {}
    for words, code in known.names:
        at = _place(words, typed)
        if at is not None and at < found.get(code, 99):
            found[code] = at
    return sorted(found, key=lambda code: min(found[code], 1))


def _place(words: Sequence[str], typed: Sequence[str]) -> int | None:
    """Where in the name the typed words stand, or None."""
    *whole, last = typed
    for start in range(len(words) - len(typed) + 1):
        if list(words[start : start + len(whole)]) == whole and words[start + len(whole)].startswith(last):
            return start
    return None
