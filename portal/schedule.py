"""Periodic work: every minute, by one relay at a time, found from the rows and never from the broker."""

import logging
import time

from django.db import connection, transaction

from dossiers.workflow import deadlines
from payments.attempts import expiry
from payments.reconciliation import runs
from payments.transfers import statements
from portal.models import Heartbeat

log = logging.getLogger(__name__)
EVERY = 60.0  # seconds
JOBS = [deadlines.run, expiry.run, statements.run, runs.run]
LOCK = 7_661_001  # advisory lock: two relays never run the jobs at once
_last = -EVERY


def run_due_jobs():
    """Run the jobs if a minute has passed since this process last did."""
    global _last
    if time.monotonic() - _last < EVERY:
        return
    _last = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return
        Heartbeat.beat("relay")
        for job in JOBS:
            try:
                with transaction.atomic():
                    job()
            except Exception:
                log.exception("periodic job failed", extra={"job": job.__module__})
