"""The QR code of a pay link, for a visitor at the counter who pays with a phone. Made by the clerk who takes the dossier in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers.models import Dossier
from dossiers.permissions import acts_for_a_visitor
from payments.attempts import links
from payments.attempts.lifecycle import NotPayable


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows the code that is valid now, POST makes a new one. The money is known by the gateway's notice only."""
    rows = Dossier.objects.visible_to(request.user).select_related("version__procedure", "offering__terminal", "obligation")
    dossier = get_object_or_404(rows, code=code)
    if not acts_for_a_visitor(dossier, request.user) or not hasattr(dossier, "obligation"):
        raise Http404
    if request.method == "POST":
        try:
            links.make(dossier, request.user)
        except NotPayable as refusal:
            messages.error(request, str(refusal))
        return redirect("payments:counter_qr", code)
    link = links.current(dossier.obligation)
    context = {"dossier": dossier, "obligation": dossier.obligation, "address": links.address(link) if link else "", "link": link}
    return render(request, "payments/accounting/counter_qr.html", context)
