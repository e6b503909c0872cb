"""A supplement round trip: what was asked, what the citizen has changed so far (kept apart), and its application."""

from dossiers.choices import SupplementTarget as Target
from dossiers.filing import rules
from portal.common import clock
from procedures.eforms import validate


def open_request_of(dossier):
    """The request that waits for the citizen, None when there is none."""
    return dossier.supplements.filter(sent_at=None).prefetch_related("items", "staged").last()


def edited_answers(dossier, request):
    """The answers as they would be with the citizen's edits."""
    return {**dossier.answers, **request.edits.get("answers", {})}


def unanswered(dossier):
    """The items still open: a field untouched or wrong, a document without a new file."""
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
    """{field key: error code} of the form as edited, cells of a table under the key of their table."""
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
    """The edits become the dossier's: answers change, new files take the place of the old ones (which are kept)."""
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
