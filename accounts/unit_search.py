"""Finds communes by what people type: any case, with or without accents, abbreviations («p.», «tp»), names before the mergers of
2025. An abolished unit stands for its successors; one that was split gives several, and the person chooses."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from accounts.models import COMMUNE_KINDS, PROVINCE_KINDS, AdministrativeUnit
from portal.common import clock
from portal.common.vietnamese import fold, untelex

MAX_LENGTH = 120  # characters of a query that are read
MAX_FOUND = 20
MAX_WORDS = 12
_ROWS_READ = 40  # matching units looked at; several may have the same successor
SHORT = {
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "tx": "thi xa",
    "tp": "thanh pho",
    "q": "quan",
    "h": "huyen",
    "t": "tinh",
    "dk": "dac khu",
    "hcm": "ho chi minh",
    "tphcm": "thanh pho ho chi minh",
    "hn": "ha noi",
}
KINDS = ("phuong", "xa", "thi tran", "thi xa", "thanh pho", "quan", "huyen", "tinh", "dac khu")
_LEADING_KIND = re.compile(rf"(?:{'|'.join(KINDS)}) (?=.)")
_KIND_WORDS = frozenset(" ".join(KINDS).split())


@dataclass(frozen=True)
class FoundUnit:
    """A commune in force. `was`: the abolished units of the query that it succeeds, in full."""

    code: str
    name: str
    province: str
    province_name: str
    was: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation, numbers without leading zeros: «Phường 01 (B’Lao)» as «phuong 1 blao»."""
    bare = re.sub(r"['’ʼ`]", "", fold(text))
    return " ".join(word.lstrip("0") or "0" for word in re.findall(r"[a-z]+|[0-9]+", bare))


def search_text(short: str, name: str, within: Iterable[str] = ()) -> str:
    """What the rows are searched by: the name alone first, then with its kind, then the units it belongs to."""
    return f" {' | '.join(plain(part) for part in (short, name, *within))} |"


def find(text: str, province: str = "") -> list[FoundUnit]:
    """Communes in force that fit the text, best first, at most MAX_FOUND; [] when nothing fits.

    `province`: the code of a province to look in first; when nothing there fits, the whole country is looked at. Two queries
    a reading; readings from strict to lenient: all words; without kinds («xã», «quận»); the first part alone; as Telex keys.
    """
    for place in dict.fromkeys((province, "")):
        for own, words in _readings(text):
            if found := _found(_matching(own, words, place), place):
                return found
    return []


def successors_of(code: str) -> list[FoundUnit]:
    """The communes that took over an abolished unit; [] when there are none."""
    return _found(AdministrativeUnit.objects.filter(code=code).exclude(valid_to=None), "")


def _readings(text: str) -> list[tuple[str, Sequence[str]]]:
    """[(name looked for, words that must all be there)], without repeats and empty ones."""
    parts = [_expanded(part) for part in re.split(r"[,;|/\n]", text[:MAX_LENGTH])]
    parts = [part for part in parts if part]
    if not parts:
        return []
    own, words = parts[0], " ".join(parts).split()
    telex = plain(untelex(text[:MAX_LENGTH]))
    readings = [
        (own, words),
        (own, [word for word in words if word not in _KIND_WORDS]),
        (own, [word for word in own.split() if word not in _KIND_WORDS] if len(parts) > 1 else []),
        (telex, telex.split()),
    ]
    return [
        (own, words[:MAX_WORDS]) for index, (own, words) in enumerate(readings) if words and (own, words) not in readings[:index]
    ]


def _expanded(part: str) -> str:
    """Plain words with abbreviations written out: «P.1» as «phuong 1»."""
    return " ".join(SHORT.get(word, word) for word in plain(part).split())


def _matching(own: str, words: Sequence[str], province: str) -> QuerySet[AdministrativeUnit]:
    """Units whose search text contains every word or its beginning, ordered: same name, name begins so, the rest."""
    names = dict.fromkeys([own, _LEADING_KIND.sub("", own, count=1)])
    same, begins = Q(), Q()
    for name in names:
        same |= Q(search_text__startswith=f" {name} |")
        begins |= Q(search_text__startswith=f" {name}")
    rows = AdministrativeUnit.objects.exclude(kind__in=PROVINCE_KINDS)
    for word in dict.fromkeys(words):
        rows = rows.filter(search_text__contains=f" {word}")
    if province:
        taken_over = AdministrativeUnit.successors.through.objects.filter(
            from_administrativeunit=OuterRef("pk"), to_administrativeunit__parent__code=province
        )
        rows = rows.filter(Q(parent__code=province, valid_to=None) | Exists(taken_over))
    rank = Case(When(same, then=Value(0)), When(begins, then=Value(1)), default=Value(2))
    in_force = Case(When(valid_to=None, then=Value(0)), default=Value(1))
    level = Case(When(kind__in=[*COMMUNE_KINDS, "thi_tran"], then=Value(0)), default=Value(1))
    return rows.order_by(rank, in_force, level, "sort_key", "code")[:_ROWS_READ]


def _found(rows: QuerySet[AdministrativeUnit], province: str) -> list[FoundUnit]:
    """The rows in force, and the successors of abolished ones; each commune once, at its best place."""
    today = clock.today()
    new = AdministrativeUnit.objects.communes().in_force(today).select_related("parent").order_by("sort_key")
    was: dict[AdministrativeUnit, list[str]] = {}
    for row in rows.select_related("parent__parent").prefetch_related(Prefetch("successors", new, to_attr="successors_now")):
        if row.exists_on(today):
            was.setdefault(row, [])
            continue
        for unit in row.successors_now:
            if not province or unit.parent.code == province:
                was.setdefault(unit, []).append(row.full_name)
    return [
        FoundUnit(unit.code, unit.name, unit.parent.code, unit.parent.name, tuple(names))
        for unit, names in list(was.items())[:MAX_FOUND]
        if unit.parent
    ]
