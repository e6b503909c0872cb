"""The relay: hands due outbox rows to the Celery workers. Woken by NOTIFY at each commit; also polls every second."""

import logging
import select
import signal
import time

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from portal.common import alive, outbox
from portal.schedule import run_due_jobs
from portal.tasks import do_due

log = logging.getLogger(__name__)
POLL_SECONDS = 1.0  # between two polls without NOTIFY
BROKER_PAUSE_SECONDS = 5.0  # after an error of the broker


class Command(BaseCommand):
    help = "Hands what is owed to the workers, and runs the deadline jobs every minute."
    stopping = False

    def handle(self, *args, **options):
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        while not self.stopping:
            try:
                self.watch()
            except (OperationalError, InterfaceError) as error:
                log.warning("database away", extra={"error": str(error)})
                connection.close()
                time.sleep(POLL_SECONDS)

    def stop(self, *args):
        self.stopping = True

    def watch(self):
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {outbox.CHANNEL}")
        raw = connection.connection
        while not self.stopping:
            alive.beat()
            raw.poll()
            raw.notifies.clear()
            pause = POLL_SECONDS if dispatch_due() else BROKER_PAUSE_SECONDS
            run_due_jobs()
            if not (raw.notifies and pause == POLL_SECONDS):  # a NOTIFY that came with an answer no longer wakes select
                select.select([raw], [], [], pause)


def dispatch_due():
    """Send every due row to the broker. False when the broker failed: its rows stay due."""
    due = outbox.priorities_due()
    for model in due[outbox.Priority.AWAITED]:
        if not _send([(model, pk) for pk in outbox.lease(model)]):
            return False
    return _send(outbox.lease_background(due[outbox.Priority.BACKGROUND]))


def _send(rows):
    for sent, (model, pk) in enumerate(rows):
        try:
            do_due.apply_async((model._meta.label, pk), retry=False)
        except Exception as error:  # kombu raises a different class for each transport
            log.warning("broker away", extra={"error": str(error)})
            for left, left_pk in rows[sent:]:
                outbox.release(left, [left_pk])
            return False
    return True
