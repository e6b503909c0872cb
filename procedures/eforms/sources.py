"""Options that a form does not list itself: territory, agencies, countries."""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Any, NamedTuple, Protocol

from babel import Locale

from accounts.models import COMMUNE_KINDS, PROVINCE_KINDS, AdministrativeUnit, Agency
from portal.common import clock
from portal.common.vietnamese import sort_key
from procedures.eforms.dates import Calendar, Weekdays
from procedures.models import working_calendar

# Regions of CLDR that are not countries: unions, test regions, unknown.
NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


class Option(NamedTuple):
    """An option: `value` is stored, `label` is shown; `parent` is the province of a commune."""

    value: str
    label: str
    parent: str = ""


class Sources(Protocol):
    """Named lists of options. `find` also returns options that can no longer be chosen, to label old answers."""

    def options(self, name: str, parent: str | None = None) -> list[Option]: ...

    def find(self, name: str, code: str) -> Option | None: ...

    def can_choose(self, name: str, code: str) -> bool: ...

    def label(self, name: str, code: str) -> str: ...

    @property
    def calendar(self) -> Calendar:
        """The calendar of working days, for bounds such as "+3wd"."""
        ...


class StaticSources:
    """Options given as lists, and all countries. An unknown name has no options."""

    def __init__(self, rows: Mapping[str, Iterable[Option]] | None = None):
        self._current = {"country": countries(), **{name: list(options) for name, options in (rows or {}).items()}}
        self._index: dict[str, dict[str, Option]] = {}

    @classmethod
    def from_agencies(cls, agencies: Mapping[str, Any]) -> "StaticSources":
        """The territory and agencies of a parsed agencies.json."""
        units = agencies["administrative_units"]
        return cls(
            {
                "province": [Option(u["code"], u["name"]) for u in units if u["kind"] in PROVINCE_KINDS],
                "commune": [Option(u["code"], u["name"], u["parent"]) for u in units if u["kind"] in COMMUNE_KINDS],
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

    @property
    def calendar(self) -> Calendar:
        return Weekdays()

    def _rows(self, name: str) -> list[Option]:
        """Options that can be chosen today."""
        return self._current.get(name, [])

    def _known(self, name: str) -> list[Option]:
        """Options that old answers may contain."""
        return self._rows(name)


class DatabaseSources(StaticSources):
    """The territory and agencies of the database. Each list is read once, so make a new object for each request."""

    def __init__(self, day: dt.date | None = None):
        super().__init__()
        self._day = day or clock.today()
        self._loaded: dict[str, list[tuple[Option, bool]]] = {}
        self._choosable: dict[str, set[str]] = {}

    def can_choose(self, name: str, code: str) -> bool:
        if name not in self._choosable:
            self._choosable[name] = {option.value for option in self._rows(name)}
        return isinstance(code, str) and code in self._choosable[name]

    @cached_property
    def calendar(self) -> Calendar:
        """The working calendar of the database, read at first use."""
        return working_calendar()

    def _rows(self, name: str) -> list[Option]:
        return [option for option, current in self._load(name) if current]

    def _known(self, name: str) -> list[Option]:
        return [option for option, _ in self._load(name)]

    def _load(self, name: str) -> list[tuple[Option, bool]]:
        if name not in self._loaded:
            if name in ("province", "commune"):
                self._load_units()
            elif name == "agency":
                rows = Agency.objects.values_list("code", "name", "valid_from", "valid_to")
                self._loaded[name] = [(Option(code, label), self._in_force(*span)) for code, label, *span in rows]
            else:
                self._loaded[name] = [(option, True) for option in self._current.get(name, [])]
        return self._loaded[name]

    def _load_units(self) -> None:
        self._loaded |= {"province": [], "commune": []}
        rows = AdministrativeUnit.objects.filter(kind__in=PROVINCE_KINDS + COMMUNE_KINDS).order_by("sort_key")
        for code, kind, label, parent, *span in rows.values_list(
            "code", "kind", "name", "parent__code", "valid_from", "valid_to"
        ):
            name = "province" if kind in PROVINCE_KINDS else "commune"
            self._loaded[name].append((Option(code, label, parent or ""), self._in_force(*span)))

    def _in_force(self, since: dt.date | None, until: dt.date | None) -> bool:
        return (since is None or since <= self._day) and (until is None or self._day <= until)


@cache
def countries() -> list[Option]:
    """Countries by ISO 3166-1 alpha-2 code with their Vietnamese names, Việt Nam first."""
    names = Locale("vi").territories
    found = [
        Option(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
    ]
    return sorted(found, key=lambda option: (option.value != "VN", sort_key(option.label)))
