"""The two callback endpoints of a gateway: the IPN, which can settle, and the return of the payer, which changes nothing."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from dossiers.permissions import is_submitter
from payments import outcomes
from payments.attempts.references import grouped_reference
from payments.enquiries import ipn
from payments.gateways import register
from payments.gateways.base import NoticeResult, Provider


@never_cache
@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
def ipn_callback(request: HttpRequest, provider: str) -> HttpResponse:
    """The IPN of a provider (by its key). The answer, also to an error, is in the provider's format."""
    gateway = _provider(provider)
    if request.method != gateway.notice_method:
        response = _answer(gateway, NoticeResult.FAILED, status=405)
        response["Allow"] = gateway.notice_method
        return response
    return _answer(gateway, ipn.receive_ipn(gateway, gateway.raw_notice(request)))


def _provider(key: str) -> Provider:
    try:
        return register.PROVIDERS[key]
    except KeyError:
        raise Http404 from None


def _answer(gateway: Provider, result: NoticeResult, status: int = 200) -> HttpResponse:
    reply = gateway.answer_notice(result)
    return HttpResponse(reply.body, content_type=reply.content_type, status=status)


@never_cache
@login_not_required
@require_safe
def come_back(request: HttpRequest, provider: str) -> HttpResponse:
    """The return of a payer: redirect the submitter to the page of the dossier; show others the outcome without personal data."""
    attempt = ipn.receive_return(_provider(provider), request.META.get("QUERY_STRING", ""))
    if attempt is None:
        response = render(request, "payments/citizen/return.html", {"attempt": None})
    elif request.user.is_authenticated and is_submitter(attempt.obligation.dossier, request.user):
        door = "payments:pay" if attempt.settles else "payments:problem"
        return redirect(door, code=attempt.obligation.dossier.code)
    else:
        facts = {"attempt": attempt, "outcome": outcomes.of_attempt(attempt), "code": grouped_reference(attempt.reference)}
        response = render(request, "payments/citizen/return.html", facts)
    response["X-Robots-Tag"] = "noindex"
    return response
