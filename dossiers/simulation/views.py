"""«Chạy thử trên hồ sơ đã nộp»: what a draft would have meant for the dossiers of the last months."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dossiers.models import Simulation
from dossiers.simulation import run
from portal.common import clock
from portal.common.money import dong
from procedures.office.checking import problems
from procedures.office.permissions import may_edit
from procedures.office.views import draft_of, for_the_office

MONTHS = {"1": 1, "3": 3, "12": 12}


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_office
def page(request, code):
    """The last run of the draft, and a button to run it again."""
    draft = draft_of(code)
    wrong = problems(draft.version.document)
    if request.method == "POST":
        if not may_edit(request.user):
            raise PermissionDenied
        months = MONTHS.get(request.POST.get("thang", ""))
        if months is None:
            raise Http404
        if not wrong:
            run.ask(draft, clock.today() - dt.timedelta(days=30 * months), clock.today(), by=request.user)
        return redirect("simulation:page", code)
    found = Simulation.objects.select_related("asked_by").filter(version=draft.version).first()
    context = {
        "draft": draft,
        "procedure": draft.version.procedure,
        "wrong": wrong,
        "months": list(MONTHS),
        "edits": may_edit(request.user),
        "run": found,
        "outdated": found is not None and found.sha256 != draft.version.sha256,
        **(_words(found) if found else {}),
    }
    return render(request, "procedures/office/trial.html", context)


def _words(found):
    result, days = found.result, (found.last_on - found.first_on).days + 1
    rows, others = run.fee_rows(result)
    return {
        "totals": run.fee_totals(result),
        "fee_rows": [(_amount(before), _amount(after), count) for before, after, count in rows],
        "others": others,
        "papers": [(name, count, result["missing"].get(name, 0)) for name, count in sorted(result["asked"].items())],
        "dropped": sorted(result["dropped"].items()),
        "terms": sorted(result["terms"].items()),
        "desks": run.desk_rows(result, days),
        "late": sorted(result["late"].items(), key=lambda row: -row[1])[: run.MAX_PAIRS],
    }


def _amount(total):
    return "–" if total is None else dong(total)
