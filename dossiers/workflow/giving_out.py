"""Gives out what nobody holds, by the rule of the body (`AssignmentRule`). Run every minute; safe to run twice.

Only what nobody ever held since it came: what somebody gave back, or a head took away, stays with everybody. Who is away today
gets nothing. Confidential dossiers are given by their head alone.
"""

import logging
from collections import Counter

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import Absence, Membership, User
from accounts.roles import Role, SystemActor
from dossiers import workflow
from dossiers.choices import Job, StepState
from dossiers.models import AssignmentRule, Dossier, Event, StepRun
from dossiers.states import DossierState
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow.assignment import ABOUT_THE_HOLDER

log = logging.getLogger(__name__)
BATCH = 200  # of one rule in one run; the rest a minute later
Way = AssignmentRule.Way


def run() -> None:
    """The periodic job."""
    for rule in AssignmentRule.objects.exclude(way=Way.OFF).select_related("agency").order_by("pk"):
        people = _present(rule)
        if people:
            _give(rule, people)


def _present(rule: AssignmentRule) -> list[User]:
    """Who has the role at the body and is not away today."""
    seats = Membership.objects.current().filter(agency=rule.agency_id, role=rule.role).values("user")
    away = Absence.objects.current().values("user")
    return list(User.objects.filter(pk__in=seats, is_active=True).exclude(pk__in=away).order_by("pk"))


def _give(rule: AssignmentRule, people: list[User]) -> None:
    mapped, held = dict(rule.procedures.values_list("procedure", "user")), _load(rule, people)
    here = {user.pk: user for user in people}
    for dossier, run in _free(rule):
        person = here.get(mapped.get(dossier.version.procedure_id)) or _by_way(rule, people, held)
        if person is None:
            continue
        try:
            workflow.advance(dossier, "give_out", actor=SystemActor(Job.GIVE_OUT), holder=person, step=run)
        except (workflow.StepNotPossible, PermissionDenied, DetailsMissing) as refused:
            log.warning("not given out", extra={"dossier": dossier.code, "why": str(refused)})
            continue
        held[person.pk] += 1
        rule.last = person
    rule.save(update_fields=["last"])


def _by_way(rule: AssignmentRule, people: list[User], held: Counter) -> User | None:
    if rule.way == Way.LOAD:
        return min(people, key=lambda user: (held[user.pk], user.pk))
    if rule.way == Way.ROTATION:
        return next((user for user in people if rule.last_id is not None and user.pk > rule.last_id), people[0])
    return None


def _load(rule: AssignmentRule, people: list[User]) -> Counter:
    """{id of a person: what they hold in this role}. One query."""
    if rule.role == Role.RECEIVING_CLERK:
        rows = Dossier.objects.filter(state=DossierState.SUBMITTED, holder__in=people)
    else:
        rows = StepRun.objects.filter(state=StepState.OPEN, dossier__state=DossierState.PROCESSING, holder__in=people)
    return Counter(dict(rows.order_by().values("holder").annotate(n=Count("pk")).values_list("holder", "n")))


def _free(rule: AssignmentRule) -> list[tuple[Dossier, StepRun | None]]:
    """What came to the body and nobody ever held, the longest waiting first."""
    about = Event.objects.filter(step__in=ABOUT_THE_HOLDER)
    if rule.role == Role.RECEIVING_CLERK:
        rows = Dossier.objects.filter(state=DossierState.SUBMITTED, receiving_agency=rule.agency_id, holder=None)
        rows = rows.filter(confidential=False).exclude(Exists(about.filter(dossier=OuterRef("pk")))).select_related("version")
        return [(dossier, None) for dossier in rows.order_by("submitted_at", "pk")[:BATCH]]
    steps = StepRun.objects.filter(state=StepState.OPEN, agency=rule.agency_id, role=rule.role, holder=None, taken_at=None)
    steps = steps.filter(dossier__state=DossierState.PROCESSING, dossier__confidential=False, dossier__decided_at=None)
    steps = steps.exclude(Q(kind="applicant_confirm") & ~Q(question=""))
    since = about.filter(dossier=OuterRef("dossier"), at__gte=OuterRef("opened_at"))
    steps = steps.exclude(Exists(since)).select_related("dossier__version").order_by("opened_at", "pk")
    return [(step.dossier, step) for step in steps[:BATCH]]
