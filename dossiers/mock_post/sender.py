"""Sends the notices. They are rows, so that none is lost when the process is killed; one may be sent twice."""

import json
import logging
import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
from django.db import connection

from . import course, signatures
from .conf import setting
from .models import Notice

logger = logging.getLogger(__name__)


def start(number):
    """Start so many sender threads (daemons)."""
    for index in range(int(number)):
        threading.Thread(target=_forever, name=f"post-{index}", daemon=True).start()


def _forever():
    while True:
        try:
            course.move_due()
            send_due()
        except Exception:  # the thread must survive, or nothing is sent any more
            logger.exception("sending notices")
            connection.close()
        time.sleep(0.5)


def send_due(*, force=False):
    """Send the due notices, with `force` also those that wait. Returns their number."""
    due = Notice.objects.select_related("parcel").exclude(next_at=None).order_by("next_at", "pk")
    if not force:
        due = due.filter(next_at__lte=datetime.now(UTC))
    rows = list(due[:100])
    for notice in rows:
        answers = [_call(notice) for _copy in range(notice.copies)]
        notice.calls += 1
        notice.answer = ", ".join(answers)[:200]
        ended = "200" in answers or notice.calls >= setting("CALLS")
        notice.next_at = None if ended else datetime.now(UTC) + timedelta(seconds=setting("RETRY"))
        notice.save(update_fields=["calls", "answer", "next_at"])
    return len(rows)


def _call(notice):
    """One call; the HTTP status as text, or the name of the error."""
    body = json.dumps(notice.told(), ensure_ascii=False).encode()
    secret = "forged" if notice.forged else setting("SECRETS")[notice.parcel.client]
    headers = {"Content-Type": "application/json", signatures.HEADER: signatures.sign(secret, body)}
    try:
        with httpx.Client(timeout=setting("TIMEOUT"), trust_env=False) as client:
            return str(client.post(setting("NOTICE_URL"), content=body, headers=headers).status_code)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__
