"""Late or not: the rule for one dossier, and the same rule as a condition for lists.

Two moments are looked at. `WORK` is when the work at hand must be done (reception, the open step): the desk's lists.
`PROMISE` is when the citizen was promised the result. Nothing is late while the office's clock stands still: while the
citizen is asked, a withdrawal is looked at, or the decision has been taken. The due moment itself is still in time.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Q

from dossiers.clock import rules
from dossiers.states import ALIVE, DossierState

if TYPE_CHECKING:
    from dossiers.models import Dossier

WORK, PROMISE = "step_due_at", "due_at"
RUNS_IN = (DossierState.SUBMITTED, DossierState.ACCEPTED, DossierState.PROCESSING)


def is_for_citizen(dossier: Dossier) -> bool:
    """Does it wait for something from the citizen?"""
    return dossier.state in ALIVE and dossier.waiting_on == "submitter"


def for_citizen() -> Q:
    """`is_for_citizen` as a condition."""
    return Q(state__in=ALIVE, waiting_on="submitter")


def is_running(dossier: Dossier) -> bool:
    """Does the office's clock run?"""
    return dossier.state in RUNS_IN and dossier.decided_at is None and not is_for_citizen(dossier)


def running() -> Q:
    """`is_running` as a condition."""
    return Q(state__in=RUNS_IN, decided_at=None) & ~for_citizen()


def is_late(dossier: Dossier, now: dt.datetime, due: str = WORK) -> bool:
    """Is this due moment over while the office's clock runs?"""
    return is_running(dossier) and rules.is_late(now, getattr(dossier, due))


def late(now: dt.datetime, due: str = WORK) -> Q:
    """`is_late` as a condition."""
    return running() & Q(**{f"{due}__lt": now})
