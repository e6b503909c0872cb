"""Who may do what with a dossier, and who may see it: predicates over a dossier and a user, and the same as query conditions.

Transition lines and pages use the same predicates. This module imports no model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Protocol, cast

from django.apps import apps
from django.db.models import Q

from accounts.mandates import Basis, in_force
from accounts.roles import WORK_ON_DOSSIERS, Role
from dossiers.choices import FilingChannel, PaperKind, Product
from dossiers.states import DossierState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from dossiers.models import Dossier, StepRun

CITIZEN = "submitter"
# Who reads the answers, whole numbers and papers of a dossier. An inspector reads its course, an accountant its money.
PAPER_ROLES = [role for role in WORK_ON_DOSSIERS if role not in (Role.INSPECTOR, Role.ACCOUNTANT)]
MONEY_PAPERS = frozenset({PaperKind.E_RECEIPT, PaperKind.PAYMENT_NOTICE})
# Steps whose note is shown to the citizen; other notes are for staff.
NOTE_SHOWN_STEPS = frozenset(
    {
        "ask_supplement",
        "refuse_receipt",
        "extend",
        "apologise",
        "stop",
        "refuse_withdrawal",
        "refuse_substance",
        "waive",
        "withdraw",
        "resubmit",
        "confirm",
        "correct_result",
    }
)


ASKED_KINDS = ("consult", "joint")  # kinds of step in which another body answers, and does nothing else
FOR_A_VISITOR = ("submit", "resubmit", "withdraw", "confirm")  # steps of citizens that a clerk takes with their signed paper
Predicate = Callable[["Dossier", "User"], bool]


class Body(StrEnum):
    """At which body a role is held, seen from the dossier."""

    CITIZEN = "the citizen's side"
    RECEIVING = "receiving body"
    LEAD = "lead body"
    STEP = "body of the step"


class Permission(Protocol):
    """A predicate with what it admits: `roles` as in the workflow file, and at which `bodies` they are held."""

    roles: frozenset[str]
    bodies: frozenset[tuple[str, Body]]  # {(role, body)}

    def __call__(self, dossier: Dossier, user: User, /) -> bool: ...


def for_roles(*roles: str, at: Iterable[Body] = ()) -> Callable[[Predicate], Permission]:
    """Decorator: sets the roles that a predicate admits, and the bodies where they are held."""

    def mark(predicate: Predicate) -> Permission:
        permission = cast(Permission, predicate)
        permission.roles = frozenset(roles)
        permission.bodies = frozenset((role, body) for role in roles for body in at)
        return permission

    return mark


def for_staff(*roles: str, at: Iterable[Body]) -> Callable[[Predicate], Permission]:
    """Decorator for predicates of staff: as `for_roles`, and makes them False for staff whose own dossier it is."""

    def mark(predicate: Predicate) -> Permission:
        @wraps(predicate)
        def may(dossier: Dossier, user: User) -> bool:
            return not is_own_dossier(dossier, user) and predicate(dossier, user)

        return for_roles(*roles, at=at)(may)

    return mark


def is_own_dossier(dossier: Dossier, user: User) -> bool:
    """Is this user the submitter or the subject, with this login or another one of their own?"""
    return dossier.submitter_id in user.own_logins or bool(dossier.person_id and dossier.person_id in user.own_persons)


def own_dossiers(user: User) -> Q:
    """`is_own_dossier` as a query condition."""
    return Q(submitter__in=user.own_logins) | Q(person__in=user.own_persons)


@for_roles(CITIZEN, at=[Body.CITIZEN])
def is_submitter(dossier: Dossier, user: User) -> bool:
    """The citizen's side: the submitter, the subject, or a user with a mandate in force for the subject.

    A user who filed under a mandate loses access when the mandate is revoked or has expired.
    """
    if not user.is_active:
        return False
    filed_for_oneself = dossier.mandate_id is None and dossier.submitter_id == user.pk
    if filed_for_oneself or (dossier.person_id and dossier.person_id == user.person_id):
        return True
    return _has_mandate(dossier, user)


def _has_mandate(dossier: Dossier, user: User) -> bool:
    """Has this user a mandate in force for the subject and the procedure of the dossier?"""
    if not (dossier.person_id or dossier.organisation_id):
        return False
    mandates = user.mandates.current().covering(dossier.version.procedure.code)
    return mandates.filter(person=dossier.person_id, organisation=dossier.organisation_id).exists()


@for_roles(CITIZEN, at=[Body.CITIZEN])
def may_file(dossier: Dossier, user: User) -> bool:
    """May this user file the draft: their own, for themselves or under a mandate in force for its subject and procedure?"""
    if not user.is_active or dossier.submitter_id != user.pk:
        return False
    if dossier.mandate_id is None and dossier.organisation_id is None and dossier.person_id in (None, user.person_id):
        return user.person_id is not None
    return _has_mandate(dossier, user)


@for_staff(Role.RECEIVING_CLERK, at=[Body.RECEIVING])
def is_receiving_clerk(dossier: Dossier, user: User) -> bool:
    return user.has_role(Role.RECEIVING_CLERK, dossier.receiving_agency_id)


@for_staff(Role.RECEIVING_CLERK, at=[Body.RECEIVING])
def enters_for_a_visitor(dossier: Dossier, user: User) -> bool:
    """The clerk who enters a draft at the counter or from a letter, at the body that takes it in."""
    entered = dossier.channel != FilingChannel.ONLINE and dossier.submitter_id is None and dossier.entered_by_id == user.pk
    place = dossier.receiving_agency_id or (dossier.offering.receiving_agency_id if dossier.offering_id else None)
    return entered and user.has_role(Role.RECEIVING_CLERK, place)


@for_staff(Role.RECEIVING_CLERK, at=[Body.RECEIVING])
def acts_for_a_visitor(dossier: Dossier, user: User) -> bool:
    """A clerk of the receiving body, for somebody who came to the counter, wrote a letter, or has no account."""
    came = dossier.channel != FilingChannel.ONLINE or dossier.submitter_id is None
    return came and user.has_role(Role.RECEIVING_CLERK, dossier.receiving_agency_id)


@for_staff(Role.OFFICER, Role.HEAD, at=[Body.LEAD, Body.STEP])
def works_on_it(dossier: Dossier, user: User) -> bool:
    """Whose work it is inside the office: who does an open step, or the head of its body. A consulted body only answers, a signer
    returns. Before the steps open, an officer or the head of the lead agency."""
    if dossier.state == DossierState.ACCEPTED:
        return user.has_role(Role.OFFICER, dossier.lead_agency_id) or heads(user, dossier.lead_agency_id)
    own = [run for run in own_steps(dossier, user) if run.kind != "sign" and run.role in (Role.OFFICER, Role.HEAD)]
    headed = [run for run in dossier.open_steps if heads(user, run.agency_id)]
    return any(run.kind not in ASKED_KINDS for run in [*own, *headed])


@for_staff(Role.SIGNER, at=[Body.LEAD])
def is_signer(dossier: Dossier, user: User) -> bool:
    return user.has_role(Role.SIGNER, dossier.lead_agency_id)


@for_staff(Role.HEAD, at=[Body.RECEIVING, Body.LEAD])
def is_head(dossier: Dossier, user: User) -> bool:
    """Head or deputy of the receiving agency or of the lead agency."""
    return any(heads(user, agency) for agency in (dossier.receiving_agency_id, dossier.lead_agency_id))


def heads(user: User, agency_id: int | None) -> bool:
    """Is this user head or deputy of the body?"""
    return any(user.has_role(role, agency_id) for role in (Role.HEAD, Role.DEPUTY))


# ---------------------------------------------------------------- processing steps
def does_the_step(run: StepRun, user: User) -> bool:
    """May this user do this step: its role at its own body, unless somebody else holds it who is not away; or the head of that
    body who took it over. The query of the rule: `desk.queues.runs_of`."""
    if run.holder_id not in (None, user.pk) and run.holder_id not in user.stands_in_for:
        return False
    return has_its_role(run, user) or run.holder_id == user.pk and heads(user, run.agency_id)


def has_its_role(run: StepRun, user: User) -> bool:
    """Does this user have the role of the step at its body?"""
    return any(user.has_role(role, run.agency_id) for role in roles_of(run))


def roles_of(run: StepRun) -> tuple[str, ...]:
    """The roles that do the step: a deputy stands in for the head."""
    return (Role.HEAD, Role.DEPUTY) if run.role == Role.HEAD else (run.role,)


def own_steps(dossier: Dossier, user: User) -> list[StepRun]:
    """The open steps that this user may do."""
    return [run for run in dossier.open_steps if does_the_step(run, user)]


def steps_headed(dossier: Dossier, user: User) -> list[StepRun]:
    """The open steps at bodies that this user heads; signing is not among them, a head does not sign for a signer."""
    return [run for run in dossier.open_steps if run.kind != "sign" and heads(user, run.agency_id)]


@for_staff(Role.OFFICER, Role.RECEIVING_CLERK, Role.HEAD, at=[Body.STEP])
def holds_the_step(dossier: Dossier, user: User) -> bool:
    """Does an open step before the signature: the step's own role at the step's own body, or the head of it who took it over."""
    return any(run.kind != "sign" for run in own_steps(dossier, user))


@for_staff(Role.OFFICER, at=[Body.STEP])
def asks_others(dossier: Dossier, user: User) -> bool:
    """Does an open step that is not itself a question to another body or to the applicant."""
    return any(run.kind not in ("sign", "applicant_confirm", *ASKED_KINDS) for run in own_steps(dossier, user))


@for_staff(Role.OFFICER, at=[Body.STEP])
def asks_the_applicant(dossier: Dossier, user: User) -> bool:
    """Does the open step in which the applicant confirms."""
    return any(run.kind == "applicant_confirm" for run in own_steps(dossier, user))


@for_staff(Role.OFFICER, at=[Body.STEP])
def visits(dossier: Dossier, user: User) -> bool:
    """Does an open step in which something is checked on site."""
    return any(run.kind == "site_check" for run in own_steps(dossier, user))


@for_staff(Role.SIGNER, at=[Body.STEP])
def signs_the_step(dossier: Dossier, user: User) -> bool:
    """Does an open signature; before one is open, a signer of the lead agency, who is told what is missing."""
    signatures = [run for run in dossier.open_steps if run.kind == "sign"]
    if not signatures:
        return user.has_role(Role.SIGNER, dossier.lead_agency_id)
    return any(does_the_step(run, user) for run in signatures)


@for_staff(Role.OFFICER, Role.HEAD, Role.SIGNER, at=[Body.STEP])
def does_a_step(dossier: Dossier, user: User) -> bool:
    """Does an open step, also the signature, that is no question from another body."""
    return any(run.kind not in ASKED_KINDS for run in own_steps(dossier, user))


@for_staff(Role.HEAD, at=[Body.LEAD])
def heads_the_lead(dossier: Dossier, user: User) -> bool:
    return heads(user, dossier.lead_agency_id)


@for_staff(Role.HEAD, at=[Body.RECEIVING])
def heads_the_desk(dossier: Dossier, user: User) -> bool:
    """Head of the receiving agency, which holds the dossier before its steps open."""
    return heads(user, dossier.receiving_agency_id)


@for_staff(Role.HEAD, at=[Body.STEP])
def heads_the_work(dossier: Dossier, user: User) -> bool:
    """Head of the body of an open step."""
    return any(heads(user, run.agency_id) for run in dossier.open_steps)


@for_staff(Role.HEAD, at=[Body.STEP])
def may_take_over(dossier: Dossier, user: User) -> bool:
    """Head of the body of an open step that this user does not hold already."""
    return any(run.holder_id != user.pk for run in steps_headed(dossier, user))


@for_staff(Role.RECEIVING_CLERK, at=[Body.RECEIVING])
def may_claim(dossier: Dossier, user: User) -> bool:
    """A clerk of the desk, while nobody holds the dossier."""
    return dossier.holder_id is None and user.has_role(Role.RECEIVING_CLERK, dossier.receiving_agency_id)


@for_staff(Role.RECEIVING_CLERK, at=[Body.RECEIVING])
def holds_it_at_the_desk(dossier: Dossier, user: User) -> bool:
    return dossier.holder_id == user.pk


@for_staff(Role.OFFICER, Role.RECEIVING_CLERK, Role.SIGNER, at=[Body.STEP])
def holds_a_step(dossier: Dossier, user: User) -> bool:
    """Holds an open step."""
    return any(run.holder_id == user.pk for run in dossier.open_steps)


@for_staff(Role.OFFICER, Role.RECEIVING_CLERK, Role.SIGNER, Role.HEAD, at=[Body.STEP])
def was_handed_a_step(dossier: Dossier, user: User) -> bool:
    """May do an open step that was handed over and that nobody has taken yet."""
    return any(run.untaken for run in own_steps(dossier, user))


def drafting_steps(dossier: Dossier, user: User) -> list[StepRun]:
    """The open steps in which this user writes the result: of the lead agency, or the one that delivers the draft, but no
    question to somebody else."""
    return [
        run
        for run in own_steps(dossier, user)
        if run.kind not in ("applicant_confirm", *ASKED_KINDS)
        and (run.agency_id == dossier.lead_agency_id or run.must_produce == Product.DRAFT)
    ]


@for_staff(Role.OFFICER, Role.SIGNER, Role.HEAD, at=[Body.STEP])
def drafts_now(dossier: Dossier, user: User) -> bool:
    """May write the result now."""
    return bool(drafting_steps(dossier, user))


def entered_for(dossier: Dossier, user: User) -> bool:
    """Did this user enter the dossier, or a later step of it, for a visitor? Then another person decides about it. The query of
    the rule: `entered_dossiers`."""
    return dossier.entered_by_id == user.pk or actors_for_a_visitor(dossier).filter(actor=user).exists()


def actors_for_a_visitor(dossier: Dossier) -> QuerySet:
    """Who took a step of the citizen's side of this dossier, as ids of users; the citizens themselves are among them."""
    return dossier.events.filter(step__in=FOR_A_VISITOR, actor__isnull=False).values("actor")


