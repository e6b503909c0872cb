"""How this member of staff gets messages: which kinds one by one, which once a morning."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.messages import grouping
from accounts.roles import Role
from dossiers.desk.views.queue import for_staff


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def show(request):
    """The choice for each kind. Kinds that are unknown are left out."""
    if request.method == "POST":
        grouping.choose(request.user, request.POST.getlist("gop"))
        messages.success(request, _("Đã ghi cách nhận tin."))
        return redirect("desk:message_settings")
    chosen, heads = request.user.morning_messages, bool(request.user.agencies_with(Role.HEAD, Role.DEPUTY))
    usual = ["event"] if heads else []
    options = [
        {"value": kind, "label": words, "checked": kind in (usual if chosen is None else chosen)}
        for kind, words in grouping.KINDS.items()
    ]
    return render(request, "dossiers/desk/message_settings.html", {"options": options})
