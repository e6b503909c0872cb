"""Sending IPNs. Notices are stored in rows, so that none is lost when a process is killed; a call may be sent twice.

As at the real gateway: the answers 00 and 02 end the calls; after any other answer the call is repeated, ten calls in all,
five minutes apart.
"""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
from django.db import transaction
from django.db.models import Q

from . import answers, clock, faults
from .conf import setting
from .models import IpnCall, Notice

ENDING_ANSWERS = ("00", "02")
MAX_COPIES = 50
_awake = threading.Event()


def wake():
    """Wake the sender threads of this process after the commit."""
    transaction.on_commit(_awake.set)


def sleep(seconds):
    """Wait so many seconds, or until `wake`."""
    _awake.wait(seconds)
    _awake.clear()


def schedule(row):
    """Create the notice of this transaction for the merchant; None with the fault return_only."""
    if "return_only" in row.faults:
        return None
    pause = row.faults.get("delay_ipn", 0)
    if "return_before_ipn" in row.faults:
        pause = max(pause, setting("HEAD_START"))
    waiting = Notice.objects.filter(held=True, next_at__isnull=False, transaction__terminal=row.terminal)
    held = "reorder_ipn" in row.faults and not waiting.exists()  # hold the first of two, so that the second is sent first
    if held:
        pause = max(pause, setting("IPN_INTERVAL"))
    notice = Notice.objects.create(transaction=row, next_at=clock.now() + timedelta(seconds=pause), held=held)
    wake()
    return notice


def send_due(*, transaction_id=None, force=False, limit=1000):
    """Send the due notices, one call each; with `force` also those not yet due. Returns the number of calls."""
    started, sent = clock.now(), 0
    seen = set()
    while sent < limit and send_one(started, seen, transaction_id=transaction_id, force=force):
        sent += 1
    return sent


def send_one(before, seen=(), *, transaction_id=None, force=False):
    """Lock one due notice and call the merchant. False when none is due. Other senders skip the locked row; if this process dies,
    the notice is due again."""
    with transaction.atomic():
        due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("transaction")
        due = due.filter(next_at__isnull=False) if force else due.filter(next_at__lte=before)
        if transaction_id:
            due = due.filter(transaction_id=transaction_id)
        notice = due.exclude(pk__in=seen).order_by("next_at", "id").first()
        if notice is None:
            return False
        if isinstance(seen, set):
            seen.add(notice.pk)
        _call(notice)
        _release_held(notice)
    return True


def seconds_to_next():
    """Seconds until the next notice is due, at most 1, so that notices written by other processes are found too."""
    first = Notice.objects.filter(next_at__isnull=False).order_by("next_at").values_list("next_at", flat=True).first()
    return min(1.0, max(0.0, (first - clock.now()).total_seconds())) if first else 1.0


def _call(notice):
    row = notice.transaction
    number = notice.calls_made + 1
    query = answers.ipn_query(row, number)
    copies = min(int(row.faults.get("duplicate_ipn", 1)), MAX_COPIES)
    if faults.counts_for(row.faults.get("drop_ipn"), number):
        calls = [IpnCall(outcome="lost")]
    elif copies > 1:
        with ThreadPoolExecutor(copies) as pool:
            calls = list(pool.map(deliver, [query] * copies))
    else:
        calls = [deliver(query)]
    for copy, call in enumerate(calls, 1):
        call.notice, call.number, call.copy, call.query = notice, number, copy, query
        call.sent_at = call.sent_at or clock.now()
    IpnCall.objects.bulk_create(calls)
    _plan_next(notice, number, answered=any(call.rsp_code in ENDING_ANSWERS for call in calls))


def _plan_next(notice, number, *, answered):
    notice.calls_made, notice.held = number, False
    if answered or number >= setting("IPN_CALLS"):
        notice.next_at, notice.ended_because = None, "answered" if answered else "given_up"
    else:
        notice.next_at = clock.now() + timedelta(seconds=setting("IPN_INTERVAL"))
    notice.save()


def _release_held(sent):
    """The notice of a later transaction was sent: make the held notices of earlier transactions due."""
    held = Notice.objects.filter(held=True, next_at__isnull=False, transaction__terminal=sent.transaction.terminal)
    held.filter(~Q(pk=sent.pk), transaction_id__lt=sent.transaction_id).update(held=False, next_at=clock.now())


def deliver(query):
    """Call the merchant once; returns an unsaved log row. Uses no database, so that copies can be sent in parallel threads."""
    call = IpnCall(sent_at=clock.now(), outcome="error")
    begun = time.monotonic()
    try:
        with httpx.Client(timeout=setting("IPN_TIMEOUT"), trust_env=False, follow_redirects=False) as client:
            response = client.get(f"{setting('IPN_URL')}?{query}")
        call.http_status, call.answer = response.status_code, response.text[:1000].replace("\0", "")
        call.rsp_code = _rsp_code(response)
        call.outcome = "answered" if call.rsp_code else "error"
    except httpx.TimeoutException:
        call.outcome = "timeout"
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        call.answer = type(error).__name__
    call.milliseconds = int((time.monotonic() - begun) * 1000)
    return call


def _rsp_code(response):
    """RspCode of a valid answer (HTTP 200, a JSON object), else ""."""
    try:
        answer = json.loads(response.text) if response.status_code == 200 else {}
    except (ValueError, RecursionError):
        return ""
    return str(answer.get("RspCode", "")).replace("\0", "")[:8] if isinstance(answer, dict) else ""
