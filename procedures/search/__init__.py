"""Search in the catalogue: `find(text)` returns codes, best first; `everything()` returns all codes, by rank.

The index is in the memory of each web process. Each search makes one cheap query to see whether the catalogue has changed.
"""

import threading
from typing import Any, NamedTuple

from django.db import connection
from django.db.models.fields.json import KeyTransform

from procedures.models import Procedure
from procedures.search.index import Entry, SearchIndex

__all__ = ["Catalogue", "everything", "find"]


class Catalogue(NamedTuple):
    """The index, all codes in order, and the data of the filters."""

    stamp: tuple[Any, ...]
    index: SearchIndex  # type: ignore[assignment]  # hides tuple.index, which nobody calls
    codes: list[str]
    audiences: dict[str, list[str]]
    listed: dict[str, bool]


STAMP_SQL = "search_exact || '|' || rank || '|' || listed"
_cached: Catalogue | None = None
_building = threading.Lock()


def find(text: str) -> list[str]:
    """Codes of the procedures that match this text, best first. Empty when none matches well enough."""
    return [found.code for found in catalogue().index.search(text)]


def everything() -> list[str]:
    """All codes: by rank, so that procedures that can be filed here come first."""
    return catalogue().codes


def catalogue() -> Catalogue:
    """The cached index; rebuilt when a procedure was added or its names or rank have changed. One query, two after a change."""
    global _cached
    stamp = _stamp()
    cached = _cached
    if cached is None or cached.stamp != stamp:
        with _building:
            cached = _cached
            if cached is None or cached.stamp != stamp:
                cached = _cached = _build(stamp)
    return cached


def _stamp() -> tuple[Any, ...]:
    """A value that changes when the search text, rank or `listed` of any procedure changes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), sum(hashtextextended({STAMP_SQL}, 0)) FROM {Procedure._meta.db_table}")
        return cursor.fetchone()


def _build(stamp: tuple[Any, ...]) -> Catalogue:
    rows = list(
        Procedure.objects.order_by("-rank", "code").values_list(
            "code", "search_exact", "rank", "listed", KeyTransform("audience", "facts")
        )
    )
    return Catalogue(
        stamp,
        SearchIndex(Entry(code, text, rank) for code, text, rank, _, _ in rows),
        [code for code, *_ in rows],
        {code: audience or [] for code, *_, audience in rows},
        {code: listed for code, _, _, listed, _ in rows},
    )
