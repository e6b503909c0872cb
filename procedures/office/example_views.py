"""Pages of the examples of a draft: what is filed, and what the version must make of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.common import clock
from portal.common.figures import number_in
from procedures.facts import Example, Expected, VersionDocument
from procedures.models import VersionDraft
from procedures.office import drafts, example_forms
from procedures.office.checking import problems
from procedures.office.examples import CannotCompute, Runner, amount_words, differences, due_words
from procedures.office.labels import EXAMPLES, FORM, SECTIONS
from procedures.office.permissions import may_edit
from procedures.office.views import draft_of, for_the_office, frame

MAX_EXAMPLES = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def examples(request: HttpRequest, code: str) -> HttpResponse:
    """All examples of the draft with their state; add one."""
    found = draft_of(code)
    rows = _rows(found)
    if request.method == "POST":
        if not may_edit(request.user):
            raise PermissionDenied
        if request.POST.get("viec") not in ("them",):
            raise Http404
        return add(request, found, example_forms.new_example(found.version.document, "", clock.today().isoformat()))
    listed = problems(found.version.document)
    context = frame(request, found, listed)
    failed = {failure.number: failure for failure in context["failures"]}
    wrong = {problem.path[1] for problem in listed if problem.section is EXAMPLES and len(problem.path) > 1}
    listing = [(row, number in wrong, failed.get(number)) for number, row in enumerate(rows)]
    context |= {"examples": listing, "section": EXAMPLES, "sections": (*SECTIONS, FORM, EXAMPLES)}
    return render(request, "procedures/office/examples.html", context)


def add(request: HttpRequest, found: VersionDraft, row: Example) -> HttpResponse:
    """Store one example more under a free key, and go there; to the list when it cannot be stored."""
    if not may_edit(request.user):
        raise PermissionDenied
    rows, code = _rows(found), found.version.procedure.code
    key = _free_key(rows)
    if len(rows) >= MAX_EXAMPLES or not _saved(request, found, [*rows, {**row, "key": key}]):
        return redirect("office:examples", code)
    return redirect("office:example", code, key)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def example(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One example: its filing, what comes out, what is expected; take the result over, say that it was checked."""
    found = draft_of(code)
    rows = _rows(found)
    number = next((n for n, row in enumerate(rows) if row["key"] == key), None)
    if number is None:
        raise Http404
    document, row = found.version.document, rows[number]
    if request.method == "POST":
        if not may_edit(request.user):
            raise PermissionDenied
        deed = request.POST.get("viec", "ghi")
        if deed not in ("ghi", "lay-ket-qua", "da-kiem", "bo"):
            raise Http404
        row = example_forms.typed(document, row, request.POST)
        kept = [] if deed == "bo" else [_with_expectation(document, row, deed)]
        if _saved(request, found, [*rows[:number], *kept, *rows[number + 1 :]]):
            return redirect("office:example", code, key) if kept else redirect("office:examples", code)
    return _example_page(request, found, row, number)


def _with_expectation(document: VersionDocument, row: Example, deed: str) -> Example:
    """The example after «lay-ket-qua» or «da-kiem»: the result of now as expectation, or the expectation as checked."""
    found = None if deed == "ghi" else _outcome(document, row)
    if deed == "lay-ket-qua" and isinstance(found, dict):
        return {**row, "expected": found, "checked": False}
    if deed == "da-kiem" and isinstance(found, dict) and row["expected"] and not [*differences(row["expected"], found)]:
        return {**row, "checked": True}
    return row


def _outcome(document: VersionDocument, row: Example) -> Expected | str:
    """What the version makes of it, or why it makes nothing."""
    changed: Any = {**document, "procedure": {**document["procedure"], "examples": [row]}}
    if wrong := problems(changed):
        return _("Sửa trước: %(place)s: %(sentence)s") % {"place": wrong[0].place, "sentence": wrong[0].sentence}
    try:
        return Runner(document).outcome(row)
    except CannotCompute as impossible:
        return str(impossible)


def _rows(found: VersionDraft) -> list[Example]:
    return list(found.version.facts.get("examples") or [])


def _free_key(rows: list[Example]) -> str:
    taken = {row["key"] for row in rows}
    return next(key for n in range(1, len(rows) + 2) if (key := f"vd{n}") not in taken)


def _saved(request: HttpRequest, found: VersionDraft, rows: list[Example]) -> bool:
    """Save the draft with these examples. False, with the reason told, when that is not possible."""
    revision = number_in(request.POST.get("lan-ghi", ""))
    facts = {key: value for key, value in found.version.facts.items() if key != "examples"}
    try:
        drafts.save(found, {**facts, "examples": rows} if rows else facts, -1 if revision is None else revision, by=request.user)
    except drafts.NotPossible as impossible:
        messages.error(request, str(impossible))
        return False
    messages.success(request, _("Đã ghi bản thảo."))
    return True


def _example_page(request: HttpRequest, found: VersionDraft, row: Example, number: int) -> HttpResponse:
    document = found.version.document
    now = _outcome(document, row)
    listed = problems(document)
    here = [problem for problem in listed if problem.path[:2] == ("examples", number)]
    context = {
        **frame(request, found, listed),
        "example": row,
        "nodes": example_forms.nodes(document, row),
        "impossible": now if isinstance(now, str) else "",
        "now": shown(now),
        "expected": shown(row["expected"]),
        "here_wrong": here,
        "differences": [*differences(row["expected"], now)] if row["expected"] and isinstance(now, dict) else [],
    }
    return render(request, "procedures/office/example.html", context, status=409 if request.method == "POST" else 200)


def shown(outcome: Expected | str | None) -> dict[str, Any] | None:
    """An outcome in words."""
    if outcome is None or isinstance(outcome, str):
        return None
    return {
        **outcome,
        "total_words": amount_words(outcome["total"]),
        "due_words": due_words(outcome["due"]),
        "fee_words": [(row["label"], amount_words(row["amount"])) for row in outcome["fees"]],
    }
