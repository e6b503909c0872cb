"""The search: an in-memory index over the names and everyday phrases of all procedures. Pure Python, no database.

Ranking is BM25F (Robertson and Zaragoza 2009, «The Probabilistic Relevance Framework») over two fields: names, and everyday
phrases. A term is a word without accents, the same word with its accents (so that «bán» and «bạn» differ), or two adjacent words.
The scores of a term for each procedure are computed when the index is built. Trials of other rankings: docs/performance.md.

A score is relative to the best that the words of the query could reach, so that one limit fits short and long queries. What BM25F
finds is put in order by a second look (`reranking`).
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from procedures.search import reranking
from procedures.search.reading import (
    MAX_WORDS,
    Word,
    corrected,
    is_filler,
    known_words,
    legal_terms,
    one_slip,
    read_word,
    read_words,
    sounds_like,
    split,
    without_places,
)

SATURATION, LENGTH, PHRASES_LENGTH = 1.2, 0.5, 0.5  # k1 of BM25, and b of names and of phrases
PHRASES_WEIGHT = 0.75  # of a word in a phrase; 1 in a name
PAIR_WEIGHT, ACCENTED_WEIGHT = 1.0, 0.25  # of terms; 1 for a word without accents
LEGAL_WEIGHT = 0.5  # of the legal terms for an everyday phrase of the synonym list
SLIP, SOUND = 0.7, 0.8  # weights of words that may be meant: one typing error, another spelling of the same sound
WHOLE_LINE = 0.3  # added when the query is one of the names or phrases
RANK_WEIGHT = 0.002  # per rank: what can be filed here counts a fifth more
FREQUENT = 20  # a term in the phrases of so many procedures is taken to be as frequent in the phrases that nobody has written
CLEAR, GUESS = 0.8, 0.45  # BM25F scores below which other spellings are tried, and below which nothing is found
SURE = 0.73  # score of the second look from which an answer is certain
SHARE_OF_BEST, MAX_FOUND, MAX_GUESSES = 0.5, 100, 5
MANY = 400  # with so many candidates, the commonest terms add no further ones

Terms = dict[str, float]  # {term: weight}


class Entry(NamedTuple):
    """A procedure in the index. `text`: `search_exact` (one name per line); `rank` decides between equal matches.

    An entry without code is a topic that no procedure is about, such as the weather: when it fits best, nothing is found.
    """

    code: str
    text: str
    rank: int = 0
    phrases: Sequence[str] = ()
    sector: str = ""


class Found(NamedTuple):
    code: str
    score: float

    @property
    def sure(self) -> bool:
        """False for a guess."""
        return self.score >= SURE


class SearchIndex:
    """The index; see `search`."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._hold(entries)
        self.whole_lines: dict[tuple[str, ...], list[int]] = {}
        pairs: Counter[tuple[str, str]] = Counter()
        counted: list[tuple[Counter[str], Counter[str]]] = []
        for number, entry in enumerate(self.entries):
            names, phrases = Counter[str](), Counter[str]()
            for field, lines in ((names, entry.text.split("\n")), (phrases, entry.phrases)):
                for words in filter(None, map(read_words, lines)):
                    field.update(_terms(words))
                    pairs.update({(a.bare, b.bare) for a, b in zip(words, words[1:], strict=False)})
                    alike = self.whole_lines.setdefault(gist(words), [])
                    if number not in alike:
                        alike.append(number)
            counted.append((names, phrases))
        self.pairs = {pair: 1 + math.log(count) for pair, count in pairs.items()}
        self.postings = self._postings(counted)
        self.vocabulary = self._vocabulary()

    def _hold(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self.by_code = {entry.code: number for number, entry in enumerate(self.entries) if entry.code}
        self.sectors = Counter(entry.sector for entry in self.entries)

    def _vocabulary(self) -> set[str]:
        return {term for term in self.rarity if " " not in term and term.isascii()} | known_words()

    def state(self) -> tuple[Any, ...]:
        """What `restored` needs besides the entries, in plain types."""
        postings = {term: (numbers.tobytes(), scores.tobytes()) for term, (numbers, scores) in self.postings.items()}
        return self.whole_lines, self.pairs, self.rarity, self.max_rarity, postings

    @classmethod
    def restored(cls, entries: Iterable[Entry], state: tuple[Any, ...]) -> "SearchIndex":
        """The index over these entries from its `state`. ValueError or TypeError for another's state."""
        index = cls.__new__(cls)
        index._hold(entries)
        index.whole_lines, index.pairs, index.rarity, index.max_rarity, postings = state
        index.postings = {term: (array("I", numbers), array("f", scores)) for term, (numbers, scores) in postings.items()}
        index.vocabulary = index._vocabulary()
        return index

    def _postings(self, counted: Sequence[tuple[Counter[str], Counter[str]]]) -> dict[str, tuple[array, array]]:
        """{term: (numbers of entries, scores)}; sets `rarity`, {term: inverse document frequency}."""
        self.max_rarity = math.log(1 + len(counted))
        self.rarity = {term: math.log(1 + len(counted) / count) for term, count in _frequency(counted).items()}
        average_names, average_phrases = (_average(field[place].total() for field in counted) for place in (0, 1))
        postings: dict[str, tuple[array, array]] = {}
        for number, (names, phrases) in enumerate(counted):
            per_name = 1 / (1 - LENGTH + LENGTH * names.total() / average_names)
            per_phrase = PHRASES_WEIGHT / (1 - PHRASES_LENGTH + PHRASES_LENGTH * phrases.total() / average_phrases)
            for term in names.keys() | phrases.keys():
                often = names[term] * per_name + phrases[term] * per_phrase
                if term not in postings:
                    postings[term] = array("I"), array("f")
                numbers, scores = postings[term]
                numbers.append(number)
                scores.append(self.rarity[term] * _kind_weight(term) * often * (SATURATION + 1) / (often + SATURATION))
        return postings

    # -- searching

    def search(self, text: str) -> list[Found]:
        """[Found], best first. Guesses, at most MAX_GUESSES, when nothing is certain; [] when nothing fits."""
        if text in self.by_code:
            return [Found(text, 1.0)]
        words, found = self.first_look(text)
        if not found or not found[0].code or found[0].score < GUESS:
            return []
        scores = reranking.scores(self, words, self.candidates(found))
        ranked = [Found(self.entries[number].code, score) for number, score in scores.items()]
        ranked.sort(key=lambda one: (-one.score, one.code))
        return ranked if ranked[0].sure else ranked[:MAX_GUESSES]

    def first_look(self, text: str) -> tuple[Sequence[Word], list[Found]]:
        """The words that the text is taken for, and what BM25F finds for them, best first, topics too."""
        typed = read_words(text)[:MAX_WORDS]
        words: Sequence[Word] = without_places(corrected(typed, self.vocabulary, self.pairs))
        found = self._ranked(words)
        if not found or found[0].score < CLEAR or any(map(self._is_unknown, words)):
            for reading in self._other_readings(typed, words):
                other = [Found(code, SOUND * score) for code, score in self._ranked(reading)]
                if other and other[0].score > (found[0].score if found else 0):
                    words, found = reading, other
        return words, found

    def candidates(self, found: Sequence[Found]) -> dict[int, float]:
        """{number of entry: BM25F score} of at most MAX_FOUND that are near the best, without topics."""
        near = [one for one in found[:MAX_FOUND] if one.code and one.score >= SHARE_OF_BEST * found[0].score]
        return {self.by_code[one.code]: one.score for one in near}

    def numbers(self, term: str) -> Sequence[int]:
        """The numbers of the entries that have the term."""
        return self.postings[term][0] if term in self.postings else ()

    def is_a_name(self, text: str) -> bool:
        """True when the text is a name or phrase of one procedure only."""
        return len(self.whole_lines.get(gist(read_words(text)), ())) == 1

    def _ranked(self, words: Sequence[Word]) -> list[Found]:
        """[Found] for these words, best first."""
        terms = self.query_terms(words)
        scores: dict[int, float] = {}
        for term in sorted(terms, key=lambda term: -self.rarity[term]):
            weight, (numbers, values) = terms[term], self.postings[term]
            crowded = len(scores) > MANY and len(numbers) > 2 * MANY
            for number, value in zip(numbers, values, strict=True):
                if number in scores:
                    scores[number] += weight * value
                elif not crowded:
                    scores[number] = weight * value
        possible = (SATURATION + 1) * sum(self.rarity.get(word.bare, self.max_rarity) for word in words)
        for number in self.whole_lines.get(gist(words), ()):
            scores[number] = scores.get(number, 0) + WHOLE_LINE * possible
        found = [
            (score / possible * (1 + RANK_WEIGHT * self.entries[number].rank), self.entries[number].code)
            for number, score in scores.items()
            if score >= SHARE_OF_BEST * GUESS * possible
        ]
        return [Found(code, score) for score, code in sorted(found, key=lambda one: (-one[0], one[1]))]

    def query_terms(self, words: Sequence[Word]) -> Terms:
        """The terms of the query that the index has."""
        terms = dict.fromkeys(_terms(words), 1.0)
        for legal in legal_terms(words):
            terms |= {term: LEGAL_WEIGHT for term in _terms(legal) if term not in terms}
        for place, word in enumerate(words):
            for near, likely in self._meant(word).items():
                around = [*words[max(0, place - 1) : place], read_word(near), *words[place + 1 : place + 2]]
                terms |= {term: likely for term in _terms(around) if term not in terms}
        return {term: weight for term, weight in terms.items() if term in self.postings}

    def _is_unknown(self, word: Word) -> bool:
        """True when the index does not have the word with these accents."""
        return word.accented and _accented(word) not in self.rarity

    def _meant(self, word: Word) -> dict[str, float]:
        """{word of the index: weight} for a word that the index does not have, or not with these accents («dấy»)."""
        if word.bare not in self.vocabulary:
            return {near: SLIP for near in one_slip(word.bare) if near in self.rarity}
        if self._is_unknown(word):
            return {near: SOUND for near in sounds_like(word.bare) if near in self.rarity}
        return {}

    def _other_readings(self, typed: Sequence[Word], words: Sequence[Word]) -> Iterator[Sequence[Word]]:
        """For a query without a certain answer: spaces in the wrong place («kha isinh»), or a typing error or another spelling
        that gives a known word («giấy oc thân», «dấy khai sinh»). A word that the index has with these accents stands."""
        run = "".join(word.bare for word in typed)
        parts = split(run, self.vocabulary, self.pairs)
        if parts and parts != [word.bare for word in typed]:
            yield without_places([read_word(part) for part in parts])
        for place, word in enumerate(words):
            if is_filler(word) or (word.accented and not self._is_unknown(word)):
                continue
            before = words[place - 1].bare if place else ""
            after = words[place + 1].bare if place + 1 < len(words) else ""
            if not self._is_unknown(word) and ((before, word.bare) in self.pairs or (word.bare, after) in self.pairs):
                continue
            meant = {near for near in (*one_slip(word.bare), *sounds_like(word.bare)) if near in self.rarity}
            gains = {near: self.pairs.get((before, near), 0) + self.pairs.get((near, after), 0) for near in meant}
            best = max(gains, key=lambda near: (gains[near], near), default="")
            if best and gains[best]:
                yield [*words[:place], read_word(best), *words[place + 1 :]]


def gist(words: Sequence[Word]) -> tuple[str, ...]:
    """The words without accents and without fillers; with them when there are no others."""
    return tuple(word.bare for word in words if not is_filler(word)) or tuple(word.bare for word in words)


def _terms(words: Sequence[Word]) -> Iterator[str]:
    """Yield the terms of a line: «bán», «ban», «ban xe». A term with accents is the word and its accents in NFD."""
    for word in words:
        yield word.bare
        if word.accented:
            yield _accented(word)
    for left, right in zip(words, words[1:], strict=False):
        yield f"{left.bare} {right.bare}"


def _accented(word: Word) -> str:
    return f"{word.bare}{word.hats}{word.tone}"


def _kind_weight(term: str) -> float:
    if " " in term:
        return PAIR_WEIGHT
    return 1.0 if term.isascii() else ACCENTED_WEIGHT


def _frequency(counted: Sequence[tuple[Counter[str], Counter[str]]]) -> dict[str, float]:
    """{term: how many entries have it, or would have it if all had phrases}.

    Otherwise words of everyday speech, which only the entries with phrases have, would count as rare and draw every question
    to these entries.
    """
    everywhere = Counter(term for names, phrases in counted for term in names.keys() | phrases.keys())
    asked = [names.keys() | phrases.keys() for names, phrases in counted if phrases]
    among_asked = Counter(term for terms in asked for term in terms)
    scale = len(counted) / max(1, len(asked))
    return {
        term: max(count, scale * among_asked[term]) if among_asked[term] > FREQUENT else count
        for term, count in everywhere.items()
    }


def _average(lengths: Iterable[int]) -> float:
    """The mean of the lengths above 0; 1 when there are none."""
    some = [length for length in lengths if length]
    return sum(some) / len(some) if some else 1.0
