"""Call tasks of the desk: whom to call about what, and what came of it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dossiers import unopened
from dossiers.access_log import log_views
from dossiers.desk import parcels
from dossiers.desk.forms.base import CleanTextField
from dossiers.desk.views.queue import for_staff
from dossiers.models import CallTask
from dossiers.permissions import own_dossiers
from dossiers.unopened import calls
from portal.common.identity import phone_for_display, phone_uri

SHOWN = 30
MAX_NOTE = 500  # characters


def tasks_of(user):
    """The open tasks at this user's desks, without those about an own dossier."""
    dossiers = parcels.dossiers_of(user).exclude(own_dossiers(user))
    return CallTask.objects.filter(ended_at=None, dossier__in=dossiers)


@require_safe
@for_staff
def show(request):
    """The tasks, own ones first, then the oldest. Each telephone number shown is in the access log."""
    if not request.user.agencies_with(*parcels.KEEPERS):
        raise Http404
    related = ("event__dossier__receiving_agency", "owner", "dossier__person", "dossier__organisation")
    found = list(tasks_of(request.user).select_related(*related).order_by("made_at", "pk")[: SHOWN + 1])
    found.sort(key=lambda task: task.owner_id != request.user.pk)
    log_views(request, {task.dossier_id: task.dossier for task in found[:SHOWN]}.values())
    context = {"rows": [_row(task, request.user) for task in found[:SHOWN]], "more": len(found) > SHOWN, "max_note": MAX_NOTE}
    return render(request, "dossiers/desk/calls.html", context)


def _row(task, user):
    phone = task.dossier.subject_phone if task.way == CallTask.Way.CALL else ""
    return {
        "task": task,
        "mine": task.owner_id == user.pk,
        "wanted": unopened.wanted_by(task.event)[0],
        "phone": phone_for_display(phone) if phone else "",
        "uri": phone_uri(phone) if phone else "",
        "answers": [{"value": answer.value, "label": answer.label} for answer in calls.ANSWERS[CallTask.Way(task.way)]],
    }


@require_POST
@for_staff
def tell(request, pk):
    """What came of a call. 404 for tasks of other desks and for words that are no answer."""
    if not request.user.agencies_with(*parcels.KEEPERS):
        raise Http404
    dossiers = parcels.dossiers_of(request.user).exclude(own_dossiers(request.user))
    task = get_object_or_404(CallTask, pk=pk, dossier__in=dossiers)
    said = request.POST.get("ket-qua", "")
    if said not in calls.Answer.values:
        messages.error(request, _("Chọn kết quả cuộc gọi."))
        return redirect("desk:calls")
    note = CleanTextField(required=False).clean(request.POST.get("ghi-chu", "")[:MAX_NOTE])
    try:
        done = calls.tell(task, request.user, calls.Answer(said), note)
    except calls.AlreadyEnded:
        messages.info(request, _("Việc này đã xong trước đó: người khác đã ghi, hoặc người nộp đã mở xem."))
    except calls.NotAnAnswer:
        messages.error(request, _("Việc này đã chuyển sang gửi thư. Xem lại rồi ghi."))
    else:
        messages.success(request, _told(done))
    return redirect("desk:calls")


def _told(task):
    if task.ended_at:
        return _("Đã ghi. Việc này xong.")
    if task.way == CallTask.Way.LETTER:
        return _("Đã ghi. Không gọi nữa: gửi thư giấy hoặc báo tận nơi.")
    return _("Đã ghi lần gọi thứ %(n)d. Gọi lại sau; sau %(max)d lần thì gửi thư.") % {
        "n": task.tries, "max": CallTask.MAX_TRIES,
    }  # fmt: skip
