"""Asking the gateway what became of an attempt: one question waits an attempt, and it is never too early nor too late."""

import datetime as dt

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Least

from payments.models import GatewayQuestion
from portal.common import clock, due


def ask_soon(attempt, cause):
    """Have the gateway asked in a few seconds, or sooner when a question is due sooner. Never two questions at once."""
    at = clock.now() + dt.timedelta(seconds=settings.PAYMENT_TIMES["ask_after_return"])
    waiting = GatewayQuestion.objects.filter(attempt=attempt, due_state="waiting")
    if not waiting.update(next_at=Least(F("next_at"), at)):
        GatewayQuestion.objects.bulk_create([GatewayQuestion(attempt=attempt, cause=cause, next_at=at)], ignore_conflicts=True)
    due.poke()
