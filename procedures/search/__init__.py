"""Searching the catalogue: `find(text)` gives codes, best first; `everything()` gives all of them, most asked for first.

The index lives in the memory of each web process. One cheap query a search tells whether the catalogue has changed since.
"""

import threading
from typing import NamedTuple

from django.db import connection
from django.db.models.fields.json import KeyTransform

from procedures.models import Procedure
from procedures.search.index import Entry, SearchIndex

__all__ = ["Catalogue", "everything", "find"]


class Catalogue(NamedTuple):
    """The index as it was built, the order of all procedures, and what the filters ask without another query."""

    stamp: tuple
    index: SearchIndex
    codes: list[str]
    audiences: dict[str, list[str]]
    listed: dict[str, bool]


STAMP_SQL = "search_exact || '|' || rank || '|' || listed"
_cached: Catalogue | None = None
_building = threading.Lock()


def find(text):
    """Codes of the procedures that answer this question, best first. Empty when none is close enough."""
    return [found.code for found in catalogue().index.search(text)]


def everything():
    """All codes: what can be filed here first, then what most people ask for."""
    return catalogue().codes


def catalogue():
    """The index, built anew when a procedure was added, renamed or ranked otherwise. One query, two after a change."""
    global _cached
    stamp = _stamp()
    cached = _cached
    if cached is None or cached.stamp != stamp:
        with _building:
            cached = _cached
            if cached is None or cached.stamp != stamp:
                cached = _cached = _build(stamp)
    return cached


def _stamp():
    """A number that changes with any text, rank or standing of any procedure."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), sum(hashtextextended({STAMP_SQL}, 0)) FROM {Procedure._meta.db_table}")
        return cursor.fetchone()


def _build(stamp):
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
