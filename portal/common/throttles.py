"""How often one login may call the API. Each web process counts for itself, so the limit is as many times higher."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from portal.common.pace import Pace

RETRY_AFTER = 2  # seconds
PACE = Pace(settings.API_REQUESTS_A_SECOND, 5 * settings.API_REQUESTS_A_SECOND)


class AccountThrottle(BaseThrottle):
    """`settings.API_REQUESTS_A_SECOND` of one login for long, five seconds' worth at once; more are answered 429."""

    def allow_request(self, request: Request, view: object) -> bool:
        return not request.user.is_authenticated or PACE.allows(str(request.user.pk))

    def wait(self) -> float:
        return float(RETRY_AFTER)
