"""The worklist page, and the access rules of all desk pages: staff only, dossiers of their agencies only."""

from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import log_access
from accounts.roles import Role
from dossiers.desk import filters, places, queues, saved_lists, scanned
from dossiers.desk.actions import bulk_steps
from dossiers.desk.worklist import MAX_EXPORTED, Worklist
from dossiers.files.serving import content_response
from portal.common import clock, searches

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def for_staff(view):
    """Decorator: 404 for users without a role at an agency; never cached."""

    @never_cache
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.works_on_dossiers:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def find(request, code):
    """The dossier with this code; Http404 when the user may not see it at work."""
    related = (
        "version__procedure",
        "offering__terminal",
        "receiving_agency__hours",
        "lead_agency",
        "holder",
        "holder_agency",
        "person",
        "submitter",
    )
    return get_object_or_404(queues.dossiers_at_work(request.user).select_related(*related), code=code)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def queue(request):
    """The chosen worklist of this user's agencies, most urgent first unless another order is asked for.

    A search is posted: names and identity numbers must not stand in an address. Its words stay in the session under a key.
    A whole code, as a reader types it, opens what it names.
    """
    if request.method == "POST":
        if page := scanned.page_of(request.user, request.POST.get("tu-khoa", "")):
            return redirect(page)
        wanted = Worklist(request.user, filters.asked(request.POST))
        return redirect(wanted.address(tim=searches.keep(request, request.POST.get("tu-khoa", ""))))
    listed = Worklist.of(request, request.GET)
    found = listed.page(after=request.GET.get("sau", ""), before=request.GET.get("truoc", ""))
    counts = queues.counts(request.user)
    return render(
        request,
        "dossiers/desk/queue.html",
        {
            "list": listed,
            "group": listed.group,
            "groups": [_link(listed, other, counts) for other in queues.GROUPS],
            "count": None if listed.is_filtered else counts.get(listed.group.key),
            "rows": listed.rows(found.rows),
            "columns": listed.columns(),
            "words": listed.words,
            "options": _for_template(filters.options(request.user)),
            "chosen": _for_template(listed.wanted),
            "day_errors": filters.unclear_days(listed.wanted),
            "more_filters": any(word in listed.wanted for word in ("tu", "den", "cach-nop", "co-quan", "uu-tien", "chua-doc")),
            "saved": saved_lists.of(request.user, listed.wanted),
            "shares_for": saved_lists.bodies_shared_by(request.user),
            "urgent": queues.next_for(request.user),
            "previous": listed.address(truoc=found.before) if found.before else "",
            "next": listed.address(sau=found.after) if found.after else "",
            "export": listed.address().replace(reverse("desk:queue"), reverse("desk:export"), 1),
            "bulk": bulk_steps(request.user),
            "places": places.of(request.user),
            "signs": bool(request.user.agencies_with(Role.SIGNER)),
        },
    )


def _for_template(by_word):
    return {word.replace("-", "_"): value for word, value in by_word.items()}


def _link(listed, group, counts):
    return {
        "label": group.label,
        "count": counts.get(group.key),
        "href": Worklist(listed.user, {"nhom": group.key}).address(),
        "current": group.key == listed.group.key and not listed.words,
        "hot": group.hot,
    }


@require_safe
@for_staff
def export(request):
    """The list as an Excel file. Logged. 404 for more than MAX_EXPORTED rows."""
    listed = Worklist.of(request, request.GET)
    if listed.dossiers()[MAX_EXPORTED : MAX_EXPORTED + 1].exists():
        raise Http404
    log_access(request, "download", f"worklist:{listed.group.key}")
    return content_response(listed.workbook(), f"ho-so-{clock.today():%Y%m%d}.xlsx", XLSX)
