"""Counts running promises again when days off, office hours or outages change. Run every minute by the relay; idempotent.

A promise never moves earlier than what was told; `first_promised_due_at` stays. The citizen is told once for each new date.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.models import OfficeHours as HoursRow
from dossiers import messages
from dossiers.choices import IntervalKind
from dossiers.clock.basis import Basis
from dossiers.clock.timekeeper import Timekeeper
from dossiers.models import Dossier, SupplementRequest
from dossiers.states import ALIVE, DossierState
from dossiers.workflow import outages
from portal.common.clock import LOCAL
from procedures.calendar import OfficeHours, WorkCalendar
from procedures.models import working_calendar

log = logging.getLogger(__name__)
BATCH = 200  # dossiers of one kind of office hours in one run; the others follow a minute later


def run() -> int:
    """Recount the dossiers that were last compared with another calendar. Returns how many."""
    outages.give()
    calendar, done = working_calendar(), 0
    for row in [None, *HoursRow.objects.order_by("pk")]:
        basis = Basis(calendar, OfficeHours.from_data(row.intervals) if row else OfficeHours.default())
        running = Dossier.objects.filter(state__in=ALIVE, decided_at=None, receiving_agency__hours=row)
        for pk in running.exclude(recounted_for=basis.digest).order_by("pk").values_list("pk", flat=True)[:BATCH]:
            done += _recount_safely(pk)
    return done


def _recount_safely(pk: int) -> bool:
    """An error of one dossier does not stop the others."""
    try:
        with transaction.atomic():
            return recount(pk)
    except Exception:
        log.exception("a promise cannot be counted again", extra={"dossier": pk})
        return False


def recount(pk: int) -> bool:
    """Recount one dossier, locked. Returns False if it has ended in the meantime."""
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("receiving_agency__hours", "version__procedure")
    dossier = rows.filter(pk=pk, state__in=ALIVE, decided_at=None).first()
    if dossier is None:
        return False
    timekeeper = Timekeeper(dossier)
    before, basis = _told(dossier), dossier.counted_with_id
    timekeeper.recount()
    _move_deadlines(dossier, timekeeper)
    dossier.step_due_at = _step_due_at(dossier)
    dossier.save(update_fields=[
        "due_at", "first_promised_due_at", "due_is_provisional", "counted_with", "recounted_for", "reception_due_at",
        "supplement_due_at", "payment_due_at", "step_due_at",
    ])  # fmt: skip
    if _told(dossier) != before:
        messages.promise_moved(dossier, before["due_at"], before["until"], outage=dossier.counted_with_id == basis)
    return True


@dataclass(frozen=True)
class Move:
    """What another calendar would do to the promise of one dossier."""

    dossier: Dossier
    before: dt.datetime
    after: dt.datetime


def preview(calendar: WorkCalendar, since: dt.date) -> Iterator[Move]:
    """Yield the promises that `run` would move if this were the calendar. `since`: the first day that differs; what is due before
    it stays. Nothing is stored.
    """
    start = dt.datetime.combine(since, dt.time.min, LOCAL)
    running = Dossier.objects.filter(state__in=ALIVE, decided_at=None, accepted_at__isnull=False, due_at__gte=start)
    rows = running.select_related("receiving_agency__hours", "counted_with", "version__procedure").defer("version__document")
    for dossier in rows.prefetch_related("intervals").order_by("due_at", "pk").iterator(chunk_size=500):
        after = Timekeeper(dossier, calendar).due_by_recount()
        if dossier.due_at and after and after != dossier.due_at:
            yield Move(dossier, dossier.due_at, after)


def _told(dossier: Dossier) -> dict[str, Any]:
    """What the citizen was told: the promised moment, whether it is provisional, and the citizen's own deadline."""
    return {
        "due_at": dossier.due_at,
        "provisional": dossier.due_is_provisional,
        "until": dossier.supplement_due_at or dossier.payment_due_at,
    }


def _move_deadlines(dossier: Dossier, timekeeper: Timekeeper) -> None:
    """Deadlines of the desk and of the citizen, counted again from the beginning of the open interval; never earlier."""
    interval = dossier.intervals.filter(ended_at=None).exclude(kind=IntervalKind.OUTAGE).first()
    if interval is None:
        return
    paused = timekeeper.outages_since(interval.started_at)
    facts, defaults = dossier.version.facts, dossier.version.document["defaults"]
    if interval.kind == IntervalKind.RECEPTION and dossier.reception_due_at:
        dossier.reception_due_at = max(dossier.reception_due_at, timekeeper.reception_due(interval.started_at, paused))
    elif interval.kind == IntervalKind.SUPPLEMENT and dossier.supplement_due_at:
        term = facts["supplement_term"] or defaults["supplement_term"]
        counted = timekeeper.working_deadline(interval.started_at, term, paused)
        dossier.supplement_due_at = max(filter(None, [dossier.supplement_due_at, counted]))
        late = SupplementRequest.objects.filter(dossier=dossier, number=dossier.supplement_count)
        late.update(due_at=Greatest(F("due_at"), dossier.supplement_due_at))
    elif interval.kind == IntervalKind.PAYMENT and dossier.payment_due_at:
        term = facts["payment_deadline"] or defaults["payment_deadline"]
        counted = timekeeper.working_deadline(interval.started_at, term, paused)
        dossier.payment_due_at = max(filter(None, [dossier.payment_due_at, counted]))


def _step_due_at(dossier: Dossier) -> Any:
    """The column of the lists, as `assignment.refresh_waiting` computes it after a step."""
    state = DossierState(dossier.state)
    if state.waits_for_citizen:
        return dossier.supplement_due_at or dossier.payment_due_at
    if state is DossierState.PROCESSING and dossier.open_steps:
        return min(run.due_at for run in dossier.open_steps)
    return dossier.reception_due_at if state is DossierState.SUBMITTED else dossier.due_at
