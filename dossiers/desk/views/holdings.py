"""What one member of staff holds at the bodies of a head, and giving it all to others."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from dossiers.desk import bulk_runs, holdings, queues
from dossiers.desk.views.queue import for_staff

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def show(request, pk):
    """The dossiers, all picked; a POST goes on to the page of bulk steps, where the head chooses who gets them.

    404 for who heads no body, and for people of other bodies.
    """
    bodies = request.user.agencies_with(Role.HEAD, Role.DEPUTY)
    if not bodies:
        raise Http404
    person = get_object_or_404(holdings.people_of(request.user), pk=pk)
    found = holdings.held_by(person, bodies)
    rows = queues.dossiers_at_work(request.user).filter(pk__in=found.values("pk")).order_by("step_due_at", "pk")
    if request.method == "POST":
        codes = list(rows.filter(code__in=request.POST.getlist("hs")).values_list("code", flat=True)[: bulk_runs.MAX_ITEMS])
        if codes:
            return redirect("desk:bulk", pk=bulk_runs.choose(request.user, "assign", codes).pk)
        messages.warning(request, _("Chọn ít nhất một hồ sơ trong danh sách."))
    listed = queues.for_list(rows)[:SHOWN]
    context = {"person": person, "rows": listed, "count": rows.count(), "hidden": found.count() - rows.count()}
    return render(request, "dossiers/desk/holdings.html", context)
