"""Limits the searches of one network: `settings.SEARCHES_A_SECOND` on average, five times as many at once; others get 429.

Each web process counts on its own, so the limit of the portal is that number times the number of processes.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.common.network import network_of
from portal.common.pace import Pace

RETRY_AFTER = 2  # seconds
PACE = Pace(settings.SEARCHES_A_SECOND, 5 * settings.SEARCHES_A_SECOND)
# Procedures opened from results are counted at the same pace, apart, so that opening them uses up no searches.
CHOICES_PACE = Pace(settings.SEARCHES_A_SECOND, 5 * settings.SEARCHES_A_SECOND)


def paced(refused: Callable[[HttpRequest], HttpResponse]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Decorator of a view that searches. `refused` makes the answer above the limit."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest) -> HttpResponse:
            if PACE.allows(network_of(request)):
                return view(request)
            answer = refused(request)
            answer.status_code = 429
            answer["Retry-After"], answer["Cache-Control"] = str(RETRY_AFTER), "no-store"
            return answer

        return answered

    return decorate


def as_page(request: HttpRequest) -> HttpResponse:
    return render(request, "procedures/paced.html")


def without_results(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"results": []})


class SearchThrottle(BaseThrottle):
    """The same for the API. Reading a list without a query is not counted."""

    def allow_request(self, request: Request, view: object) -> bool:
        return not request.query_params.get("q") or PACE.allows(network_of(request._request))

    def wait(self) -> float:
        return float(RETRY_AFTER)
