"""Late or not: the rule for one dossier, and the same rule as a condition for lists.

Two due times are compared. `STEP_DUE`: when the current work must be done (reception, open step); used by the desk's lists.
`PROMISED_DUE`: when the result was promised to the citizen. Nothing is late while the clock is paused: waiting for the citizen,
a pending withdrawal, or after the decision. The due moment itself is in time.

An apology moves the promise and makes nothing punctual: `missed_due_at`, the promise before the first apology, counts on.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import F, Q

from dossiers.clock import rules
from dossiers.states import ALIVE, DossierState

if TYPE_CHECKING:
    from dossiers.models import Dossier

STEP_DUE, PROMISED_DUE = "step_due_at", "due_at"
RUNS_IN = (DossierState.SUBMITTED, DossierState.ACCEPTED, DossierState.PROCESSING)


def is_for_citizen(dossier: Dossier) -> bool:
    """Does the dossier wait for the citizen?"""
    return dossier.state in ALIVE and dossier.waiting_on == "submitter"


def for_citizen() -> Q:
    """`is_for_citizen` as a query condition."""
    return Q(state__in=ALIVE, waiting_on="submitter")


def is_running(dossier: Dossier) -> bool:
    """Is the processing clock running?"""
    return dossier.state in RUNS_IN and dossier.decided_at is None and not is_for_citizen(dossier)


def running() -> Q:
    """`is_running` as a query condition."""
    return Q(state__in=RUNS_IN, decided_at=None) & ~for_citizen()


def is_late(dossier: Dossier, now: dt.datetime, due: str = STEP_DUE) -> bool:
    """Has this due time passed while the clock is running? `due`: STEP_DUE or PROMISED_DUE; `now`: aware datetime."""
    return is_running(dossier) and rules.is_late(now, counted_due(dossier, due))


def counted_due(dossier: Dossier, due: str = STEP_DUE) -> dt.datetime | None:
    """The due time by which lateness is counted: the missed one, where the agency apologised for it."""
    return min(filter(None, [dossier.missed_due_at, getattr(dossier, due)]), default=None)


def late(now: dt.datetime, due: str = STEP_DUE) -> Q:
    """`is_late` as a query condition."""
    return running() & (Q(**{f"{due}__lt": now}) | Q(missed_due_at__lt=now))


def missed_its_promise(dossier: Dossier, now: dt.datetime) -> bool:
    """Late by its promise now, or when it was decided."""
    return is_late(dossier, now, PROMISED_DUE) or was_decided_late(dossier)


def was_decided_late(dossier: Dossier) -> bool:
    """Was the decision made after its promise, or after an earlier promise was missed? Without a due time never."""
    return dossier.decided_at is not None and rules.is_late(dossier.decided_at, counted_due(dossier, PROMISED_DUE))


def missed_their_promise(now: dt.datetime) -> Q:
    """`missed_its_promise` as a query condition."""
    return late(now, PROMISED_DUE) | Q(decided_at__gt=F("due_at")) | Q(decided_at__gt=F("missed_due_at"))
