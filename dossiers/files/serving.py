"""HTTP responses of stored files: no content sniffing, no scripts, no caching; thumbnails are kept by the browser."""

import io

from django.http import FileResponse, HttpResponse
from django.utils.cache import get_conditional_response

from dossiers.files.checking import original_name, safe_name
from dossiers.files.storage import open_stored

SANDBOX = "default-src 'none'; sandbox"
# The PDF viewer of older Chrome versions does not start with `sandbox`; it needs inline styles.
SHOWN_PDF = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
SHOWN_PICTURE = "default-src 'none'; img-src 'self'; sandbox; frame-ancestors 'self'"


def file_response(storage_key, name, content_type, *, inline=False):
    """The file as a download, or shown in the browser (`inline`). The caller checks that the user may see it."""
    return _response(open_stored(storage_key), name, content_type, inline)


def content_response(content, name, content_type, *, inline=False):
    """The same for bytes that were just made."""
    return _response(io.BytesIO(content), name, content_type, inline)


def _response(file, name, content_type, inline):
    response = FileResponse(file, as_attachment=not inline, filename=safe_name(name), content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = SANDBOX
    if inline:
        response["Content-Security-Policy"] = SHOWN_PDF if content_type == "application/pdf" else SHOWN_PICTURE
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def original_response(attachment):
    """The file as received, never shown in the browser: it was not redrawn, so it may hold anything."""
    name = original_name(attachment.name, attachment.original_type)
    return file_response(attachment.original_key, name, "application/octet-stream")


def thumbnail_response(request, content, etag):
    """A thumbnail. The browser of this person may keep it and asks each time whether it still may show it."""
    response = HttpResponse(content, content_type="image/jpeg")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SHOWN_PICTURE
    return get_conditional_response(request, etag=etag, response=response)
