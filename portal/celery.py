"""The Celery application. Its workers do the outbox rows, so that the web processes need not."""

import os
import threading

from celery import Celery
from celery.signals import heartbeat_sent, worker_process_init

from portal.common import alive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["portal", "accounts", "accounts.messages", "procedures", "dossiers", "payments"])


@heartbeat_sent.connect
def beat(**_):
    """Every two seconds while the worker is connected with the broker."""
    alive.beat()


@worker_process_init.connect
def make_ready(**_):
    """Load what the first paper needs, in a thread: the pool gives up a process that is not up within four seconds."""
    threading.Thread(target=_load, daemon=True).start()


def _load():
    from django.urls import reverse

    from portal.common import pdf

    reverse("home")
    pdf.keep_ready()
