"""A session slides: who is at work is not logged out in the middle of it. A staff session still ends `STAFF_SESSION_LIMIT` after login.

The session is written at most once in `SESSION_SLIDE_EVERY`, not at each request.
"""

import datetime as dt

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from portal.common import clock

BEGUN, SEEN = "begun_at", "seen_at"  # session: seconds since 1970


@receiver(user_logged_in)
def begin(request, user, **kwargs):
    request.session[BEGUN] = int(clock.now().timestamp())
    _move_end(request.session, user)


def slide(get_response):
    """Middleware after AuthenticationMiddleware: move the end of the session of a logged-in user."""

    def middleware(request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SEEN in request.session:
            waited = clock.now().timestamp() - request.session[SEEN]
            if waited >= settings.SESSION_SLIDE_EVERY and request.user.is_authenticated:
                _move_end(request.session, request.user)
        return get_response(request)

    return middleware


def _move_end(session, user):
    now = clock.now()
    session[SEEN] = int(now.timestamp())
    end = now + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if user.is_superuser or user.memberships.current().exists():
        begun = dt.datetime.fromtimestamp(session.get(BEGUN, session[SEEN]), dt.UTC)
        end = min(end, begun + dt.timedelta(seconds=settings.STAFF_SESSION_LIMIT))
    session.set_expiry(end)
