from procedures.models.calendar import Holiday, UndecidedHoliday, working_calendar
from procedures.models.catalogue import LifeEvent, LifeEventEntry, Procedure, ProcedureVersion, Sector, VersionState, hash_of
from procedures.models.offering import Filing, LocalFee, Offering

__all__ = [
    "Filing",
    "Holiday",
    "LifeEvent",
    "LifeEventEntry",
    "LocalFee",
    "Offering",
    "Procedure",
    "ProcedureVersion",
    "Sector",
    "UndecidedHoliday",
    "VersionState",
    "hash_of",
    "working_calendar",
]
