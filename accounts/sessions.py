"""Sessions end with what they rest on: a lock of logins from their address ends those that were opened there.

The rest is in `User._get_session_auth_hash`: a new password, a role that begins or ends, a lock of the login (a trigger raises
`session_epoch`). An inactive login is out at once (Django's backend).
"""

import datetime as dt

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from portal.common import clock
from portal.common.network import client_address

MAX_LOCKED_ADDRESSES = 50
OPENED_AT, OPENED_FROM = "opened_at", "opened_from"


@receiver(user_logged_in)
def remember_origin(request, user, **kwargs):
    """Keep when and from which address the session was opened."""
    request.session[OPENED_AT], request.session[OPENED_FROM] = clock.now().isoformat(), client_address(request)


@receiver(user_locked_out)
def end_sessions_there(request, username, ip_address, **kwargs):
    """Logins with this name from this address are locked (too many wrong passwords): end the sessions opened there before.

    Sessions opened elsewhere stay: otherwise any stranger could throw anybody out by typing wrong passwords.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(username=username or "").first()
        if user is None or not ip_address:
            return
        oldest = (clock.now() - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)).isoformat()
        locks = {**user.locked_addresses, ip_address: clock.now().isoformat()}
        newest = sorted(locks.items(), key=lambda lock: lock[1])[-MAX_LOCKED_ADDRESSES:]
        user.locked_addresses = {address: at for address, at in newest if at > oldest}
        user.save(update_fields=["locked_addresses"])


def end_locked_sessions(get_response):
    """Middleware after AuthenticationMiddleware: log out a session opened from an address whose logins were locked since.

    Lazy like `request.user`: a page that asks for no user reads no session.
    """

    def middleware(request):
        found = request.user
        request.user = SimpleLazyObject(lambda: _unlocked(request, found))
        return get_response(request)

    return middleware


def _unlocked(request, user):
    if user.is_authenticated:
        locked_at, opened_at = user.locked_addresses.get(request.session.get(OPENED_FROM), ""), request.session.get(OPENED_AT, "")
        if locked_at and (locked_at > opened_at or opened_at > clock.now().isoformat()):  # or a clock was set back meanwhile
            request.session.flush()
            return AnonymousUser()
    return user
