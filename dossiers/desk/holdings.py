"""What one member of staff holds: for the head who gives it to others, and for who wants to end a role."""

from django.db.models import Q

from accounts.models import Membership, User
from accounts.roles import Role
from accounts.staffing import leaving
from dossiers.models import Dossier, StepRun, StepState
from dossiers.states import ALIVE, DossierState


def held_at_desk(user):
    """Query condition: dossiers that this person holds at the desk, before or after the work of the office."""
    return Q(holder=user, state__in=ALIVE) & ~Q(state=DossierState.PROCESSING)


def steps_held(user):
    """Open steps that this person holds."""
    return StepRun.objects.filter(holder=user, state=StepState.OPEN, dossier__state=DossierState.PROCESSING)


def held_by(user, bodies):
    """Dossiers that this person holds at these bodies, or a step of them."""
    steps = steps_held(user).filter(agency__in=bodies).values("dossier")
    return Dossier.objects.filter(held_at_desk(user) & Q(receiving_agency__in=bodies) | Q(pk__in=steps))


def people_of(head):
    """The staff whose work this head gives to others: of the own bodies, also those who left while they held something."""
    bodies = head.agencies_with(Role.HEAD, Role.DEPUTY)
    seats = Membership.objects.filter(agency__in=bodies).values("user")
    return User.objects.filter(pk__in=seats).exclude(pk=head.pk)


@leaving.holdings
def _of_a_role(user, agency, role):
    """Codes of what this person holds in this role at this body."""
    steps = steps_held(user).filter(agency=agency, role=role)
    found = Q(pk__in=steps.values("dossier"))
    if role == Role.RECEIVING_CLERK:
        found |= held_at_desk(user) & Q(receiving_agency=agency)
    return list(Dossier.objects.filter(found).order_by("code").values_list("code", flat=True))
