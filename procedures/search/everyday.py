"""Everyday phrases: how people ask for a procedure, as `data/everyday.json` lists them; and topics that no procedure is about."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from django.conf import settings

from procedures.search.index import Entry
from procedures.search.words import OUTSIDE


def phrases() -> Mapping[str, Sequence[str]]:
    """{procedure code: phrases}. The file is read once per process."""
    return phrases_in(settings.DATA_DIR / "everyday.json")


@cache
def phrases_in(path: Path) -> Mapping[str, Sequence[str]]:
    rows = json.loads(path.read_text("utf-8"))["phrases"]
    return {code: [text for texts in voices.values() for text in texts] for code, voices in rows.items()}


def outside_topics() -> list[Entry]:
    """Entries without code: the weather, football … A query that fits one best finds nothing."""
    lines = [line for line in OUTSIDE.splitlines() if line and not line.startswith("#")]
    return [Entry("", "", phrases=[phrase.strip() for phrase in line.split(",")]) for line in lines]
