"""Pages of the catalogue's back-office under /can-bo/danh-muc/."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.common import clock
from portal.common.dates import clock_time
from portal.common.figures import number_in
from portal.common.vietnamese import clean_text, fold
from procedures.levels import OfferedLevel
from procedures.models import Offering, Procedure, ProcedureVersion, ShippedDocument, VersionDraft, VersionState
from procedures.offered import offered_at
from procedures.office import drafts, editing
from procedures.office.checking import Problem, problems
from procedures.office.differences import differences
from procedures.office.examples import failures
from procedures.office.form_places import address_of
from procedures.office.forms import NewForm, PublishForm
from procedures.office.labels import BY_SLUG, EXAMPLES, FORM, SECTIONS, Section
from procedures.office.permissions import may_approve, may_edit, may_read
from procedures.views import guide_context
from procedures.wording import Wording

PAGE = 20  # procedures on a page of the list
SHOWN = 50  # changes on the page of a procedure
View = Callable[..., HttpResponse]


def for_the_office(view: View) -> View:
    """Decorator: 404 for everybody who has no business in the catalogue's back-office; never cached."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_read(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def overview(request: HttpRequest) -> HttpResponse:
    """The procedures with a version or a draft, those with a draft first; begin a new one from another."""
    form = NewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_edit(request.user):
            raise PermissionDenied
        if form.is_valid() and (code := _begun(request, form)):
            return redirect("office:draft", code)
    asked = clean_text(request.GET.get("tu-khoa", ""))
    page = Paginator(_office_rows(asked), PAGE).get_page(request.GET.get("trang"))
    context = {"page": page, "asked": asked, "form": form, "edits": may_edit(request.user)}
    return render(request, "procedures/office/overview.html", context, status=422 if form.errors else 200)


def _office_rows(asked: str) -> QuerySet[Procedure]:
    rows = Procedure.objects.filter(Q(listed=False) | Q(draft__isnull=False))
    if asked:
        rows = rows.filter(Q(search_folded__contains=fold(asked)) | Q(code__startswith=asked) | Q(name__icontains=asked))
    return (
        rows.select_related("sector", "current", "draft__holder", "draft__asked_by")
        .only(
            "code", "name", "short_name", "sector__name", "current__state", "draft__holder__full_name",
            "draft__asked_by__full_name", "draft__approved_by", "draft__publish_on", "draft__ends",
        )
        .order_by(F("draft__pk").asc(nulls_last=True), "short_name", "code")
    )  # fmt: skip


def _begun(request: HttpRequest, form: NewForm) -> str:
    """The code of the procedure whose first draft was opened, or "" with the reason at its field."""
    asked = form.cleaned_data
    try:
        drafts.begin(asked["code"], asked["name"], asked["source"].current, by=request.user)
    except drafts.NotPossible as impossible:
        form.add_error("code", str(impossible))
        return ""
    return asked["code"]


@require_safe
@for_the_office
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """One procedure: its versions, its draft, and who changed what when."""
    rows = Procedure.objects.filter(Q(listed=False) | Q(changes__isnull=False)).distinct()
    found = get_object_or_404(rows.select_related("draft__version", "current"), code=code)
    versions = found.versions.exclude(state="draft").select_related("published_by", "imported_from__by").defer("document")
    shipped = ShippedDocument.objects.filter(procedure=found, procedure__current__isnull=False).first()
    context = {
        "procedure": found,
        "draft": getattr(found, "draft", None),
        "versions": versions.order_by("-number"),
        "changes": found.changes.select_related("by")[:SHOWN],
        "edits": may_edit(request.user),
        "shipped": shipped,
        "shipped_differences": differences(found.current.facts, shipped.document["procedure"]) if shipped else [],
        "offered": found.current is not None and found.current.state == VersionState.PUBLISHED,
    }
    return render(request, "procedures/office/procedure.html", context)


