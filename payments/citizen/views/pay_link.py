"""Paying for somebody else by a link. No login, and nothing of the person: the sum, the dossier's code, what it is about,
the body that collects."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from payments.attempts import links
from payments.citizen.pages.pay_link import page, seen
from payments.citizen.views.shared import open_transfer, qr_picture, start, transfer_facts


def secret_page(view):
    """A page whose address is the key: neither kept nor found by machines, and the address is told to nobody.

    Pages with a form keep «same-origin»: under «no-referrer» browsers hide where a form comes from, from ourselves too.
    """

    @never_cache
    @login_not_required
    @wraps(view)
    def shown(request, token):
        link = links.find(token)
        if link is None:
            raise Http404
        response = view(request, link)
        response["X-Robots-Tag"] = "noindex, nofollow"
        leaves = response.status_code in (302, 303)
        response["Referrer-Policy"] = "no-referrer" if leaves else "same-origin"
        return response

    return shown


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def help_pay(request, link):
    """What is asked for, and the ways to pay it; a POST begins one."""
    dossier = link.obligation.dossier
    if request.method == "POST" and link.usable:
        here, transfer_page = (reverse(f"payments:{name}", args=[link.token]) for name in ("help_pay", "help_transfer"))
        return start(request, dossier, page=here, transfer=transfer_page, link=link)
    shown = page(link)
    return render(request, "payments/citizen/help.html", {"link": link, "page": shown}, status=410 if shown.is_over else 200)


@secret_page
@require_safe
def help_transfer(request, link):
    """Account, sum and words of the open transfer."""
    attempt = _transfer(link)
    if attempt is None:
        return redirect("payments:help_pay", link.token)
    facts = {
        "seen": seen(link),
        "status": reverse("payments:help_status", args=[link.token]),
        "picture": reverse("payments:help_qr", args=[link.token]),
        "again": reverse("payments:help_pay", args=[link.token]),
    }
    return render(request, "payments/citizen/transfer.html", {**transfer_facts(attempt), **facts})


def _transfer(link):
    """The open transfer, whoever began it: it names nobody, and choosing this way again leads to the same one. A link that is
    over still shows what was begun through it; one that was taken back shows nothing."""
    attempt = open_transfer(link.obligation)
    begun_here = attempt is not None and attempt.link_id == link.pk and link.revoked_at is None
    return attempt if link.usable or begun_here else None


@secret_page
@require_safe
def help_qr(request, link):
    """The picture of that transfer's QR code."""
    attempt = _transfer(link)
    if attempt is None:
        raise Http404
    return qr_picture(request, attempt)


@secret_page
@require_safe
def help_status(request, link):
    """Has anything changed? As for the one who filed, and no more than that."""
    return JsonResponse({"seen": seen(link), "go": reverse("payments:help_pay", args=[link.token])})
