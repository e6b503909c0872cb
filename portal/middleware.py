"""Middleware: names requests, refuses unreadable ones, forbids caching of personal answers, text size and theme, compression."""

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.signals import request_finished
from django.http import HttpResponseRedirect
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes
from django.utils.translation.trans_real import parse_accept_lang_header

from portal.common import request_ids

NUL = "\0"
API = "/api/"
COMPRESSED_TYPES = {"text/html", "text/plain", "application/json"}
YEAR = 365 * 24 * 3600  # seconds
# Query parameter and cookie -> allowed values; the first is the default.
CHOICES = {"co-chu": ("vua", "to", "rat-to"), "giao-dien": ("theo-may", "sang", "toi")}


def name_requests(get_response):
    """Give each request its id, and its answer the same (`X-Request-ID`).

    It ends when the answer is sent: Django logs errors after the last middleware.
    """
    request_finished.connect(request_ids.end)

    def middleware(request):
        request_id = request_ids.begin(request.headers.get(request_ids.HEADER, ""))
        response = get_response(request)
        response[request_ids.HEADER] = request_id
        return response

    return middleware


def refuse_unreadable(get_response):
    """Answer 400 to a request with a NUL in its URL or cookies, or larger than MAX_REQUEST_BYTES.

    A NUL would cause a database error. A larger request would fill the disk: Django writes uploads to disk before the view runs.
    """

    def middleware(request):
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_REQUEST_BYTES:
            raise RequestDataTooBig("larger than any form of ours")
        query = request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or "%00" in query or any(NUL in cookie for cookie in request.COOKIES.values()):
            raise BadRequest("NUL")
        return get_response(request)

    return middleware


def no_store_for_sessions(get_response):
    """Set `Cache-Control: private, no-store` on answers to requests with a session, unless the view has set its own."""

    def middleware(request):
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


def speak_to_programs(get_response):
    """Answer API requests in the language of `Accept-Language`, in Vietnamese when it names none of ours. Pages have theirs in
    the path."""

    def middleware(request):
        if not request.path_info.startswith(API):
            return get_response(request)
        request.LANGUAGE_CODE = _language_asked_for(request)
        with translation.override(request.LANGUAGE_CODE):
            response = get_response(request)
            response["Content-Language"] = request.LANGUAGE_CODE
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def _language_asked_for(request):
    ours = dict(settings.LANGUAGES)
    for asked, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if (language := asked.partition("-")[0]) in ours:
            return language
    return settings.LANGUAGE_CODE


class AppearanceMiddleware:
    """Text size and theme: ?co-chu= or ?giao-dien= is stored in a cookie, then the browser is redirected without it."""

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
    """The stored choice, or the default."""
    value = request.COOKIES.get(name)
    return value if value in CHOICES[name] else CHOICES[name][0]


class PageCompression(GZipMiddleware):
    """Compress pages and JSON only: PDFs and photos are already compressed, and a download keeps its Content-Length.

    Django adds random padding, so that the compressed length does not reveal secrets of the page (BREACH).
    """

    def process_response(self, request, response):
        if response.get("Content-Type", "").partition(";")[0] in COMPRESSED_TYPES:
            return super().process_response(request, response)
        return response
