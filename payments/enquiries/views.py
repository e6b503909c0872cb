"""The two doors of the gateway: its own call (IPN), which settles, and the way back of a payer, which decides nothing."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from dossiers.permissions import is_submitter
from payments import outcomes
from payments.citizen.pages.words import spoken
from payments.enquiries import ipn as notices


@never_cache
@csrf_exempt
@login_not_required
@transaction.non_atomic_requests
def ipn(request):
    """GET from the gateway. Always its own JSON: a code that ends its retries, or one that asks it to call again."""
    if request.method != "GET":
        response = _answer(notices.FAILED, status=405)
        response["Allow"] = "GET"
        return response
    return _answer(notices.receive_ipn(request.META.get("QUERY_STRING", "")))


def _answer(code, status=200):
    return JsonResponse({"RspCode": code, "Message": notices.MESSAGES[code]}, status=status)


@never_cache
@login_not_required
@require_safe
def come_back(request):
    """The payer is back: lead the submitter to the dossier's own page, show anybody else what we know, without a name."""
    attempt = notices.receive_return(request.META.get("QUERY_STRING", ""))
    if attempt is None:
        response = render(request, "payments/citizen/return.html", {"attempt": None})
    elif request.user.is_authenticated and is_submitter(attempt.obligation.dossier, request.user):
        door = "payments:pay" if attempt.settles else "payments:problem"
        return redirect(door, code=attempt.obligation.dossier.code)
    else:
        facts = {"attempt": attempt, "outcome": outcomes.of_attempt(attempt), "code": spoken(attempt.reference)}
        response = render(request, "payments/citizen/return.html", facts)
    response["X-Robots-Tag"] = "noindex"
    return response
