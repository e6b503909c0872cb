"""The worklist page, and the access rules of all desk pages: staff only, dossiers of their agencies only."""

from functools import wraps
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from dossiers.custody import keeping
from dossiers.desk import parcels, queues, register
from dossiers.desk.actions import bulk_steps
from dossiers.models import Dossier, FilingChannel
from dossiers.permissions import PAPER_ROLES, staff_dossiers
from dossiers.workflow import outages
from dossiers.workflow.assignment import POST
from portal.common import clock, searches
from portal.common.identity import mask_number
from procedures.models import working_calendar


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
    dossiers = Dossier.objects.visible_to(request.user).filter(staff_dossiers(request.user))
    return get_object_or_404(dossiers.select_related(*related), code=code)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def queue(request):
    """The chosen worklist of this user's agencies, most urgent first.

    A search is posted: names and identity numbers must not stand in an address. Its words stay in the session under a key.
    """
    if request.method == "POST":
        asked = {key: request.POST.get(key, "").strip() for key in ("nhom", "thu-tuc", "cach-nop")}
        return redirect(_url({**asked, "tim": searches.keep(request, request.POST.get("tu-khoa", ""))}))
    asked = {key: request.GET.get(key, "").strip() for key in ("nhom", "tim", "thu-tuc", "cach-nop", "sau", "truoc")}
    words = searches.words(request, asked["tim"])
    group = next((group for group in queues.GROUPS if group.key == asked["nhom"]), _first_group(request.user))
    dossiers = _filtered(queues.dossiers_at_work(request.user), asked, words, request.user)
    if not words:
        dossiers = dossiers.filter(queues.group_condition(group.key, request.user))
    closed = group.key == queues.CLOSED and not words
    column = "closed_at" if closed else "step_due_at"
    found = queues.keyset_page(queues.for_list(dossiers), column, newest_first=closed, after=asked["sau"], before=asked["truoc"])
    counts = queues.counts(request.user)
    return render(
        request,
        "dossiers/desk/queue.html",
        {
            "group": group,
            "groups": [_link(group, other, counts) for other in queues.GROUPS],
            "count": counts.get(group.key),
            "rows": _rows(found.rows, request.user),
            "words": words,
            "procedures": [{"value": p.code, "label": str(p)} for p in queues.procedures_of(request.user)],
            "channels": [{"value": value, "label": label} for value, label in FilingChannel.choices],
            "asked": asked,
            "chosen_procedure": asked["thu-tuc"],
            "chosen_channel": asked["cach-nop"],
            "filtered": bool(words or asked["thu-tuc"] or asked["cach-nop"]),
            "urgent": queues.next_for(request.user),
            "previous": _url(asked, truoc=found.before) if found.before else "",
            "next": _url(asked, sau=found.after) if found.after else "",
            "bulk": bulk_steps(request.user),
            "keeps_outages": bool(request.user.agencies_with(*outages.KEEPERS)),
            "keeps_parcels": bool(request.user.agencies_with(*parcels.KEEPERS)),
            "keeps_originals": bool(request.user.agencies_with(*keeping.KEEPERS)),
            "keeps_register": bool(request.user.agencies_with(*register.KEEPERS)),
            "reads_only": not request.user.agencies_with(*PAPER_ROLES),
            "closed": closed,
            "signs": bool(request.user.agencies_with(Role.SIGNER)),
        },
    )


def _first_group(user):
    """The default group: own work for users who take steps, all open dossiers for those who only read."""
    acts = user.agencies_with(Role.RECEIVING_CLERK, Role.OFFICER, Role.SIGNER, Role.HEAD, Role.DEPUTY)
    wanted = queues.MINE if acts else queues.OPEN
    return next(group for group in queues.GROUPS if group.key == wanted)


def _filtered(dossiers, asked, words, user):
    if words:
        dossiers = queues.search(dossiers, words, user)
    if asked["thu-tuc"]:
        dossiers = dossiers.filter(version__procedure__code=asked["thu-tuc"])
    if asked["cach-nop"] in FilingChannel.values:
        dossiers = dossiers.filter(channel=asked["cach-nop"])
    return dossiers


def _link(current, group, counts):
    return {
        "label": group.label,
        "count": counts.get(group.key),
        "href": f"{reverse('desk:queue')}?{urlencode({'nhom': group.key})}",
        "current": group.key == current.key,
        "hot": group.hot,
    }


def _url(asked, **key):
    kept = {name: value for name, value in asked.items() if value and name not in ("sau", "truoc")}
    return f"{reverse('desk:queue')}?{urlencode(kept | key)}"


def _rows(dossiers, user):
    """Rows of the table. Identity numbers are masked; answers are not loaded."""
    calendar, files = working_calendar(), queues.files_of(dossiers)
    return [
        {
            "dossier": dossier,
            "name": dossier.version.procedure.short_name or dossier.version.procedure.name,
            "sla": queues.deadline_tag(dossier, calendar),
            "number": mask_number(dossier.subject_id_number) if dossier.subject_id_number else "",
            "step": _step(dossier),
            "more_steps": max(len(dossier.steps_now) - 1, 0) if dossier.state == "PROCESSING" else 0,
            "supplemented": bool(dossier.supplement_count) and dossier.state in ("SUBMITTED", "ACCEPTED", "PROCESSING"),
            "files": files.get(dossier.pk, 0),
            "holder": _holder(dossier, user),
            "submitted": _stamp(dossier.submitted_at),
        }
        for dossier in dossiers
    ]


def _step(dossier):
    """The name of the first open step; empty outside PROCESSING."""
    return dossier.steps_now[0].name if dossier.steps_now and dossier.state == "PROCESSING" else ""


def _holder(dossier, user):
    """(who, role) as texts: a user, the citizen, or not assigned."""
    if dossier.waiting_on == "submitter":
        return _("Người nộp"), ""
    if dossier.waiting_on == POST:
        return _("Bưu điện"), ""
    if dossier.holder_id == user.pk:
        return _("Tôi"), ""
    at_office = dossier.state == "PROCESSING"  # for other states the state is enough
    role = dict(Role.choices).get(dossier.waiting_on, "") if at_office else ""
    if dossier.holder:
        return str(dossier.holder), role
    return (_("Chưa giao").replace(" ", "\u00a0"), role) if dossier.waiting_on else ("–", "")


def _stamp(moment):
    """Local date and time: «21/8 08:05»; with the year when it is not this one: «30/12/2025 08:05»."""
    local = clock.local(moment)
    day = f"{local.day}/{local.month}" if local.year == clock.today().year else f"{local.day}/{local.month}/{local.year}"
    return f"{day} {local:%H:%M}"
