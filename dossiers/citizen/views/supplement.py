"""Answering a supplement request: only the requested items can be edited; everything else is read-only."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dossiers import workflow
from dossiers.citizen.dashboard import until
from dossiers.citizen.forms import MAX_NOTE_LENGTH
from dossiers.citizen.views.dossier import own_dossier
from dossiers.files.changing import FilesClosed
from dossiers.files.checking import ACCEPT, megabytes
from dossiers.filing import rules, supplements
from dossiers.filing.views.answering import BUTTONS, PAGE, Answering, change, page_row, read
from dossiers.filing.views.documents import input_id
from dossiers.filing.views.too_late import as_typed, is_stored, too_late
from dossiers.models import SupplementItem
from dossiers.permissions import is_submitter
from portal.common.vietnamese import clean_text
from procedures.eforms import BoundPage, answer_sections, opened_by, read_page
from procedures.models import working_calendar


def _answering(request, code):
    """(Answering, None) when this user may answer the open request; else (None, another answer)."""
    dossier = own_dossier(request, code)
    row = supplements.open_request_of(dossier)
    if row is None or dossier.state != "SUPPLEMENT_REQUIRED" or not is_submitter(dossier, request.user):
        return None, _too_late(request, dossier)
    return Answering(dossier, row), None


def _too_late(request, dossier):
    """No request is open. A POST that brings something new is answered 409; the same supplement again leads to the dossier."""
    last = dossier.supplements.prefetch_related("items").last()
    if request.method == "POST" and last is not None and is_submitter(dossier, request.user):
        answering = Answering(dossier, last)
        entered = read(request, answering) if not request.path.endswith("/xem-lai/") else None
        note = _note(request)
        known = entered is None or is_stored(entered, supplements.edited_answers(dossier, last))
        sent = dossier.events.filter(step="resubmit").select_related("text").last()
        if request.FILES or not known or (note and note != (sent and sent.text.note)):
            typed = as_typed(answering.asked, entered) if entered else []
            typed += [{"term": _("Lời nhắn"), "value": note}] if note else []
            return too_late(request, FilesClosed(dossier, last).sentence(), dossier=dossier, typed=typed)
    messages.info(request, _("Hồ sơ này không còn chờ bổ sung."))
    return redirect("dossiers:detail", dossier.code)


def _note(request):
    return clean_text(request.POST.get("nhan", ""), lines=True)[:MAX_NOTE_LENGTH]


@never_cache
def edit(request, code):
    """Show the requested items; edits are stored in the request until they are sent."""
    answering, elsewhere = _answering(request, code)
    if elsewhere:
        return elsewhere
    if request.method == "POST":
        return _save(request, answering)
    bound, kept = None, request.kept.get(request.path)
    if answering.asked and kept is not None:
        request.kept_used = {request.path}
        page = answering.asked.page(PAGE)
        entered = read_page(answering.asked, page, kept, answering.known, answering.day, autosave=True)
        bound = BoundPage(answering.asked, page, {**answering.known, **entered.values}, answering.day, entered=entered)
    elif answering.asked:
        errors = answering.errors() if "sua" in request.GET else None
        bound = answering.bound(errors=errors, **opened_by(request.GET))
    return _page(request, answering, bound)


def _save(request, answering):
    dossier = answering.dossier
    here = reverse("dossiers:supplement", args=[dossier.code])
    try:
        entered, refused = change(request, answering)
    except FilesClosed as late:
        return too_late(request, late.sentence(), dossier=late.dossier, typed=_typed(request, answering))
    if refused:
        return _page(request, answering, answering.bound(entered=entered) if entered else None, refused)
    if entered and entered.again:
        return redirect(f"{here}?{entered.query}#{entered.focus}")
    if BUTTONS & set(request.POST):
        return redirect(here)
    if "luu-va-thoat" in request.POST:
        messages.success(request, _("Đã lưu, chưa gửi. Nhớ gửi trước hạn."))
        return redirect("dossiers:detail", dossier.code)
    errors = answering.errors()
    missing = {item.key for item in supplements.unanswered(dossier) if item.target == SupplementItem.Target.DOCUMENT}
    if errors or missing:
        words = {key: [_("Thay hoặc thêm ít nhất một tệp.")] for key in missing}
        return _page(request, answering, answering.bound(entered=entered, errors=errors) if entered else None, words)
    return redirect("dossiers:supplement_review", dossier.code)


def _typed(request, answering):
    """Rows of the requested fields as typed in this POST."""
    entered = read(request, answering)
    return as_typed(answering.asked, entered) if entered else []


def _page(request, answering, bound, refused=None):
    refused = refused or {}
    errors = list(bound.errors) if bound else []
    errors += [{"text": text, "href": f"#{input_id(key)}"} for key, texts in refused.items() for text in texts]
    event = answering.row.event
    context = {
        "dossier": answering.dossier,
        "title": answering.dossier.version.short_name,
        "cards": answering.cards(bound, refused),
        "count": len(answering.items),
        "bound": bound,
        "kept": request.path in request.kept,
        "errors": errors,
        "asked_by": event.text.actor_name if hasattr(event, "text") else "",
        "asked_at": event.at,
        "note": event.text.note if hasattr(event, "text") else "",
        "until": until(answering.row.due_at, working_calendar()),
        "due": answering.row.due_at,
        "locked": _locked(answering),
        "accept": ACCEPT,
        "limit": megabytes(settings.MAX_UPLOAD_BYTES),
    }
    return render(request, "dossiers/citizen/supplement.html", context)


def _locked(answering):
    """The sections of answers that were not requested, read-only."""
    if answering.form is None:
        return []
    asked = set(answering.asked.fields) if answering.asked else set()
    sections = answer_sections(answering.form, rules.known_answers(answering.dossier, answering.form), answering.day)
    for section in sections:
        for page in section.pages:
            page.rows[:] = [row for row in page.rows if row.key not in asked]
    return [section for section in sections if any(page.rows for page in section.pages)]


@never_cache
def review(request, code):
    """Show the changes before and after; POST sends the supplement."""
    answering, elsewhere = _answering(request, code)
    if elsewhere:
        return elsewhere
    dossier = answering.dossier
    open_items = supplements.unanswered(dossier)
    if open_items:
        return redirect(reverse("dossiers:supplement", args=[dossier.code]) + "?sua=1")
    if request.method == "POST":
        try:
            workflow.advance(dossier, "resubmit", actor=request.user, note=_note(request))
        except workflow.StepNotPossible as impossible:
            messages.error(request, impossible.sentence())
        except PermissionDenied:
            messages.error(request, _("Tài khoản này không gửi bổ sung được cho hồ sơ này."))
        else:
            messages.success(request, _("Đã gửi bổ sung. Cơ quan đã nhận được."))
        return redirect("dossiers:detail", dossier.code)
    return render(
        request,
        "dossiers/citizen/supplement_review.html",
        {"dossier": dossier, "title": dossier.version.short_name, "changes": _changes(answering)},
    )


def _changes(answering):
    """Rows of the changes: old and new values."""
    edited = supplements.edited_answers(answering.dossier, answering.row)
    rows = []
    for item in answering.items:
        if item.target == SupplementItem.Target.FIELD:
            same = answering.dossier.answers.get(item.key) == edited.get(item.key)
            rows.append(
                {
                    "label": item.label,
                    "old": answering.words(item.key, answering.dossier.answers),
                    "new": answering.words(item.key, edited),
                    "same": same,
                }
            )
        else:
            pages = supplements.pages_of(answering.dossier, answering.row, item.key)
            rows.append({"label": item.label, "pages": [page_row(page) for page in pages]})
    return rows
