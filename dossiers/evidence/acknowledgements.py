"""Checks a hash printed on a paper of the citizen (acknowledgement, supplement note), where nobody of ours can change it."""

from dossiers.models import GENESIS, Event
from portal.common.codes import dossier_code_in, letters_and_digits_in


def event_as_printed(code: str, printed: str) -> Event | None:
    """The event whose hash was printed, when it and all before it are still as they were; else None.

    `code` and `printed` as typed from paper or pasted: what stands around them does not matter.
    """
    code = dossier_code_in(code)
    printed = letters_and_digits_in(printed).lower()
    previous = GENESIS
    for event in Event.objects.filter(dossier__code=code).select_related("dossier", "revision").order_by("sequence"):
        if event.previous_hash != previous or event.hash != event.computed_hash() or not _answers_are_kept(event):
            return None
        if event.hash == printed:
            return event
        previous = event.hash
    return None


def _answers_are_kept(event: Event) -> bool:
    revision = getattr(event, "revision", None)
    if revision is None:
        return event.content_digest == ""
    return revision.digest == event.content_digest and (
        revision.erased_at is not None or revision.computed_digest() == revision.digest
    )
