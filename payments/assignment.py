"""Assignment of differences and complaints: to the accountant with the fewest open ones, never in an own matter."""

from collections.abc import Iterable

from django.db.models import Count, Model, Q
from django.db.models.expressions import OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from dossiers.models import Dossier
from dossiers.permissions import is_own_dossier
from payments.models import Difference, PaymentComplaint
from payments.permissions import accountants_of


def least_busy(agencies: Iterable[int], dossier: Dossier | None = None) -> User | None:
    """The accountant of these bodies with the fewest open differences and complaints; None when they have no accountant."""
    for person in accountants_of(agencies).annotate(burden=_open(Difference) + _open(PaymentComplaint)).order_by("burden", "pk"):
        if dossier is None or not is_own_dossier(dossier, person):
            return person
    return None


def _open(model: type[Model]) -> Coalesce:
    mine = model.objects.filter(owner=OuterRef("pk"), closed_at=None).order_by().values("owner")
    return Coalesce(Subquery(mine.annotate(n=Count("pk", filter=Q(closed_at=None))).values("n")), 0)
