"""Periodic jobs: run every minute by one relay at a time. They find their work in the database, not in the broker."""

import logging
import time

from django.db import connection, transaction

from dossiers import unopened
from dossiers.evidence import anchors
from dossiers.filing import drafts
from dossiers.parcels import asking
from dossiers.webhooks import collecting
from dossiers.webhooks import keeping as webhooks
from dossiers.workflow import deadlines, giving_out, recount
from payments.attempts import expiry, payable
from payments.reconciliation import runs
from payments.transfers import statements
from portal import kept
from portal.common import outbox
from portal.models import Heartbeat
from portal.obligations import alarms, morning
from procedures.office import drafts as catalogue_drafts
from procedures.search import asked

log = logging.getLogger(__name__)
INTERVAL_SECONDS = 60.0
AWAITED, BACKGROUND = outbox.Priority.AWAITED, outbox.Priority.BACKGROUND
# With the priority of the outbox rows that they write: payers wait for the answers about their money.
JOBS = {
    payable.mark_ready_terminals: AWAITED,
    recount.run: BACKGROUND,
    deadlines.run: BACKGROUND,
    giving_out.run: BACKGROUND,
    unopened.run: BACKGROUND,
    drafts.delete_forgotten: BACKGROUND,
    asking.run: BACKGROUND,
    expiry.run: AWAITED,
    statements.run: AWAITED,
    runs.run: BACKGROUND,
    kept.expire: BACKGROUND,
    asked.expire: BACKGROUND,
    catalogue_drafts.publish_due: BACKGROUND,
    anchors.run: BACKGROUND,
    collecting.run: BACKGROUND,
    webhooks.seal_again: BACKGROUND,
    alarms.run: AWAITED,  # last: what the jobs above have just done is not overdue
    morning.run: BACKGROUND,
}
LOCK = 7_661_001  # PostgreSQL advisory lock, so that two relays do not run the jobs at the same time
_last = -INTERVAL_SECONDS


def run_due_jobs():
    """Run the jobs if INTERVAL_SECONDS have passed since the last run in this process. Errors of a job are logged."""
    global _last
    if time.monotonic() - _last < INTERVAL_SECONDS:
        return
    _last = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return
        Heartbeat.beat("relay")
        for job, priority in JOBS.items():
            try:
                with transaction.atomic(), outbox.priority(priority):
                    job()
            except Exception:
                log.exception("periodic job failed", extra={"job": job.__module__})