def entered_dossiers(user: User, path: str = "") -> Q:
    """`entered_for` as a query condition. `path`: the way to the dossier («obligation__dossier__»)."""
    entered = apps.get_model("dossiers", "Event").objects.filter(actor=user, step__in=FOR_A_VISITOR).values("dossier")
    return Q(**{f"{path}entered_by": user}) | Q(**{f"{path}pk__in": entered})


def any_of(*predicates: Permission) -> Permission:
    """True when one of the predicates is; admits all their roles."""

    @for_roles(*(role for predicate in predicates for role in predicate.roles))
    def may(dossier: Dossier, user: User) -> bool:
        return any(predicate(dossier, user) for predicate in predicates)

    may.bodies = frozenset().union(*(predicate.bodies for predicate in predicates))
    return may


@for_staff(Role.HEAD, at=[Body.RECEIVING, Body.LEAD])
def approves_supplement(dossier: Dossier, user: User) -> bool:
    """A head or deputy, when a request for supplements was proposed by somebody else: nobody approves the own, or
    for a dossier that they entered for a visitor."""
    proposal = dossier.open_proposal
    return proposal is not None and proposal.actor_id != user.pk and is_head(dossier, user) and not entered_for(dossier, user)


def or_approves_supplement(asks: Permission) -> Permission:
    """Who asks for supplements; while a request is proposed, only who approves it."""
    both = any_of(asks, approves_supplement)

    @for_roles(*both.roles)
    def may(dossier: Dossier, user: User) -> bool:
        return (approves_supplement if dossier.supplement_proposed_at else asks)(dossier, user)

    may.bodies = both.bodies
    return may


