"""The only Celery task of the portal: does one outbox row. Takes ids, reads the row again, and is safe to run twice."""

import contextlib

from celery import shared_task
from django.apps import apps

from portal.common import outbox


@shared_task(name="portal.do_due")
def do_due(label, pk):
    """Do the outbox row `pk` of the model `label`. An error is logged and stored on the row with the time of the retry."""
    with contextlib.suppress(Exception):
        outbox.do(apps.get_model(label), pk)
