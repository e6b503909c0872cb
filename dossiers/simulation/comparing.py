"""One filed dossier under another version of its procedure: fee, documents and due time then and now. Nothing is written."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from dossiers.filing import rules
from portal.common import clock
from procedures import consequences
from procedures.calendar import OfficeHours, Term, due
from procedures.eforms import DatabaseSources, Form
from procedures.fees import FeeRuleError
from procedures.models import working_calendar
from procedures.offered import local_amounts


@dataclass(frozen=True)
class Outcome:
    """`total` in đồng; None: not known, or the fee lines contradict each other (`contradicts`). `papers`: {key: name} of the
    mandatory ones."""

    total: int | None
    contradicts: bool
    papers: dict


class Places:
    """What is read of places and calendar, once for all dossiers of a run."""

    def __init__(self, procedure):
        self.procedure = procedure
        self.sources = DatabaseSources(clock.today())
        self._amounts = {}
        self._hours = {}

    @cached_property
    def calendar(self):
        return working_calendar()

    def local(self, dossier, day):
        province = dossier.offering.province_code if dossier.offering_id else ""
        if (province, day) not in self._amounts:
            self._amounts[province, day] = local_amounts(self.procedure, province, day) if province else {}
        return self._amounts[province, day]

    def hours(self, agency):
        key = agency.hours_id if agency else None
        if key not in self._hours:
            self._hours[key] = OfficeHours.from_data(agency.hours.intervals) if key else OfficeHours.default()
        return self._hours[key]


class UnderVersion:
    """The rules of one version, applied to dossiers filed under any version."""

    def __init__(self, version, places):
        self.version, self.places = version, places
        self._priced = None  # the dossier whose fee the form shows
        document = version.document["form"]
        self.form = Form(document, sources=places.sources, fee_of=lambda answers: self._fees(answers).total) if document else None
        self.prices_by_place = any(line["amount"] is None for line in version.facts["fee_lines"])

    def outcome(self, dossier):
        """The Outcome. The dossier is not saved; its `version` in memory is changed."""
        dossier.version = self.version
        self._priced, day = dossier, rules.filing_day(dossier)
        known = rules.context(dossier, self.form)
        asked = consequences.papers_asked(self.version.facts, known, day)
        papers = {item["key"]: item["name"] for item, _group in asked if consequences.is_required(item)}
        try:
            return Outcome(self._fees(known).total, False, papers)
        except FeeRuleError:
            return Outcome(None, True, papers)

    def _fees(self, answers):
        day = rules.filing_day(self._priced)
        local = self.places.local(self._priced, day) if self.prices_by_place else {}
        return rules.fees_for(self._priced, answers, local)

    def due_at(self, dossier, processing) -> dt.datetime | None:
        """When a term started at this dossier's acceptance ends, without its pauses."""
        hours = self.places.hours(dossier.receiving_agency)
        return due(self.places.calendar, hours, dossier.accepted_at, Term.from_data(processing)).at
