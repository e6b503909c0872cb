"""At the door of every request: what no text of ours can hold is turned away, and personal answers are not kept by anybody."""

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig

NUL = "\0"


def readable(get_response):
    """400 for what no page of ours can read, before a byte of it is kept.

    An address or a cookie with a NUL would end in an error of the database. A request larger than any form of ours would
    fill the disk: Django writes files to it before a page is asked.
    """

    def middleware(request):
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.REQUEST_MAX_BYTES:
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
