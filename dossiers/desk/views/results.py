"""Drafting a result, and looking at its papers before they are signed."""

from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dossiers import permissions, workflow
from dossiers.access_log import log_view
from dossiers.desk.actions import STEP_PAGES
from dossiers.desk.result_forms import DraftForm
from dossiers.desk.views.queue import find, for_staff
from dossiers.files.receiving import sender_of
from dossiers.files.serving import content_response
from dossiers.files.storage import StoredFileMissing, read_stored
from dossiers.models import Event, ResultDraft, StepState
from dossiers.papers import contexts, drafting, frozen, making
from dossiers.papers.models import PaperKind
from dossiers.states import DossierState
from dossiers.workflow import result_drafts
from portal.common import clock
from portal.common.pdf import PdfError


class Revision(NamedTuple):
    """One revision of a draft, with what it changed."""

    draft: ResultDraft
    changes: list


class Review:
    """The draft of a dossier as its readers see it: its papers, what changed, and what was returned."""

    def __init__(self, dossier, user):
        self.dossier = dossier
        drafts = list(dossier.result_drafts.select_related("author"))
        self.newest = drafts[-1] if drafts else None
        befores = [None, *drafts]
        self.revisions = [
            Revision(draft, drafting.changes(before.content, draft.content) if before else [])
            for before, draft in zip(befores, drafts, strict=False)
        ][::-1]
        self.returned = dossier.events.filter(step="return_step").select_related("text").last()
        self.shown = drafting.shown_hash(dossier, self.newest) if self.newest else ""
        seen = result_drafts.seen([dossier], user) if self.newest else {}
        self.papers = [
            {
                "title": paper["title"],
                "address": reverse("desk:paper", args=[dossier.code, self.shown, paper["key"]]),
                "seen_at": seen.get((dossier.pk, self.shown, paper["key"])),
                "files": [row["file"] | {"address": _file_url(dossier, self, row)} for row in frozen.given_elsewhere(paper)],
            }
            for paper in (self.newest.content["papers"] if self.newest else [])
        ]
        self.since, self.changes = self._changes_since(drafts)
        done = dossier.step_runs.filter(state=StepState.DONE).select_related("agency", "done_by")
        self.products = [run for run in done if run.answer or run.product]

    def _changes_since(self, drafts):
        """(the revision that was handed on or returned before, what changed since then)."""
        carried = self.dossier.events.filter(text__details__draft__number__lt=self.newest.number) if self.newest else None
        last = carried.select_related("text").last() if carried is not None else None
        if last is None:
            return None, []
        before = next(draft for draft in drafts if draft.number == last.text.details["draft"]["number"])
        return before, drafting.changes(before.content, self.newest.content)

    @property
    def marks(self):
        """[{place, label, words, now}]: what was to be mended at the last return."""
        marks = self.returned.text.details.get("marks", []) if self.returned and hasattr(self.returned, "text") else []
        now = drafting.flat(self.newest.content) if self.newest else {}
        return [mark | {"now": now.get(mark["place"], ("", "", ""))[2]} for mark in marks]

    @property
    def is_returned(self):
        """Was it returned, and not handed on since?"""
        return bool(self.returned) and not self.dossier.events.filter(
            sequence__gt=self.returned.sequence, step__in=("hand_over", "approve")
        ).exists()  # fmt: skip


def _file_url(dossier, review, row):
    return reverse("desk:attached", args=[dossier.code, review.shown, row["key"]])


def is_drafted(dossier):
    """Is there something to decide that a draft is made of?"""
    return dossier.state == DossierState.PROCESSING and not dossier.decided_at


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def draft(request, code):
    """Write the result: fields by the version, a preview, the history of revisions."""
    dossier = find(request, code)
    if not is_drafted(dossier):
        messages.error(request, _("Hồ sơ không ở bước soạn kết quả."))
        return redirect("desk:dossier", code=code)
    if not permissions.drafts_now(dossier, request.user):
        raise PermissionDenied
    review = Review(dossier, request.user)
    marks = {mark["place"]: mark["words"] for mark in review.marks} if review.is_returned else {}
    posted = {"post": request.POST, "files": request.FILES, "who": sender_of(request)} if request.method == "POST" else {}
    form = DraftForm(dossier, review.newest, marks=marks, **posted)
    if "pdf" in request.POST and not form.errors:
        return _pdf(request, dossier, form.content, request.POST["pdf"])
    if posted and not form.errors and {"luu", "luu-tiep"} & request.POST.keys():
        saved = _save(request, dossier, form)
        if saved:
            return saved
    if request.headers.get("X-Requested-With") != "fetch":  # the live preview of the same page
        log_view(request, dossier)
    return render(
        request,
        "dossiers/desk/draft.html",
        {
            "dossier": dossier,
            "form": form,
            "review": review,
            "content": form.content,
            "after": review.newest.number if review.newest else 0,
            "next_step": _next_step(dossier, request.user),
        },
        status=422 if form.errors else 200,
    )


