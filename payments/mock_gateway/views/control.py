"""The control API for tests: acts as payer, bank or staff of the gateway. JSON in, JSON out."""

import json
from functools import wraps
from urllib.parse import urlsplit

from django.http import Http404, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from .. import answers, bank, banks, clock, faults, ipn, opening, paying, refunding
from ..codes import OUTCOMES
from ..conf import setting
from ..faults import as_reference
from ..models import ApiRequest, Credit, IpnCall, Notice, QueryWindow, Refund, State, Switch, Transaction
from ..switchboard import FAULTS

ORDERS = {
    "": {},
    "return_first": {"return_before_ipn": True},
    "ipn_first": {"ipn_before_return": True},
    "return_only": {"return_only": True},
    "ipn_only": {"ipn_only": True},
}


class BadCall(Exception):
    """The call is invalid; the text says why."""

    def __init__(self, why, status=400):
        super().__init__(why)
        self.status = status


def control(*methods):
    """Decorator of a control view: 404 when CONTROL is off; always answers JSON; 4xx for an invalid call."""

    def decorate(view):
        @csrf_exempt
        @wraps(view)
        def wrapper(request):
            if not setting("CONTROL"):
                raise Http404
            if request.method not in methods:
                return JsonResponse({"error": "method not allowed"}, status=405)
            try:
                return JsonResponse(view(request, _body(request)) if request.method != "GET" else view(request, request.GET))
            except BadCall as bad:
                return JsonResponse({"error": str(bad)}, status=bad.status)
            except faults.BadSwitch as bad:
                return JsonResponse({"error": str(bad)}, status=400)

        return wrapper

    return decorate


def _body(request):
    try:
        asked = json.loads(request.body or b"{}")
        json.dumps(asked, ensure_ascii=False).encode()  # raises for lone surrogates
    except (ValueError, RecursionError) as error:
        raise BadCall("not JSON") from error
    if not isinstance(asked, dict) or "\\u0000" in json.dumps(asked):
        raise BadCall("not a JSON object of plain texts")
    return asked


def _find(asked):
    rows = Transaction.objects.filter(reference=as_reference(asked.get("reference")))
    row = rows.order_by("-id").first()
    if row is None:
        raise BadCall("no such transaction", 404)
    return row


@control("GET", "PUT")
def switches(request, asked):
    """GET: active switches. PUT {"drop_ipn": true, "slow": {"value": 2, "times": 3, "reference": "P…"}}: on; false: off."""
    if request.method == "PUT":
        for name, wanted in asked.items():
            options = wanted if isinstance(wanted, dict) else {"value": wanted}
            if "reference" in options and not as_reference(options["reference"]):
                raise BadCall("reference is not one")
            faults.set_switch(name, options.get("value"), times=options.get("times"), reference=options.get("reference", ""))
    rows = Switch.objects.order_by("name", "reference")
    standing = [{"name": r.name, "value": r.value, "times": r.times_left, "reference": r.reference} for r in rows]
    return {"faults": standing, "known": {fault.name: fault.description for fault in FAULTS.values()}}


@control("POST")
def reset(request, asked):
    """Turn all switches off and reset the rate limit of querydr; with {"everything": true} delete all rows too."""
    kinds = [Switch, QueryWindow]
    if asked.get("everything") is True:
        kinds += [ApiRequest, IpnCall, Notice, Refund, Transaction, Credit]
    for kind in kinds:
        kind.objects.all().delete()
    return {"ok": True}


@control("GET")
def transactions(request, asked):
    """The newest transactions (at most 1000), or those with one reference, each with refunds and notices."""
    rows = Transaction.objects.order_by("-id").prefetch_related("refunds", "notices")
    if "reference" in asked:
        rows = rows.filter(reference=as_reference(asked["reference"]))
    return {"transactions": [transaction_json(row) for row in rows[:1000]]}


def transaction_json(row):
    """One transaction for JSON. `charged`: the payer was charged; `status`: the status in a querydr answer."""
    return {
        **{name: getattr(row, name) for name in SHOWN_FIELDS},
        "created_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "return_url": answers.return_url(row) if row.state == State.ENDED else "",
        "refunds": [
            {"request_id": r.request_id, "type": r.kind, "amount": r.amount, "status": refunding.status_at(r)}
            for r in row.refunds.all()
        ],
        "notices": [
            {"calls": n.calls_made, "waiting": n.next_at is not None, "ended_because": n.ended_because} for n in row.notices.all()
        ],
    }


