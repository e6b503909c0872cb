"""One step for several dossiers: chosen in the list, confirmed on one page, taken one by one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dossiers import workflow
from dossiers.desk import ordering, queues
from dossiers.desk.actions import STEP_PAGES, bulk_steps
from dossiers.desk.forms import MAX_TEXT_LENGTH, people_for
from dossiers.desk.views.queue import for_staff
from dossiers.models import Dossier
from dossiers.transitions import inputs
from portal.common.vietnamese import clean_text

MAX_DOSSIERS = ordering.PAGE
NOTES = {  # steps for which words may be needed; the same for all chosen dossiers
    "hand_over": gettext_lazy("Ý kiến, ghi cho từng hồ sơ đã chọn"),
    "assign": gettext_lazy("Lý do, nếu đang có người giữ"),
}


@transaction.non_atomic_requests  # each dossier has a transaction of its own
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def together(request):
    """The first POST shows the dossiers to confirm; the second takes the step, each in its own transaction."""
    codes = [clean_text(code) for code in request.POST.getlist("hs")[:MAX_DOSSIERS]]
    name = request.POST.get("buoc", "")
    if name not in dict(bulk_steps(request.user)):
        if request.method == "POST":
            raise Http404
        return redirect("desk:queue")
    if not codes:
        messages.warning(request, _("Chọn ít nhất một hồ sơ trong danh sách."))
        return redirect("desk:queue")
    chosen = list(queues.for_list(queues.dossiers_at_work(request.user).filter(code__in=codes)).order_by("step_due_at", "pk"))
    ready = [dossier for dossier in chosen if workflow.may_take(request.user, dossier, name)]
    people = people_for(ready, request.user) if name == "assign" else []
    details = {}
    if name == "assign":
        details["holder"] = next((person for person in people if str(person.pk) == request.POST.get("nguoi")), None)
    note = clean_text(request.POST.get("ghi-chu", ""), lines=True)[:MAX_TEXT_LENGTH]
    if "dong-y" in request.POST and ready and (name != "assign" or details["holder"]):
        return _take(request, ready, name, {**details, "note": note})
    return render(
        request,
        "dossiers/desk/together.html",
        {
            "step": name,
            "page": STEP_PAGES[name],
            "ready": [{"dossier": dossier, "seen": _sequence(dossier)} for dossier in ready],
            "left_out": [dossier for dossier in chosen if dossier not in ready],
            "note": note,
            "note_label": NOTES.get(name, ""),
            "people": [{"value": person.pk, "label": str(person)} for person in people],
            "error": _("Chọn người nhận.") if "dong-y" in request.POST and name == "assign" else "",
        },
    )


def _sequence(dossier):
    return dossier.events.order_by("-sequence").values_list("sequence", flat=True).first()


def _take(request, dossiers, name, details):
    done = []
    for dossier in dossiers:
        try:
            with transaction.atomic():
                locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
                if str(_sequence(locked)) != request.POST.get(f"seen-{dossier.code}", ""):
                    raise workflow.StepNotPossible(locked, name)
                workflow.advance(locked, name, actor=request.user, **details)
        except workflow.StepNotPossible as moved:
            messages.error(request, f"{dossier.code}: {moved.sentence()}")
        except (inputs.DetailsMissing, PermissionDenied) as lack:
            messages.error(request, f"{dossier.code}: {lack}")
        else:
            done.append(dossier.code)
    if done:
        facts = {"what": STEP_PAGES[name].verb, "n": len(done), "codes": ", ".join(done)}
        messages.success(request, _("%(what)s, %(n)d hồ sơ: %(codes)s.") % facts)
    return redirect("desk:queue")
