"""Takes steps. Pages, API, commands and jobs all change a dossier through `advance`, so every rule is checked everywhere."""

from __future__ import annotations

import datetime as dt
from collections import deque
from typing import Unpack, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import SystemActor
from dossiers.choices import Job
from dossiers.clock.timekeeper import Timekeeper
from dossiers.files.changing import FilesClosed
from dossiers.filing import drafts
from dossiers.models import Dossier, Event
from dossiers.permissions import any_of, enters_for_a_visitor, is_submitter
from dossiers.states import DossierState
from dossiers.transitions.lines import DossierTransitions
from dossiers.transitions.step import Actor, Line, Step, StepDetails
from dossiers.workflow import assignment, effects, history, outbox, signals
from dossiers.workflow.signals import FollowOn, StepReply
from portal.common import clock
from portal.common.dates import moment

WITHDRAWING_JOB = SystemActor(Job.WITHDRAW_BEFORE_ACCEPT)
filed_by = any_of(is_submitter, enters_for_a_visitor)
MAX_STEPS_AT_ONCE = 5  # one step and its follow-on steps; more means that receivers cause each other endlessly


class StepNotPossible(Exception):
    """The step does not start in this state, or a condition is False. `sentence()` gives the reason for users."""

    def __init__(self, dossier: Dossier, step: str, reason: str = "") -> None:
        super().__init__(f"{step} is not possible for {dossier} in {dossier.state}: {reason}")
        self.dossier, self.step, self.reason = dossier, step, reason

    def sentence(self) -> str:
        """The reason for users: the failed condition, or who took which step when."""
        if self.reason:
            return self.reason
        last = self.dossier.events.select_related("text").last()
        if last is None:
            return _("Hồ sơ này chưa nộp.")
        who = getattr(last, "text", None) and last.text.actor_name or _("Cổng dịch vụ công")
        did = sentence_of(last)
        return _("%(who)s đã làm trước: %(did)s, lúc %(when)s.") % {"who": who, "did": did, "when": moment(last.at)}


class ContentChanged(StepNotPossible):
    """The content is not what the person was shown: the draft changed, or it was filed with other content."""


def line_of(name: str, source: str) -> Line:
    """The transition line of a step from a state. Raises KeyError when there is none."""
    found = getattr(Dossier, name)._django_fsm.get_transition(source)
    if found is None:
        raise KeyError(f"{name} from {source}")
    return cast(Line, found)


def sentence_of(event: Event) -> str:
    """What happened, for timelines: the sentence of its line; of a correction that revoked, the revocation; of a delivery after
    it, what was delivered."""
    details = getattr(getattr(event, "text", None), "details", {})
    if event.step == "deliver" and details.get("revoked"):
        return _("Đã trả quyết định thu hồi kết quả")
    if event.step == "correct_result":
        is_old = bool(details) and "content_sha256" not in details  # from before revoking was a decision
        return _("Đã thu hồi kết quả") if is_old or details.get("action") == "revoke" else _sentence(event)
    return _sentence(event)


def _sentence(event: Event) -> str:
    return str(line_of(event.step, event.source).custom["sentence"])


def step_names() -> list[str]:
    """All step names, in the order of the code."""
    return [name for name, method in vars(DossierTransitions).items() if hasattr(method, "_django_fsm")]


def possible(dossier: Dossier, name: str) -> Line:
    """The transition line if the step is possible now, without regard to the user. Raises StepNotPossible."""
    found = _line_from_here(dossier, name)
    _check_conditions(dossier, found)
    return found


def _line_from_here(dossier: Dossier, name: str) -> Line:
    try:
        return line_of(name, dossier.state)
    except KeyError:
        raise StepNotPossible(dossier, name) from None


def _check_conditions(dossier: Dossier, found: Line) -> None:
    for condition in found.conditions:
        if not condition(dossier):
            raise StepNotPossible(dossier, found.name, str(condition.sentence))


def admit(actor: Actor | None, dossier: Dossier, found: Line) -> None:
    """Raises PermissionDenied unless the line names the job or its permission admits the user. None and anonymous: denied."""
    if isinstance(actor, SystemActor):
        if actor.job not in found.custom["jobs"]:
            raise PermissionDenied(f"the job {actor.job} may not take {found.name}")
    elif actor is None or not getattr(actor, "is_authenticated", False) or not found.permission(dossier, actor):
        raise PermissionDenied(f"{actor} may not take {found.name}")


