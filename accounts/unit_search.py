"""Finds communes by what people type: any case, with or without accents, abbreviations («p.», «tp»), names before the mergers of
2025. An abolished unit stands for its successors; one that was split gives several, and the person chooses."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, Q, Value, When

from accounts.models import COMMUNE_KINDS, PROVINCE_KINDS, AdministrativeUnit
from portal.common import clock
from portal.common.vietnamese import clean_text, fold, untelex

SUCCESSION = AdministrativeUnit.successors.through
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

    `province`: the code of a province to look in first, then the whole country. The readings of a text go from strict to lenient;
    the first that finds units of the very name counts, else the first that finds any.
    """
    likely: list[FoundUnit] = []
    for reading in _readings(text):
        for place in dict.fromkeys((province, "")):
            rows, is_very_name = _matching(reading, place)
            found = _found(rows, place) if is_very_name or not likely else []
            if found and is_very_name:
                return found
            likely = likely or found
    return likely


def successors_of(code: str) -> list[FoundUnit]:
    """The communes that took over an abolished unit; [] when there are none."""
    return _found(AdministrativeUnit.objects.filter(code=code).exclude(valid_to=None).select_related("parent__parent"), "")


@dataclass(frozen=True)
class Reading:
    """`names`: what the name alone may be, the likeliest first; `words`: what must all be found, in any order; with `begun` the
    last one may be the beginning of a word. `typed`: the name as typed: of equal names the one with these accents comes first."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    begun: bool
    typed: str

    def says_where(self, name: str) -> bool:
        """Does the text say more than this name and its kind?"""
        return len([word for word in self.words if word not in _KIND_WORDS]) > len(name.split())


def _readings(text: str) -> list[Reading]:
    """The readings of a text, without repeats and empty ones."""
    parts = [_expanded(part) for part in re.split(r"[,;|/\n]", text[:MAX_LENGTH])]
    parts = [part for part in parts if part]
    if not parts:
        return []
    words, telex = " ".join(parts).split(), plain(untelex(text[:MAX_LENGTH]))
    bare, names, shorter = _without_kinds(words), _names(parts[0], cut=False), _names(parts[0], cut=len(parts) == 1)
    readings = [
        (shorter, words, False),
        (shorter, bare, False),
        (names, words, True),
        (names, bare, True),
        (names, _without_kinds(parts[0].split()), True),
        (_names(telex, cut=False), telex.split(), True),
    ]
    typed = clean_text(re.split(r"[,;|/\n]", text[:MAX_LENGTH].strip(" ,;|/\n"))[0])
    found = [
        Reading(names, tuple(words[:MAX_WORDS]), begun, typed) for names, words, begun in readings if len(words) > (not begun)
    ]
    return list(dict.fromkeys(found))


def _names(part: str, *, cut: bool) -> tuple[str, ...]:
    """The names a part may begin with: itself, itself without its kind, and with `cut` shorter ones («muong thanh dien bien»)."""
    bare = _LEADING_KIND.sub("", part, count=1).split()[:MAX_WORDS]
    shorter = [" ".join(bare[:count]) for count in range(len(bare), 0, -1)]
    return tuple(dict.fromkeys([part, *(shorter if cut else shorter[:1])]))


def _without_kinds(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _KIND_WORDS]


def _expanded(part: str) -> str:
    """Plain words with abbreviations written out: «P.1» as «phuong 1»."""
    return " ".join(SHORT.get(word, word) for word in plain(part).split())


def _matching(reading: Reading, province: str) -> tuple[list[AdministrativeUnit], bool]:
    """(units with every word in their search text, are there units of the very name?): those first, then names that begin so.

    When the text says where («Mường Thanh, Điện Biên Phủ») and units of the very name are there, only they fit.
    """
    rows = AdministrativeUnit.objects.exclude(kind__in=PROVINCE_KINDS).select_related("parent__parent")
    for word in dict.fromkeys(reading.words):
        rows = rows.filter(search_text__contains=f" {word}" if reading.begun and word == reading.words[-1] else f" {word} ")
    if province:
        inside = AdministrativeUnit.objects.filter(parent__code=province).values_list("pk", flat=True)
        old = SUCCESSION.objects.filter(to_administrativeunit__in=list(inside)).values_list(
            "from_administrativeunit_id", flat=True
        )
        rows = rows.filter(Q(parent__code=province, valid_to=None) | Q(pk__in=list(old)))
    same = [When(search_text__startswith=f" {name} |", then=Value(index)) for index, name in enumerate(reading.names)]
    begins = [When(search_text__startswith=f" {name}", then=Value(len(same))) for name in reading.names[:2]]
    in_force = Case(When(valid_to=None, then=Value(0)), default=Value(1))
    level = Case(When(kind__in=[*COMMUNE_KINDS, "thi_tran"], then=Value(0)), default=Value(1))
    ranked = rows.annotate(rank=Case(*same, *begins, default=Value(len(same) + 1)))
    accents = Case(When(name__icontains=reading.typed, then=Value(0)), default=Value(1))
    found = list(ranked.order_by("rank", in_force, level, accents, "sort_key", "code")[:_ROWS_READ])
    best = found[0].rank if found else len(same)
    if best < len(same) and reading.says_where(reading.names[best]):
        found = [row for row in found if row.rank == best]
    return found, best < len(same)


def _found(rows: Iterable[AdministrativeUnit], province: str) -> list[FoundUnit]:
    """The rows in force, and the successors of abolished ones; each commune once, at its best place."""
    today = clock.today()
    rows = list(rows)
    successors = _successors([row.pk for row in rows if not row.exists_on(today)], today)
    was: dict[AdministrativeUnit, list[str]] = {}
    for row in rows:
        if row.exists_on(today):
            was.setdefault(row, [])
        for unit in successors.get(row.pk, []):
            if not province or unit.parent.code == province:
                was.setdefault(unit, []).append(row.full_name)
    return [
        FoundUnit(unit.code, unit.name, unit.parent.code, unit.parent.name, tuple(names))
        for unit, names in list(was.items())[:MAX_FOUND]
        if unit.parent
    ]


def _successors(ids: Sequence[int], today: dt.date) -> dict[int, list[AdministrativeUnit]]:
    """{id of an abolished unit: the communes in force that succeed it, by name}."""
    pairs = SUCCESSION.objects.filter(from_administrativeunit__in=ids).values_list(
        "from_administrativeunit_id", "to_administrativeunit_id"
    )
    taken_by: dict[int, set[int]] = {}
    for old, new in pairs if ids else []:
        taken_by.setdefault(old, set()).add(new)
    wanted = set().union(*taken_by.values())
    units = AdministrativeUnit.objects.communes().in_force(today).filter(pk__in=wanted).select_related("parent")
    now = list(units.order_by("sort_key")) if wanted else []
    return {old: [unit for unit in now if unit.pk in news] for old, news in taken_by.items()}