def _save(request, dossier, form):
    """Save the draft. Returns a redirect, or None when somebody else was faster."""
    after = request.POST.get("after", "")
    try:
        saved = result_drafts.save(
            dossier, form.content, author=request.user, after=int(after) if after.isascii() and after.isdigit() else 0
        )
    except workflow.StepNotPossible as moved:
        messages.error(request, moved.sentence())
        return None if is_drafted(find(request, dossier.code)) else redirect("desk:dossier", code=dossier.code)
    messages.success(request, _("Đã lưu bản soạn lần %(n)d.") % {"n": saved.number})
    step = _next_step(dossier, request.user)
    if "luu-tiep" in request.POST and step:
        return redirect("desk:step", code=dossier.code, slug=step["slug"])
    return redirect("desk:draft", code=dossier.code)


def _next_step(dossier, user):
    """The step that follows drafting for this user: {slug, verb}; None when neither handing on nor signing is possible."""
    name = next((name for name in ("approve", "hand_over") if workflow.may_take(user, dossier, name)), None)
    return {"slug": STEP_PAGES[name].slug, "verb": STEP_PAGES[name].verb} if name else None


@require_GET
@for_staff
def paper(request, code, shown, key):
    """The paper as it would be signed now, as PDF. Looking at it is remembered for a signer. 404 when the draft has changed."""
    dossier, content = _shown_content(request, code, shown)
    if key not in frozen.papers_in(content):
        raise Http404
    response = _pdf(request, dossier, content, key)
    if response.status_code == 200 and permissions.is_signer(dossier, request.user):
        result_drafts.note_seen(dossier, request.user, shown, key)
    return response


@require_GET
@for_staff
def attached(request, code, shown, key):
    """The PDF made elsewhere that the draft attaches."""
    dossier, content = _shown_content(request, code, shown)
    rows = [row for paper in content["papers"] for row in frozen.given_elsewhere(paper)]
    file = next((row["file"] for row in rows if row["key"] == key), None)
    if file is None:
        raise Http404
    try:
        bytes_ = read_stored(file["storage_key"])
    except StoredFileMissing as missing:
        raise Http404 from missing
    log_view(request, dossier)
    return content_response(bytes_, file["name"], "application/pdf", inline=True)


def _shown_content(request, code, shown):
    """(dossier, what would be signed). Http404 when that is not what the address names, or for who may not see papers."""
    dossier = find(request, code)
    newest = drafting.newest(dossier)
    if newest is None or not permissions.may_see_papers(dossier, request.user):
        raise Http404
    content = drafting.decision_content(dossier, newest.content)
    if frozen.content_hash(content) != shown:
        raise Http404
    return dossier, content


def _pdf(request, dossier, content, key):
    """The preview of one paper; a page that says so when it cannot be drawn now."""
    log_view(request, dossier)
    content = content if "code" in content else drafting.decision_content(dossier, content)
    return preview(request, dossier, PaperKind.RESULT, content, key)


def preview(request, dossier, kind, content, key=""):
    """A paper that would be signed now, as PDF response. Number, check code and signature come with signing."""
    signer = str(request.user) if permissions.is_signer(dossier, request.user) else "(người ký)"
    last = Event.objects.filter(dossier=dossier).select_related("text").last()
    signing = contexts.Signing(dossier, last, dossier.lead_agency, signer, clock.now(), content)
    if key not in frozen.papers_in(content):
        raise Http404
    try:
        pdf = making.preview(kind, signing, key)
    except (PdfError, StoredFileMissing):
        return render(request, "dossiers/papers/no_copy.html", {"dossier": dossier}, status=503)
    return content_response(pdf, f"xem-truoc-{dossier.code}.pdf", "application/pdf", inline=True)
