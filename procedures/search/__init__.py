"""Search in the catalogue: `find(text)` answers a query; `everything()` returns all codes, by rank.

The index is in the memory of each web process. Each search makes one cheap query to see whether the catalogue has changed.
"""

import threading
from collections import defaultdict
from typing import Any, NamedTuple

from django.db import connection
from django.db.models.fields.json import KeyTransform

from portal.common.vietnamese import fold
from procedures.models import Procedure, SearchAlias
from procedures.search import everyday, place_names, stored, twins
from procedures.search.index import Entry, SearchIndex, gist
from procedures.search.place_names import NamedPlace
from procedures.search.reading import read_words
from procedures.search.text import first_line

__all__ = ["Answer", "Catalogue", "everything", "find"]


class Answer(NamedTuple):
    """`codes`: best first; when not `sure`, they are guesses. `place`: the place that the query names."""

    codes: list[str]
    sure: bool = True
    place: NamedPlace | None = None
    choices: tuple[str, ...] = ()  # codes among which a word of several meanings leaves the choice


class Catalogue(NamedTuple):
    """The index, all codes in order, and the data of the filters."""

    stamp: tuple[Any, ...]
    index: SearchIndex  # type: ignore[assignment]  # hides tuple.index, which nobody calls
    codes: list[str]
    audiences: dict[str, list[str]]
    listed: dict[str, bool]
    matters: dict[str, str]  # equal for twins
    names: list[tuple[tuple[str, ...], str]]  # (words without accents, code) of what can be filed here, by rank: for suggestions


STAMP_SQL = "search_exact || '|' || rank || '|' || listed || '|' || coalesce(sector_id, 0)"
# A query of so few words besides fillers, and so many results as good as the best: the page asks which one.
CHOICE_WORDS, CHOICES, CHOICE_SHARE = 3, 3, 0.85
_cached: Catalogue | None = None
_building = threading.Lock()


def find(text: str) -> Answer:
    """The answer to a query. Up to four SQL queries more when the text may name a place."""
    known = catalogue()
    place = place_names.find(text)
    rest = place.rest if place and place.rest else text
    found = known.index.search(rest)
    if not found:
        return Answer([], sure=False, place=place)
    return Answer([one.code for one in found], found[0].sure, place, _choices(known, rest, found))


def _choices(known: Catalogue, text: str, found: list[Any]) -> tuple[str, ...]:
    """The procedures that can be filed here and fit a short query equally well; () when there are fewer than CHOICES."""
    if len(gist(read_words(text))) > CHOICE_WORDS or not found[0].sure:
        return ()
    equal = [one.code for one in found if one.score >= CHOICE_SHARE * found[0].score and not known.listed[one.code]]
    return tuple(equal[:6]) if len(equal) >= CHOICES and not known.index.is_a_name(text) else ()


def everything() -> list[str]:
    """All codes: by rank, so that procedures that can be filed here come first."""
    return catalogue().codes


def catalogue() -> Catalogue:
    """The cached index; rebuilt when a procedure was added or its names, rank or aliases have changed. One query, three after a
    change. Building takes seconds: meanwhile other threads answer with the former index."""
    global _cached
    stamp = _stamp()
    cached = _cached
    if cached is not None and (cached.stamp == stamp or _building.locked()):
        return cached
    with _building:
        cached = _cached
        if cached is None or cached.stamp != stamp:
            cached = _cached = _build(stamp)
    return cached


def _stamp() -> tuple[Any, ...]:
    """A value that changes when the search text, rank or `listed` of any procedure changes, or an alias."""
    procedures, aliases = Procedure._meta.db_table, SearchAlias._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), sum(hashtextextended({STAMP_SQL}, 0)),"
            f" (SELECT sum(hashtextextended(procedure_id || '|' || text, 0)) FROM {aliases}) FROM {procedures}"
        )
        return cursor.fetchone()


def _build(stamp: tuple[Any, ...]) -> Catalogue:
    rows = list(
        Procedure.objects.announced()
        .order_by("-rank", "code")
        .values_list("code", "search_exact", "rank", "listed", "sector_id", KeyTransform("audience", "facts"))
    )
    aliases = defaultdict[str, list[str]](list)
    for code, text in SearchAlias.objects.values_list("procedure__code", "text"):
        aliases[code].append(text)
    matters = {code: twins.matter(first_line(text)) for code, text, *_ in rows}
    phrases = twins.shared(everyday.phrases(), matters)
    entries = [Entry(code, text, rank, [*phrases[code], *aliases[code]], str(sector)) for code, text, rank, _, sector, _ in rows]
    return Catalogue(
        stamp,
        stored.index_of([*entries, *everyday.outside_topics()]),
        [code for code, *_ in rows],
        {code: audience or [] for code, *_, audience in rows},
        {code: listed for code, _, _, listed, *_ in rows},
        matters,
        [(tuple(fold(name).split()), code) for code, text, _, listed, *_ in rows if not listed for name in text.split("\n")],
    )
