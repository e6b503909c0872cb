"""The one task of the portal: do a row that is owed. It takes ids, reads afresh and is safe to run twice."""

import contextlib

from celery import shared_task
from django.apps import apps

from portal.common import outbox


@shared_task(name="portal.do_due")
def do_due(label, pk):
    """Do the owed row `pk` of the model `label`. A failure is logged and written on the row, which says when to try again."""
    with contextlib.suppress(Exception):
        outbox.do(apps.get_model(label), pk)
