"""The place that a query names: «đăng ký tạm trú phường Mường Thanh». Its words choose where to file, not the procedure.

A province is recognised by its name, as are the best-known of the former cities; a commune or an abolished district by its kind
and name. Names before the mergers of 2025 stand for their successor, or for the province that all successors belong to.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from accounts.models import COMMUNE_KINDS, PROVINCE_KINDS, AdministrativeUnit
from accounts.unit_search import plain
from portal.common import clock
from procedures.search.reading import Word, read_word, same, split_words
from procedures.search.reading import places as place_phrases

# Words of kinds, and the kind of unit that each says. A province follows those of PROVINCE_KINDS_TYPED, too.
KINDS = {
    "phuong": "phuong",
    "p": "phuong",
    "xa": "xa",
    "thi tran": "thi_tran",
    "tt": "thi_tran",
    "thi xa": "thi_xa",
    "tx": "thi_xa",
    "quan": "quan",
    "q": "quan",
    "huyen": "huyen",
    "thanh pho": "thanh_pho",
    "tp": "thanh_pho",
    "dac khu": "dac_khu",
}
PROVINCE_KINDS_TYPED = frozenset({"tinh", "tp", "thanh pho"})
CITY = "thanh_pho"  # a former city within a province: Đà Lạt, Nha Trang
OTHER_NAMES = {
    "sai gon": "ho chi minh",
    "tphcm": "ho chi minh",
    "tp hcm": "ho chi minh",
    "hcm": "ho chi minh",
    "thua thien hue": "hue",
}
STREET = "duong"  # «12 đường Điện Biên Phủ» names a street
MAX_NAME_WORDS, MAX_CANDIDATES = 4, 3
Span = tuple[int, int]


@dataclass(frozen=True)
class NamedPlace:
    """A province and, when it is certain, a commune in force. `was`: the abolished unit that the query names, in full, or "".
    `rest`: the query without the words of the place."""

    province: str
    commune: str
    name: str
    was: str
    rest: str


@dataclass(frozen=True)
class _Named:
    """A unit in force, the abolished one it stands for, and where its words stand."""

    unit: AdministrativeUnit
    was: str
    span: Span


def find(text: str) -> NamedPlace | None:
    """The place that the text names, or None. No SQL when no word can begin a place, at most four queries."""
    typed = split_words(text)
    provinces, within_communes = _provinces(typed)
    province = provinces[0] if provinces else None
    shorter = _without(typed, province.span) if province else typed
    found, is_known = _commune(shorter, province.unit if province else None)
    if found:
        unit, above, rest = found.unit, found.unit.parent, " ".join(_without(shorter, found.span))
        if above:
            return NamedPlace(above.code, unit.code, f"{unit.name}, {above.name}", found.was, rest)
        return NamedPlace(unit.code, "", unit.name, found.was, rest)  # the province of all successors
    if province is None and within_communes and not is_known:
        province = within_communes[0]
    if province is None:
        return None
    return NamedPlace(province.unit.code, "", province.unit.name, province.was, " ".join(_without(typed, province.span)))


def _without(typed: Sequence[str], span: Span) -> list[str]:
    return [*typed[: span[0]], *typed[span[1] :]]


def _kind_before(words: Sequence[str], kinds: Iterable[str]) -> str:
    """The kind that the last words say («thi xa», «tp»), or ""."""
    return next((said for size in (2, 1) if (said := " ".join(words[-size:])) in kinds), "")


# ---------------------------------------------------------------- provinces
def _provinces(typed: Sequence[str]) -> tuple[list[_Named], list[_Named]]:
    """(what the names of provinces and cities among the words mean, the same for those after the kind of a commune: «phường Bắc
    Giang»). Provinces come before cities, longer names before shorter ones."""
    spans = list(_phrases([read_word(word) for word in typed]))
    units = _named({name for name, _span in spans}, Q(kind__in=[*PROVINCE_KINDS, CITY]))
    words = [read_word(word).bare for word in typed]
    found: tuple[list[_Named], list[_Named]] = [], []
    for cities in (False, True):
        for name, (start, end) in spans:
            rows = [unit for unit in units if plain(unit.short_name) == name and (unit.kind == CITY) == cities]
            unit, was = _province_now(rows)
            kind = _kind_before(words[:start], {*KINDS, *PROVINCE_KINDS_TYPED})
            if unit and words[start - 1 : start] != [STREET]:
                of_commune = bool(kind) and kind not in PROVINCE_KINDS_TYPED
                found[of_commune].append(_Named(unit, was, (start - len(kind.split()) * (not of_commune), end)))
    return found


def _phrases(words: Sequence[Word]) -> Iterator[tuple[str, Span]]:
    """Yield (name without accents, its span) of the phrases among the words, longest first, none within another."""
    taken: set[int] = set()
    for phrase in place_phrases():
        for start in range(len(words) - len(phrase) + 1):
            end = start + len(phrase)
            if taken.isdisjoint(range(start, end)) and same(words[start:end], phrase):
                taken.update(range(start, end))
                name = " ".join(word.bare for word in phrase)
                yield OTHER_NAMES.get(name, name), (start, end)


def _province_now(units: Sequence[AdministrativeUnit]) -> tuple[AdministrativeUnit | None, str]:
    """(the one province in force that these units are, became or belong to, the unit that is abolished or "")."""
    today = clock.today()
    now = {unit for unit in units if unit.exists_on(today) and unit.is_province}
    if len(now) == 1:
        return now.pop(), ""
    above = {one if one.is_province else one.parent for unit in units for one in unit.successors.all()}
    return (above.pop(), units[0].full_name) if len(above) == 1 and not now else (None, "")


# ---------------------------------------------------------------- communes
def _commune(typed: Sequence[str], province: AdministrativeUnit | None) -> tuple[_Named | None, bool]:
    """(the commune in force that the words name, are there units of that name?). When the unit became several communes of one
    province: that province."""
    candidates = _candidates([read_word(word).bare for word in typed])
    units = _named({name for *_where, names in candidates for name in names}, ~Q(kind__in=PROVINCE_KINDS))
    several, is_known = None, False
    for kind, end, names in candidates:
        for name in names:
            rows = [unit for unit in units if plain(unit.short_name) == plain(name)]
            rows = [unit for unit in rows if unit.kind == KINDS[kind]] or rows
            became = {row: [one for one in _now(row) if province is None or one.parent_id == province.pk] for row in rows}
            meant = [row for row, communes in became.items() if communes]
            if not meant:
                continue
            is_known = True
            now = {one for communes in became.values() for one in communes}
            was = meant[0].full_name if len(meant) == 1 and not meant[0].exists_on(clock.today()) else ""
            span = (end - len(kind.split()), end + len(name.split()))
            if len(now) == 1:
                return _Named(now.pop(), was, span), True
            above = {one.parent for one in now}
            if several is None and len(above) == 1:
                several = _Named(above.pop(), was, span)
            break  # a shorter name would be another unit: «quận Ba Đình» is not «xã Ba»
    return several, is_known


def _candidates(words: Sequence[str]) -> list[tuple[str, int, list[str]]]:
    """[(kind, where its words end, names that may follow, the longest first)]."""
    found = []
    for end in range(1, len(words)):
        kind = _kind_before(words[:end], KINDS)
        names = [" ".join(words[end : end + count]) for count in range(MAX_NAME_WORDS, 0, -1) if end + count <= len(words)]
        if kind and words[end] != "hoi":  # «xã hội»
            found.append((kind, end, names))
    return found[:MAX_CANDIDATES]


def _now(unit: AdministrativeUnit) -> list[AdministrativeUnit]:
    """The communes in force that the unit is or became."""
    units = [unit] if unit.exists_on(clock.today()) else unit.successors.all()
    return [one for one in units if one.kind in COMMUNE_KINDS]


def _named(names: Iterable[str], kinds: Q) -> list[AdministrativeUnit]:
    """All units with one of these names, with their successors. Two queries; none without names."""
    wanted = Q()
    for name in names:
        wanted |= Q(search_text__startswith=f" {plain(name)} |")
    if not wanted:
        return []
    successors = Prefetch("successors", AdministrativeUnit.objects.select_related("parent"))
    return list(AdministrativeUnit.objects.filter(kinds, wanted).select_related("parent__parent").prefetch_related(successors))
