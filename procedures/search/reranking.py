"""The second look at what a search has found: which of near procedures is meant.

BM25F brings the procedures about a matter to the front. Which of them is meant («cấp», «cấp lại», «gia hạn»; in the country,
abroad; of another sector) shows better in what a question and a procedure do not share. The score is a weighted sum of `Signs`;
the weights were fitted to the phrases (`./portalctl search-eval --fit`), each judged by an index without its voice.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from procedures.search.reading import Word, read_words, steps

if TYPE_CHECKING:
    from procedures.search.index import SearchIndex

SECTOR_TERMS = 800  # a term of more procedures than that says nothing about the sector
SECTOR_PRIOR = 10  # procedures added to each sector, spread as in the whole catalogue


class Signs(NamedTuple):
    """How well a procedure fits a question. In shares of words a rare word counts more, one of the synonym list less."""

    bm25: float  # of what the words could reach
    known: float  # share of the question's words that the procedure has, in names or phrases
    named: float  # share of the question's words that its names have
    complete: float  # share of the words of its official name that the question has
    asked_steps: float  # steps in its name («cấp lại», «gia hạn») that the question asks for
    other_steps: float  # steps in its name that the question does not ask for
    sector: float  # tenths of the logarithm of how much likelier these words are in its sector than elsewhere
    rank: float  # in hundreds


# The first four sum to 1, so that a score is of the size of a share.
WEIGHTS = Signs(0.655, 0.09, 0.12, 0.135, 0.077, -0.015, 0.05, 0.04)


def scores(index: "SearchIndex", words: Sequence[Word], found: Mapping[int, float]) -> dict[int, float]:
    """{number of entry: score} for numbers with their BM25F score."""
    return {
        number: sum(weight * sign for weight, sign in zip(WEIGHTS, one, strict=True))
        for number, one in signs(index, words, found).items()
    }


def signs(index: "SearchIndex", words: Sequence[Word], found: Mapping[int, float]) -> dict[int, Signs]:
    """{number of entry: Signs} for numbers with their BM25F score."""
    whole = sum(index.rarity.get(word, index.max_rarity) for word in {word.bare for word in words}) or 1
    asked = {term: weight for term, weight in index.query_terms(words).items() if term.isascii() and " " not in term}
    wanted = steps(words, of_name=False)
    known = dict.fromkeys(found, 0.0)
    for word, weight in asked.items():
        for number in known.keys() & index.numbers(word):
            known[number] += weight * index.rarity[word]
    of_sector = _sector_signs(index, words, {index.entries[number].sector for number in found})
    answer = {}
    for number, score in found.items():
        entry = index.entries[number]
        names, first, its_steps = _name(entry.text)
        official = {word: index.rarity[word] for word in first}
        answer[number] = Signs(
            score,
            known[number] / whole,
            sum(weight * index.rarity[word] for word, weight in asked.items() if word in names) / whole,
            sum(asked.get(word, 0) * rarity for word, rarity in official.items()) / (sum(official.values()) or 1),
            len(its_steps & wanted),
            len(its_steps - wanted),
            of_sector[entry.sector],
            entry.rank / 100,
        )
    return answer


@lru_cache(maxsize=8_000)
def _name(text: str) -> tuple[frozenset[str], frozenset[str], frozenset[int]]:
    """(bare words of all names, of the official name, steps of the official name) of an entry's text."""
    lines = [read_words(line) for line in text.split("\n")]
    names = frozenset(word.bare for line in lines for word in line)
    return names, frozenset(word.bare for word in lines[0]), steps(lines[0], of_name=True)


def _sector_signs(index: "SearchIndex", words: Sequence[Word], sectors: Collection[str]) -> dict[str, float]:
    """{sector: the sign of these words}: naive Bayes over the procedures that have a word or pair."""
    pairs = [f"{left.bare} {right.bare}" for left, right in zip(words, words[1:], strict=False)]
    answer = dict.fromkeys(sectors, 0.0)
    for term in {*(word.bare for word in words), *pairs}:
        numbers = index.numbers(term)
        if not 0 < len(numbers) <= SECTOR_TERMS:
            continue
        count = Counter(index.entries[number].sector for number in numbers)
        share = len(numbers) / len(index.entries)
        for sector in sectors:
            expected = (index.sectors[sector] + SECTOR_PRIOR) * share
            answer[sector] += math.log((count[sector] + SECTOR_PRIOR * share) / expected) / 10
    return answer
