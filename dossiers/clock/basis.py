"""The calendar and the office hours with which a due time is counted, stored with the promise (`CountingBasis`)."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dossiers.models import CountingBasis
from procedures.calendar import OfficeHours, WorkCalendar


@dataclass(frozen=True)
class Basis:
    """What working days and hours are, at one moment."""

    calendar: WorkCalendar
    hours: OfficeHours

    @cached_property
    def document(self) -> dict[str, Any]:
        return {"calendar": self.calendar.document(), "hours": self.hours.document()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the document: the same for equal calendars and hours."""
        return hashlib.sha256(json.dumps(self.document, sort_keys=True).encode()).hexdigest()

    def store(self) -> str:
        """Store this basis, once. Returns its digest, the key of its row."""
        CountingBasis.objects.bulk_create([CountingBasis(digest=self.digest, document=self.document)], ignore_conflicts=True)
        return self.digest


def stored(row: CountingBasis) -> Basis:
    """The basis that a promise was counted with."""
    return Basis(WorkCalendar.from_basis(row.document["calendar"]), OfficeHours.from_data(row.document["hours"]))


def with_decisions_of(told: Basis, current: Basis) -> Basis:
    """The working days of `told`; which years are known and which days undecided as in `current`. For a promise that is kept
    although the calendar says less: it is provisional only while something is still undecided."""
    calendar = WorkCalendar(told.calendar.off, told.calendar.on, current.calendar.years, current.calendar.undecided)
    return Basis(calendar, told.hours)
