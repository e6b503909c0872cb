"""Who has a dossier on screen: the page tells the portal every BEAT, and what is older than PRESENT does not count."""

import datetime as dt

from django.db.models import QuerySet

from accounts.models import User
from dossiers.models import DeskVisit, Dossier
from portal.common import clock

BEAT = 30  # seconds
PRESENT = dt.timedelta(seconds=90)


def record_visit(user: User, dossier: Dossier) -> None:
    """This user opened the page of the dossier: they have seen what happened until now."""
    _record(DeskVisit(user=user, dossier=dossier), ["seen_at", "present_at"])


def record_presence(user: User, dossier: Dossier) -> None:
    """The page is still open."""
    _record(DeskVisit(user=user, dossier=dossier, seen_at=None), ["present_at"])


def record_leaving(user: User, dossier: Dossier) -> None:
    """This user is done with the dossier and has gone on to another one."""
    DeskVisit.objects.filter(user=user, dossier=dossier).update(seen_at=clock.now(), present_at=None)


def _record(row, fields):
    DeskVisit.objects.bulk_create([row], update_conflicts=True, unique_fields=["user", "dossier"], update_fields=fields)


def others_at(user: User) -> QuerySet[DeskVisit]:
    """The visits of other people that go on now."""
    return DeskVisit.objects.filter(present_at__gte=clock.now() - PRESENT).exclude(user=user)


def names_of_others(user: User, dossier: Dossier) -> list[str]:
    """Names of the colleagues who have the dossier on screen now."""
    return [str(visit.user) for visit in others_at(user).filter(dossier=dossier).select_related("user").order_by("present_at")]
