"""Fits the weights of the second look (`reranking`) to the everyday phrases, by cross-validation.

Each voice is left out of the index in turn and its phrases are the questions, so that no procedure is recognised by the phrase
itself. Gradient descent maximises the likelihood of the meant procedure among the first candidates (a softmax over their scores).
"""

import math
import random
from collections.abc import Iterator, Sequence

from procedures.search import everyday, measuring, reranking, twins
from procedures.search.reranking import Signs
from procedures.search.text import first_line

OF_A_VOICE, CANDIDATES = 200, 30
STEPS, STEP_SIZE, DECAY = 150, 0.5, 0.001
# The phrases are spread evenly over the catalogue, what people ask for is not: the weight of `rank` is chosen, not fitted.
HALFWAY = 0.5  # from BM25F alone to what fits best; all the way hit@5 and what can be filed here fall (docs/performance.md)
FITTED = [place for place, name in enumerate(Signs._fields) if name != "rank"]

Question = tuple[list[Signs], list[bool]]  # the signs of each candidate, and whether it is meant


def questions(of_a_voice: int = OF_A_VOICE) -> Iterator[Question]:
    """Yield questions drawn with a fixed seed whose procedure is among the candidates, but not all of them."""
    for _voice, phrases, queries in everyday.without_a_voice():
        index = measuring.shipped_index(phrases)
        random.Random(11).shuffle(queries)
        matters = {entry.code: twins.matter(first_line(entry.text)) for entry in index.entries}
        for query in queries[:of_a_voice]:
            words, found = index.first_look(query["query"])
            signs = reranking.signs(index, words, index.candidates(found[:CANDIDATES]))
            right = {matters[code] for code in query["expected"] if code in matters}
            meant = [matters[index.entries[number].code] in right for number in signs]
            if any(meant) and not all(meant):
                yield list(signs.values()), meant


def fit(asked: Sequence[Question]) -> Signs:
    """The weights, halfway from BM25F alone; the first four sum to 1. That of `rank` is as it was."""
    spread = [_spread([signs[place] for row, _ in asked for signs in row]) for place in FITTED]
    weights = [0.0] * len(Signs._fields)
    for _ in range(STEPS):
        weights[-1] = reranking.WEIGHTS.rank / HALFWAY * sum(weights[:4])
        slopes = [0.0] * len(FITTED)
        for row, meant in asked:
            for place, slope in enumerate(_slopes(weights, row, meant)):
                slopes[place] += slope / len(asked)
        for place, by in enumerate(spread):  # as if each sign had a standard deviation of 1
            weights[place] -= STEP_SIZE * (slopes[place] / by + DECAY * weights[place] * by) / by
    moved = [HALFWAY * weight / sum(weights[:4]) for weight in weights]
    return Signs._make([1 - HALFWAY + moved[0], *moved[1:-1], reranking.WEIGHTS.rank])


def _slopes(weights: Sequence[float], row: Sequence[Signs], meant: Sequence[bool]) -> list[float]:
    """The gradient of minus the logarithm of the likelihood of one question."""
    scores = [sum(weight * sign for weight, sign in zip(weights, signs, strict=True)) for signs in row]
    top = max(scores)
    shares = [math.exp(score - top) for score in scores]
    whole, right = sum(shares), sum(share for share, yes in zip(shares, meant, strict=True) if yes)
    pulls = [share / whole - (share / right if yes else 0) for share, yes in zip(shares, meant, strict=True)]
    return [sum(pull * signs[place] for pull, signs in zip(pulls, row, strict=True)) for place in FITTED]


def _spread(values: Sequence[float]) -> float:
    """The standard deviation; 1 when all are equal."""
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) or 1.0
