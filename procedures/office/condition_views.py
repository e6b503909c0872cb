"""The page of one condition of a draft."""

import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.common.figures import number_in
from procedures.office import condition_forms, drafts, editing
from procedures.office.checking import problems
from procedures.office.labels import BY_SLUG, place_words
from procedures.office.permissions import may_edit
from procedures.office.schema import is_condition
from procedures.office.views import draft_of, for_the_office, frame
from procedures.office.vocabulary import names


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def condition(request: HttpRequest, code: str, slug: str, place: str) -> HttpResponse:
    """One condition: its lines, to add from the names asked before, to change and to remove."""
    found = draft_of(code)
    facts = copy.deepcopy(found.version.facts)
    path = editing.parts_of(place)
    current = _condition_at(facts, slug, path)
    known = names(found.version.document)
    refused = ""
    if request.method == "POST":
        if not may_edit(request.user):
            raise PermissionDenied
        try:
            current = changed(condition_forms.typed(current, known, request.POST), known, request)
            editing.at(facts, path[:-1])[path[-1]] = current
            revision = number_in(request.POST.get("lan-ghi", ""))
            drafts.save(found, facts, -1 if revision is None else revision, by=request.user)
        except (drafts.NotPossible, editing.ActRefused) as impossible:
            refused = str(impossible)
        else:
            messages.success(request, _("Đã ghi bản thảo."))
            return redirect("office:condition", code, slug, place)
    listed = problems({**found.version.document, "procedure": facts})
    context = {
        **frame(request, found, listed),
        "section": BY_SLUG[slug],
        "heading": _("%(place)s: áp dụng khi nào") % {"place": place_words(path[:-1])},
        "way": condition_forms.split(current)[0],
        "parts": condition_forms.parts_of(found.version.document, current, known),
        "known": known.values(),
        "here_wrong": [problem for problem in listed if list(problem.path) == path],
        "refused": refused,
    }
    return render(request, "procedures/office/condition.html", context, status=409 if refused else 200)


def _condition_at(facts: Any, slug: str, path: list[str | int]) -> Any:
    """The condition at this path of a section. Raises Http404."""
    try:
        if slug not in BY_SLUG or path[0] not in BY_SLUG[slug].keys or not is_condition(editing.schema_at(path)):
            raise Http404
        return editing.at(facts, path[:-1]).get(path[-1])
    except (KeyError, IndexError, TypeError, AttributeError) as nowhere:
        raise Http404 from nowhere


def changed(typed: Any, known: Any, request: HttpRequest) -> Any:
    """The condition after the button «ghi», «them» or «bo:<line>». Raises ActRefused."""
    deed, _colon, number = request.POST.get("viec", "ghi").partition(":")
    way = request.POST.get("noi", "all")
    match deed:
        case "ghi":
            return typed
        case "them":
            return condition_forms.add(typed, way, request.POST.get("o", ""), known)
        case "bo":
            line = number_in(number)
            return condition_forms.remove(typed, way, condition_forms.MAX_PARTS if line is None else line)
    raise editing.ActRefused(_("Không có chỗ này trong phần đang sửa."))
