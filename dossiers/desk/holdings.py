"""What one member of staff holds, for the head who gives it to others."""

from django.db.models import Q

from accounts.models import Membership, User
from accounts.roles import Role
from dossiers.leaving import held_at_desk, steps_held
from dossiers.models import Dossier


def held_by(user, bodies):
    """Dossiers that this person holds at these bodies, or a step of them."""
    steps = steps_held(user).filter(agency__in=bodies).values("dossier")
    return Dossier.objects.filter(held_at_desk(user) & Q(receiving_agency__in=bodies) | Q(pk__in=steps))


def people_of(head):
    """The staff whose work this head gives to others: of the own bodies, also those who left while they held something."""
    bodies = head.agencies_with(Role.HEAD, Role.DEPUTY)
    seats = Membership.objects.filter(agency__in=bodies).values("user")
    return User.objects.filter(pk__in=seats).exclude(pk=head.pk)
