"""Pages under /can-bo/cung-cap/: an agency's own administrator changes its desk and its offerings, one or many at once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Agency
from portal.common.figures import number_in
from portal.common.vietnamese import clean_text
from procedures.models import AgencyChange, Offering, Procedure, VersionState
from procedures.offered import offered_at
from procedures.offerings import desks, editing, opening
from procedures.offerings import many as many_places
from procedures.offerings.forms import DeskForm
from procedures.offerings.permissions import (
    administers_an_agency,
    may_set_amounts,
    may_set_duty,
    may_set_work,
    own_agencies,
    own_and_below,
    readable_offerings,
)
from procedures.offerings.showing import duty_rows, part_rows, step_rows, way_rows
from procedures.places import desk_hours

SHIPPED = "kem-theo"  # instead of a change: fill in what the shipped data say
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
    agencies = own_agencies(request.user).select_related("hours", "unit").order_by("name", "pk")
    rows = [
        {"agency": agency, "hours": desk_hours(agency.hours), "amounts": may_set_amounts(request.user, agency)}
        for agency in agencies
    ]
    return render(request, "procedures/offerings/overview.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency_administrators
def desk(request: HttpRequest, code: str) -> HttpResponse:
    """The desk of one agency, and who changed what when. 404 for another's agency.

    422 for wrong input; 409 when somebody else saved after the page was opened: what was typed stays, beside what is stored.
    """
    agency = get_object_or_404(own_agencies(request.user), code=code)
    back = _change_named(request, agency.changes.filter(offering=None, procedure=None))
    initial = back.before if back else None
    if request.GET.get("lay-lai") == SHIPPED:
        initial = {name.removesuffix("_id"): said for name, said in agency.shipped_says.items()}
    form = DeskForm(request.POST if request.method == "POST" else None, instance=agency, initial=initial)
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
        "back": back,
        "shipped": stored.shipped_differences(),
        "changes": agency.changes.filter(offering=None, procedure=None).select_related("by")[:SHOWN],
    }
    return render(request, "procedures/offerings/desk.html", context, status=status)


def _change_named(request: HttpRequest, changes: QuerySet[AgencyChange]) -> AgencyChange | None:
    """The change of this page whose values of before fill it in («?lay-lai=»). Nothing is stored before «Ghi»."""
    if request.method == "POST" or request.GET.get("lay-lai", SHIPPED) == SHIPPED:
        return None
    return get_object_or_404(changes.exclude(before={}), pk=number_in(request.GET["lay-lai"]) or 0)


def _stored(agency: Agency) -> Agency:
    """The agency as the database has it: a bound form has written what was typed on its own."""
    return Agency.objects.select_related("hours").get(pk=agency.pk)


# ---------------------------------------------------------------- offerings
def _readable_agency(request: HttpRequest, code: str) -> Agency:
    """An own agency, or one below. 404 for others."""
    return get_object_or_404(Agency.objects.filter(pk__in=own_and_below(request.user)), code=code)


@require_safe
@for_agency_administrators
def below(request: HttpRequest, code: str) -> HttpResponse:
    """The agencies directly below one."""
    agency = _readable_agency(request, code)
    children = Agency.objects.filter(parent=agency, valid_to=None).order_by("name", "pk")
    return render(request, "procedures/offerings/below.html", {"agency": agency, "children": children})


@require_safe
@for_agency_administrators
def offerings(request: HttpRequest, code: str) -> HttpResponse:
    """The procedures that an agency offers, and those that its desk receives for others."""
    agency = _readable_agency(request, code)
    rows = readable_offerings(request.user).select_related("procedure", "agency", "receiving_agency")
    rows = (rows.filter(agency=agency) | rows.filter(receiving_agency=agency)).defer("procedure__facts")
    ordered = sorted(rows, key=lambda row: (str(row.procedure), row.agency.name))
    return render(request, "procedures/offerings/offerings.html", {"agency": agency, "offerings": ordered})


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency_administrators
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Offer a procedure at this agency, or at all agencies of a kind below it: what it would be first, then the choice."""
    agency = _readable_agency(request, code)
    data = request.POST if request.method == "POST" else request.GET
    asked, kind = clean_text(data.get("thu-tuc", "")), data.get("loai", "")
    found = Procedure.objects.filter(code=asked, listed=False, current__state=VersionState.PUBLISHED).first()
    if request.method == "POST":
        if found is None:
            raise Http404
        chosen = {number for text in data.getlist("noi") if (number := number_in(text)) is not None}
        made = opening.open_at(found, agency, kind, chosen, by=request.user)
        messages.success(request, _("Đã mở ở %(n)d nơi. Ghi tiếp người trực, các bước, cách trả kết quả.") % {"n": len(made)})
        if len(made) == 1:
            return redirect("offerings:offering", made[0].agency.code, asked)
        return redirect("offerings:offerings", code)
    context = {
        "agency": agency,
        "asked": asked,
        "kind": kind,
        "kinds": opening.kinds_below(agency, request.user),
        "procedure": found,
        "places": opening.places(found, agency, kind, request.user) if found else [],
    }
    return render(request, "procedures/offerings/add.html", context)