def may_take(user: User, dossier: Dossier, name: str) -> bool:
    """May this user take this step now? For pages; `advance` checks it again."""
    try:
        found = _line_from_here(dossier, name)
        admit(user, dossier, found)  # first: cheaper than the conditions
        _check_conditions(dossier, found)
    except (StepNotPossible, PermissionDenied):
        return False
    return True


def steps_for(user: User, dossier: Dossier) -> list[str]:
    """Names of the steps to offer to this user on this dossier now."""
    return [name for name in step_names() if may_take(user, dossier, name)]


@transaction.atomic
def advance(dossier: Dossier, name: str, *, actor: Actor, note: str = "", **details: Unpack[StepDetails]) -> Dossier:
    """Take one step, with its event, follow-ups and messages. `actor`: a user or a `SystemActor`.

    Follow-on steps (from receivers of `step_taken`) are taken next, in the same transaction. Returns the dossier after the last
    of them; the object passed in is stale. Its `reply_sentences` are for the user who took the step. Raises StepNotPossible,
    PermissionDenied, DetailsMissing; then nothing is written.
    """
    return _take_all(_locked(dossier), FollowOn(name, actor, note, details))


def _locked(dossier: Dossier) -> Dossier:
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("version__procedure", "offering__terminal")
    return rows.get(pk=dossier.pk)


def _take_all(dossier: Dossier, first: FollowOn) -> Dossier:
    """Take this step of a locked dossier and its follow-on steps, in order."""
    timekeeper, to_take, sentences = Timekeeper(dossier), deque([first]), []
    for _turn in range(MAX_STEPS_AT_ONCE):
        for answer in _take(dossier, to_take.popleft(), timekeeper):
            sentences.append(answer.sentence)
            to_take.extend(answer.follow_ons)
        if not to_take:
            dossier.reply_sentences = [sentence for sentence in sentences if sentence]
            return dossier
    raise RuntimeError(f"{first.name} of {dossier}: no end of steps that follow, next {to_take[0].name}")


def _take(dossier: Dossier, wanted: FollowOn, timekeeper: Timekeeper) -> list[StepReply]:
    """Take one step and write everything it causes. Returns the answers of the receivers."""
    found = _line_from_here(dossier, wanted.name)
    admit(wanted.actor, dossier, found)
    _check_conditions(dossier, found)
    step = Step(dossier, wanted.name, wanted.actor, wanted.note.strip(), wanted.details, clock.now(), found, timekeeper)
    for check in found.custom["inputs"]:
        check(step)
    source = dossier.state
    getattr(dossier, step.name)()
    effects.before_event(step)
    timekeeper.apply(step)
    assignment.refresh_waiting(step)
    event = history.append(step, source=source, target=dossier.state)
    dossier.updated_at = step.now
    dossier.save()
    effects.after_event(step, event)
    outbox.enqueue(step, event)
    return [answer for _receiver, answer in signals.step_taken.send(Dossier, step=step, event=event) if answer]


@transaction.atomic
def submit(dossier: Dossier, *, actor: Actor, declared_at: dt.datetime | None = None, shown: str = "") -> Dossier:
    """File a draft. Idempotent: a filed dossier is returned unchanged, with its code.

    `shown`: digest of the content the person saw (`drafts.content_digest`); empty: not checked. Raises as `advance`;
    ContentChanged when the draft, or what was filed, is not what was shown; NoLongerADraft when the draft was discarded.
    """
    try:
        locked = _locked(dossier)
    except Dossier.DoesNotExist:
        raise drafts.NoLongerADraft from None
    if locked.state == DossierState.DRAFT:
        locked.filed_as = drafts.content_digest(locked)
        locked.declared_at = declared_at or locked.declared_at
        if not drafts.is_as_filed(locked, shown):
            raise ContentChanged(dossier, "submit", _("Tờ khai đã được sửa ở nơi khác. Xem lại rồi nộp."))
        return _take_all(locked, FollowOn("submit", actor))
    if isinstance(actor, SystemActor) or actor is None or not filed_by(locked, actor):
        raise PermissionDenied("not the submitter")
    if not drafts.is_as_filed(locked, shown):
        raise ContentChanged(locked, "submit", FilesClosed(locked).sentence())
    return locked


@transaction.atomic
def withdraw(dossier: Dossier, *, actor: Actor, note: str = "", **details: Unpack[StepDetails]) -> Dossier:
    """Request a withdrawal. Before acceptance the dossier stops at once (two events); afterwards the desk decides."""
    dossier = advance(dossier, "withdraw", actor=actor, note=note, **details)
    if dossier.accepted_at is None:
        dossier = advance(dossier, "confirm_withdrawal", actor=WITHDRAWING_JOB)
    return dossier
