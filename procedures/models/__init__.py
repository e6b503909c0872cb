from procedures.models.calendar import Holiday, UndecidedHoliday, working_calendar
from procedures.models.calendar_changes import CalendarChange
from procedures.models.catalogue import (
    LifeEvent,
    LifeEventEntry,
    LifeEventSector,
    Procedure,
    ProcedureVersion,
    Sector,
    VersionState,
    hash_of,
)
from procedures.models.drafting import CatalogueChange, VersionDraft
from procedures.models.files import CatalogueFile, ShippedDocument
from procedures.models.offering import Filing, LocalFee, Offering
from procedures.models.place_changes import AgencyChange
from procedures.models.searching import SearchAlias, SearchChoice, SearchedText, SearchOutcome
from procedures.models.terminal import Terminal

__all__ = [
    "AgencyChange",
    "CalendarChange",
    "CatalogueChange",
    "CatalogueFile",
    "Filing",
    "Holiday",
    "LifeEvent",
    "LifeEventEntry",
    "LifeEventSector",
    "LocalFee",
    "Offering",
    "Procedure",
    "ProcedureVersion",
    "SearchAlias",
    "SearchChoice",
    "SearchOutcome",
    "SearchedText",
    "Sector",
    "ShippedDocument",
    "Terminal",
    "UndecidedHoliday",
    "VersionDraft",
    "VersionState",
    "hash_of",
    "working_calendar",
]
