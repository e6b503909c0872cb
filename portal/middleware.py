"""Middleware of the portal, as requests meet it: what cannot be read is refused, personal answers are not cached, pages look as
the person chose, pages and JSON travel compressed."""

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes

NUL = "\0"
COMPRESSED_TYPES = {"text/html", "text/plain", "application/json"}
YEAR = 365 * 24 * 3600  # seconds
# query parameter and cookie -> what it may hold; the first is how pages look when nothing was chosen
CHOICES = {"co-chu": ("vua", "to", "rat-to"), "giao-dien": ("sang", "toi")}


def readable(get_response):
    """400 for what no page of ours can read, before a byte of it is kept.

    An address or a cookie with a NUL would end in an error of the database. A request larger than any form of ours would
    fill the disk: Django writes files to it before a page is asked.
    """

    def middleware(request):
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_REQUEST_BYTES:
            raise RequestDataTooBig("larger than any form of ours")
        query = request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or "%00" in query or any(NUL in cookie for cookie in request.COOKIES.values()):
            raise BadRequest("NUL")
        return get_response(request)

    return middleware


def not_kept(get_response):
    """What somebody with a session is answered is theirs: unless a page says otherwise, no browser or proxy keeps it."""

    def middleware(request):
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


class AppearanceMiddleware:
    """Keep a choice asked for with ?co-chu= or ?giao-dien= in its cookie, and lead back to the page without it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        asked = [name for name in CHOICES if name in request.GET] if request.method == "GET" else []
        if asked:
            return self.remember(request, asked)
        request.text_size = chosen(request, "co-chu")
        request.theme = chosen(request, "giao-dien")
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response

    def remember(self, request, asked):
        rest = request.GET.copy()
        wanted = {name: rest.pop(name)[-1] for name in asked}
        query = f"?{rest.urlencode()}" if rest else ""
        response = HttpResponseRedirect(escape_leading_slashes(request.path) + query)
        for name, value in wanted.items():
            if value in CHOICES[name]:
                response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
        response["Cache-Control"] = "no-store"
        return response


def chosen(request, name):
    """What this person chose earlier, or the usual."""
    value = request.COOKIES.get(name)
    return value if value in CHOICES[name] else CHOICES[name][0]


class PageCompression(GZipMiddleware):
    """Compress pages and JSON. Papers and photos are compressed already, and a download keeps its length.

    Django adds random padding, so that the length of a page tells nothing about the secrets in it (BREACH).
    """

    def process_response(self, request, response):
        if response.get("Content-Type", "").partition(";")[0] in COMPRESSED_TYPES:
            return super().process_response(request, response)
        return response
