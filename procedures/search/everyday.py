"""Everyday phrases: how people ask for a procedure, as `data/everyday.json` lists them; and topics that no procedure is about."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from procedures.search.index import Entry
from procedures.search.words import OUTSIDE

TOPIC_RANK = 30  # so that a topic is not outweighed by the rank of procedures alone


def phrases() -> Mapping[str, Sequence[str]]:
    """{procedure code: phrases}. The file is read once per process."""
    return phrases_in(settings.DATA_DIR / "everyday.json")


@cache
def phrases_in(path: Path) -> Mapping[str, Sequence[str]]:
    return {code: [text for texts in voices.values() for text in texts] for code, voices in _rows(path).items()}


def _rows(path: Path) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """{procedure code: {voice: phrases}}."""
    return json.loads(path.read_text("utf-8"))["phrases"]


def without_a_voice() -> Iterator[tuple[str, dict[str, list[str]], list[dict[str, Any]]]]:
    """For cross-validation: yield (voice, the phrases of all other voices, the phrases of this one as queries)."""
    rows = _rows(settings.DATA_DIR / "everyday.json")
    for voice in sorted({voice for voices in rows.values() for voice in voices}):
        others = {
            code: [text for other, texts in voices.items() if other != voice for text in texts] for code, voices in rows.items()
        }
        meant: dict[str, list[str]] = {}  # one phrase may be written for several procedures
        for code, voices in rows.items():
            for text in voices.get(voice, ()):
                meant.setdefault(text, []).append(code)
        queries = [{"query": text, "expected": codes} for text, codes in meant.items()]
        yield voice, others, queries


def outside_topics() -> list[Entry]:
    """Entries without code: the weather, football … A query that fits one best finds nothing."""
    lines = [line for line in OUTSIDE.splitlines() if line and not line.startswith("#")]
    return [Entry("", "", TOPIC_RANK, [phrase.strip() for phrase in line.split(",")]) for line in lines]
