"""Pages of the e-form of a draft: its pages, one page with its fields, the condition of a field."""

import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.common import clock
from portal.common.figures import number_in
from procedures.eforms import DatabaseSources, Form
from procedures.eforms.expansion import pages_of
from procedures.eforms.showing import BoundPage
from procedures.models import VersionDraft
from procedures.office import condition_forms, drafts, form_builder
from procedures.office.checking import problems
from procedures.office.condition_views import changed
from procedures.office.editing import ActRefused
from procedures.office.form_lint import advice
from procedures.office.labels import FORM, FORM_FIELDS
from procedures.office.permissions import may_edit
from procedures.office.views import draft_of, for_the_office, frame
from procedures.office.vocabulary import Name, names
from procedures.wording import Wording


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def form(request: HttpRequest, code: str) -> HttpResponse:
    """The sections and pages of the form, with advice; add, move and remove pages."""
    found = draft_of(code)
    document = found.version.document["form"]
    if request.method == "POST":
        _for_editors(request)
        if document is None:
            raise Http404
        document = copy.deepcopy(document)
        try:
            _act_on_pages(document, request.POST.get("viec", ""))
        except ActRefused as refused:
            messages.error(request, str(refused))
        else:
            _saved(request, found, document)
        return redirect("office:form", code)
    listed = problems(found.version.document)
    numbered = iter(range(10_000))
    sections = [
        (section["title"], [(next(numbered), page) for page in section["pages"]])
        for section in (document["sections"] if document else [])
    ]
    context = {
        **frame(request, found, listed),
        "section": FORM,
        "form_name": document["name"] if document else "",
        "form_sections": sections,
        "advice": advice(found.version.document) if not listed else [],
    }
    return render(request, "procedures/office/form.html", context)


