"""The bank: a page to make a transfer by hand, and the statement as JSON."""

import re

from django.http import JsonResponse
from django.shortcuts import redirect, render

from .. import bank
from ..models import Credit

MAX_CREDITS = 500  # credits in one answer


def transfer(request):
    """A transfer as in a payer's banking app: typed in, read from a VietQR payload, or filled in by query parameters."""
    sent = request.POST if request.method == "POST" else request.GET
    wanted = {name: sent.get(name, "").strip() for name in ("payload", "account", "amount", "content")}
    error = ""
    if request.method == "POST":
        try:
            if "read" in request.POST:
                wanted |= bank.read_payload(wanted["payload"])
            else:
                content = bank.as_banks_write_it(wanted["content"]) if request.POST.get("mangled") else wanted["content"]
                credit = bank.receive(wanted["account"], re.sub(r"[ .]", "", wanted["amount"]), content)
                return redirect(f"{request.path}?xong={credit.pk}")
        except bank.BadTransfer as bad:
            error = str(bad)
    done = request.GET.get("xong", "")
    facts = {"wanted": wanted, "error": error, "done": Credit.objects.filter(pk=done).first() if _is_id(done) else None}
    return render(request, "mock_gateway/bank.html", facts | {"credits": Credit.objects.order_by("-id")[:20]})


def statement(request):
    """Credits of an account after a known one, oldest first, 500 at most: ?account=…&after=<id>."""
    account, after = request.GET.get("account", ""), request.GET.get("after", "0")
    if not re.fullmatch(bank.ACCOUNT, account) or not _is_id(after):
        return JsonResponse({"error": "account and after, please"}, status=400)
    credits = Credit.objects.filter(account=account, pk__gt=int(after)).order_by("pk")[:MAX_CREDITS]
    return JsonResponse({"credits": [bank.as_json(credit) for credit in credits]})


def _is_id(text):
    return bool(re.fullmatch(r"[0-9]{1,18}", text))
