"""Facts that all pages of paying share."""

import hashlib
from typing import Any

from dossiers.models import Dossier, FeeObligation
from payments.models import AttemptState, PaymentAttempt, Way
from procedures.places import desk_hours


def counter(dossier: Dossier) -> dict[str, Any]:
    """The counter that takes cash: {name, address, phone, hours}."""
    desk = dossier.receiving_agency
    return {
        "name": desk.desk_name or desk.name, "address": desk.desk_address, "phone": desk.desk_phone,
        "hours": desk_hours(desk.hours),
    }  # fmt: skip


def fingerprint(obligation: FeeObligation, attempts: list[PaymentAttempt]) -> str:
    """A hash of the state of the payment. Waiting pages poll it and reload when it changes."""
    facts = [obligation.status, obligation.settled_amount]
    for attempt in attempts:
        facts += [attempt.pk, attempt.state, attempt.code, attempt.resolved_at is None]
        facts += [refund.state for refund in attempt.refunds.all()] + [credit.state for credit in attempt.credits.all()]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def attempts_of(obligation: FeeObligation) -> list[PaymentAttempt]:
    """The attempts, oldest first, with the related rows that pages need, in a fixed number of queries."""
    rows = obligation.attempts.select_related("collector", "point", "link")
    return list(rows.prefetch_related("refunds", "credits", "moves").order_by("created_at", "pk"))


def is_settled(obligation: FeeObligation) -> bool:
    """Was it settled by money, also if that was refunded since?"""
    return obligation.is_settled and obligation.status != FeeObligation.Status.WAIVED


def came_late(attempt: PaymentAttempt) -> bool:
    """Had it ended before its money was received?"""
    given_up = (AttemptState.FAILED, AttemptState.CANCELLED, AttemptState.EXPIRED)
    return any(move.target == AttemptState.PAID and move.source in given_up for move in attempt.moves.all())


def is_online(attempt: PaymentAttempt) -> bool:
    return attempt.way != Way.COUNTER
