"""Who may change what an agency states about itself. Pages and functions ask here."""

from django.db.models import QuerySet

from accounts.models import Agency, User
from accounts.roles import Role


def own_agencies(user: User) -> QuerySet[Agency]:
    """The agencies that this person administers today. A membership that has ended counts no more at the next request."""
    if not (user.is_active and user.is_staff_login):
        return Agency.objects.none()
    return Agency.objects.filter(pk__in=user.agencies_with(Role.AGENCY_ADMIN))


def administers_an_agency(user: User) -> bool:
    return user.is_active and user.is_staff_login and bool(user.agencies_with(Role.AGENCY_ADMIN))
