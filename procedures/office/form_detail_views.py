"""Pages beside the pages of an e-form: all about one field, the checks between fields, and their conditions."""

import copy
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from portal.common.figures import number_in
from procedures.eforms.expansion import pages_of
from procedures.models import VersionDraft
from procedures.office import condition_forms, form_blocks, form_builder, form_checks, form_fields
from procedures.office.checking import problems
from procedures.office.condition_views import changed
from procedures.office.editing import ActRefused
from procedures.office.form_views import errors_at, for_editors, page_of, path_of, saved, say_conditions
from procedures.office.labels import FORM, FORM_FIELDS
from procedures.office.views import draft_of, for_the_office, frame
from procedures.office.vocabulary import Name, names

NOT_SAVED = gettext_lazy("Chưa ghi được. Chữ anh/chị gõ còn ở dưới đây.")


# ---------------------------------------------------------------- one field
@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def field(request: HttpRequest, code: str, number: int, position: int) -> HttpResponse:
    """Type, format, bounds, list, prefill, computed value and columns of one field."""
    found = draft_of(code)
    document, page = page_of(found, number)
    if position >= len(page["fields"]) or form_blocks.use_of(page["fields"][position]):
        raise Http404  # a field of a common block is as the block says
    refused, shown = "", page["fields"][position]
    if request.method == "POST":
        for_editors(request)
        shown = page["fields"][position] = form_fields.typed(document, shown, request.POST)
        word = request.POST.get("viec", "ghi")
        try:
            if word not in ("ghi",):
                form_fields.act(shown, word)
        except ActRefused as impossible:
            refused = str(impossible)
        else:
            if saved(request, found, document):
                return redirect("office:form_field", code, number, position)
            refused = str(NOT_SAVED)
    whole: Any = {**found.version.document, "form": document}
    listed = problems(whole)
    nodes = form_fields.nodes(document, shown, errors_at(listed, (*path_of(document, number), "fields", position)))
    say_conditions(whole, nodes)
    context = {
        **frame(request, found, listed),
        "section": FORM,
        "number": number,
        "position": position,
        "field": shown,
        "page": page,
        "nodes": nodes,
        "conditions_at": f"{reverse('office:form_page', args=[code, number])}fields.{position}.",
        "refused": refused,
    }
    return render(request, "procedures/office/form_field.html", context, status=409 if refused else 200)


# ---------------------------------------------------------------- checks between fields
@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def checks(request: HttpRequest, code: str) -> HttpResponse:
    """The checks between fields: in words, to add, change, move and remove."""
    found = draft_of(code)
    document, refused = _form_of(found), ""
    if request.method == "POST":
        for_editors(request)
        if document.get("checks"):
            document["checks"] = form_checks.typed(document, request.POST)
        word = request.POST.get("viec", "ghi")
        try:
            if word not in ("ghi",):
                form_checks.act(document, word)
        except ActRefused as impossible:
            refused = str(impossible)
        else:
            if saved(request, found, document):
                return redirect("office:form_checks", code)
            refused = str(NOT_SAVED)
    whole: Any = {**found.version.document, "form": document}
    listed = problems(whole)
    nodes = form_checks.nodes(document, _errors_of_checks(listed))
    say_conditions(whole, nodes)
    context = {
        **frame(request, found, listed),
        "section": FORM,
        "nodes": nodes,
        "kinds": [(op, kind.label) for op, kind in form_checks.KINDS.items()],
        "refused": refused,
    }
    return render(request, "procedures/office/form_checks.html", context, status=409 if refused else 200)


def _errors_of_checks(listed: Any) -> dict[str, list[str]]:
    """At «checks.1.value»; what stands at all fields of a check with two of them, at its row."""
    errors: dict[str, list[str]] = {}
    for name, sentences in errors_at(listed, ("e_form",)).items():
        start, _dot, _rest = name.partition(".fields")
        errors.setdefault(start, []).extend(sentences)
    return errors


def _form_of(found: VersionDraft) -> dict[str, Any]:
    """A copy of the form. Raises Http404."""
    if found.version.document["form"] is None:
        raise Http404
    return copy.deepcopy(found.version.document["form"])


