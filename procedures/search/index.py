"""The search: an in-memory index over all names of the catalogue. Pure Python, no database; built in under a second.

A search has two steps. First, candidates are the procedures that contain most of the weight of the query's words (rare words
weigh more: inverse frequency). Then each line of a candidate gets a quality of 0 to 1: how much of the query the name covers,
whether the words are adjacent as in the name, and how much of the name the query covers. Results below MIN_QUALITY are dropped.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from procedures.search.reading import (
    MAX_WORDS,
    Part,
    Reading,
    Word,
    corrected,
    is_filler,
    known_words,
    likeness,
    one_slip,
    read_word,
    read_words,
    readings,
    split,
    without_places,
)

MIN_QUALITY_WITH_SLIP = 0.66
MIN_QUALITY, MIN_QUALITY_LISTED = 0.58, 0.66  # higher for listed procedures: their long names contain almost any word
INSIDE, BESIDE, SHARE = 0.57, 0.23, 0.20  # weights: query words in the name, adjacent as in the name, share of the name
LONG_QUESTION_ALLOWANCE, MIN_QUALITY_LONG = 0.03, 0.47  # long queries contain words that no name has: lower limit per word
MIN_SHARE_OF_BEST = 0.68  # results below this share of the best score are dropped
MAX_WORD_WEIGHT = 6.0
MAX_CANDIDATES = 120  # procedures compared line by line
RANK_WEIGHT = 0.0009
CURATED_RANK = 50
FILLER_WEIGHT = 0.12
SLIP, SOUND = 0.72, 0.6
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


class Entry(NamedTuple):
    """A procedure in the index. `text`: `search_exact` (one name per line); `rank` decides between equal matches."""

    code: str
    text: str
    rank: int


class Found(NamedTuple):
    code: str
    score: float


class Line(NamedTuple):
    words: tuple[Word, ...]
    places: dict[str, list[int]]
    weight: float


class SearchIndex:
    """The index; see `search`."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self.by_code = {entry.code: number for number, entry in enumerate(self.entries)}
        texts = [[line for line in (read_words(text) for text in entry.text.split("\n")) if line] for entry in self.entries]
        self.postings: dict[str, list[int]] = defaultdict(list)
        beside: Counter[tuple[str, str]] = Counter()
        for number, lines in enumerate(texts):
            for bare in {word.bare for line in lines for word in line}:
                self.postings[bare].append(number)
            beside.update({(a.bare, b.bare) for line in lines for a, b in zip(line, line[1:], strict=False)})
        self.pairs = {pair: 1 + math.log(count) for pair, count in beside.items()}
        self.vocabulary = set(self.postings) | known_words()
        self.written = {word for lines in texts for line in lines for word in line}
        self.lines = [[self._line(line) for line in lines] for lines in texts]

    def _line(self, words: Sequence[Word]) -> Line:
        places: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(words):
            places[word.bare].append(at)
        return Line(tuple(words), dict(places), sum(self.weight(word) for word in words))

    def weight(self, word: Word) -> float:
        """The weight of a word: higher for rare words, low for filler words, MAX_WORD_WEIGHT for unknown words."""
        frequency = len(self.postings.get(word.bare, ()))
        rarity = min(MAX_WORD_WEIGHT, math.log(1 + len(self.entries) / frequency)) if frequency else MAX_WORD_WEIGHT
        return rarity * FILLER_WEIGHT if is_filler(word) else rarity

    # -- searching

    def search(self, text: str) -> list[Found]:
        """[Found], best first. Empty when nothing matches well enough, also after correction of typing errors."""
        if text in self.by_code:
            return [Found(text, 1.0)]
        typed = read_words(text)[:MAX_WORDS]
        if not typed:
            return []
        words = without_places(corrected(typed, self.vocabulary, self.pairs))
        best = self._best(words)
        if not best and (spaced := self._respaced(typed)):
            best = self._best(without_places(spaced))
        if not best:
            best = self._best_with_one_slip(words)
        close = MIN_SHARE_OF_BEST * max(best.values(), default=0)
        found = [Found(self.entries[number].code, score) for number, score in best.items() if score >= close]
        return sorted(found, key=lambda one: (-one.score, one.code))

    def _best(self, words: Sequence[Word], slipped: Word | None = None, enough: float | None = None) -> dict[int, float]:
        """{number: score} over all readings of these words."""
        best: dict[int, float] = {}
        for reading in readings(words):
            for number, score in self._answers(reading, slipped, enough):
                best[number] = max(best.get(number, 0), score * reading.weight)
        return best

    def _best_with_one_slip(self, words: Sequence[Word]) -> dict[int, float]:
        """For a typing error that gives another known word («giấy oc thân»): try each word with one typing error.

        Only for queries of 3 to 8 meaningful words, and not for a word that the catalogue writes with the same accents.
        """
        best: dict[int, float] = {}
        meaningful = [word for word in words if not is_filler(word)]
        if not 3 <= len(meaningful) <= 8:
            return best
        for word in meaningful:
            if not (word.accented and word in self.written):
                for number, score in self._best(words, slipped=word, enough=MIN_QUALITY_WITH_SLIP).items():
                    best[number] = max(best.get(number, 0), score)
        return {number: score for number, score in best.items() if self.entries[number].rank >= CURATED_RANK}

    def _respaced(self, words: Sequence[Word]) -> list[Word]:
        """«kha isinh» as «khai sinh»: the query without spaces, split into words that are adjacent in the catalogue."""
        run = "".join(word.bare for word in words)
        parts = split(run, self.vocabulary, self.pairs)
        return [read_word(part) for part in parts or () if parts != [word.bare for word in words]]

    def _answers(self, reading: Reading, slipped: Word | None, enough: float | None) -> Iterator[tuple[int, float]]:
        """Yield (number, score) of every entry that matches this reading well enough."""
        words, weights = reading.words, [weight for part in reading.parts for weight in self._weights(part)]
        total = sum(weights)
        meant = [self._meant(word, word == slipped) for word in words]
        allowance = LONG_QUESTION_ALLOWANCE * max(
            0, sum(not is_filler(word) for part in reading.parts for word in part.typed) - 3
        )
        for number in self._candidates(weights, meant):
            rank = self.entries[number].rank
            quality = self._quality(number, words, weights, meant, total)
            if quality >= (
                enough or max(MIN_QUALITY_LONG, (MIN_QUALITY if rank >= CURATED_RANK else MIN_QUALITY_LISTED) - allowance)
            ):
                yield number, quality + rank * RANK_WEIGHT

    def _weights(self, part: Part) -> list[float]:
        """The weights of the part's words; a replaced phrase has the same total weight as the typed one."""
        weights = [self.weight(word) for word in part.words]
        if part.words == part.typed:
            return weights
        scale = sum(self.weight(word) for word in part.typed) / sum(weights)
        return [weight * scale for weight in weights]

    def _candidates(self, weights: Sequence[float], meant: Sequence[Mapping[str, float]]) -> list[int]:
        """The numbers of the entries that contain most of the query's weight, at most MAX_CANDIDATES."""
        held: dict[int, float] = defaultdict(float)
        for weight, options in zip(weights, meant, strict=True):
            per_entry = {}
            for bare, likely in sorted(options.items(), key=lambda option: option[1]):
                for number in self.postings.get(bare, ()):
                    per_entry[number] = likely
            for number, likely in per_entry.items():
                held[number] += weight * likely
        enough = MIN_QUALITY_LONG * 0.7 * sum(weights)
        kept = [(value + self.entries[number].rank * 0.01, number) for number, value in held.items() if value >= enough]
        return [number for _, number in sorted(kept, reverse=True)[:MAX_CANDIDATES]]

    def _meant(self, word: Word, slipped: bool = False) -> dict[str, float]:
        """{bare word of the catalogue: likelihood 0–1} for a typed word."""
        options = {word.bare: 1.0}
        spellings = _spellings(word.bare)
        if word.bare not in self.vocabulary or slipped:
            options = {near: SLIP for near in one_slip(word.bare) if near in self.postings} | options
        for other, likely in spellings.items():
            if other in self.postings:
                options[other] = max(likely, options.get(other, 0))
        return options

    def _quality(
        self, number: int, words: Sequence[Word], weights: Sequence[float], meant: Sequence[Mapping[str, float]], total: float
    ) -> float:
        """0–1: the quality of the best line, or of all lines together with a small discount."""
        covered, stood, best = [0.0] * len(words), [0.0] * len(words), 0.0
        for line in self.lines[number]:
            matches = [_match(word, options, line) for word, options in zip(words, meant, strict=True)]
            cover = [max(match.values(), default=0.0) for match in matches]
            if not any(cover):
                continue
            together = _together(matches, cover)
            best = max(best, _value(cover, together, weights, total) + SHARE * self._share(line, matches))
            covered, stood = list(map(max, covered, cover)), list(map(max, stood, together))
        return max(best, 0.95 * _value(covered, stood, weights, total))

    def _share(self, line: Line, matches: Sequence[Mapping[int, float]]) -> float:
        """How much of the name the query covers, 0–1."""
        places = {place for match in matches for place in match}
        return sum(self.weight(line.words[place]) for place in places) / line.weight if line.weight else 0.0


