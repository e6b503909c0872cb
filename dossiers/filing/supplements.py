"""Supplements: the open request, the citizen's edits (stored in the request), and applying them to the dossier."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dossiers.choices import SupplementTarget as Target
from dossiers.filing import rules
from portal.common import clock
from procedures.eforms import display_value, validate

LEFT_OUT = "left_out"  # key in `SupplementRequest.edits`: files that are taken out when the supplement is sent


def open_request_of(dossier):
    """The request that is not answered yet, or None."""
    return dossier.supplements.filter(sent_at=None).prefetch_related("items").last()


def edited_answers(dossier, request):
    """The answers with the citizen's edits applied."""
    return {**dossier.answers, **request.edits.get("answers", {})}


def keep_answers(request, values):
    """Keep answers to requested fields in the request, which the caller has locked."""
    request.edits = {**request.edits, "answers": {**request.edits.get("answers", {}), **values}}
    request.save(update_fields=["edits"])


def answer_in_words(form, key, answers):
    """An answer as text; a table as the number of its rows."""
    question = form.fields.get(key) if form else None
    if question is None:
        return ""
    if question.type == "table":
        rows = answers.get(key) or []
        return _("%(n)d dòng") % {"n": len(rows) if isinstance(rows, list) else 0}
    return display_value(form, question, answers.get(key)) or _("Để trống")


@dataclass
class PageChange:
    """One page of a requested document: the file sent before, the new one, and what happens when the supplement is sent."""

    number: int
    old: Any = None  # Attachment
    new: Any = None
    left_out: bool = False

    @property
    def action(self):
        if self.new is not None:
            return "replace" if self.old is not None else "add"
        return "leave_out" if self.left_out else "keep"


def pages_of(dossier, request, item_key, *, files=None):
    """The pages of one document with what happens to each. `files`: files of the dossier that are not replaced, when known."""
    files = list(dossier.attachments.filter(replaced_at=None)) if files is None else files
    here = [file for file in files if file.item_key == item_key]
    staged = [file for file in here if file.staged_in_id == request.pk]
    instead = {file.replaces_id: file for file in staged if file.replaces_id}
    left_out = set(request.edits.get(LEFT_OUT, []))
    pages = [
        PageChange(file.page, old=file, new=instead.get(file.pk), left_out=file.pk in left_out)
        for file in here
        if file.staged_in_id is None
    ]
    return pages + [PageChange(file.page, new=file) for file in staged if not file.replaces_id]


def is_answered(pages):
    """Is something of the document changed, and does at least one page remain?"""
    actions = {page.action for page in pages}
    return bool(actions - {"keep"}) and bool(actions - {"leave_out"})


def unanswered(dossier):
    """The items not answered yet: an unchanged or wrong field, a document of which no page is changed or none remains."""
    request = open_request_of(dossier)
    if request is None:
        return []
    edits = request.edits.get("answers", {})
    files = list(dossier.attachments.filter(replaced_at=None))
    wrong = errors_of(dossier, request)
    return [
        item
        for item in request.items.all()
        if (item.target == Target.FIELD and (item.key not in edits or item.key in wrong))
        or (item.target == Target.DOCUMENT and not is_answered(pages_of(dossier, request, item.key, files=files)))
    ]


def errors_of(dossier, request):
    """{field key: error code} of the form with the edits; an error in a table cell is under the key of the table."""
    form = rules.form_of(dossier)
    if form is None:
        return {}
    answers = dossier.answers
    try:
        dossier.answers = edited_answers(dossier, request)
        day = rules.filing_day(dossier)
        errors = validate(form, form.completed(rules.known_answers(dossier, form), day), day)
    finally:
        dossier.answers = answers
    return {key.partition("[")[0]: code for key, code in errors.items()}


def changed_answers(event):
    """Did this supplement change an answer? Of words that were erased by law: no."""
    before = event.text.details.get("before", {})
    now = (event.revision.content or {}).get("answers", {})
    return any(now.get(key) != answer for key, answer in before.items())


def apply(step):
    """Apply the edits to the dossier: answers change, new files replace or join the old ones (which stay stored)."""
    dossier = step.dossier
    request = open_request_of(dossier)
    before = {item.key: dossier.answers.get(item.key) for item in request.items.all() if item.target == Target.FIELD}
    dossier.answers = edited_answers(dossier, request)
    step.recorded["before"] = before
    changes = [
        (item.key, page)
        for item in request.items.all()
        if item.target == Target.DOCUMENT
        for page in pages_of(dossier, request, item.key)
    ]
    step.recorded["pages"] = [
        {
            "item": key,
            "page": page.number,
            "action": page.action,
            "file": (page.new or page.old).name,
            "old": page.old and page.old.pk,
            "new": page.new and page.new.pk,
        }
        for key, page in changes
    ]
    gone = [page.old.pk for __, page in changes if page.action in ("replace", "leave_out")]
    dossier.attachments.current().filter(pk__in=gone).update(replaced_at=clock.now())
    dossier.attachments.filter(staged_in=request, replaced_at=None).update(staged_in=None)
    request.sent_at = step.now
    request.save(update_fields=["sent_at"])
