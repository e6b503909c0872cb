"""Pages of the e-form of a draft: its sections and pages, one page with its fields. More: `form_detail_views`."""

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
from portal.common.vietnamese import clean_text
from procedures.eforms import DatabaseSources, Form
from procedures.eforms.showing import BoundPage
from procedures.models import VersionDraft
from procedures.office import drafts, editing, form_blocks, form_builder
from procedures.office.checking import Problem, problems
from procedures.office.editing import ActRefused
from procedures.office.form_library import with_definitions
from procedures.office.form_lint import advice
from procedures.office.form_narrowing import grammar_of
from procedures.office.form_places import address_of
from procedures.office.labels import FORM
from procedures.office.permissions import may_edit
from procedures.office.views import draft_of, for_the_office, frame
from procedures.wording import Wording

PREVIEW = "xem"  # name of the button that shows what is typed without storing it (preview.js presses it)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def form(request: HttpRequest, code: str) -> HttpResponse:
    """The sections and pages of the form, with advice; add, move and remove pages."""
    found = draft_of(code)
    document = found.version.document["form"]
    if request.method == "POST":
        for_editors(request)
        if document is None:
            raise Http404
        document = copy.deepcopy(document)
        try:
            _act_on_pages(document, request.POST.get("viec", ""))
        except ActRefused as refused:
            messages.error(request, str(refused))
        else:
            saved(request, found, document)
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
        "advice": [(address_of(code, found.version.document, row.path), row.sentence) for row in advice(found.version.document)]
        if not listed
        else [],
    }
    return render(request, "procedures/office/form.html", context)


def _act_on_pages(document: dict[str, Any], word: str) -> None:
    """«them:3», «len:3», «xuong:3», «bo:3», «chuyen:trang.3:5», «tach-phan:3» or «gop-phan:3». Raises ActRefused."""
    deed, _colon, text = word.partition(":")
    text, _colon, goal = text.removeprefix("trang.").partition(":")
    number, to = number_in(text, 4), number_in(goal, 4)
    match deed:
        case "them" if number is not None:
            form_builder.add_page(document, number)
        case "bo" if number is not None:
            form_builder.remove_page(document, number)
        case "len" if number is not None:
            form_builder.move_page(document, number, -1)
        case "xuong" if number is not None:
            form_builder.move_page(document, number, 1)
        case "tach-phan" if number is not None:
            form_builder.split_section(document, number)
        case "gop-phan" if number is not None:
            form_builder.join_section(document, number)
        case "chuyen" if number is not None and to is not None:
            form_builder.place_page(document, number, to)
        case _:
            raise ActRefused(_("Không có chỗ này trong phần đang sửa."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def form_page(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One page: its words and fields, and below how a citizen sees it."""
    found = draft_of(code)
    document, page = page_of(found, number)
    refused = ""
    if request.method == "POST":
        for_editors(request)
        page |= form_builder.typed(document, page, request.POST)
        section = form_builder.section_of(document, number)
        section["title"] = clean_text(request.POST.get("section_title", section["title"]))
        word = request.POST.get("viec", "ghi")
        try:
            if word not in ("ghi",):
                form_builder.act(document, page, word)
        except ActRefused as impossible:
            refused = str(impossible)
        else:
            if PREVIEW not in request.POST and saved(request, found, document):
                return redirect("office:form_page", code, number)
            refused = "" if PREVIEW in request.POST else _("Chưa ghi được. Chữ anh/chị gõ còn ở dưới đây.")
    whole: Any = {**found.version.document, "form": document}
    listed = problems(whole)
    nodes = form_builder.nodes(document, page, errors_at(listed, path_of(document, number)))
    say_conditions(whole, nodes)
    context = {
        **frame(request, found, listed),
        "section": FORM,
        "number": number,
        "page": page,
        "section_title": form_builder.section_of(document, number)["title"],
        "nodes": nodes,
        "types": form_builder.TYPES.items(),
        "blocks": form_blocks.kinds(),
        "refused": refused,
        "preview": None if _keeps_from_showing(listed, path_of(document, number)) else _preview(document, number),
    }
    return render(request, "procedures/office/form_page.html", context, status=409 if refused else 200)


def say_conditions(whole: Any, nodes: list[editing.Node]) -> None:
    """Write the conditions of these inputs in words."""
    wording = Wording(whole)
    for node in nodes:
        if node.kind == "condition":
            node.words = wording.condition(node.value) or _("luôn luôn")
        say_conditions(whole, node.nodes)


def errors_at(listed: list[Problem], place: tuple[str | int, ...]) -> dict[str, list[str]]:
    """{place inside: sentences} of the problems under this place, as deep as inputs lie («columns.0.label»)."""
    errors: dict[str, list[str]] = {}
    for problem in listed:
        if problem.path[: len(place)] == place:
            errors.setdefault(".".join(map(str, problem.path[len(place) :][:3])), []).append(problem.sentence)
    return errors


def _keeps_from_showing(listed: list[Problem], place: tuple[str | int, ...]) -> bool:
    """Is something wrong on this page, or with the form as a whole? What is wrong on other pages does not matter."""
    return any(
        problem.section is FORM and (problem.path[: len(place)] == place or problem.path[1:2] not in (("sections",), ("checks",)))
        for problem in listed
    )


def _preview(document: dict[str, Any], number: int) -> BoundPage | None:
    """The page as a citizen sees it; None when this procedure asks nothing on it."""
    today = clock.today()
    shown = Form(form_builder.alone(document, number), sources=DatabaseSources(today))
    return BoundPage(shown, shown.pages[0], {}, today) if shown.visible_pages({}, today) else None


# ---------------------------------------------------------------- common
def for_editors(request: HttpRequest) -> None:
    if not may_edit(request.user):
        raise PermissionDenied


def page_of(found: VersionDraft, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """(a copy of the form, its page with this number). Raises Http404."""
    if found.version.document["form"] is None:
        raise Http404
    document = copy.deepcopy(found.version.document["form"])
    try:
        return document, form_builder.page_at(document, number)
    except IndexError as nowhere:
        raise Http404 from nowhere


def path_of(document: dict[str, Any], number: int) -> tuple[str | int, ...]:
    """The path of a page in the problems of a document."""
    for n, section in enumerate(document["sections"]):
        if number < len(section["pages"]):
            return ("e_form", "sections", n, "pages", number)
        number -= len(section["pages"])
    raise Http404


def saved(request: HttpRequest, found: VersionDraft, document: dict[str, Any]) -> bool:
    """Store the form in the draft; False with the reason as a message."""
    form_blocks.refresh(document)
    with_definitions(document)
    if (grammar := grammar_of(document)) != document.get("grammar", 1):
        document["grammar"] = grammar
    revision = number_in(request.POST.get("lan-ghi", ""))
    facts = found.version.facts
    try:
        drafts.save(found, facts, -1 if revision is None else revision, by=request.user, form=document)
    except drafts.NotPossible as impossible:
        messages.error(request, str(impossible))
        return False
    messages.success(request, _("Đã ghi bản thảo."))
    return True
