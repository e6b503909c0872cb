"""The filing wizard: one page of questions at a time, rendered and checked on the server."""

from contextlib import suppress

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers.filing import drafts
from dossiers.filing.views.documents import documents
from dossiers.filing.views.review import print_and_bring, review
from dossiers.filing.views.shared import BACK_TO_REVIEW, DOCUMENTS, PRINT, REVIEW, on_draft, overtaken
from portal.common.dates import clock_time
from portal.common.figures import number_in
from procedures.eforms import LOOK_NOW, BoundPage, opened_by, page_errors

LAST_WORDS = "cuoi"  # input of autosave.js
OTHER_STOPS = {DOCUMENTS: documents, REVIEW: review, PRINT: print_and_bring}


@on_draft
def resume(request, filing):
    """Continue at the first unfinished stop."""
    return redirect(filing.url(filing.unfinished().key))


@on_draft
def step(request, filing, key):
    """The stop with this key: a page of questions, documents, review, or printing."""
    stop = filing.stop(key)
    if stop is None:
        return redirect(filing.url(filing.unfinished().key))
    if key in OTHER_STOPS:
        return OTHER_STOPS[key](request, filing)
    return _save(request, filing, stop) if request.method == "POST" else _show(request, filing, stop)


@require_POST
@on_draft
def autosave(request, filing, key):
    """Save without validation while typing (JSON). 409 when the draft was saved elsewhere since this page was opened.

    The last words of a page that is being left do not count as a revision: the next page is already open with the present one.
    """
    stop = filing.stop(key)
    if stop is None or stop.page is None:
        raise Http404
    _entered, changes = drafts.read_into(filing.draft, stop.part, stop.page, request.POST, autosave=True)
    try:
        drafts.save(filing.draft, revision=_revision(request), counts=LAST_WORDS not in request.POST, **changes)
    except drafts.NoLongerADraft:
        return overtaken(request, filing, key)
    except drafts.ChangedElsewhere:
        return JsonResponse({"url": filing.url(key)}, status=409)
    return JsonResponse({"saved_at_text": clock_time(filing.draft.updated_at), "revision": str(filing.draft.revision)})


def _show(request, filing, stop):
    """Show the page with its answers; unanswered questions are prefilled from the account, with their origin."""
    part = stop.part
    kept = request.kept.get(request.path)
    if kept is not None:
        request.kept_used = {request.path}
        entered, _changes = drafts.read_into(filing.draft, part, stop.page, kept, autosave=True)
        known = {**part.known, **entered.values}
        return _page(request, filing, stop, BoundPage(part.form, stop.page, known, filing.today, entered=entered), kept=True)
    filled = drafts.filled_in(filing.draft, part.form, part.known, [stop.page])
    known = {**filled.values, **part.known}
    origins = filled.origins if part.is_portal else {**_origins(filing, stop), **filled.origins}
    errors = page_errors(part.form, stop.page, known, filing.today) if BACK_TO_REVIEW in request.GET else None
    bound = BoundPage(
        part.form, stop.page, known, filing.today,
        origins=origins, errors=errors, **opened_by(request.GET),
    )  # fmt: skip
    bound.show_one()
    return _page(request, filing, stop, bound)


def _save(request, filing, stop):
    """Save the POST, then validate it. Wrong answers are saved, too; the page is shown again with the errors."""
    part = stop.part
    entered, changes = drafts.read_into(filing.draft, part, stop.page, request.POST)
    known = {**part.known, **entered.values}
    if LOOK_NOW in request.POST:  # lookup.js shows what is found; nothing is stored
        bound = BoundPage(part.form, stop.page, known, filing.today, lookup=entered.lookup)
        bound.show_one()
        return _page(request, filing, stop, bound)
    try:
        drafts.save(filing.draft, revision=_revision(request), **changes)
    except drafts.ChangedElsewhere:
        return _page(request, filing, stop, BoundPage(part.form, stop.page, known, filing.today, entered=entered), changed=True)
    except drafts.NoLongerADraft:
        return overtaken(request, filing, stop.key)
    back = f"?{BACK_TO_REVIEW}={REVIEW}" if request.GET.get(BACK_TO_REVIEW) == REVIEW else ""
    if entered.again:
        query = f"{back or '?'}{'&' if back and entered.query else ''}{entered.query}".rstrip("?")
        return redirect(filing.url(stop.key, query) + (f"#{entered.focus}" if entered.focus else ""))
    if "luu-va-thoat" in request.POST and filing.draft.submitter_id:
        messages.success(request, _("Đã lưu bản nháp. Lúc nào mở lại cũng làm tiếp được từ chỗ đang dở."))
        return redirect("dossiers:dashboard")
    errors = page_errors(part.form, stop.page, known, filing.today)
    if errors:
        bound = BoundPage(part.form, stop.page, known, filing.today, entered=entered, errors=errors)
        return _page(request, filing, stop, bound)
    with suppress(drafts.NoLongerADraft):
        filing.looked_at(stop.key)
    filing.clear_cache()
    following = filing.unfinished() if back else filing.following(stop.key)
    return redirect(filing.url(following.key, back if following.page else ""))


def _page(request, filing, stop, bound, changed=False, kept=False):
    bound.remarks = filing.remarks
    context = filing.context(stop.key, page=bound, page_key=stop.key, changed=changed, kept=kept, is_portal=stop.part.is_portal)
    if request.GET.get(BACK_TO_REVIEW) == REVIEW:
        context["back_url"] = filing.url(REVIEW)
    return render(request, "dossiers/filing/page.html", context, status=409 if changed else 200)


def _origins(filing, stop):
    """{field key: origin} of the answers on this page that equal the data of the account."""
    keys = {question.key for question in stop.page.fields}
    rest = {key: value for key, value in stop.part.known.items() if key not in keys}
    return drafts.filled_in(filing.draft, stop.part.form, rest, [stop.page]).origins_of(stop.part.known)


def _revision(request):
    """The revision the page was opened with; None (no check) when it is missing. One that cannot be read equals no revision."""
    written = request.POST.get("revision", "")
    number = number_in(written)
    return -1 if written and number is None else number
