"""What a supplement changed, for the desk: each requested item as it was and as it is now."""

from dataclasses import dataclass, field

from django.urls import reverse

from dossiers.filing import rules, supplements
from dossiers.models import SupplementItem
from dossiers.models.supplements import SupplementRequest

Target = SupplementItem.Target


@dataclass
class PageSeen:
    """One page of a document: what the applicant did with it, and where the old and the new file are opened."""

    number: int
    action: str
    file: str
    old: str = ""
    new: str = ""


@dataclass
class ItemSeen:
    """One requested item with its answer. `answered`: is there one that can be shown?"""

    item: SupplementItem
    old: str = ""
    new: str = ""
    answered: bool = False
    same: bool = False
    pages: list[PageSeen] = field(default_factory=list)


@dataclass
class RequestSeen:
    row: SupplementRequest
    items: list[ItemSeen]
    note: str = ""  # of the office, with the request
    reply: str = ""  # of the applicant, with the answer


def of(dossier):
    """All requests of a dossier with what came back, in a fixed number of queries."""
    rows = list(dossier.supplements.select_related("approved_by", "event__text").prefetch_related("items"))
    if not rows:
        return []
    events = dossier.events.filter(step="resubmit").select_related("text", "revision")
    replies = {event.at: event for event in events}
    form = rules.form_of(dossier)
    return [_seen(row, replies.get(row.sent_at), form) for row in rows]


def _seen(row, reply, form):
    said = reply.text.details if reply and hasattr(reply, "text") else {}
    revision = getattr(reply, "revision", None)
    now = (revision.content or {}).get("answers") if revision else None
    items = [
        _field(item, said.get("before", {}), now, form) if item.target == Target.FIELD else _document(item, said.get("pages", []))
        for item in row.items.all()
    ]
    note = row.event.text.note if hasattr(row.event, "text") else ""
    return RequestSeen(row, items, note, reply.text.note if said or reply and hasattr(reply, "text") else "")


def _field(item, before, now, form):
    if item.key not in before or now is None:
        return ItemSeen(item)
    words = [supplements.answer_in_words(form, item.key, answers) for answers in (before, now)]
    return ItemSeen(item, *words, answered=True, same=before[item.key] == now.get(item.key))


def _document(item, pages):
    mine = [page for page in pages if page["item"] == item.key]
    return ItemSeen(
        item,
        answered=bool(mine),
        same=bool(mine) and all(page["action"] == "keep" for page in mine),
        pages=[
            PageSeen(page["page"], page["action"], page["file"], _address(page, "old"), _address(page, "new")) for page in mine
        ],
    )


def _address(page, which):
    """Empty for a supplement from before the files were named by number."""
    return reverse("files:view", args=[page[which]]) if page.get(which) else ""
