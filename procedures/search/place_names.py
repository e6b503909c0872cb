"""The place that a query names: «đăng ký tạm trú phường Mường Thanh». Its words choose where to file, not the procedure.

A province is recognised by its name, a commune or an abolished district by its kind and name. Names before the mergers of 2025
stand for their successors when there is only one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import COMMUNE_KINDS, PROVINCE_KINDS, AdministrativeUnit
from accounts.unit_search import plain
from portal.common import clock
from procedures.search.reading import places as province_names
from procedures.search.reading import read_word, same, split_words

KINDS = frozenset({"phuong", "xa", "thi tran", "thi xa", "quan", "huyen", "dac khu", "tp", "thanh pho", "tx", "tt", "p", "q"})
PROVINCE_KINDS_TYPED = frozenset({"tinh", "tp", "thanh pho"})
OTHER_NAMES = {"sai gon": "ho chi minh", "tphcm": "ho chi minh", "tp hcm": "ho chi minh", "hcm": "ho chi minh"}
MAX_NAME_WORDS, MAX_CANDIDATES = 4, 3
Span = tuple[int, int]


@dataclass(frozen=True)
class NamedPlace:
    """A province and, when it is certain, a commune in force. `rest`: the query without the words of the place."""

    province: str
    commune: str
    name: str
    was: str
    rest: str


def find(text: str) -> NamedPlace | None:
    """The place that the text names, or None. No SQL when no word can begin a place, at most four queries."""
    typed = split_words(text)
    province, span = _province(typed)
    typed = _without(typed, span)
    commune, was, span = _commune(typed, province)
    rest = " ".join(_without(typed, span))
    if commune:
        return NamedPlace(commune.parent.code, commune.code, f"{commune.name}, {commune.parent.name}", was, rest)
    return NamedPlace(province.code, "", province.name, "", rest) if province else None


def _without(typed: Sequence[str], span: Span) -> list[str]:
    return [*typed[: span[0]], *typed[span[1] :]]


def _province(typed: Sequence[str]) -> tuple[AdministrativeUnit | None, Span]:
    """(the province in force that a name among the words means, where its words stand)."""
    words = [read_word(word) for word in typed]
    for phrase in province_names():
        for start in range(len(words) - len(phrase) + 1):
            end = start + len(phrase)
            if same(words[start:end], phrase):
                name = " ".join(word.bare for word in phrase)
                unit = _province_now(_named([OTHER_NAMES.get(name, name)], Q(kind__in=PROVINCE_KINDS)))
                before = [word.bare for word in words[:start]]
                return unit, (start - _kind_size(before, PROVINCE_KINDS_TYPED), end) if unit else (0, 0)
    return None, (0, 0)


def _kind_size(before: Sequence[str], kinds: Iterable[str]) -> int:
    """How many of the last words say the kind of the unit that follows: 0, 1 or 2."""
    return next((size for size in (2, 1) if " ".join(before[-size:]) in kinds), 0)


def _commune(typed: Sequence[str], province: AdministrativeUnit | None) -> tuple[AdministrativeUnit | None, str, Span]:
    """(the commune in force that the words name, the abolished unit they name, where its words stand)."""
    candidates = _candidates([read_word(word).bare for word in typed])
    units = _named({name for _start, _end, names in candidates for name in names}, ~Q(kind__in=PROVINCE_KINDS))
    for start, end, names in candidates:
        for name in names:
            rows = [unit for unit in units if plain(unit.short_name) == plain(name)]
            now = {one for row in rows for one in _now(row) if province is None or one.parent_id == province.pk}
            if len(now) == 1:
                was = next((row.full_name for row in rows if not row.exists_on(clock.today())), "")
                return now.pop(), was, (start, end + len(name.split()))
    return None, "", (0, 0)


def _candidates(words: Sequence[str]) -> list[tuple[int, int, list[str]]]:
    """[(start of the kind, its end, names that may follow, the longest first)]."""
    found = []
    for end in range(1, len(words)):
        size = _kind_size(words[:end], KINDS)
        names = [" ".join(words[end : end + count]) for count in range(MAX_NAME_WORDS, 0, -1) if end + count <= len(words)]
        if size and words[end] != "hoi":  # «xã hội»
            found.append((end - size, end, names))
    return found[:MAX_CANDIDATES]


def _named(names: Iterable[str], kinds: Q) -> list[AdministrativeUnit]:
    """Units with one of these names. One query; none without names."""
    wanted = Q()
    for name in names:
        wanted |= Q(search_text__startswith=f" {plain(name)} |")
    return list(AdministrativeUnit.objects.filter(kinds, wanted).select_related("parent__parent")[:60]) if wanted else []


def _now(unit: AdministrativeUnit) -> list[AdministrativeUnit]:
    """The communes in force that the unit is or became. A query for an abolished one."""
    units = [unit] if unit.exists_on(clock.today()) else unit.successors.select_related("parent")
    return [one for one in units if one.kind in COMMUNE_KINDS]


def _province_now(units: Sequence[AdministrativeUnit]) -> AdministrativeUnit | None:
    """The one province in force that these units are or became."""
    now = {unit for unit in units if unit.exists_on(clock.today())}
    now = now or {one for unit in units for one in unit.successors.all()}
    return now.pop() if len(now) == 1 else None
