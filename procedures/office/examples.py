"""The examples of a version: what it makes of each, and how that differs from what is expected.

A version whose examples do not come out as expected, or were not checked by a person, is not published.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from portal.common import clock, dates
from portal.common.money import dong
from procedures import consequences, results
from procedures.calendar import OfficeHours, Term, due
from procedures.eforms import DatabaseSources, Form, fixed_by
from procedures.facts import Example, Expected, VersionDocument
from procedures.fees import FeeRuleError
from procedures.levels import OfferedLevel, OfferingFacts
from procedures.models import Offering, working_calendar
from procedures.models.calendar import WorkCalendar
from procedures.offered import local_amounts
from procedures.wording import CHANNELS

ACCEPTED_AT = dt.time(9)  # on the day of the example: before 15:00, so that the day counts as the start


class CannotCompute(Exception):
    """The version gives no result for this example; `str()` is a sentence for the user."""


@dataclass(frozen=True)
class _OpenTerminal:
    is_open: bool = True


WELL_PREPARED = OfferingFacts(
    receiving_agency_id="desk", duty=("main",), processing_steps=("sign",), delivery_ways=("account",), terminal=_OpenTerminal()
)
"""The place of an example that names none: it has all that a level may need of a place, and no amounts of its own."""


@dataclass(frozen=True)
class Failure:
    """One example that does not come out as expected. `number` from 0; `sentences`: each difference in words."""

    number: int
    name: str
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return _("Ví dụ “%(name)s”: %(what)s") % {"name": self.name, "what": " ".join(self.sentences)}


def failures(document: VersionDocument) -> list[Failure]:
    """All examples that stand against publishing this document; [] when every one comes out as expected and was checked."""
    rows = document["procedure"].get("examples") or []
    runner = Runner(document) if rows else None
    found = [Failure(number, row["name"], tuple(runner.sentences(row))) for number, row in enumerate(rows) if runner]
    return [failure for failure in found if failure.sentences]


class Runner:
    """Runs examples against one document; reads calendar and territory once."""

    def __init__(self, document: VersionDocument) -> None:
        self.document = document
        self.facts = document["procedure"]
        self._calendar: WorkCalendar | None = None

    @property
    def calendar(self) -> WorkCalendar:
        self._calendar = self._calendar or working_calendar()
        return self._calendar

    def sentences(self, example: Example) -> Iterator[str]:
        """What keeps this example from passing."""
        if example["expected"] is None:
            yield _("Chưa ghi kết quả mong đợi.")
            return
        try:
            found = self.outcome(example)
        except CannotCompute as impossible:
            yield str(impossible)
            return
        yield from differences(example["expected"], found)
        if not example["checked"]:
            yield _("Chưa ai đối chiếu kết quả mong đợi với văn bản.")

    def outcome(self, example: Example) -> Expected:
        """What the version makes of the example. Raises CannotCompute."""
        day, place = dt.date.fromisoformat(example["day"]), self.place(example["place"])
        channel = next((row for row in self.facts["channels"] if row["channel"] == example["channel"]), None)
        if channel is None:
            raise CannotCompute(_("Không nhận hồ sơ theo cách: %(way)s.") % {"way": CHANNELS[example["channel"]]})
        local = local_amounts(place.procedure, place.province_code, day) if isinstance(place, Offering) else {}
        known = self._known(example, place, day)
        answers = {**example["answers"], **{key: known[key] for key in fixed_by(self.document["form"]) if key in known}}
        try:
            fees = consequences.fees(self.facts, known, example["asked"], answers, day, local)
        except FeeRuleError as wrong:
            raise CannotCompute(_("Hai khoản chính cùng áp dụng nên không tính được phí.")) from wrong
        asked = consequences.papers_asked(self.facts, known, day)
        hours = place.receiving_agency.hours if isinstance(place, Offering) and place.receiving_agency else None
        started = dt.datetime.combine(day, ACCEPTED_AT, clock.LOCAL)
        term = due(self.calendar, _hours(hours), started, Term.from_data(channel["processing"]))
        return {
            "total": fees.total,
            "fees": [{"key": line.key, "label": line.label, "amount": line.amount} for line in fees.lines],
            "papers": [
                {"key": item["key"], "name": item["name"], "required": consequences.is_required(item)} for item, _group in asked
            ],
            "level": self.offered(place, day, local).level.number,
            "due": clock.local(term.at).strftime("%Y-%m-%dT%H:%M") if term.at else None,
            "steps": list(self.facts["steps"]),
            "conditions": list(self.facts["conditions"]),
            "results": [{"key": row["key"], "name": row["name"]} for row in results.offered(self.document, known, day)],
        }

    def place(self, code: str) -> Offering | OfferingFacts:
        """The offering of the agency with this code; for "" the place that has everything. Raises CannotCompute."""
        if not code:
            return WELL_PREPARED
        rows = Offering.objects.current().select_related("terminal", "receiving_agency__hours", "procedure")
        found = rows.filter(procedure__code=self.facts["code"], agency__code=code).first()
        if found is None:
            raise CannotCompute(_("Cơ quan %(code)s không cung cấp thủ tục này.") % {"code": code})
        return found

    def offered(self, place: Offering | OfferingFacts, day: dt.date, local: Mapping[str, int]) -> OfferedLevel:
        """The level this version would have there. `local`: amounts of the province."""
        return OfferedLevel.compute(
            self.document,
            self.facts["declared_level"],
            place,
            day=day,
            local=local,
            set_later=self.document.get("amount_set_later", ()),
            payments_open=settings.PAYMENTS_OPEN if isinstance(place, Offering) else True,
        )

    def _known(self, example: Example, place: Offering | OfferingFacts, day: dt.date) -> dict[str, Any]:
        """All values for conditions, as `dossiers.filing.rules.context` makes them of a dossier."""
        asked, organisation = example["asked"], example["audience"] == "organisation"
        around = consequences.circumstances(asked, channel=example["channel"], organisation=organisation, age=example["age"])
        if not self.document["form"]:
            return around
        form = Form(self.document["form"], sources=DatabaseSources(day))
        bound = form.bound_answers(
            agency=example["place"],
            procedure=self.facts["code"],
            audience="organisation" if organisation else "person",
            copies=asked.get("copies"),
            fee_class=consequences.fee_class(self.facts["fee_lines"], asked.get("priority_group")),
        )
        return {**form.kept({**example["answers"], **bound}, day), **around}


def _hours(row: Any) -> OfficeHours:
    return OfficeHours.from_data(row.intervals) if row is not None else OfficeHours.default()


# ---------------------------------------------------------------- in words
def differences(expected: Expected, found: Expected) -> Iterator[str]:
    """A sentence for each difference."""
    yield from _of_fees(expected, found)
    yield from _of_papers(expected, found)
    if expected["level"] != found["level"]:
        yield _against(_("Mức cung cấp"), str(expected["level"]), str(found["level"]))
    if expected["due"] != found["due"]:
        yield _against(_("Hẹn trả"), due_words(expected["due"]), due_words(found["due"]))
    yield from _of_texts(_("Bước"), expected["steps"], found["steps"])
    yield from _of_texts(_("Yêu cầu, điều kiện"), expected["conditions"], found["conditions"])
    named = [", ".join(row["name"] for row in side["results"]) or _("không có") for side in (expected, found)]
    if [row["key"] for row in expected["results"]] != [row["key"] for row in found["results"]]:
        yield _against(_("Kết quả"), *named)


def _against(what: str, expected: str, found: str) -> str:
    return _("%(what)s: mong đợi %(expected)s, phiên bản này cho %(found)s.") % {
        "what": what, "expected": expected, "found": found,
    }  # fmt: skip


def amount_words(amount: int | None) -> str:
    return _("chưa tính được") if amount is None else dong(amount)


def due_words(due_at: str | None) -> str:
    if due_at is None:
        return _("không có hạn")
    return dates.moment(dt.datetime.fromisoformat(due_at).replace(tzinfo=clock.LOCAL))


def _of_fees(expected: Expected, found: Expected) -> Iterator[str]:
    before, after = ({row["key"]: row for row in side["fees"]} for side in (expected, found))
    for key in [*before, *(key for key in after if key not in before)]:
        sides = [_("không thu") if side.get(key) is None else amount_words(side[key]["amount"]) for side in (before, after)]
        if (key in before) != (key in after) or before[key]["amount"] != after[key]["amount"]:
            yield _against(_("Khoản thu “%(name)s”") % {"name": (before.get(key) or after[key])["label"]}, *sides)
    if expected["total"] != found["total"]:
        yield _against(_("Tổng số tiền"), amount_words(expected["total"]), amount_words(found["total"]))


def _of_papers(expected: Expected, found: Expected) -> Iterator[str]:
    before, after = ({row["key"]: row for row in side["papers"]} for side in (expected, found))
    for key in [*before, *(key for key in after if key not in before)]:
        sides = [_paper_words(side[key]["required"] if key in side else None) for side in (before, after)]
        if sides[0] != sides[1]:
            yield _against(_("Giấy tờ “%(name)s”") % {"name": (before.get(key) or after[key])["name"]}, *sides)


def _paper_words(required: bool | None) -> str:
    return _("không hỏi") if required is None else _("bắt buộc") if required else _("không bắt buộc")


def _of_texts(what: str, expected: Sequence[str], found: Sequence[str]) -> Iterator[str]:
    for number in range(max(len(expected), len(found))):
        sides = [f"“{side[number]}”" if number < len(side) else _("không có") for side in (expected, found)]
        if sides[0] != sides[1]:
            yield _against(f"{what} {number + 1}", *sides)
