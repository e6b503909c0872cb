"""Shared by the pages of submitters and of pay links: starting an attempt, the transfer page, the QR code."""

import io
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dossiers.models import Dossier, FeeObligation
from payments.attempts import ways
from payments.attempts.lifecycle import NotPayable
from payments.gateways import vietqr
from payments.models import PayLink, PaymentAttempt, Way
from payments.models.states import AttemptState
from payments.transfers import bank_apps
from portal.common import clock
from portal.common.dates import moment


def see_other(to: str, *args: object) -> HttpResponse:
    """Redirect with status 303: the browser follows with GET."""
    response = HttpResponseRedirect(resolve_url(to, *args))
    response.status_code = 303
    return response


def start(request: HttpRequest, dossier: Dossier, *, page: str, transfer: str, link: PayLink | None = None) -> HttpResponse:
    """Start an attempt by the chosen way and redirect to the gateway, or to `transfer`. `page`: the URL of the form."""
    choice = ways.BY_SLUG.get(request.POST.get("cach", ""))
    if choice is None:
        messages.error(request, _("Chọn một cách trả."))
        return see_other(page)
    actor = request.user if link is None else None
    ip, language = request.META.get("REMOTE_ADDR", ""), get_language()
    try:
        _attempt, gateway = ways.begin(dossier, choice, ip=ip, language=language, actor=actor, link=link)
    except NotPayable as no:
        messages.error(request, str(no))
        return see_other(page)
    return see_other(gateway or transfer)


def open_transfer(obligation: FeeObligation | None) -> PaymentAttempt | None:
    """The open transfer of this obligation, or None. `obligation` may be None."""
    if obligation is None:
        return None
    return obligation.attempts.select_related("point").filter(way=Way.TRANSFER, state=AttemptState.SENT).first()


def transfer_facts(attempt: PaymentAttempt) -> dict[str, Any]:
    """The context of the transfer page."""
    content = vietqr.purpose_of(attempt)
    point = attempt.point
    return {
        "attempt": attempt,
        "bank": point.bank_name,
        "account": point.account_number,
        "account_name": point.account_name,
        "content": content,
        "payload": vietqr.payload_of(attempt),
        "until": moment(attempt.expires_at),
        "is_over": attempt.expires_at <= clock.now(),
        "apps": bank_apps.apps_for(point),
        "play_bank": bank_apps.play_bank(attempt, content),
    }


def qr_picture(request: HttpRequest, attempt: PaymentAttempt) -> HttpResponse:
    """The QR code as PNG; with ?tai as a download, which a banking app can open from the photos of the phone."""
    out = io.BytesIO()
    segno.make(vietqr.payload_of(attempt), error="m", micro=False).save(out, kind="png", scale=12, border=4)
    response = HttpResponse(out.getvalue(), content_type="image/png")
    kept = "attachment" if "tai" in request.GET else "inline"
    response["Content-Disposition"] = f'{kept}; filename="ma-qr-{attempt.reference}.png"'
    return response
