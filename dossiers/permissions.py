"""May this person? Predicates over a dossier and a user, named by the role they stand for; and who may see what.

A predicate given to a transition line is the one that pages ask, too. Nothing here imports a model.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Protocol, cast

from django.apps import apps
from django.db.models import Q

from accounts.roles import WORK_ON_DOSSIERS, Role
from dossiers.states import DossierState

if TYPE_CHECKING:
    from accounts.models import User
    from dossiers.models import Dossier

CITIZEN = "submitter"
PAPER_ROLES = [role for role in WORK_ON_DOSSIERS if role is not Role.INSPECTOR]


Predicate = Callable[["Dossier", "User"], bool]


class Permission(Protocol):
    """A predicate that stands for these roles, in the words of the workflow file."""

    roles: frozenset[str]

    def __call__(self, dossier: Dossier, user: User, /) -> bool: ...


def named(*roles: str) -> Callable[[Predicate], Permission]:
    """Marks a predicate with the roles it stands for."""

    def mark(predicate: Predicate) -> Permission:
        permission = cast(Permission, predicate)
        permission.roles = frozenset(roles)
        return permission

    return mark


def official(*roles: str) -> Callable[[Predicate], Permission]:
    """Marks a predicate of staff: it holds for the roles it names, and for nobody in a matter of their own."""

    def mark(predicate: Predicate) -> Permission:
        @wraps(predicate)
        def may(dossier: Dossier, user: User) -> bool:
            return not is_own_matter(dossier, user) and predicate(dossier, user)

        return named(*roles)(may)

    return mark


def is_own_matter(dossier: Dossier, user: User) -> bool:
    """Did this person file it, or is it about them?"""
    return dossier.submitter_id == user.pk or bool(dossier.person_id and dossier.person_id == user.person_id)


def are_own_matters(user: User) -> Q:
    """The same question as a condition, for lists of dossiers."""
    own = Q(submitter=user)
    return own | Q(person=user.person_id) if user.person_id else own


@named(CITIZEN)
def is_submitter(dossier: Dossier, user: User) -> bool:
    """The one who files: the submitter, the subject in person, or somebody with a mandate in force for the subject.

    Who filed under a mandate is that somebody: once it is revoked or over, the dossier is no longer theirs.
    """
    if not user.is_active:
        return False
    filed_for_oneself = dossier.mandate_id is None and dossier.submitter_id == user.pk
    if filed_for_oneself or (dossier.person_id and dossier.person_id == user.person_id):
        return True
    return bool(dossier.person_id or dossier.organisation_id) and any(
        not mandate.procedures or dossier.version.procedure.code in mandate.procedures
        for mandate in user.mandates.current().filter(person=dossier.person_id, organisation=dossier.organisation_id)
    )


@official(Role.RECEIVING_CLERK)
def is_receiving_clerk(dossier: Dossier, user: User) -> bool:
    return user.has_role(Role.RECEIVING_CLERK, dossier.receiving_agency_id)


@official(Role.OFFICER)
def is_officer(dossier: Dossier, user: User) -> bool:
    """An officer of the body that decides, or of a body whose step is open. A body that is only consulted answers, no more."""
    return user.has_role(Role.OFFICER, dossier.lead_agency_id) or any(
        run.role == Role.OFFICER and run.kind != "consult" and user.has_role(Role.OFFICER, run.agency_id)
        for run in dossier.open_steps
    )


@official(Role.SIGNER)
def is_signer(dossier: Dossier, user: User) -> bool:
    return user.has_role(Role.SIGNER, dossier.lead_agency_id)


@official(Role.HEAD)
def is_head(dossier: Dossier, user: User) -> bool:
    """Head or deputy of the desk or of the body that decides."""
    return any(
        user.has_role(role, agency)
        for role in (Role.HEAD, Role.DEPUTY)
        for agency in (dossier.receiving_agency_id, dossier.lead_agency_id)
    )


@official(Role.OFFICER, Role.RECEIVING_CLERK, Role.HEAD)
def holds_the_step(dossier: Dossier, user: User) -> bool:
    """Has the role of an open step at the agency of that step (and the head may act for an absent officer)."""
    return is_head(dossier, user) or any(user.has_role(run.role, run.agency_id) for run in dossier.open_steps)


@named("post")
def is_post(dossier: Dossier, user: User) -> bool:
    """The postal service's own logins come with the postal port: nobody has them yet."""
    return False


def any_of(*predicates: Permission) -> Permission:
    """One predicate out of several, standing for all their roles."""

    @named(*(role for predicate in predicates for role in predicate.roles))
    def may(dossier: Dossier, user: User) -> bool:
        return any(predicate(dossier, user) for predicate in predicates)

    return may


@named()
def nobody(dossier: Dossier, user: User) -> bool:
    """Only named jobs may take this step."""
    return False


def sees_papers(dossier: Dossier, user: User) -> bool:
    """May open files: the citizen's side, and staff who work on it. An inspector reads without the papers."""
    if is_submitter(dossier, user):
        return True
    agencies = {dossier.receiving_agency_id, dossier.lead_agency_id, *(run.agency_id for run in dossier.step_runs.all())}
    return dossier.state != DossierState.DRAFT and bool(agencies & user.agencies_with(*PAPER_ROLES))


def visible_dossiers(dossiers, user):
    """The dossiers of this queryset that the user may see; what is left out answers 404 everywhere.

    A confidential dossier is seen by its submitter and by staff who hold it, nobody else. Administrators see none by right.
    """
    if not user.is_authenticated or not user.is_active:
        return dossiers.none()
    return dossiers.filter(own_matters(user) | at_work(user))


def own_matters(user: User) -> Q:
    """Condition: filed by this person, about them, or for a subject they have a mandate for. The citizen's side."""
    own = Q(submitter=user, mandate=None)
    if user.person_id:
        own |= Q(person=user.person_id) & ~Q(state=DossierState.DRAFT)
    for mandate in user.mandates.current():
        side = Q(person=mandate.person_id) if mandate.person_id else Q(organisation=mandate.organisation_id)
        if mandate.procedures:
            side &= Q(version__procedure__code__in=mandate.procedures)
        own |= side & (~Q(state=DossierState.DRAFT) | Q(submitter=user))
    return own


def at_work(user: User) -> Q:
    """Condition: filed dossiers of the bodies where this person works or inspects, the rest of `visible_dossiers` being own."""
    agencies = user.agencies_with(*PAPER_ROLES)
    below = _bodies_inspected_by(user)
    if not agencies and not below:
        return Q(pk__in=())
    here = Q(receiving_agency__in=agencies) | Q(lead_agency__in=agencies) | Q(pk__in=_with_a_step_at(agencies))
    for code in below:
        here |= Q(receiving_agency__code=code) | Q(receiving_agency__code__startswith=f"{code}.")
    return here & ~Q(state=DossierState.DRAFT) & (Q(confidential=False) | Q(holder=user))


def _bodies_inspected_by(user):
    """Codes of the bodies an inspector reads, each with all bodies below it (H18 stands for the whole province)."""
    if not user.agencies_with(Role.INSPECTOR):
        return []
    return list(user.memberships.current().filter(role=Role.INSPECTOR).values_list("agency__code", flat=True))


def _with_a_step_at(agencies):
    return apps.get_model("dossiers", "StepRun").objects.filter(agency__in=agencies).values("dossier")
