"""The one door. Page, API, admin, command and job all move a dossier through `advance`: a rule written once holds everywhere."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import SystemActor
from dossiers.clock.timekeeper import Timekeeper
from dossiers.models import Dossier
from dossiers.states import DossierState
from dossiers.transitions import inputs
from dossiers.workflow import assignment, effects, history, outbox, signals
from portal.common import clock
from portal.common.dates import moment

WITHDRAWING_JOB = SystemActor("withdraw_before_accept")


@dataclass
class Step:
    """One step being taken: who does what to which dossier, with what, when (UTC)."""

    dossier: Any
    name: str
    actor: Any
    note: str
    details: dict[str, Any]
    now: Any
    line: Any = None
    recorded: dict[str, Any] = field(default_factory=dict)  # what of the details the history keeps

    @property
    def job(self) -> str:
        return self.actor.job if isinstance(self.actor, SystemActor) else ""

    @property
    def user(self) -> Any:
        return None if self.job else self.actor

    @property
    def actor_name(self) -> str:
        return "" if self.job else str(self.actor)


class StepNotPossible(Exception):
    """The dossier is not where this step starts, or a condition is not met. `sentence()` tells people why."""

    def __init__(self, dossier: Any, step: str, reason: str = "") -> None:
        super().__init__(f"{step} is not possible for {dossier} in {dossier.state}: {reason}")
        self.dossier, self.step, self.reason = dossier, step, reason

    def sentence(self) -> str:
        """Why not, in plain words: the condition that fails, or who moved the dossier when."""
        if self.reason:
            return self.reason
        last = self.dossier.events.select_related("text").last()
        if last is None:
            return _("Hồ sơ này chưa nộp.")
        who = getattr(last, "text", None) and last.text.actor_name or _("Cổng dịch vụ công")
        did = str(line_of(last.step, last.source).custom["sentence"])
        return _("%(who)s đã làm trước: %(did)s, lúc %(when)s.") % {"who": who, "did": did, "when": moment(last.at)}


def line_of(name: str, source: str) -> Any:
    """The transition line of a step out of a state. KeyError when there is none."""
    found = getattr(Dossier, name)._django_fsm.get_transition(source)
    if found is None:
        raise KeyError(f"{name} from {source}")
    return found


def step_names() -> list[str]:
    """Every step there is, in the order of the code."""
    return [name for name, method in vars(_transitions()).items() if hasattr(method, "_django_fsm")]


def _transitions() -> Any:
    from dossiers.transitions.lines import DossierTransitions

    return DossierTransitions


def possible(dossier: Any, name: str) -> Any:
    """The transition line if the step may be taken now, whoever asks. Raises StepNotPossible, which says why not."""
    try:
        found = line_of(name, dossier.state)
    except KeyError:
        raise StepNotPossible(dossier, name) from None
    for condition in found.conditions:
        if not condition(dossier):
            raise StepNotPossible(dossier, name, str(condition.sentence))
    return found


def admit(actor: Any, dossier: Any, found: Any) -> None:
    """Raises PermissionDenied: a job must be named on the line, a user must pass its predicate, nobody is an error."""
    if isinstance(actor, SystemActor):
        if actor.job not in found.custom["jobs"]:
            raise PermissionDenied(f"the job {actor.job} may not take {found.name}")
    elif actor is None or not getattr(actor, "is_authenticated", False) or not found.permission(dossier, actor):
        raise PermissionDenied(f"{actor} may not take {found.name}")


def may_take(user: Any, dossier: Any, name: str) -> bool:
    """Would this step be offered to this user now? Pages ask this; `advance` checks it again."""
    try:
        admit(user, dossier, possible(dossier, name))
    except (StepNotPossible, PermissionDenied):
        return False
    return True


def steps_for(user: Any, dossier: Any) -> list[str]:
    """Names of the steps to offer to this user on this dossier now."""
    return [name for name in step_names() if may_take(user, dossier, name)]


@transaction.atomic
def advance(dossier: Any, name: str, *, actor: Any, note: str = "", **details: Any) -> Any:
    """Take one step and write down all it owes. `actor` is a user or a `SystemActor`; each line says which it admits.

    Returns the dossier afresh: the one passed in is stale; `heard` on it is what floors above have to say to whoever took the
    step, in sentences. Raises StepNotPossible, PermissionDenied,
    needs.DetailsMissing; then nothing has happened.
    """
    dossier = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("version__procedure", "offering__terminal")
        .get(pk=dossier.pk)
    )
    try:
        found = line_of(name, dossier.state)
    except KeyError:
        raise StepNotPossible(dossier, name) from None
    admit(actor, dossier, found)
    possible(dossier, name)
    step = Step(dossier, name, actor, note.strip(), details, clock.now(), found)
    for need in found.custom["needs"]:
        inputs.NEEDS[need](step)
    source = dossier.state
    getattr(dossier, name)()
    effects.before_event(step)
    Timekeeper(dossier).apply(found.custom["clock"], step, found.custom["interval"])
    assignment.refresh_waiting(step)
    dossier.updated_at = step.now
    dossier.save()
    event = history.append(step, source=source, target=dossier.state)
    effects.after_event(step, event)
    outbox.owe(step, event)
    answers = signals.step_taken.send(Dossier, step=step, event=event)
    dossier.heard = [sentence for _receiver, sentence in answers if sentence]
    return dossier


@transaction.atomic
def submit(dossier: Any, *, actor: Any) -> Any:
    """File a draft. Safe to call twice: a dossier that is filed already is returned as it is, with its one code."""
    locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if locked.state != DossierState.DRAFT:
        from dossiers.permissions import is_submitter

        if not is_submitter(locked, actor):
            raise PermissionDenied("not the submitter")
        return locked
    return advance(locked, "submit", actor=actor)


@transaction.atomic
def withdraw(dossier: Any, *, actor: Any, note: str = "") -> Any:
    """Ask for the dossier back. Before acceptance it stops at once, with two events; afterwards the desk decides."""
    dossier = advance(dossier, "withdraw", actor=actor, note=note)
    if dossier.accepted_at is None:
        dossier = advance(dossier, "confirm_withdrawal", actor=WITHDRAWING_JOB)
    return dossier