@for_roles()
def no_user(dossier: Dossier, user: User) -> bool:
    """No user may take the step, only the jobs named on its line."""
    return False


def may_see_papers(dossier: Dossier, user: User) -> bool:
    """May open files and papers, and read answers and whole numbers: the citizen's side, and staff who work on the dossier.

    An inspector may not, an accountant neither (`may_open_paper`). The query of the rule for staff: `paper_dossiers`.
    """
    return _works_at_its_bodies(dossier, user) or is_submitter(dossier, user)


def _works_at_its_bodies(dossier: Dossier, user: User) -> bool:
    """Is this user staff, other than an inspector or accountant, of a body that has or had a part in the dossier?"""
    bodies = user.agencies_with(*PAPER_ROLES)
    if not bodies or dossier.state == DossierState.DRAFT:
        return False
    if bodies & {dossier.receiving_agency_id, dossier.lead_agency_id}:
        return True
    return any(run.agency_id in bodies for run in dossier.step_runs.all())


def may_read_answers(dossier: Dossier, user: User) -> bool:
    """May read what was filled in: who sees papers, and an inspector, for whom numbers are masked. An accountant reads money."""
    return may_see_papers(dossier, user) or bool(user.agencies_with(Role.INSPECTOR))


def may_open_paper(dossier: Dossier, kind: str, user: User) -> bool:
    """May open an issued paper of this kind: who sees papers; and an accountant of the body those about its money."""
    if may_see_papers(dossier, user):
        return True
    bodies = {dossier.receiving_agency_id, dossier.lead_agency_id}
    return kind in MONEY_PAPERS and bool(bodies & user.agencies_with(Role.ACCOUNTANT))


