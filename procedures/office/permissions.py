"""Who may read, edit and publish in the catalogue's back-office. Pages and functions ask here."""

from accounts.models import User
from accounts.roles import Role
from procedures.models import VersionDraft


def may_read(user: User) -> bool:
    """Catalogue administrators, and administrators of agencies, who only read."""
    return user.is_active and user.is_staff_login and bool(user.agencies_with(Role.CATALOGUE_ADMIN, Role.AGENCY_ADMIN))


def may_edit(user: User) -> bool:
    return user.is_active and user.is_staff_login and bool(user.agencies_with(Role.CATALOGUE_ADMIN))


def may_approve(user: User, draft: VersionDraft) -> bool:
    """A catalogue administrator who neither wrote in this draft nor asked for its publication."""
    return (
        may_edit(user)
        and draft.asked_by_id is not None
        and draft.asked_by_id != user.pk
        and not draft.writers.filter(pk=user.pk).exists()
    )
