"""A step that was handed over counts as taken when somebody works on it, without a press of its own.

The holder stays as it is: colleagues of the same role may go on. Who wants it alone takes it (`take`).
"""

import datetime as dt
from collections.abc import Iterable

from dossiers.models import Dossier, StepRun
from dossiers.states import DossierState


def note(runs: Iterable[StepRun], now: dt.datetime) -> bool:
    """Note that these open steps are worked on. Was one of them untaken? The dossier must be locked by the caller."""
    untaken = [run for run in runs if run.untaken]
    for run in untaken:
        run.taken_at = now
        run.save(update_fields=["taken_at"])
    return bool(untaken)


def note_outside_steps(dossier: Dossier, runs: Iterable[StepRun], now: dt.datetime) -> None:
    """The same for work that is no step of the dossier, such as saving a draft: the column of the lists follows at once."""
    if note(runs, now):
        Dossier.objects.filter(pk=dossier.pk).update(take_by=take_by(dossier))


def take_by(dossier: Dossier) -> dt.datetime | None:
    """When the first of its untaken steps must be taken; None when all are taken or the dossier is not at work."""
    handed = [run.take_by for run in dossier.open_steps if run.untaken] if dossier.state == DossierState.PROCESSING else []
    return min(filter(None, handed), default=None)
