"""Pages under /can-bo/cung-cap/: an agency's own administrator changes its desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency
from procedures.offerings import desks
from procedures.offerings.forms import DeskForm
from procedures.offerings.permissions import administers_an_agency, own_agencies
from procedures.places import desk_hours

SHOWN = 50  # changes on the page of an agency
View = Callable[..., HttpResponse]


def for_agency_administrators(view: View) -> View:
    """Decorator: 404 for everybody who administers no agency; never cached."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not administers_an_agency(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_agency_administrators
def overview(request: HttpRequest) -> HttpResponse:
    """The agencies of this administrator, with their desks."""
    agencies = own_agencies(request.user).select_related("hours").order_by("name", "pk")
    rows = [{"agency": agency, "hours": desk_hours(agency.hours)} for agency in agencies]
    return render(request, "procedures/offerings/overview.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency_administrators
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The desk of one agency, and who changed what when. 404 for another's agency.

    422 for wrong input; 409 when somebody else saved after the page was opened: what was typed stays, beside what is stored.
    """
    agency = get_object_or_404(own_agencies(request.user), code=code)
    form = DeskForm(request.POST if request.method == "POST" else None, instance=agency)
    status, meanwhile = 200, []
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                changed = desks.save(agency, form.cleaned_data, request.POST.get("da-xem", ""), by=request.user)
            except desks.Outdated:
                status, meanwhile = 409, desks.differences(_stored(agency), form.cleaned_data)
            else:
                messages.success(request, _("Đã ghi. Người dân thấy ngay.") if changed else _("Không có gì đổi."))
                return redirect("offerings:desk", code)
    stored = _stored(agency)
    context = {
        "agency": stored,
        "form": form,
        "seen": desks.fingerprint(stored),
        "outdated": status == 409,
        "meanwhile": meanwhile,
        "changes": agency.changes.select_related("by")[:SHOWN],
    }
    return render(request, "procedures/offerings/desk.html", context, status=status)


def _stored(agency: Agency) -> Agency:
    """The agency as the database has it: a bound form has written what was typed on its own."""
    return Agency.objects.select_related("hours").get(pk=agency.pk)
