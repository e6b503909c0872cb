"""Who registers programs that are told what happens to dossiers."""

from accounts.models import User


def may_keep_webhooks(user: User) -> bool:
    """System administrators."""
    return bool(user.is_authenticated and user.is_active and user.is_staff_login and user.is_superuser)
