"""What the open page of a dossier tells the portal, and the switch of the keys."""

from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from dossiers.desk import presence
from dossiers.desk.views.queue import find, for_staff
from dossiers.models import DeskSettings


@require_POST
@for_staff
def beat(request, code):
    """The page is still open. Answers {"others": names of the colleagues who have it open, too}."""
    dossier = find(request, code)
    presence.record_presence(request.user, dossier)
    return JsonResponse({"others": presence.names_of_others(request.user, dossier)})


@require_POST
@for_staff
def keys(request):
    """Switch the keys on or off, for this person on every machine."""
    wanted = {"bat": True, "tat": False}.get(request.POST.get("phim", ""))
    if wanted is not None:
        DeskSettings.objects.update_or_create(user=request.user, defaults={"keys": wanted})
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "desk:queue")