def _value(cover: Sequence[float], together: Sequence[float], weights: Sequence[float], total: float) -> float:
    inside = sum(value * weight for value, weight in zip(cover, weights, strict=True)) / total
    beside = sum(value * weight for value, weight in zip(together, weights, strict=True)) / total
    return INSIDE * inside + BESIDE * beside


def _match(word: Word, options: Mapping[str, float], line: Line) -> dict[int, float]:
    """{position in the line: how well the typed word matches there, 0–1}."""
    found = {}
    for bare, likely in options.items():
        for place in line.places.get(bare, ()):
            found[place] = likely * (likeness(word, line.words[place]) if bare == word.bare else 1.0)
    return found


def _together(matches: Sequence[Mapping[int, float]], cover: Sequence[float]) -> Sequence[float]:
    """For each typed word: how well it and its neighbour match adjacent words of the name, 0–1."""
    if len(matches) == 1:
        return cover
    near = [0.0] * len(matches)
    for left in range(len(matches) - 1):
        for place, value in matches[left].items():
            other = matches[left + 1].get(place + 1)
            if other:
                both = min(value, other)
                near[left], near[left + 1] = max(near[left], both), max(near[left + 1], both)
    return near


def _spellings(bare: str) -> dict[str, float]:
    """{other spelling of the same sound: likelihood}: ký/kí, giấy/dấy, xổ/sổ, trợ/chợ …"""
    found = {}
    for one, other in ENDINGS:
        for a, b in ((one, other), (other, one)):
            if bare.endswith(a):
                found[bare.removesuffix(a) + b] = 0.95 if {a, b} == {"y", "i"} else SOUND
    for one, other in SOUNDS:
        for a, b in ((one, other), (other, one)):
            if bare.startswith(a):
                found[b + bare.removeprefix(a)] = SOUND
    return found
