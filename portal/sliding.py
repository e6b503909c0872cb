"""A session slides: nobody is logged out in the middle of work. A session of staff still ends `STAFF_SESSION_LIMIT` after login.

The session is written at most once in `SESSION_SLIDE_EVERY`, not at each request. Sessions live on the time of the machine, like
Django's own.
"""

import datetime as dt

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

BEGUN, SEEN = "begun", "seen"  # session: seconds since 1970


@receiver(user_logged_in)
def begin(request, user, **kwargs):
    request.session[BEGUN] = int(timezone.now().timestamp())
    _move_end(request.session, user)


def slide(get_response):
    """Middleware after AuthenticationMiddleware: move the end of the session of a logged-in user."""

    def middleware(request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SEEN in request.session:
            waited = timezone.now().timestamp() - request.session[SEEN]
            if waited >= settings.SESSION_SLIDE_EVERY and request.user.is_authenticated:
                _move_end(request.session, request.user)
        return get_response(request)

    return middleware


def _move_end(session, user):
    """The session ends `SESSION_COOKIE_AGE` after it is written; of staff not later than their limit."""
    now = timezone.now()
    session[SEEN] = int(now.timestamp())
    if user.is_staff_login:
        limit = dt.datetime.fromtimestamp(session.get(BEGUN, session[SEEN]), dt.UTC) + settings.STAFF_SESSION_LIMIT
        session.set_expiry(min(now + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE), limit))
