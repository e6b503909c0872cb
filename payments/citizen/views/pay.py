"""Paying for one's own dossier: pay page, transfer page, problem page, «Tôi đã trả tiền», pay link."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.messages.models import mark_read
from dossiers.access_log import log_view
from dossiers.models import FeeObligation
from payments.attempts import links
from payments.attempts.lifecycle import NotPayable
from payments.citizen.access import online_attempt, own_dossier
from payments.citizen.pages import pay as pay_page
from payments.citizen.pages import problem as problem_page
from payments.citizen.pages.words import attempts_of, fingerprint, is_settled
from payments.citizen.views.shared import open_transfer, qr_picture, see_other, start, transfer_facts
from payments.enquiries import claims
from payments.models import AttemptState

READ_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])
WITHDRAW, SHARING = "thoi", ("tao", "moi", "thoi")  # buttons of the pay link: make, renew, withdraw


@never_cache
@READ_OR_SEND
def pay(request: HttpRequest, code: str) -> HttpResponse:
    """The pay page; a POST starts an attempt. Once paid, it shows the receipt."""
    dossier = own_dossier(request.user, code)
    if request.method == "POST":
        here, transfer_page = reverse("payments:pay", args=[code]), reverse("payments:transfer", args=[code])
        return start(request, dossier, page=here, transfer=transfer_page)
    log_view(request, dossier)
    with translation.override("vi"):  # the links of messages are stored with the Vietnamese path
        mark_read(request.user, reverse("payments:pay", args=[code]))
    return render(request, "payments/citizen/pay.html", {"dossier": dossier, "page": pay_page.page(dossier, request.user)})


@never_cache
@require_safe
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    """Account, amount and content of the open transfer; without one, redirects to the pay page."""
    dossier = own_dossier(request.user, code)
    obligation: FeeObligation | None = getattr(dossier, "obligation", None)
    attempt = open_transfer(obligation)
    if obligation is None or attempt is None:
        return redirect("payments:pay", code)
    log_view(request, dossier)
    facts = {
        "seen": fingerprint(obligation, attempts_of(obligation)),
        "status": reverse("payments:status", args=[code]),
        "picture": reverse("payments:transfer_qr", args=[code]),
        "again": reverse("payments:pay", args=[code]),
    }
    return render(request, "payments/citizen/transfer.html", {"dossier": dossier, **transfer_facts(attempt), **facts})


@never_cache
@require_safe
def transfer_qr(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code of the open transfer as PNG."""
    attempt = open_transfer(getattr(own_dossier(request.user, code), "obligation", None))
    if attempt is None:
        raise Http404
    return qr_picture(request, attempt)


@never_cache
@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """The problem page: the state of an attempt, and what to do."""
    dossier = own_dossier(request.user, code)
    page = problem_page.page(dossier)
    if page is None:
        return redirect("payments:pay", code)
    log_view(request, dossier)
    return render(request, "payments/citizen/problem.html", {"dossier": dossier, "page": page})


@never_cache
@require_safe
def status(request: HttpRequest, code: str) -> JsonResponse:
    """For polling by waiting pages. JSON: `seen` (the fingerprint), `go` (the URL to open after a change)."""
    dossier = own_dossier(request.user, code)
    obligation = getattr(dossier, "obligation", None)
    if obligation is None:
        raise Http404
    attempts = attempts_of(obligation)
    well = is_settled(obligation) and not any(map(problem_page.has_surplus_money, attempts))
    go = reverse("payments:pay" if well else "payments:problem", args=[code])
    return JsonResponse({"seen": fingerprint(obligation, attempts), "go": go})


@never_cache
@require_POST
@transaction.non_atomic_requests
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """«Tôi đã trả tiền»: queries the gateway at once; without a final answer, a ticket is opened."""
    dossier = own_dossier(request.user, code)
    attempt = online_attempt(dossier, request.POST.get("ma", ""))
    if attempt.state == AttemptState.PAID:
        messages.success(request, _("Đã nhận được tiền của lần trả này rồi."))
    else:
        ticket = claims.claim(attempt, request.user)
        answered = _("Đã hỏi ngân hàng. Câu trả lời ở ngay dưới đây.")
        messages.success(request, _("Đã ghi nhận. Máy còn hỏi ngân hàng, và có cán bộ lo việc này.") if ticket else answered)
    return see_other("payments:problem", code)


@never_cache
@require_POST
def share(request: HttpRequest, code: str) -> HttpResponse:
    """Create, renew or withdraw the pay link, as the pressed button says. Raises Http404 for any other word."""
    dossier = own_dossier(request.user, code)
    wanted = request.POST.get("viec", "")
    if wanted not in SHARING:
        raise Http404
    if wanted == WITHDRAW:
        links.withdraw(dossier)
        messages.success(request, _("Đường dẫn trả giúp đã thôi dùng được."))
        return see_other("payments:pay", code)
    try:
        links.make(dossier, request.user)
    except NotPayable as no:
        messages.error(request, str(no))
        return see_other("payments:pay", code)
    return see_other(reverse("payments:pay", args=[code]) + "#nho-tra")
