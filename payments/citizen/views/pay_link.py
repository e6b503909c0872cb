"""The pages of a pay link, without a login. They show amount, code of the dossier, procedure and body; no personal data."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import throttle
from payments.attempts import links
from payments.citizen.pages.pay_link import page, seen
from payments.citizen.views.shared import open_transfer, qr_picture, start, transfer_facts
from payments.models import PayLink, PaymentAttempt


def secret_page(view: Callable[[HttpRequest, PayLink], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """A page with a secret URL: not cached, not indexed, and the URL is not sent as a referrer to other sites.

    The policy is «same-origin», because with «no-referrer» the CSRF check of our own forms would lack the origin.
    """

    @never_cache
    @login_not_required
    @wraps(view)
    def shown(request: HttpRequest, token: str) -> HttpResponse:
        if throttle.is_over_limit(request, "secret"):
            return throttle.refuse(request)
        link = links.find(token)
        if link is None:
            return throttle.not_found(request, "secret")
        response = view(request, link)
        response["X-Robots-Tag"] = "noindex, nofollow"
        leaves = response.status_code in (302, 303)
        response["Referrer-Policy"] = "no-referrer" if leaves else "same-origin"
        return response

    return shown


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def help_pay(request: HttpRequest, link: PayLink) -> HttpResponse:
    """Amount and ways to pay; a POST starts an attempt."""
    dossier = link.obligation.dossier
    if request.method == "POST" and link.usable:
        here, transfer_page = (reverse(f"payments:{name}", args=[link.token]) for name in ("help_pay", "help_transfer"))
        return start(request, dossier, page=here, transfer=transfer_page, link=link)
    shown = page(link)
    return render(request, "payments/citizen/help.html", {"link": link, "page": shown}, status=410 if shown.is_over else 200)


@secret_page
@require_safe
def help_transfer(request: HttpRequest, link: PayLink) -> HttpResponse:
    """Account, amount and content of the open transfer."""
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


def _transfer(link: PayLink) -> PaymentAttempt | None:
    """The open transfer of the obligation, or None. An expired link shows only a transfer that was opened through it; a revoked
    link shows none."""
    attempt = open_transfer(link.obligation)
    begun_here = attempt is not None and attempt.link_id == link.pk and link.revoked_at is None
    return attempt if link.usable or begun_here else None


@secret_page
@require_safe
def help_qr(request: HttpRequest, link: PayLink) -> HttpResponse:
    """The QR code of that transfer as PNG."""
    attempt = _transfer(link)
    if attempt is None:
        raise Http404
    return qr_picture(request, attempt)


@secret_page
@require_safe
def help_status(request: HttpRequest, link: PayLink) -> JsonResponse:
    """For polling by the pages of the link; as `views.pay.status`."""
    return JsonResponse({"seen": seen(link), "go": reverse("payments:help_pay", args=[link.token])})