SHOWN_FIELDS = [
    *("terminal", "reference", "token", "amount", "bank_choice", "state", "response_code", "status", "said_code", "said_status"),
    *("charged", "transaction_no", "bank_code", "pay_date", "create_date", "faults"),
]


@control("POST")
def pay(request, asked):
    """Act as the payer: {"reference" or "pay_url", "outcome", "bank", "order", "faults"}. Answers with the signed return URL."""
    outcome, order = asked.get("outcome", "success"), asked.get("order", "")
    if not isinstance(outcome, str) or outcome not in OUTCOMES:
        raise BadCall(f"outcome must be one of {', '.join(OUTCOMES)}")
    if not isinstance(order, str) or order not in ORDERS:
        raise BadCall(f"order must be one of {', '.join(filter(None, ORDERS))}")
    row = _open(asked["pay_url"]) if asked.get("pay_url") else _find(asked)
    chosen = str(asked.get("bank") or row.bank_choice or "NCB")
    if not banks.is_known(chosen):
        raise BadCall("no such bank")
    bank_code, card_type = banks.PAID_WITH.get(chosen, (chosen, "ATM"))
    own = asked.get("faults") or {}
    if not isinstance(own, dict):
        raise BadCall("faults must be an object")
    own = {name: faults.checked(name, value) for name, value in own.items()} | ORDERS[order]
    try:
        row = paying.end(row, outcome, bank=bank_code, card_type=card_type, own_faults=own)
    except paying.AlreadyEnded as ended:
        return {"already_ended": True, **_paid(ended.transaction)}
    return {"already_ended": False, **_paid(row)}


def _open(pay_url):
    try:
        return opening.open_transaction(urlsplit(str(pay_url)).query)
    except opening.Refused as refused:
        raise BadCall(f"refused with code {refused.code}", 409) from refused
    except ValueError as error:
        raise BadCall("pay_url is not an address") from error


def _paid(row):
    """The transaction for JSON; `return_url` is empty while it is pending and with the fault ipn_only."""
    shown = transaction_json(row)
    if "ipn_only" in row.faults:
        shown["return_url"] = ""
    return shown


@control("POST")
def resolve(request, asked):
    """Decide an unclear transaction (04, 07, 00 with 02): {"reference", "status": "00" or "02"}; an IPN is sent."""
    if asked.get("status") not in ("00", "02"):
        raise BadCall("status must be 00 or 02")
    row = _find(asked)
    if row.state != State.ENDED:
        raise BadCall("not ended yet", 409)
    return transaction_json(paying.resolve(row, asked["status"]))


@control("POST")
def resend(request, asked):
    """Send the IPN of one transaction again, as the gateway's staff can."""
    row = _find(asked)
    if row.state != State.ENDED:
        raise BadCall("not ended yet", 409)
    Notice.objects.create(transaction=row, next_at=clock.now())
    ipn.wake()
    return transaction_json(row)


@control("POST")
def tick(request, asked):
    """End pending transactions and send notices that are due; {"force": true}: also those not yet due; "reference": only one."""
    row = _find(asked) if asked.get("reference") else None
    force = asked.get("force") is True
    completed = paying.complete_pending(force_reference=row.reference if row and force else "")
    sent = ipn.send_due(transaction_id=row.pk if row else None, force=force)
    return {"completed": completed, "sent": sent, "waiting": Notice.objects.filter(next_at__isnull=False).count()}


@control("GET")
def ipn_log(request, asked):
    """Calls to the merchant with their answers, newest first: ?reference= for one transaction."""
    calls = IpnCall.objects.select_related("notice__transaction").order_by("-id")
    if "reference" in asked:
        calls = calls.filter(notice__transaction__reference=as_reference(asked["reference"]))
    return {"calls": [call_json(call) for call in calls[:1000]]}


def call_json(call):
    names = ["number", "copy", "outcome", "http_status", "rsp_code", "answer", "milliseconds", "query"]
    facts = {name: getattr(call, name) for name in names}
    return {"reference": call.notice.transaction.reference, "sent_at": call.sent_at.isoformat(), **facts}


@control("POST")
def transfer(request, asked):
    """An incoming transfer: {"account", "amount", "content"}."""
    try:
        credit = bank.receive(asked.get("account"), asked.get("amount"), asked.get("content", ""))
    except bank.BadTransfer as bad:
        raise BadCall(str(bad)) from bad
    return bank.as_json(credit)
