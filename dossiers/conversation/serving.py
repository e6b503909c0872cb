"""The files of letters. The caller checks that the user may read the letter."""

from django.http import Http404, HttpResponse

from dossiers.files import storage
from dossiers.files.serving import content_response
from dossiers.models import Letter


def file_of(letter: Letter, number: int) -> HttpResponse:
    """The file with this place in the letter, from 1. Http404 without it."""
    if not 1 <= number <= len(letter.files):
        raise Http404
    kept = letter.files[number - 1]
    try:
        content = storage.read_stored(kept["storage_key"])
    except storage.StoredFileMissing as missing:
        raise Http404 from missing
    return content_response(content, kept["name"], kept["type"], inline=True)