def _act_on_pages(document: dict[str, Any], word: str) -> None:
    """«them:3», «len:3», «xuong:3» or «bo:3» on the pages. Raises ActRefused."""
    deed, _colon, text = word.partition(":")
    number = number_in(text, 4)
    if number is None or deed not in ("them", "len", "xuong", "bo"):
        raise ActRefused(_("Không có chỗ này trong phần đang sửa."))
    match deed:
        case "them":
            form_builder.add_page(document, number)
        case "bo":
            form_builder.remove_page(document, number)
        case "len":
            form_builder.move_page(document, number, -1)
        case "xuong":
            form_builder.move_page(document, number, 1)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def form_page(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One page: its words and fields, and below how a citizen sees it."""
    found = draft_of(code)
    document, page = _page(found, number)
    refused = ""
    if request.method == "POST":
        _for_editors(request)
        page |= form_builder.typed(page, request.POST)
        word = request.POST.get("viec", "ghi")
        try:
            if word not in ("ghi",):
                form_builder.act(document, page, word)
        except ActRefused as impossible:
            refused = str(impossible)
        else:
            if _saved(request, found, document):
                return redirect("office:form_page", code, number)
            refused = _("Chưa ghi được. Chữ anh/chị gõ còn ở dưới đây.")
    whole: Any = {**found.version.document, "form": document}
    listed = problems(whole)
    place = _path_of(document, number)
    errors: dict[str, list[str]] = {}
    for problem in listed:
        if problem.path[: len(place)] == place:
            errors.setdefault(".".join(map(str, problem.path[len(place) : len(place) + 3])), []).append(problem.sentence)
    wording = Wording(whole)
    nodes = form_builder.nodes(page, errors)
    for node in nodes:
        for inner in node.nodes:
            if inner.kind == "condition":
                inner.words = wording.condition(inner.value) or _("luôn luôn")
    context = {
        **frame(request, found, listed),
        "section": FORM,
        "number": number,
        "page": page,
        "nodes": nodes,
        "types": form_builder.TYPES.items(),
        "refused": refused,
        "preview": None if any(problem.section is FORM for problem in listed) else _preview(document, number),
    }
    return render(request, "procedures/office/form_page.html", context, status=409 if refused else 200)


def _preview(document: dict[str, Any], number: int) -> BoundPage:
    today = clock.today()
    shown = Form(form_builder.alone(document, number), sources=DatabaseSources(today))
    return BoundPage(shown, shown.pages[0], {}, today)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def form_condition(request: HttpRequest, code: str, number: int, place: str) -> HttpResponse:
    """The condition under which a field is shown or mandatory: `place` is «fields.2.show_if»."""
    found = draft_of(code)
    document, page = _page(found, number)
    field, kind = _field(page, place)
    known = _asked_before(found, document, number, field, kind)
    current, refused = field.get(kind), ""
    if request.method == "POST":
        _for_editors(request)
        try:
            current = changed(condition_forms.typed(current, known, request.POST), known, request)
        except ActRefused as impossible:
            refused = str(impossible)
        else:
            field.pop(kind, None)
            field |= {kind: current} if current else {}
            if _saved(request, found, document):
                return redirect("office:form_condition", code, number, place)
            refused = _("Chưa ghi được.")
    listed = problems({**found.version.document, "form": document})
    path = (*_path_of(document, number), "fields", page["fields"].index(field), kind)
    context = {
        **frame(request, found, listed),
        "section": FORM,
        "form_page_number": number,
        "heading": f"{field['label']}: {FORM_FIELDS[kind]}",
        "way": condition_forms.split(current)[0],
        "parts": condition_forms.parts_of(found.version.document, current, known),
        "known": known.values(),
        "here_wrong": [problem for problem in listed if problem.path == path],
        "refused": refused,
    }
    return render(request, "procedures/office/condition.html", context, status=409 if refused else 200)


def _field(page: dict[str, Any], place: str) -> tuple[dict[str, Any], str]:
    """(field, «show_if» or «required_if»). Raises Http404."""
    start, _dot, rest = place.partition(".")
    text, _dot, kind = rest.partition(".")
    number = number_in(text, 3)
    if start not in ("fields",) or kind not in FORM_FIELDS or number is None or number >= len(page["fields"]):
        raise Http404
    return page["fields"][number], kind


def _asked_before(
    found: VersionDraft, document: dict[str, Any], number: int, field: dict[str, Any], kind: str
) -> dict[str, Name]:
    """What a condition of this field may name: fields of earlier pages; for «required_if» also earlier ones of the same page."""
    before = {row["key"] for row in document.get("bound_fields", []) if row["binds_to"] in ("agency", "procedure", "audience")}
    before |= {row["key"] for page in list(pages_of(document))[:number] for row in page["fields"]}
    if kind in ("required_if",):
        here = form_builder.page_at(document, number)["fields"]
        before |= {row["key"] for row in here[: here.index(field)]}
    whole: Any = {**found.version.document, "form": document}
    return {key: name for key, name in names(whole).items() if key in before}


# ---------------------------------------------------------------- common
def _for_editors(request: HttpRequest) -> None:
    if not may_edit(request.user):
        raise PermissionDenied


def _page(found: VersionDraft, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """(a copy of the form, its page with this number). Raises Http404."""
    if found.version.document["form"] is None:
        raise Http404
    document = copy.deepcopy(found.version.document["form"])
    try:
        return document, form_builder.page_at(document, number)
    except IndexError as nowhere:
        raise Http404 from nowhere


def _path_of(document: dict[str, Any], number: int) -> tuple[str | int, ...]:
    """The path of a page in the problems of a document."""
    for n, section in enumerate(document["sections"]):
        if number < len(section["pages"]):
            return ("e_form", "sections", n, "pages", number)
        number -= len(section["pages"])
    raise Http404


def _saved(request: HttpRequest, found: VersionDraft, document: dict[str, Any]) -> bool:
    revision = number_in(request.POST.get("lan-ghi", ""))
    facts = found.version.facts
    try:
        drafts.save(found, facts, -1 if revision is None else revision, by=request.user, form=document)
    except drafts.NotPossible as impossible:
        messages.error(request, str(impossible))
        return False
    messages.success(request, _("Đã ghi bản thảo."))
    return True
