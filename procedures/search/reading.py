"""Parses a query: words with and without accents, everyday phrases replaced by legal terms, typing errors."""

import functools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from portal.common.vietnamese import clean_text, fold, untelex
from procedures.search.words import FILLERS, PLACES, STEPS, SYNONYMS

MAX_LENGTH = 300  # characters
MAX_WORDS = 48
_WORD = re.compile(r"[^\W_]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_STROKE = "\u0335"
LETTERS = "abcdeghiklmnopqrstuvxy"
SOUNDS = (
    ("gi", "d"),
    ("gi", "r"),
    ("d", "r"),
    ("s", "x"),
    ("ch", "tr"),
    ("l", "n"),
    ("k", "c"),
    ("ngh", "ng"),
    ("gh", "g"),
    ("qu", "q"),
)
ENDINGS = (("ng", "n"), ("c", "t"), ("nh", "n"), ("y", "i"))


class Word(NamedTuple):
    """A word without accents, and its accents separately, so that the position of the tone does not matter (hoà, hòa)."""

    bare: str
    hats: str
    tone: str

    @property
    def accented(self) -> bool:
        return bool(self.hats or self.tone)


Phrase = tuple[Word, ...]


@functools.lru_cache(maxsize=20_000)
def read_word(text: str) -> Word:
    """The Word of a lower-case text."""
    marks = [c for c in unicodedata.normalize("NFD", text) if unicodedata.combining(c)]
    hats = sorted(c for c in marks if c not in _TONES) + [_STROKE] * text.count("đ")
    return Word(fold(text), "".join(hats), "".join(c for c in marks if c in _TONES))


def split_words(text: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return _WORD.findall(clean_text(text).lower())


def read_words(text: str) -> list[Word]:
    """The words of a text as Word, in order."""
    return [read_word(word) for word in split_words(text)]


def _phrases(text: str) -> list[Phrase]:
    return [tuple(read_words(phrase)) for phrase in re.split(r"[,\n]", text) if phrase.strip()]


def _two_sides(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands left and right of ">" in the lines of a word list."""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            left, _, right = line.partition(">")
            yield left, right


@functools.cache
def synonyms() -> dict[str, list[tuple[Phrase, Phrase]]]:
    """{first bare word: [(everyday phrase, official words)]}, longest phrases first."""
    found: dict[str, list[tuple[Phrase, Phrase]]] = {}
    for everyday, official in _two_sides(SYNONYMS):
        for phrase in _phrases(everyday):
            found.setdefault(phrase[0].bare, []).append((phrase, tuple(read_words(official))))
    for phrases in found.values():
        phrases.sort(key=lambda pair: -len(pair[0]))
    return found


@functools.cache
def _step_phrases() -> tuple[dict[str, list[tuple[Phrase, int]]], dict[str, list[tuple[Phrase, int]]]]:
    """{first bare word: [(phrase, number of the step)]} for names, and for questions."""
    of_names: dict[str, list[tuple[Phrase, int]]] = {}
    of_questions: dict[str, list[tuple[Phrase, int]]] = {}
    for number, (names, questions) in enumerate(_two_sides(STEPS)):
        for phrase in _phrases(names):
            of_names.setdefault(phrase[0].bare, []).append((phrase, number))
        for phrase in (*_phrases(names), *_phrases(questions)):
            of_questions.setdefault(phrase[0].bare, []).append((phrase, number))
    return of_names, of_questions


def steps(words: Sequence[Word], *, of_name: bool) -> frozenset[int]:
    """The steps («cấp lại», «gia hạn») that a name or a question holds, by their number in the list."""
    phrases = _step_phrases()[0 if of_name else 1]
    return frozenset(
        step
        for start, word in enumerate(words)
        for phrase, step in phrases.get(word.bare, ())
        if same(words[start : start + len(phrase)], phrase)
    )


@functools.cache
def fillers() -> frozenset[Word]:
    """The filler words, as Word."""
    words = read_words(FILLERS)
    return frozenset(words)


@functools.cache
def bare_fillers() -> frozenset[str]:
    """The filler words without accents."""
    return frozenset(word.bare for word in fillers())


@functools.cache
def places() -> list[Phrase]:
    return sorted(_phrases(PLACES), key=len, reverse=True)


def known_words() -> set[str]:
    """Bare words of the synonym list. They are not typing errors, although the catalogue may not contain them."""
    return {word.bare for pairs in synonyms().values() for phrase, official in pairs for word in (*phrase, *official)}


def same(typed: Sequence[Word], phrase: Sequence[Word]) -> bool:
    """True when the words are the phrase. Accents may be missing (all, the tones, or the others) but not be different."""
    return len(typed) == len(phrase) and all(map(_agrees, typed, phrase))


def _agrees(typed: Word, word: Word) -> bool:
    if typed.bare != word.bare:
        return False
    return typed.hats in word.hats and typed.tone in ("", word.tone)  # one of two accents may be missing


def is_filler(word: Word) -> bool:
    """True for words that say how somebody asks and not for what, and for short numbers."""
    if word.bare.isdigit() and len(word.bare) < 4:
        return True
    return word in fillers() or (not word.accented and word.bare in bare_fillers())


def without_places(words: Sequence[Word]) -> list[Word]:
    """The words without names of provinces and towns; unchanged if nothing else is left."""
    kept = list(words)
    for phrase in places():
        for start in range(len(kept) - len(phrase), -1, -1):
            if same(kept[start : start + len(phrase)], phrase):
                kept[start : start + len(phrase)] = []
    return kept or list(words)


def legal_terms(words: Sequence[Word]) -> Iterator[Phrase]:
    """Yield the legal terms for every everyday phrase among the words; at each position only for the longest phrase."""
    for start, word in enumerate(words):
        for phrase, official in synonyms().get(word.bare, ()):
            if same(words[start : start + len(phrase)], phrase):
                yield official
                break


def sounds_like(bare: str) -> Iterator[str]:
    """Yield other spellings of the same sound: ký/kí, giấy/dấy, xổ/sổ, trợ/chợ …"""
    for pairs, part, with_part in ((ENDINGS, str.endswith, _new_ending), (SOUNDS, str.startswith, _new_start)):
        for one, other in pairs:
            for a, b in ((one, other), (other, one)):
                if part(bare, a):
                    yield with_part(bare, a, b)


def _new_ending(bare: str, old: str, new: str) -> str:
    return bare.removesuffix(old) + new


def _new_start(bare: str, old: str, new: str) -> str:
    return new + bare.removeprefix(old)


def corrected(words: Sequence[Word], vocabulary: Set[str], pairs: Mapping[tuple[str, str], float]) -> list[Word]:
    """The words corrected: Telex and VNI key sequences resolved, joined words split.

    A word with one typing error is kept: the index finds the words that it may have been.
    """
    right = []
    for word in words:
        if word.bare in vocabulary or word.bare.isdigit():
            right.append(word)
            continue
        plain = _plain(word.bare)
        if plain in vocabulary or not vocabulary.isdisjoint(one_slip(plain)):
            right.append(read_word(plain))
        else:
            parts = split(word.bare, vocabulary, pairs) or split(plain, vocabulary, pairs) or [plain]
            right += [read_word(part) for part in parts]
    return right


def one_slip(word: str) -> Iterator[str]:
    """Yield every string with one typing error: a letter missing, added, wrong, or two letters swapped."""
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)] if 2 < len(word) < 9 else []
    yield from (head + tail[1:] for head, tail in parts if tail)
    yield from (head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1)
    yield from (head + letter + tail[1:] for head, tail in parts if tail for letter in LETTERS)
    yield from (head + letter + tail for head, tail in parts for letter in LETTERS)


def _plain(bare: str) -> str:
    """The word with Telex («ddawng») or VNI («d9a8ng») key sequences resolved."""
    if re.search(r"[a-z]\d", bare) and not re.fullmatch(r"[a-z]{1,4}\d{2,4}", bare):
        bare = re.sub(r"\d", "", bare)
    return untelex(bare)


def split(run: str, vocabulary: Collection[str], pairs: Mapping[tuple[str, str], float]) -> list[str] | None:
    """«dangkykethon» split into known words: the split whose neighbours are adjacent most often in the catalogue; or None."""
    if not 5 <= len(run) <= 60 or not run.isascii():
        return None
    best: dict[int, tuple[float, list[str]]] = {0: (0.0, [])}  # end of the part divided so far: (value, words)
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - 7), end):
            part = run[start:end]
            if start not in best or part not in vocabulary:
                continue
            value, words = best[start]
            gain = pairs.get((words[-1], part), 0) if words else 1
            if len(part) == 1 and not gain:
                continue
            candidate = (value + (gain or -3), [*words, part])
            if end not in best or candidate[0] - len(candidate[1]) > best[end][0] - len(best[end][1]):
                best[end] = candidate
    return best.get(len(run), (0, None))[1]
