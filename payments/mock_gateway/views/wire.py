"""The three URLs of the merchant API, and the health check."""

import json

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from .. import banks, merchant_api, opening, paying
from ..conf import setting
from ..guard import may_fail
from . import errors


@require_GET
@may_fail("slow", "http_500", reference_of=lambda request: request.GET.get("vnp_TxnRef"))
def pay(request):
    """A payer's browser with a payment request: redirects to the payer page, or shows a page with the error code."""
    try:
        row = opening.open_transaction(request.META.get("QUERY_STRING", ""))
    except opening.Refused as refused:
        return errors.refusal(request, refused)
    paying.expire_if_late(row)
    return redirect("start", token=row.token)


def _reference_in_body(request):
    try:
        return json.loads(request.body[: merchant_api.MAX_BODY_BYTES]).get("vnp_TxnRef")
    except (ValueError, AttributeError, RecursionError):
        return ""


@csrf_exempt
@require_POST
@may_fail("slow", "slow_api", "http_500", "http_500_api", reference_of=_reference_in_body)
def api(request):
    """querydr and refund."""
    return JsonResponse(merchant_api.answer(request.body))


@csrf_exempt
@require_POST
def bank_list(request):
    """The banks a terminal may name in vnp_BankCode."""
    if request.POST.get("tmn_code", "") not in setting("TERMINALS"):
        return JsonResponse({"code": "02", "message": "Invalid terminal"}, status=400)
    return JsonResponse(banks.as_list(), safe=False)


def alive(request):
    """Health check."""
    return HttpResponse("ok", content_type="text/plain")