@require_POST
@for_agency_administrators
def end(request: HttpRequest, code: str, procedure: str) -> HttpResponse:
    """The last day of an offering is today."""
    found = readable_offering(request, code, procedure)
    opening.end(found, by=request.user)
    messages.success(request, _("Từ ngày mai nơi này không nhận hồ sơ mới của thủ tục."))
    return redirect("offerings:offering", code, procedure)


def readable_offering(request: HttpRequest, code: str, procedure: str) -> Offering:
    rows = readable_offerings(request.user).select_related(
        "agency", "lead_agency", "receiving_agency", "terminal", "procedure__current"
    )
    found = rows.filter(agency__code=code, procedure__code=procedure).order_by("-valid_from", "-pk").first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency_administrators
def offering(request: HttpRequest, code: str, procedure: str) -> HttpResponse:
    """What one agency states about one procedure. Rows of steps are added, moved and removed without storing anything.

    422 for wrong input, 409 when somebody else saved in between; what was typed stays on the page.
    """
    found = readable_offering(request, code, procedure)
    work, duty = may_set_work(request.user, found), may_set_duty(request.user, found)
    agencies, staff = editing.agencies_of(found), editing.staff_of(found)
    values, seen = editing.values_of(found), editing.fingerprint(found)
    back = _change_named(request, found.changes.all()) if work else None
    if back:
        values |= {name: back.before[name] for name in (editing.PARTS if duty else editing.WORK)}
    if work and request.method != "POST" and request.GET.get("lay-lai") == SHIPPED:
        values |= {name: said for name, said in found.shipped_says.items() if name in editing.WORK}
    errors: dict[str, str] = {}
    meanwhile: list[dict[str, str]] = []
    status = 200
    if request.method == "POST":
        if not (work or duty):
            raise Http404
        values = editing.typed(request.POST, found, staff, work=work, duty=duty)
        act, shown = request.POST.get("viec", ""), request.POST.get("da-xem", "")
        if act.partition(":")[0] in editing.ACTS and work:
            values["processing_steps"] = editing.rearranged(values["processing_steps"], act, found)
            seen = shown  # a page that was outdated before stays so
        else:
            try:
                changed = editing.save(found, values, shown, by=request.user)
            except desks.Outdated:
                status, meanwhile = 409, editing.differences(editing.values_of(found), values, agencies)
            except editing.Faulty as faulty:
                status, errors = 422, faulty.problems
            else:
                messages.success(request, _("Đã ghi.") if changed else _("Không có gì đổi."))
                return redirect("offerings:offering", code, procedure)
    version = found.procedure.current
    context = {
        "offering": found,
        "seen": seen,
        "work": work,
        "duty": duty,
        "ways": way_rows(values),
        "electronic_result": values["electronic_result"],
        "posts": duty_rows(values, staff, errors),
        "steps": step_rows(values, agencies, errors),
        "hours": sum(step["hours"] for step in values["processing_steps"] if isinstance(step["hours"], int)),
        "errors": [{"text": text, "href": f"#{name}"} for name, text in errors.items()],
        "fault": errors.get("steps", ""),
        "fault_of_ways": errors.get("delivery_ways", ""),
        "outdated": status == 409,
        "meanwhile": meanwhile,
        "back": back,
        "shipped": _shipped_differences(found, agencies),
        "level": offered_at(version, found) if version else None,
        "changes": found.changes.select_related("by", "applied_from__agency")[:SHOWN],
    }
    return render(request, "procedures/offerings/offering.html", context, status=status)


def _shipped_differences(found: Offering, agencies: dict[str, str]) -> list[dict[str, str]]:
    """What the shipped data say of columns that people set: the parts of the page in its words, then the others."""
    values = editing.values_of(found)
    parts = {name: said for name, said in found.shipped_says.items() if name in editing.PARTS}
    return editing.differences(values, {**values, **parts}, agencies) + found.shipped_differences(editing.PARTS)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency_administrators
def many(request: HttpRequest, code: str, procedure: str) -> HttpResponse:
    """Apply an offering as a template to the same procedure at agencies of the same kind: what differs first, then the result of
    each place. 409 when one of them changed after the page was shown.
    """
    template = readable_offering(request, code, procedure)
    data = request.POST if request.method == "POST" else request.GET
    parts = [name for name in editing.WORK if name in data.getlist("phan")] or list(editing.WORK)
    chosen = {number for text in data.getlist("noi") if (number := number_in(text)) is not None}
    status, done = 200, False
    if request.method == "POST":
        try:
            made = many_places.apply(template, parts, chosen, request.POST.get("da-xem", ""), by=request.user)
            done = True
        except desks.Outdated:
            status, made = 409, many_places.plan(template, parts, request.user)
    else:
        made = many_places.plan(template, parts, request.user)
    for target in made.targets:
        target.ticked = target.offering.pk in chosen if status == 409 else not target.exception
    context = {
        "template": template,
        "plan": made,
        "parts": part_rows(parts),
        "done": done,
        "outdated": status == 409,
        "different": sum(target.can_be_applied for target in made.targets),
        "applied": sum(target.applied for target in made.targets),
    }
    return render(request, "procedures/offerings/many.html", context, status=status)
