"""The pages of the post: orders of clients, the panel for people, the control API for tests."""

import json
from functools import wraps

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from . import course, orders, sender, signatures
from .conf import setting
from .models import STATES, Notice, Parcel, Switch

SHOWN = 40


def alive(request):
    return HttpResponse("song", content_type="text/plain")


@csrf_exempt
@require_POST
def order(request):
    """An order: 201, or 200 when the reference is known; 400, 401, 422 with a reason."""
    try:
        parcel, new = orders.take(request.body, request.headers.get(signatures.HEADER, ""))
    except orders.Refused as refused:
        return JsonResponse({"reason": refused.reason}, status=refused.status, json_dumps_params={"ensure_ascii": False})
    body, signature = orders.answer(parcel)
    headers = {signatures.HEADER: signature}
    return HttpResponse(body, status=201 if new else 200, content_type="application/json", headers=headers)


@csrf_exempt
@require_POST
def ask(request, what):
    """`find`: where is a parcel; `cancel`: before its pick-up. 200 with all its notices; 401, 404, 409 with a reason."""
    try:
        parcel = {"find": orders.find, "cancel": orders.cancel}[what](request.body, request.headers.get(signatures.HEADER, ""))
    except orders.Refused as refused:
        return JsonResponse({"reason": refused.reason}, status=refused.status, json_dumps_params={"ensure_ascii": False})
    body, signature = orders.course_of(parcel)
    return HttpResponse(body, content_type="application/json", headers={signatures.HEADER: signature})


def when_open(view):
    """Decorator: 404 when CONTROL is off."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if not setting("CONTROL"):
            raise Http404
        return view(request, *args, **kwargs)

    return wrapper


@require_safe
@when_open
def panel(request):
    on = dict(Switch.objects.values_list("name", "value"))
    context = {
        "parcels": Parcel.objects.prefetch_related("notices").order_by("-pk")[:SHOWN],
        "states": [(key, words) for key, words in STATES.items() if key not in ("labelled", "cancelled")],
        "faults": [{"name": name, "words": words, "on": on.get(name)} for name, words in course.FAULTS.items()],
        "step": setting("STEP"),
    }
    return render(request, "mock_post/panel.html", context)


@require_POST
@when_open
def report(request, tracking):
    """A person says where the parcel is."""
    parcel = get_object_or_404(Parcel, tracking=tracking)
    status = request.POST.get("status", "")
    if status not in STATES:
        raise Http404
    course.report(parcel, status, words=request.POST.get("words", "").strip()[:300])
    return redirect("panel")


@require_POST
@when_open
def switch(request):
    name = request.POST.get("name", "")
    if name not in course.FAULTS:
        raise Http404
    if not Switch.objects.filter(name=name).delete()[0]:
        text = request.POST.get("value", "")
        Switch.objects.create(name=name, value=int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 30)
    return redirect("panel")


@csrf_exempt
@when_open
def control(request, name):
    """For tests: `report` {"reference", "status"}, `faults` {name: value}, others off, `tick` {"force"}, `reset`, `notices`."""
    try:
        asked = json.loads(request.body or b"{}")
        answer = CONTROLS[name](asked)
    except (ValueError, KeyError, TypeError, Parcel.DoesNotExist) as why:
        return JsonResponse({"error": f"{type(why).__name__}: {why}"}, status=400)
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _report(asked):
    course.report(Parcel.objects.get(reference=asked["reference"]), asked["status"], words=asked.get("words", ""))
    return {"done": True}


def _faults(asked):
    if unknown := set(asked) - set(course.FAULTS):
        raise KeyError(sorted(unknown))
    Switch.objects.all().delete()
    Switch.objects.bulk_create(Switch(name=name, value=float(value)) for name, value in asked.items() if value)
    return dict(Switch.objects.values_list("name", "value"))


def _reset(asked):
    for model in (Switch, Notice, Parcel):
        model.objects.all().delete()
    return {"done": True}


def _notices(asked):
    rows = Notice.objects.order_by("pk").values("parcel__reference", "key", "status", "calls", "answer", "next_at")
    return {"notices": list(rows)}


CONTROLS = {
    "report": _report, "faults": _faults, "reset": _reset, "notices": _notices,
    "tick": lambda asked: {"moved": course.move_due(), "sent": sender.send_due(force=bool(asked.get("force")))},
}  # fmt: skip
