"""May this person? Predicates of the accountant's desk, and which bodies' money one sees."""

from accounts.models import Agency
from accounts.roles import Role
from dossiers.permissions import is_own_matter


def bodies_of(user):
    """Bodies whose money this user looks after (role accountant, in force today)."""
    return Agency.objects.filter(pk__in=user.agencies_with(Role.ACCOUNTANT)) if user.is_authenticated else Agency.objects.none()


def is_accountant(user):
    return bool(user.is_authenticated and user.agencies_with(Role.ACCOUNTANT))


def is_accountant_of(attempt, user):
    """Keeps the books of the body that collects, and it is not a matter of their own."""
    return user.has_role(Role.ACCOUNTANT, attempt.collector_id) and not is_own_matter(attempt.obligation.dossier, user)