@require_POST
@for_the_office
def start(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Open a draft from a version: a new one, or an old one restored."""
    source = get_object_or_404(ProcedureVersion.objects.select_related("procedure"), procedure__code=code, number=number)
    try:
        drafts.start(source, by=request.user)
    except drafts.NotPossible as impossible:
        messages.error(request, str(impossible))
        return redirect("office:procedure", code)
    return redirect("office:draft", code)


@require_POST
@for_the_office
def start_from_shipped(request: HttpRequest, code: str) -> HttpResponse:
    """Open a draft with what the shipped data say now."""
    shipped = get_object_or_404(ShippedDocument.objects.select_related("procedure"), procedure__code=code)
    try:
        drafts.from_shipped(shipped, by=request.user)
    except drafts.NotPossible as impossible:
        messages.error(request, str(impossible))
        return redirect("office:procedure", code)
    return redirect("office:draft", code)


@require_POST
@for_the_office
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Begin to stop offering the procedure: a second person approves it, like a version."""
    found = get_object_or_404(Procedure.objects.select_related("current"), code=code, listed=False)
    try:
        drafts.start(found.current, by=request.user, ends=True)
    except drafts.NotPossible as impossible:
        messages.error(request, str(impossible))
        return redirect("office:procedure", code)
    return redirect("office:draft", code)


# ---------------------------------------------------------------- the draft
@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The draft: its sections, what is missing, what differs; ask for publication, approve."""
    found = draft_of(code)
    form = PublishForm(request.POST if request.POST.get("viec") in ("gui-duyet",) else None)
    if request.method == "POST":
        deed = _DEEDS.get(request.POST.get("viec", ""))
        if deed is None:
            raise Http404
        try:
            done = deed(request, found, form)
        except drafts.NotPossible as impossible:
            messages.error(request, str(impossible))
            return redirect("office:draft", code)
        if done:
            return redirect("office:draft" if VersionDraft.objects.filter(pk=found.pk).exists() else "office:procedure", code)
    listed = problems(found.version.document)
    context = {
        **frame(request, found, listed),
        "form": form,
        "sections": [(section, sum(problem.section is section for problem in listed)) for section in (*SECTIONS, FORM, EXAMPLES)],
        "differences": _differences(found),
        "approves": may_approve(request.user, found) and found.approved_by_id is None,
    }
    return render(request, "procedures/office/draft.html", context, status=422 if form.errors else 200)


def _differences(found: VersionDraft) -> list[dict[str, str]]:
    """What the draft changes, with its form."""
    before, after = found.based_on.document if found.based_on else {}, found.version.document
    rows = differences(before.get("procedure", {}), after["procedure"])
    return rows + differences({"e_form": before.get("form")}, {"e_form": after["form"]})


def _ask(request: HttpRequest, found: VersionDraft, form: PublishForm) -> bool:
    if not form.is_valid():
        return False
    drafts.ask(found, form.cleaned_data["publish_on"], by=request.user)
    messages.success(request, _("Đã gửi duyệt. Người thứ hai duyệt thì phiên bản mới được công bố."))
    return True


def _approve(request: HttpRequest, found: VersionDraft, form: PublishForm) -> bool:
    drafts.approve(found, request.POST.get("da-xem", ""), by=request.user)
    messages.success(request, _("Đã duyệt."))
    return True


def _take_back(request: HttpRequest, found: VersionDraft, form: PublishForm) -> bool:
    drafts.take_back(found, by=request.user)
    return True


def _take_over(request: HttpRequest, found: VersionDraft, form: PublishForm) -> bool:
    drafts.take_over(found, by=request.user)
    return True


def _discard(request: HttpRequest, found: VersionDraft, form: PublishForm) -> bool:
    drafts.discard(found, by=request.user)
    messages.success(request, _("Đã bỏ bản thảo."))
    return True


_DEEDS = {"gui-duyet": _ask, "duyet": _approve, "sua-tiep": _take_back, "gianh-quyen": _take_over, "bo": _discard}


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def section(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """One section of the draft: fields, rows to add, move and remove. What was typed is stored as typed."""
    if slug not in BY_SLUG:
        raise Http404
    part, found = BY_SLUG[slug], draft_of(code)
    facts, refused = found.version.facts, ""
    if request.method == "POST":
        if not may_edit(request.user):
            raise PermissionDenied
        facts = editing.typed(part.keys, facts, request.POST)
        word = request.POST.get("viec", "ghi")
        try:
            if word not in ("ghi",):
                editing.act(word, part.keys, facts)
            drafts.save(found, facts, _revision(request), by=request.user)
        except (drafts.NotPossible, editing.ActRefused) as impossible:
            refused = str(impossible)
        else:
            messages.success(request, _("Đã ghi bản thảo."))
            return redirect("office:section", code, slug)
    listed = problems({**found.version.document, "procedure": facts})
    return _section_page(request, found, part, facts, listed, refused)


def _revision(request: HttpRequest) -> int:
    """Of the page on which was typed; -1, which no draft has, when it is missing."""
    revision = number_in(request.POST.get("revision", ""))
    return -1 if revision is None else revision


@require_POST
@for_the_office
def autosave(request: HttpRequest, code: str, slug: str) -> JsonResponse:
    """Store a section while it is typed (static/js/autosave.js). 409 with a sentence when it cannot be stored."""
    if slug not in BY_SLUG:
        raise Http404
    if not may_edit(request.user):
        raise PermissionDenied
    found, counts = draft_of(code), "cuoi" not in request.POST
    facts = editing.typed(BY_SLUG[slug].keys, found.version.facts, request.POST)
    try:
        saved = drafts.save(found, facts, _revision(request), by=request.user, by_itself=True, counts=counts)
    except drafts.NotPossible as impossible:
        return JsonResponse({"detail": str(impossible), "url": request.path.removesuffix("tu-luu/")}, status=409)
    return JsonResponse({"saved_at_text": clock_time(saved.held_at), "revision": str(saved.revision)})


@require_safe
@for_the_office
def beside(request: HttpRequest, code: str) -> HttpResponse:
    """The list «Còn thiếu gì» alone, for a page on which is typed."""
    found = draft_of(code)
    return render(request, "procedures/office/_beside.html", frame(request, found, problems(found.version.document)))


def _section_page(
    request: HttpRequest, found: VersionDraft, part: Section, facts: Any, listed: list[Problem], refused: str
) -> HttpResponse:
    here = [problem for problem in listed if problem.section is part]
    errors: dict[str, list[str]] = {}
    for problem in here:
        errors.setdefault(problem.name, []).append(problem.sentence)
    context = {
        **frame(request, found, listed),
        "section": part,
        "nodes": editing.nodes_of(part.keys, facts, errors, Wording(found.version.document).condition),
        "here_wrong": here,
        "refused": refused,
        "sections": (*SECTIONS, FORM, EXAMPLES),
    }
    return render(request, "procedures/office/section.html", context, status=409 if refused else 200)


@require_safe
@for_the_office
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The public page of the procedure as this draft would make it."""
    found = draft_of(code)
    if problems(found.version.document):
        messages.error(request, _("Bản thảo còn chỗ cần sửa, chưa xem trước được."))
        return redirect("office:draft", code)
    shown = Procedure.objects.select_related("sector").get(pk=found.procedure_id)
    shown.current, shown.name, shown.short_name = found.version, found.version.name, found.version.facts["short_name"]
    found.version.declared_level = found.version.facts["declared_level"]
    return render(request, "procedures/procedure.html", {**guide_context(request, shown), "in_effect": False})


def draft_of(code: str) -> VersionDraft:
    rows = VersionDraft.objects.select_related("version__procedure", "based_on", "holder", "asked_by", "approved_by")
    return get_object_or_404(rows, procedure__code=code)


def frame(request: HttpRequest, found: VersionDraft, listed: list[Problem]) -> dict[str, Any]:
    """What every page of a draft shows."""
    other = drafts.held_by_another(found, request.user)
    edits = may_edit(request.user)
    return {
        "draft": found,
        "procedure": found.version.procedure,
        "problems": listed,
        "problem_rows": [
            (address_of(found.version.procedure.code, found.version.document, problem.path), problem)
            for problem in listed[:SHOWN]
        ],
        "level": None if listed else _level(found),
        "failures": [] if listed else failures(found.version.document),
        "holder": other,
        "edits": edits,
        "open": edits and other is None and found.asked_by_id is None,
        "today": clock.today(),
    }


def _level(found: VersionDraft) -> OfferedLevel:
    """The level this version would reach at its best-prepared place (or without one), by the class that computes it."""
    version = found.version
    version.declared_level = version.facts["declared_level"]
    places = Offering.objects.filter(procedure=found.procedure_id).select_related("terminal").order_by("pk")[:1]
    return OfferedLevel.best([offered_at(version, place, local={}) for place in [*places] or [None]])
