"""Hand every row that is owed to the workers: woken by the database at commit, and every second anyway."""

import logging
import select
import signal
import time

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from portal.common import outbox
from portal.schedule import run_due_jobs
from portal.tasks import do_due

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds between two looks when nothing wakes us
BROKER_PAUSE = 5.0  # seconds to leave a broker alone that did not answer


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
                time.sleep(PAUSE)

    def stop(self, *args):
        self.stopping = True

    def watch(self):
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {outbox.CHANNEL}")
        while not self.stopping:
            pause = BROKER_PAUSE if not hand_out() else PAUSE
            run_due_jobs()
            if select.select([connection.connection], [], [], pause)[0]:
                connection.connection.poll()
                connection.connection.notifies.clear()


def hand_out():
    """Give every due row to the broker. False when the broker did not take it: the rows stay due."""
    for model in outbox.kinds():
        ids = outbox.lease(model)
        for sent, pk in enumerate(ids):
            try:
                do_due.apply_async((model._meta.label, pk), retry=False)
            except Exception as error:  # kombu raises a different class for each transport
                log.warning("broker away", extra={"error": str(error)})
                outbox.release(model, ids[sent:])
                return False
    return True
