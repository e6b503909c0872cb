"""Public pages and API answers, which contain no personal data."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of a page: `public_answer`, GET and HEAD only."""
    return public_answer(require_safe(view))


def public_answer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: no login needed; cacheable for 60 s by clients without a session; with ETag."""

    @login_not_required
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not getattr(response, "is_rendered", True):
            response.render()
        if response.status_code == 200:
            anonymous = settings.SESSION_COOKIE_NAME not in request.COOKIES
            response["Cache-Control"] = "public, max-age=60" if anonymous else "private, no-cache"
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            patch_vary_headers(response, ["Cookie"])
        return get_conditional_response(request, etag=response.get("ETag"), response=response) or response

    return answer
