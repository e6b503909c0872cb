"""Checks the hash that an acknowledgement prints: it lies with the citizen, where nobody of ours can change it."""

import re

from dossiers.models import Event
from portal.common.vietnamese import clean_text


def filing_as_printed(code: str, printed: str) -> Event | None:
    """The event of the filing when it is the one that the acknowledgement printed and its row is unchanged, else None.

    `code` and `printed` as typed from paper: spaces and capitals do not matter.
    """
    code = "".join(clean_text(code).split()).upper()
    printed = re.sub(r"\s", "", printed).lower()
    event = Event.objects.filter(dossier__code=code, sequence=1).select_related("dossier", "revision").first()
    if event is None or not event.hash == event.computed_hash() == printed:
        return None
    revision = getattr(event, "revision", None)
    kept = revision is None or revision.erased_at is not None or revision.computed_digest() == revision.digest
    return event if kept and (revision.digest if revision else "") == event.content_digest else None
