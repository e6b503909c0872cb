"""Options that a form does not list itself: territory, agencies, countries."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from accounts import unit_search
from accounts.models import COMMUNE_KINDS, PROVINCE_KINDS, AdministrativeUnit, Agency
from accounts.unit_search import FoundUnit
from portal.common import clock
from portal.common.countries import HOME, countries
from procedures.eforms.dates import Calendar, Weekdays
from procedures.models import working_calendar

PROVINCE_OR_COUNTRY = "province_or_country"  # a list of both, for a place of birth: provinces first, then countries


class Option(NamedTuple):
    """An option: `value` is stored, `label` is shown; `parent` is the province of a commune."""

    value: str
    label: str
    parent: str = ""


STATELESS = Option("XX", "Không quốc tịch")  # a nationality, no country; the code is one that ISO 3166-1 leaves to its users


class Sources(Protocol):
    """Named lists of options. `find` also returns options that can no longer be chosen, to label old answers."""

    def options(self, name: str, parent: str | None = None) -> list[Option]: ...

    def find(self, name: str, code: str) -> Option | None: ...

    def can_choose(self, name: str, code: str) -> bool: ...

    def label(self, name: str, code: str) -> str: ...

    def expect(self, communes: Iterable[str]) -> None:
        """Read these communes at once, because `find` will be asked for them."""

    def find_communes(self, text: str, province: str = "") -> list[FoundUnit]:
        """Communes that can be chosen, by a typed name, also an old one."""
        ...

    def successors(self, commune: str) -> list[FoundUnit]:
        """The communes that took over an abolished one."""
        ...

    @property
    def calendar(self) -> Calendar:
        """The calendar of working days, for bounds such as "+3wd"."""
        ...


class StaticSources:
    """Options given as lists, and all countries. An unknown name has no options."""

    def __init__(self, rows: Mapping[str, Iterable[Option]] | None = None):
        self._current = {
            "country": _countries(),
            "nationality": [*_countries(), STATELESS],
            **{name: list(options) for name, options in (rows or {}).items()},
        }
        self._index: dict[str, dict[str, Option]] = {}

    @classmethod
    def from_files(cls, agencies: Mapping[str, Any], communes: Mapping[str, Any] | None = None) -> "StaticSources":
        """The territory and agencies of a parsed agencies.json, with the other communes of a parsed communes.json."""
        units = agencies["administrative_units"]
        others = [row for row in communes["communes"] if "our_code" not in row] if communes else []
        return cls(
            {
                "province": [Option(u["code"], u["name"]) for u in units if u["kind"] in PROVINCE_KINDS],
                "commune": [
                    *(Option(u["code"], u["name"], u["parent"]) for u in units if u["kind"] in COMMUNE_KINDS),
                    *(Option(row["code"], row["name"], row["province"]) for row in others),
                ],
                "agency": [Option(a["code"], a["name"]) for a in agencies["agencies"]],
            }
        )

    def options(self, name: str, parent: str | None = None) -> list[Option]:
        return [option for option in self._rows(name) if parent is None or option.parent == parent]

    def find(self, name: str, code: str) -> Option | None:
        if name not in self._index:
            self._index[name] = {option.value: option for option in self._known(name)}
        return self._index[name].get(code) if isinstance(code, str) else None

    def can_choose(self, name: str, code: str) -> bool:
        return self.find(name, code) is not None

    def label(self, name: str, code: str) -> str:
        found = self.find(name, code)
        return found.label if found else ""

    def expect(self, communes: Iterable[str]) -> None:
        """Nothing to read: the lists are there."""

    def find_communes(self, text: str, province: str = "") -> list[FoundUnit]:
        """Communes whose name contains the text, accents or not."""
        wanted = unit_search.plain(text)
        found = [option for option in self._rows("commune") if wanted and wanted in unit_search.plain(option.label)]
        return [
            FoundUnit(option.value, option.label, option.parent, self.label("province", option.parent))
            for option in found[: unit_search.MAX_FOUND]
        ]

    def successors(self, commune: str) -> list[FoundUnit]:
        return []

    @property
    def calendar(self) -> Calendar:
        return Weekdays()

    def _rows(self, name: str) -> list[Option]:
        """Options that can be chosen today."""
        if name == PROVINCE_OR_COUNTRY:
            return [*self._rows("province"), *(option for option in self._rows("country") if option.value != HOME)]
        return self._current.get(name, [])

    def _known(self, name: str) -> list[Option]:
        """Options that old answers may contain."""
        if name == PROVINCE_OR_COUNTRY:
            return [*self._known("province"), *self._known("country")]
        return self._rows(name)


class DatabaseSources(StaticSources):
    """The territory and agencies of the database. What is read once is kept, so make a new object for each request.

    Provinces and agencies are read as lists; communes only as asked for: those of a province, or single ones.
    """

    def __init__(self, day: dt.date | None = None):
        super().__init__()
        self._day = day or clock.today()
        self._loaded: dict[str, list[tuple[Option, bool]]] = {}
        self._choosable: dict[str, set[str]] = {}
        self._communes: dict[str, tuple[Option, bool] | None] = {}
        self._inside: dict[str | None, list[Option]] = {}

    def options(self, name: str, parent: str | None = None) -> list[Option]:
        if name != "commune":
            return super().options(name, parent)
        if parent not in self._inside:
            rows = AdministrativeUnit.objects.communes().in_force(self._day).order_by("sort_key")
            self._inside[parent] = self._read(rows if parent is None else rows.filter(parent__code=parent))
        return self._inside[parent]

    def find(self, name: str, code: str) -> Option | None:
        if name != "commune":
            return super().find(name, code)
        self.expect([code])
        found = self._communes.get(code) if isinstance(code, str) else None
        return found[0] if found else None

    def can_choose(self, name: str, code: str) -> bool:
        if name == "commune":
            return self.find(name, code) is not None and bool((self._communes[code] or (None, False))[1])
        if name not in self._choosable:
            self._choosable[name] = {option.value for option in self._rows(name)}
        return isinstance(code, str) and code in self._choosable[name]

    def expect(self, communes: Iterable[str]) -> None:
        wanted = {code for code in communes if isinstance(code, str) and code and code not in self._communes}
        if wanted:
            self._communes |= dict.fromkeys(wanted)
            self._read(AdministrativeUnit.objects.filter(code__in=wanted).exclude(kind__in=PROVINCE_KINDS))

    def find_communes(self, text: str, province: str = "") -> list[FoundUnit]:
        return unit_search.find(text, province)

    def successors(self, commune: str) -> list[FoundUnit]:
        return unit_search.successors_of(commune)

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar of working days of the database, read at first use."""
        return working_calendar()

    def _rows(self, name: str) -> list[Option]:
        if name == PROVINCE_OR_COUNTRY:
            return super()._rows(name)
        return [option for option, current in self._load(name) if current]

    def _known(self, name: str) -> list[Option]:
        if name == PROVINCE_OR_COUNTRY:
            return super()._known(name)
        return [option for option, _ in self._load(name)]

    def _load(self, name: str) -> list[tuple[Option, bool]]:
        if name not in self._loaded:
            if name == "province":
                rows = AdministrativeUnit.objects.provinces().order_by("sort_key")
            elif name == "agency":
                rows = Agency.objects.all()
            else:
                return [(option, True) for option in self._current.get(name, [])]
            found = rows.values_list("code", "name", "valid_from", "valid_to")
            self._loaded[name] = [(Option(code, label), self._in_force(*span)) for code, label, *span in found]
        return self._loaded[name]

    def _read(self, rows: Any) -> list[Option]:
        """Read units as options and keep them; the parent of a commune is its province."""
        found = []
        for code, label, kind, parent, *span in rows.values_list(
            "code", "name", "kind", "parent__code", "valid_from", "valid_to"
        ):
            found.append(Option(code, label, parent or ""))
            self._communes[code] = (found[-1], kind in COMMUNE_KINDS and self._in_force(*span))
        return found

    def _in_force(self, since: dt.date | None, until: dt.date | None) -> bool:
        return (since is None or since <= self._day) and (until is None or self._day <= until)


def _countries() -> list[Option]:
    return [Option(code, name) for code, name in countries().items()]
