"""Whose task it is: the accountant who has the fewest on the table, and never somebody's own matter."""

from django.db.models import Count, Q
from django.db.models.expressions import OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Membership, User
from accounts.roles import Role
from dossiers.permissions import is_own_matter
from payments.models import Difference, PaymentComplaint
from procedures.models import Offering


def least_busy(agencies, dossier=None):
    """The accountant of these bodies with the fewest open differences and complaints; None when they have no accountant."""
    for person in accountants_of(agencies).annotate(burden=_open(Difference) + _open(PaymentComplaint)).order_by("burden", "pk"):
        if dossier is None or not is_own_matter(dossier, person):
            return person
    return None


def accountants_of(agencies):
    """Logins in use with the role in force at one of these bodies."""
    seats = Membership.objects.current().filter(role=Role.ACCOUNTANT, agency__in=agencies)
    return User.objects.filter(is_active=True, pk__in=seats.values("user"))


def bodies_at(point):
    """Ids of the bodies that collect at this point."""
    return Offering.objects.filter(terminal=point.terminal_id).values_list("lead_agency", flat=True).distinct()


def _open(model):
    mine = model.objects.filter(owner=OuterRef("pk"), closed_at=None).order_by().values("owner")
    return Coalesce(Subquery(mine.annotate(n=Count("pk", filter=Q(closed_at=None))).values("n")), 0)
