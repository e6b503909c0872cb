"""Accepting and transferring a plain dossier with one press; then the next dossier."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dossiers import workflow
from dossiers.access_log import files_read
from dossiers.desk import presence, queues
from dossiers.desk.actions import STEP_PAGES, quick_steps
from dossiers.desk.views.queue import find, for_staff
from dossiers.models import Dossier
from dossiers.transitions import inputs


@transaction.non_atomic_requests  # each step stands by itself: a refused transfer leaves the acceptance
@require_POST
@for_staff
def at_once(request, code):
    """Take the quick steps in order, each as its own event. Shows the next dossier, or this one with what stood in the way."""
    dossier = find(request, code)
    done, refusal = [], ""
    unread = [pk for pk, at in files_read(dossier, request.user).items() if at is None]
    possible = [name for name in ("accept", "transfer") if workflow.may_take(request.user, dossier, name)]
    for name in quick_steps(dossier, possible) or ["accept"]:
        try:
            dossier = _take(request, dossier, name, first=not done)
        except workflow.StepNotPossible as moved:
            refusal = moved.sentence()
        except (inputs.DetailsMissing, PermissionDenied) as lack:
            refusal = str(lack) or _("Tài khoản này không được làm bước đó.")
        if refusal:
            break
        done.append(name)
    _tell(request, dossier, done, refusal, unread)
    following = None if refusal else queues.next_for(request.user, after=dossier)
    if refusal:
        return redirect("desk:dossier", code=code)
    return redirect("desk:dossier", code=following) if following else redirect("desk:queue")


def _take(request, dossier, name, *, first):
    """One step in a transaction. The first only if nothing happened since the page was shown."""
    with transaction.atomic():
        locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        if first and str(locked.events.count()) != request.POST.get("seen", ""):
            raise workflow.StepNotPossible(locked, name)
        moved = workflow.advance(locked, name, actor=request.user)
        presence.record_leaving(request.user, moved)
    return moved


def _tell(request, dossier, done, refusal, unread):
    if done:
        what = ", ".join(str(STEP_PAGES[name].verb).lower() for name in done)
        messages.success(request, _("Đã %(what)s: %(code)s.") % {"what": what, "code": dossier.code})
    if "accept" in done and unread:
        said = _("%(code)s: lịch sử ghi %(n)d tệp chưa mở xem.") % {"code": dossier.code, "n": len(unread)}
        messages.warning(request, said)
    if refusal:
        messages.error(request, refusal)
