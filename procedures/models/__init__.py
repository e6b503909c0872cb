from procedures.models.catalogue import LifeEvent, LifeEventEntry, Procedure, ProcedureVersion, Sector, VersionState, hash_of
from procedures.models.offering import Filing, Holiday, LocalFee, Offering, UndecidedHoliday, working_calendar

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
