"""A limit for each network address at the doors where strangers can guess: passwords, tracking codes, links with a secret.

Only failures count, so that an office behind one address can work. The limit holds whatever account or code was tried.
"""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import FailureCount
from portal.common import clock
from portal.common.network import network_of


def is_over_limit(request: HttpRequest, door: str) -> bool:
    """Has this address failed as often as `settings.MAX_FAILURES_PER_ADDRESS[door]` within the window?"""
    since = clock.now() - settings.FAILURE_WINDOW
    limit = settings.MAX_FAILURES_PER_ADDRESS[door]
    return FailureCount.objects.filter(door=door, address=network_of(request), since__gt=since, count__gte=limit).exists()


def count_failure(request: HttpRequest, door: str) -> None:
    """Count one failure of this address; the first one after the window starts a new count."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_failurecount AS row (door, address, since, count) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (door, address) DO UPDATE SET "
            "since = CASE WHEN row.since > %s THEN row.since ELSE excluded.since END, "
            "count = CASE WHEN row.since > %s THEN row.count + 1 ELSE 1 END",
            [door, network_of(request), now, now - settings.FAILURE_WINDOW, now - settings.FAILURE_WINDOW],
        )


def refuse(request: HttpRequest) -> HttpResponse:
    """429: too many failures from this address."""
    return render(request, "429.html", {"minutes": int(settings.FAILURE_WINDOW.total_seconds() // 60)}, status=429)


def not_found(request: HttpRequest, door: str) -> HttpResponse:
    """Count a failure and answer 404 with the usual page. (Raising Http404 would roll the count back.)"""
    count_failure(request, door)
    return render(request, "404.html", status=404)