writes_for_the_office = any_of(is_receiving_clerk, works_on_it, is_signer, is_head)  # letters to the citizen's side


def reads_notes(dossier: Dossier, user: User) -> bool:
    """May read and write the notes of staff: staff who see its papers. Nobody reads notes about an own dossier."""
    return not (is_submitter(dossier, user) or is_own_dossier(dossier, user)) and may_see_papers(dossier, user)


def visible_dossiers(dossiers, user):
    """The dossiers of this queryset that the user may see; pages answer 404 for all others.

    A confidential dossier is visible to its submitter and to the staff named on it (`named_on`). Administrators see none.
    """
    if not user.is_authenticated or not user.is_active:
        return dossiers.none()
    return dossiers.filter(citizen_dossiers(user) | staff_dossiers(user))


def citizen_dossiers(user: User) -> Q:
    """Query condition of the citizen's side: filed by this user, about them, or for a subject they have a mandate for.

    A draft is its submitter's alone. When the mandate it was begun under has ended, it is its subject's: the person, or the
    legal representatives of the organisation.
    """
    own = Q(submitter=user, mandate=None)
    filed = ~Q(state=DossierState.DRAFT)
    abandoned = Q(mandate__isnull=False) & ~in_force("mandate__")
    if user.person_id:
        own |= Q(person=user.person_id) & (filed | abandoned)
    for mandate in user.mandates.current():
        side = Q(person=mandate.person_id) if mandate.person_id else Q(organisation=mandate.organisation_id)
        if mandate.procedures:
            side &= Q(version__procedure__code__in=mandate.procedures)
        represents = mandate.organisation_id and mandate.basis == Basis.LEGAL_REPRESENTATIVE
        own |= side & (filed | Q(submitter=user) | (abandoned if represents else Q(pk__in=())))
    return own


