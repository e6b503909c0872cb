"""Supplements: the open request, the citizen's edits (stored in the request), and applying them to the dossier."""

from dossiers.choices import SupplementTarget as Target
from dossiers.filing import rules
from portal.common import clock
from procedures.eforms import validate


def open_request_of(dossier):
    """The request that is not answered yet, or None."""
    return dossier.supplements.filter(sent_at=None).prefetch_related("items", "staged").last()


def edited_answers(dossier, request):
    """The answers with the citizen's edits applied."""
    return {**dossier.answers, **request.edits.get("answers", {})}


def unanswered(dossier):
    """The items not answered yet: an unchanged or wrong field, a document without a new file."""
    request = open_request_of(dossier)
    if request is None:
        return []
    edits = request.edits.get("answers", {})
    staged = {file.item_key for file in request.staged.all() if file.replaced_at is None}
    wrong = errors_of(dossier, request)
    return [
        item
        for item in request.items.all()
        if (item.target == Target.FIELD and (item.key not in edits or item.key in wrong))
        or (item.target == Target.DOCUMENT and item.key not in staged)
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


def apply(step):
    """Apply the edits to the dossier: answers change, new files replace the old ones (which stay stored)."""
    dossier = step.dossier
    request = open_request_of(dossier)
    before = {item.key: dossier.answers.get(item.key) for item in request.items.all() if item.target == Target.FIELD}
    dossier.answers = edited_answers(dossier, request)
    step.recorded["before"] = before
    documents = {item.key for item in request.items.all() if item.target == Target.DOCUMENT}
    dossier.attachments.current().filter(item_key__in=documents).update(replaced_at=clock.now())
    dossier.attachments.filter(staged_in=request, replaced_at=None).update(staged_in=None)
    request.sent_at = step.now
    request.save(update_fields=["sent_at"])
