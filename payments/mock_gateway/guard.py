"""Security headers of every answer, and the faults that make the gateway slow or answer 500."""

from functools import wraps
from urllib.parse import urlsplit

from django.http import HttpResponse

from . import faults

POLICY = "; ".join(
    [
        *("default-src 'none'", "style-src 'self'", "img-src 'self' data:", "form-action 'self'{origin}"),
        *("base-uri 'none'", "frame-ancestors 'none'"),
    ]
)


def guard(get_response):
    """Middleware: no caching, no framing, nothing loaded from other hosts. Answers 400 to a path with a NUL."""

    def answer(request):
        odd = "\0" in request.path
        response = HttpResponse("Bad request", status=400, content_type="text/plain") if odd else get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY.format(origin=""))
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


def allow_form_action(response, address):
    """Allow the page's forms to redirect to this address: browsers block redirects that form-action does not name."""
    parts = urlsplit(address)
    response.headers["Content-Security-Policy"] = POLICY.format(origin=f" {parts.scheme}://{parts.netloc}")
    return response


def may_fail(*names, reference_of):
    """Decorator: the switches `names` can delay the view or make it answer 500, before or after its work."""

    def decorate(view):
        @wraps(view)
        def wrapper(request, *args, **kwargs):
            found = faults.apply_switches(names, reference_of(request, *args, **kwargs))
            for name in names:
                if name.startswith("slow") and name in found:
                    faults.wait(found[name])
            broken = next((found[name] for name in names if name.startswith("http_500") and name in found), None)
            response = None if broken == "before" else view(request, *args, **kwargs)
            return HttpResponse("Internal Server Error", status=500, content_type="text/plain") if broken else response

        return wrapper

    return decorate
