"""Pages under /can-bo/cung-cap/: amounts that a province sets; another desk, deciding agency or terminal."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Agency
from portal.common import clock
from portal.common.figures import number_in
from portal.common.vietnamese import clean_text
from procedures.models import Procedure
from procedures.offerings import desks, editing, local_fees, moving
from procedures.offerings.forms import AmountForm, PlaceForm
from procedures.offerings.permissions import may_set_amounts, may_set_work, own_agencies
from procedures.offerings.views import SHOWN, for_agency_administrators, readable_offering


def _province(request: HttpRequest, code: str) -> Agency:
    """The own body of a province. 404 for others."""
    agency = get_object_or_404(own_agencies(request.user).select_related("unit"), code=code)
    if not may_set_amounts(request.user, agency):
        raise Http404
    return agency


def _with_amounts(code: str) -> Procedure:
    return get_object_or_404(Procedure.objects.select_related("current").filter(listed=False), code=code)


@require_safe
@for_agency_administrators
def amounts(request: HttpRequest, code: str) -> HttpResponse:
    """The procedures with an amount that this province sets."""
    agency = _province(request, code)
    found = local_fees.procedures_with_amounts(agency)
    return render(request, "procedures/offerings/amounts.html", {"agency": agency, "procedures": found})


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency_administrators
def amounts_of(request: HttpRequest, code: str, procedure: str) -> HttpResponse:
    """The amounts of a province for one procedure; set one from a day on. 422 when it cannot be set."""
    agency, found = _province(request, code), _with_amounts(procedure)
    rows = local_fees.rows_of(found, agency)
    form = AmountForm(request.POST if request.method == "POST" else None, rows=rows, initial={"since": clock.today()})
    if form.is_bound and form.is_valid():
        facts = {**form.cleaned_data, "legal_ref": clean_text(form.cleaned_data["legal_ref"])}
        try:
            local_fees.state(found, agency, facts.pop("key"), **facts, by=request.user)
        except local_fees.NotPossible as impossible:
            form.add_error("since", str(impossible))
        else:
            messages.success(request, _("Đã ghi mức thu. Hồ sơ đã nộp giữ mức lúc nộp."))
            return redirect("offerings:amounts_of", code, procedure)
    context = {
        "agency": agency,
        "procedure": found,
        "rows": [_shown(row) for row in rows],
        "form": form,
        "shipped": _shipped_differences(rows),
        "changes": agency.changes.filter(procedure=found).select_related("by")[:SHOWN],
    }
    return render(request, "procedures/offerings/amounts_of.html", context, status=422 if form.is_bound else 200)


def _shown(row: local_fees.Row) -> dict[str, Any]:
    today = clock.today()
    amounts = [
        {
            "row": amount,
            "now": amount == row.now,
            "over": local_fees.is_over(amount, today),
            "begun": local_fees.has_begun(amount, today),
        }
        for amount in row.amounts
    ]
    return {"label": row.line["label"], "now": row.now, "amounts": amounts}


def _shipped_differences(rows: list[local_fees.Row]) -> list[dict[str, str]]:
    """What the shipped data say of columns that people set, each with its line and amount."""
    found = [(row.line["label"], amount) for row in rows for amount in row.amounts]
    return [
        {**wrong, "place": f"{label}, {local_fees.words([amount])}: {wrong['place']}"}
        for label, amount in found
        for wrong in amount.shipped_differences()
    ]


@require_POST
@for_agency_administrators
def withdraw_amount(request: HttpRequest, code: str, procedure: str) -> HttpResponse:
    """Take back an amount that has not begun."""
    agency, found = _province(request, code), _with_amounts(procedure)
    try:
        local_fees.withdraw(found, agency, number_in(request.POST.get("muc", "")) or 0, by=request.user)
    except local_fees.NotPossible as impossible:
        messages.error(request, str(impossible))
    else:
        messages.success(request, _("Đã bỏ mức chưa áp dụng."))
    return redirect("offerings:amounts_of", code, procedure)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency_administrators
def move(request: HttpRequest, code: str, procedure: str) -> HttpResponse:
    """Another desk, deciding agency or terminal: what would change first («xem»), then the change («ghi»).

    422 for wrong input, 409 when the offering changed after the page was shown.
    """
    found = readable_offering(request, code, procedure)
    if not may_set_work(request.user, found) or found.receiving_agency is None:
        raise Http404
    form = PlaceForm(request.POST if request.method == "POST" else None, offering=found)
    status, changes = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            status, changes = 200, moving.differences(found, form.place)
            if {"xem": False, "ghi": True}.get(request.POST.get("viec", ""), False):
                try:
                    moving.move(found, form.place, request.POST.get("da-xem", ""), by=request.user)
                except desks.Outdated:
                    status = 409
                else:
                    messages.success(request, _("Đã ghi. Hồ sơ đã nộp giữ nơi tiếp nhận lúc nộp."))
                    return redirect("offerings:offering", code, procedure)
    context = {
        "offering": found,
        "form": form,
        "changes": changes,
        "seen": editing.fingerprint(found),
        "outdated": status == 409,
    }
    return render(request, "procedures/offerings/move.html", context, status=status)
