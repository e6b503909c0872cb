"""Measures the search over a file of queries, with the shipped data and no database.

Figures: hit@1 and hit@5 (an expected procedure is first, or among the first five; procedures of the same name count as one, as on
the page), hit@1 by code (the first code itself is an expected one), MRR (mean of 1 / its place), nothing found, guessed, and CPU
time of a search. A file has the format of `data/search_queries_dev.json`; queries without `expected` are questions that no
procedure answers and count apart.
"""

import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from procedures.loading import DataFolder
from procedures.loading.index import facts_of
from procedures.search import everyday, twins
from procedures.search import index as index_module
from procedures.search.index import Entry, SearchIndex
from procedures.search.text import first_line, search_columns

# Settings among which `leave_a_third_out` chooses: constants of `procedures.search.index`.
SETTINGS: dict[str, dict[str, float]] = {
    "kept": {},
    "no synonyms": {"LEGAL_WEIGHT": 0.0},
    "no accented words": {"ACCENTED_WEIGHT": 0.0},
    "accented words count 0.75": {"ACCENTED_WEIGHT": 0.75},
    "pairs count half": {"PAIR_WEIGHT": 0.5},
    "phrases count as names": {"PHRASES_WEIGHT": 1.0},
    "length of phrases normalised by 0.8": {"PHRASES_LENGTH": 0.8},
}


class Figures(NamedTuple):
    """Shares are 0–1, `p95` is in milliseconds of CPU. `wrong`: (query, first codes found) where none expected was first."""

    queries: int
    hit_1: float
    hit_1_by_code: float
    hit_5: float
    mrr: float
    nothing: float
    guessed: float
    p95: float
    outside: int
    outside_answered: int
    wrong: list[tuple[str, list[str]]]


def shipped_index(phrases: Mapping[str, Sequence[str]] | None = None, folder: DataFolder | None = None) -> SearchIndex:
    """The index over the whole shipped catalogue, as the loader would write it; with other `phrases` for trials."""
    folder = folder or DataFolder()
    phrases = everyday.phrases() if phrases is None else phrases
    curated = {row["code"]: row for row in folder.procedures()}
    forms = {form["key"]: form["form_code"] for form in folder.read("forms.json")["forms"]}
    texts, ranks, sectors = dict[str, str](), dict[str, int](), dict[str, str]()
    for row in folder.index_rows():
        code, known = row["code"], curated.get(row["code"])
        name, form = (known["name"], forms.get(known["form_key"])) if known else (row["name"], None)
        columns = search_columns(code, name, known, facts_of(row), form)
        texts[code], ranks[code], sectors[code] = columns["search_exact"], columns["rank"], row["field_code"]
    known_phrases = twins.shared(phrases, {code: twins.matter(first_line(text)) for code, text in texts.items()})
    entries = [Entry(code, text, ranks[code], known_phrases[code], sectors[code]) for code, text in texts.items()]
    return SearchIndex([*entries, *everyday.outside_topics()])


def measure(index: SearchIndex, queries: Iterable[Mapping[str, Any]]) -> Figures:
    """The figures of this index over queries {query, expected}. As on the page, twins are one result (see `twins`)."""
    matters = {entry.code: twins.matter(first_line(entry.text)) for entry in index.entries if entry.code}
    places: list[int | None] = []
    times, wrong = [], []
    nothing = guessed = outside = outside_answered = by_code = 0
    for row in queries:
        started = time.process_time()
        found = index.search(row["query"])
        times.append(1000 * (time.process_time() - started))
        if not row["expected"]:
            outside, outside_answered = outside + 1, outside_answered + bool(found)
            continue
        shown = twins.grouped((one.code for one in found), matters)
        right = {matters.get(code, code) for code in row["expected"]}
        place = next((place for place, code in enumerate(shown) if matters[code] in right), None)
        places.append(place)
        by_code += bool(found) and found[0].code in row["expected"]
        nothing += not found
        guessed += bool(found) and not found[0].sure
        if place != 0:
            wrong.append((row["query"], [one.code for one in found[:3]]))
    asked = max(1, len(places))
    return Figures(
        queries=len(places),
        hit_1=sum(place == 0 for place in places) / asked,
        hit_1_by_code=by_code / asked,
        hit_5=sum(place is not None and place < 5 for place in places) / asked,
        mrr=sum(1 / (place + 1) for place in places if place is not None) / asked,
        nothing=nothing / asked,
        guessed=guessed / asked,
        p95=sorted(times)[int(0.95 * len(times))] if times else 0.0,
        outside=outside,
        outside_answered=outside_answered,
        wrong=wrong,
    )


def leave_a_third_out(queries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Figures]]:
    """Yield the figures of every third under the settings that are best on the other two, then those of each setting on all.

    Which query is in which third is drawn with a fixed seed. The kept settings win a tie.
    """
    drawn = list(queries)
    random.Random(3).shuffle(drawn)
    thirds = [drawn[start::3] for start in range(3)]
    figures = {name: _measure_with(settings, [*thirds, drawn]) for name, settings in SETTINGS.items()}
    for number in range(len(thirds)):
        rest = [other for other in range(3) if other != number]
        best = max(
            figures, key=lambda name: [sum(getattr(figures[name][other], key) for other in rest) for key in ("hit_1", "mrr")]
        )
        yield f"third {number + 1}, chosen: {best}", figures[best][number]
    for name, measured in figures.items():
        yield f"all, {name}", measured[-1]


def _measure_with(settings: Mapping[str, float], bodies: Sequence[Sequence[Mapping[str, Any]]]) -> list[Figures]:
    """The figures over each body of queries, with these constants of the index instead of its own."""
    kept = {name: getattr(index_module, name) for name in settings}
    try:
        for name, value in settings.items():
            setattr(index_module, name, value)
        index = shipped_index()
        return [measure(index, queries) for queries in bodies]
    finally:
        for name, value in kept.items():
            setattr(index_module, name, value)
