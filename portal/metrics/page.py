"""`/metrics` in the text format of Prometheus: requests, queues, obligations, open payments, heartbeats."""

from django.contrib.auth.decorators import login_not_required
from django.db import models, transaction
from django.db.models import Count, Min, Q, Value
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.messages.models import Alarm
from payments.models import PaymentAttempt
from payments.models.states import OPEN_ATTEMPT
from portal.common import clock, outbox
from portal.common.network import sends_the_token
from portal.metrics import counting
from portal.models import Heartbeat
from portal.obligations import register

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_safe
@login_not_required
@transaction.non_atomic_requests
def metrics(request):
    """All metrics, for who sends `settings.HEALTH_TOKEN` as a bearer token; for everybody else there is no such page."""
    if not sends_the_token(request):
        raise Http404
    families = [*_of_requests(), *_of_work(), *_of_obligations()]
    return HttpResponse("".join(map(_text, families)), content_type=CONTENT_TYPE)


# ---------------------------------------------------------------- families: (name, type, help, [(suffix, labels, value)])
def _of_requests():
    numbers, durations = [], []
    for process, counts in counting.of_all_processes().items():
        for view, status, number in counts["requests"]:
            numbers.append(("", {"process": process, "view": view, "status": status}, number))
        for view, (buckets, seconds) in counts["seconds"].items():
            durations += _histogram({"process": process, "view": view}, buckets, seconds)
    yield "portal_requests_total", "counter", "Answers by view and status.", numbers
    yield "portal_request_seconds", "histogram", "Seconds from the request to its answer, by view.", durations


def _histogram(labels, buckets, seconds):
    total = 0
    for limit, number in zip([*counting.BUCKETS, "+Inf"], buckets, strict=True):
        total += number
        yield "_bucket", {**labels, "le": limit}, total
    yield "_sum", labels, round(seconds, 6)
    yield "_count", labels, total


def _of_work():
    now = clock.now()
    rows = register.union([_queue(model, now) for model in outbox.kinds()])
    found = {row["of_model"]: row for row in rows}
    names = [model._meta.label for model in outbox.kinds()]
    states = [
        ("", {"model": name, "state": state}, found.get(name, {}).get(state, 0))
        for name in names
        for state in ("waiting", "dead")
    ]
    ages = [("", {"model": name}, _seconds(found.get(name, {}).get("oldest"), now)) for name in names]
    yield "portal_outbox_rows", "gauge", "Rows of work by model: waiting, or given up (dead).", states
    yield "portal_outbox_age_seconds", "gauge", "How long the oldest row that is due has been due.", ages
    payments = PaymentAttempt.objects.filter(state__in=OPEN_ATTEMPT).order_by().values_list("state").annotate(n=Count("pk"))
    open_now = {**dict.fromkeys(map(str, OPEN_ATTEMPT), 0), **dict(payments)}
    yield (
        "portal_payments_open",
        "gauge",
        "Payment attempts that have not ended.",
        [("", {"state": state}, number) for state, number in open_now.items()],
    )
    beats = dict(Heartbeat.objects.filter(name__in=("relay", "alarms")).values_list("name", "at"))
    yield (
        "portal_heartbeat_age_seconds",
        "gauge",
        "Since a part last reported that it runs; none before its first time.",
        [("", {"part": name}, _seconds(at, now)) for name, at in sorted(beats.items())],
    )
    going = Alarm.objects.going().aggregate(n=Count("pk"), unanswered=Count("pk", filter=Q(answered_at=None)))
    yield "portal_alarms", "gauge", "Alarms about work over its limit.", [
        ("", {"answered": "no"}, going["unanswered"]), ("", {"answered": "yes"}, going["n"] - going["unanswered"]),
    ]  # fmt: skip


def _queue(model, now):
    waiting = Q(due_state=outbox.OutboxState.WAITING)
    counts = {
        "waiting": Count("pk", filter=waiting),
        "dead": Count("pk", filter=Q(due_state=outbox.OutboxState.DEAD)),
        "oldest": Min("next_at", filter=waiting & Q(next_at__lte=now)),
    }
    rows = model.objects.order_by().exclude(due_state=outbox.OutboxState.DONE)
    return rows.annotate(of_model=Value(model._meta.label, models.CharField())).values("of_model").annotate(**counts)


def _of_obligations():
    hours = register.Hours()
    found = [(register.BY_KEY[key], row) for key, row in register.standing(hours).items()]
    counts = [("", {"kind": kind.key}, row["count"]) for kind, row in found]
    late = [("", {"kind": kind.key, "owner": "operators" if kind.is_technical else "staff"}, row["late"]) for kind, row in found]
    ages = [("", {"kind": kind.key}, _seconds(row["oldest"], hours.now)) for kind, row in found]
    yield "portal_obligations", "gauge", "Work that was accepted and is not done, by kind.", counts
    yield "portal_obligations_overdue", "gauge", "The same, over its limit.", late
    yield "portal_obligation_age_seconds", "gauge", "Age of the oldest of a kind.", ages


def _seconds(since, now):
    return max(0, round((now - since).total_seconds())) if since else 0


# ---------------------------------------------------------------- the text
def _text(family):
    name, kind, meaning, samples = family
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{suffix}{_labels(labels)} {value}" for suffix, labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels):
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value):
    return str(value).replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