# ---------------------------------------------------------------- conditions
@dataclass(frozen=True)
class Place:
    """Where a condition stands: under `key` of `owner`, a part of the copied form."""

    owner: dict[str, Any]
    key: str
    path: tuple[str | int, ...]
    heading: str
    known: dict[str, Name]
    address: str
    back: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def condition(request: HttpRequest, code: str, number: int, place: str) -> HttpResponse:
    """When a field is shown, mandatory or filled: `place` is «fields.2.show_if»."""
    found = draft_of(code)
    document, page = page_of(found, number)
    position, kind = _field_place(page, place)
    row = page["fields"][position]
    owner, key = (row["prefill"], "when") if kind in ("prefill_when",) else (row, kind)
    if use := form_blocks.use_of(row):
        if kind not in ("show_if",):
            raise Http404
        owner = document["blocks"][use]
    here = Place(
        owner,
        key,
        (*path_of(document, number), "fields", position, kind),
        f"{row['label']}: {FORM_FIELDS[kind]}",
        _asked_before(found, document, number, position, kind),
        reverse("office:form_condition", args=[code, number, place]),
        reverse("office:form_page", args=[code, number]),
    )
    return _condition_page(request, found, document, here)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def check_condition(request: HttpRequest, code: str, place: str) -> HttpResponse:
    """When a check is made: `place` is «checks.2.when»."""
    found = draft_of(code)
    document = _form_of(found)
    start, _dot, rest = place.partition(".")
    text, _dot, key = rest.partition(".")
    number, rows = number_in(text, 3), document.get("checks") or []
    if start not in ("checks",) or key not in ("when",) or number is None or number >= len(rows):
        raise Http404
    keys = {row["key"] for page in pages_of(document) for row in page["fields"]}
    keys |= {row["key"] for row in document.get("bound_fields", [])}
    whole: Any = {**found.version.document, "form": document}
    here = Place(
        rows[number],
        "when",
        ("e_form", "checks", number, "when"),
        _("%(check)s: kiểm tra khi nào") % {"check": form_checks.words_of(document, rows[number])},
        {key: name for key, name in names(whole).items() if key in keys},
        reverse("office:form_check_condition", args=[code, place]),
        reverse("office:form_checks", args=[code]),
    )
    return _condition_page(request, found, document, here)


def _condition_page(request: HttpRequest, found: VersionDraft, document: dict[str, Any], here: Place) -> HttpResponse:
    current, refused = here.owner.get(here.key), ""
    if request.method == "POST":
        for_editors(request)
        try:
            current = changed(condition_forms.typed(current, here.known, request.POST), here.known, request)
        except ActRefused as impossible:
            refused = str(impossible)
        else:
            here.owner.pop(here.key, None)
            here.owner.update({here.key: current} if current else {})
            if saved(request, found, document):
                return redirect(here.address)
            refused = _("Chưa ghi được.")
    listed = problems({**found.version.document, "form": document})
    context = {
        **frame(request, found, listed),
        "section": FORM,
        "back": here.back,
        "heading": here.heading,
        "way": condition_forms.split(current)[0],
        "parts": condition_forms.parts_of(found.version.document, current, here.known),
        "known": here.known.values(),
        "here_wrong": [problem for problem in listed if problem.path == here.path],
        "refused": refused,
    }
    return render(request, "procedures/office/condition.html", context, status=409 if refused else 200)


def _field_place(page: dict[str, Any], place: str) -> tuple[int, str]:
    """(number of the field, kind of its condition). Raises Http404."""
    start, _dot, rest = place.partition(".")
    text, _dot, kind = rest.partition(".")
    number = number_in(text, 3)
    if start not in ("fields",) or kind not in FORM_FIELDS or number is None or number >= len(page["fields"]):
        raise Http404
    if kind in ("prefill_when",) and not page["fields"][number].get("prefill"):
        raise Http404
    return number, kind


def _asked_before(found: VersionDraft, document: dict[str, Any], number: int, position: int, kind: str) -> dict[str, Name]:
    """What a condition of this field may name: fields of earlier pages; for «required_if» also earlier ones of the same page."""
    before = {row["key"] for row in document.get("bound_fields", []) if row["binds_to"] in ("agency", "procedure", "audience")}
    before |= {row["key"] for page in list(pages_of(document))[:number] for row in page["fields"]}
    if kind in ("required_if",):
        before |= {row["key"] for row in form_builder.page_at(document, number)["fields"][:position]}
    whole: Any = {**found.version.document, "form": document}
    return {key: name for key, name in names(whole).items() if key in before}