def staff_dossiers(user: User) -> Q:
    """Query condition of staff: filed dossiers of the agencies where this user works, those of them with a fee for an accountant,
    and those of the agencies they inspect."""
    here = paper_dossiers(user)
    if books := user.agencies_with(Role.ACCOUNTANT):
        fees = apps.get_model("dossiers", "FeeObligation").objects.values("dossier")
        here |= (Q(receiving_agency__in=books) | Q(lead_agency__in=books)) & Q(pk__in=fees)
    for code in _bodies_inspected_by(user):
        here |= Q(receiving_agency__code=code) | Q(receiving_agency__code__startswith=f"{code}.")
    return here & ~Q(state=DossierState.DRAFT) & (Q(confidential=False) | named_on(user))


def named_on(user: User) -> Q:
    """Query condition: who may know of a confidential dossier (a denunciation): who entered it, who holds it or an open step of
    it; while nobody holds it, the heads of its bodies, who give it to somebody."""
    steps = apps.get_model("dossiers", "StepRun").objects.filter(holder=user, state="open").values("dossier")
    headed = user.agencies_with(Role.HEAD, Role.DEPUTY)
    free = Q(holder=None) & (Q(receiving_agency__in=headed) | Q(lead_agency__in=headed)) if headed else Q(pk__in=())
    return Q(holder=user) | Q(entered_by=user) | Q(pk__in=steps) | free


def paper_dossiers(user: User) -> Q:
    """Query condition of staff who see papers (`may_see_papers`): dossiers of the agencies where they work on them."""
    agencies = user.agencies_with(*PAPER_ROLES)
    if not agencies:
        return Q(pk__in=())
    return Q(receiving_agency__in=agencies) | Q(lead_agency__in=agencies) | Q(pk__in=_with_a_step_at(agencies))


def _bodies_inspected_by(user):
    """Codes of the agencies an inspector may read; each includes all agencies below it (H18: the whole province)."""
    if not user.agencies_with(Role.INSPECTOR):
        return []
    return list(user.memberships.current().filter(role=Role.INSPECTOR).values_list("agency__code", flat=True))


def _with_a_step_at(agencies):
    return apps.get_model("dossiers", "StepRun").objects.filter(agency__in=agencies).values("dossier")
