"""The panel: all fault switches, recent transactions, calls to the merchant."""

from functools import wraps

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from .. import clock, faults, ipn, paying
from ..conf import setting
from ..models import IpnCall, Notice, State, Switch, Transaction
from ..switchboard import FAULTS, GROUPS

WORDS = {
    **{"charged": "đã trừ tiền", "failed": "chưa trừ tiền"},
    **{"before": "chưa làm gì", "after": "đã làm xong rồi mới lỗi"},
    **{"missing": "không ký", "wrong": "ký sai"},
}


def when_open(view):
    """Decorator: 404 when CONTROL is off."""

    @wraps(view)
    def wrapper(request, **kwargs):
        if not setting("CONTROL"):
            raise Http404
        return view(request, **kwargs)

    return wrapper


@when_open
def panel(request, error=""):
    standing = {switch.name: switch for switch in Switch.objects.filter(reference="")}
    facts = {
        "groups": {title: [_shown(fault, standing) for fault in group] for title, group in GROUPS.items()},
        "on": len(standing),
        "single": Switch.objects.exclude(reference="")[:50],
        "recent": Transaction.objects.order_by("-id").prefetch_related("notices", "refunds")[:12],
        "calls": IpnCall.objects.select_related("notice__transaction").order_by("-id")[:15],
        "terminals": sorted(set(Transaction.objects.order_by("-id").values_list("terminal", flat=True)[:200])),
        "today": clock.local_day(clock.now()).strftime("%Y%m%d"),
        "error": error,
    }
    return render(request, "mock_gateway/panel.html", facts, status=400 if error else 200)


def _shown(fault, standing):
    return {
        "fault": fault,
        "words": [(word, WORDS.get(word, word)) for word in fault.words],
        "standing": standing.get(fault.name),
    }


@require_POST
@when_open
def switch(request):
    """Turn one switch on or off."""
    name = request.POST.get("name", "")
    try:
        faults.set_switch(name, _value(name, request.POST), times=_number(request.POST.get("times", "")))
    except faults.BadSwitch:
        fault = FAULTS.get(name)
        return panel(
            request, error=f"Không bật được: {fault.description}. Xem lại con số." if fault else "Không có công tắc này."
        )
    return redirect("panel")


def _value(name, posted):
    if "off" in posted:
        return None
    fault, text = FAULTS.get(name), posted.get("value", "").strip()
    if fault is None or fault.kind == "flag" or (fault.kind in ("calls", "words") and not text):
        return True
    return text if fault.kind == "words" else _number(text, name)


def _number(text, name=""):
    """A typed whole number; None for an empty text without `name`. Raises BadSwitch."""
    text = text.strip()
    if not text and not name:
        return None
    if not (text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 9):
        raise faults.BadSwitch(name)
    return int(text)


@require_POST
@when_open
def all_off(request):
    Switch.objects.all().delete()
    return redirect("panel")


@require_POST
@when_open
def again(request, token):
    """Send the IPN of one transaction again."""
    row = _ended(token)
    Notice.objects.create(transaction=row, next_at=clock.now())
    ipn.wake()
    return redirect("panel")


@require_POST
@when_open
def decide(request, token):
    """Decide an unclear transaction: paid, or returned to the payer."""
    status = request.POST.get("status")
    if status in ("00", "02"):
        paying.resolve(_ended(token), status)
    return redirect("panel")


def _ended(token):
    row = Transaction.objects.filter(token=token, state=State.ENDED).first()
    if row is None:
        raise Http404
    return row


def front(request):
    """The start page: explains what this server is."""
    return render(request, "mock_gateway/front.html", {"open": setting("CONTROL")})
