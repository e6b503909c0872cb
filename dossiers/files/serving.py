"""Handing out a stored file: never guessed at by the browser, never run, never kept by anybody between."""

from django.http import FileResponse

from dossiers.files.checking import safe_name
from dossiers.files.storage import open_stored

SANDBOX = "default-src 'none'; sandbox"
# The PDF viewer of older Chromes does not start inside a sandbox; it needs its own styles, and nothing of ours.
SHOWN_PDF = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
SHOWN_PICTURE = "default-src 'none'; img-src 'self'; sandbox; frame-ancestors 'self'"


def file_response(storage_key, name, content_type, *, inline=False):
    """The file as a download, or shown in the page (`inline`). Whoever calls has asked whether this user may see it."""
    response = FileResponse(
        open_stored(storage_key), as_attachment=not inline, filename=safe_name(name), content_type=content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = SANDBOX
    if inline:
        response["Content-Security-Policy"] = SHOWN_PDF if content_type == "application/pdf" else SHOWN_PICTURE
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response
