"""The only place where received money is allocated: to a fee, or to a refund. Late money is accepted too."""

import logging

from django.db import transaction

from accounts.models import User
from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.choices import Job
from dossiers.models import Dossier, FeeObligation
from dossiers.states import DossierState
from payments import complaints, messages
from payments.attempts.lifecycle import LockedRows, cancel_open, lock_for_payment
from payments.ledger import entries
from payments.models import GatewayEvent, PaymentAttempt, RefundReason
from payments.models.states import AttemptState
from payments.refunds import approval
from portal.common import clock

log = logging.getLogger(__name__)
PAYMENT_JOB = SystemActor(Job.PAYMENT)


@transaction.atomic
def settle(
    reference: str,
    proof: GatewayEvent | None = None,
    *,
    cause: str,
    actor: User | None = None,
    note: str = "",
    locked_rows: LockedRows | None = None,
    **facts: str,
) -> PaymentAttempt:
    """Record that the money was received, and allocate it. `proof`: the verified event. `facts`: transaction_no, bank_code, code.
    `locked_rows`: the result of `lock_for_payment`, if this transaction holds the locks already. Idempotent. Raises
    UnknownReference, IllegalMove."""
    dossier, obligation, attempt = locked_rows or lock_for_payment(reference)
    if attempt.state == AttemptState.PAID:
        return attempt
    came_late = attempt.ended_at is not None
    for name, value in facts.items():
        setattr(attempt, name, value)
    attempt.resolved_at = attempt.resolved_at or clock.now()
    attempt.move(AttemptState.PAID, cause=cause, event=proof, actor=actor, job="" if actor else PAYMENT_JOB.job, note=note)
    allocate(dossier, obligation, attempt, came_late=came_late)
    complaints.answer_by_the_gateway(attempt)
    return attempt


def allocate(
    dossier: Dossier,
    obligation: FeeObligation,
    attempt: PaymentAttempt,
    *,
    reason: str = "",
    asked_by: User | None = None,
    came_late: bool = False,
) -> PaymentAttempt:
    """Allocate the money of a paid attempt: it settles the fee if exactly this amount is due; otherwise it is owed back and a
    refund is proposed (with `reason` and `asked_by`, if a person decided). Call it once an attempt, with the rows locked."""
    if _is_needed(obligation, attempt):
        _settle_obligation(dossier, obligation, attempt)
    else:
        entries.received(attempt)
        refund = approval.propose(attempt, reason or _refund_reason(obligation, dossier), actor=asked_by)
        messages.money_not_needed(refund, came_late=came_late)
    return attempt


def _is_needed(obligation: FeeObligation, attempt: PaymentAttempt) -> bool:
    return obligation.is_due and obligation.total == attempt.amount


def _settle_obligation(dossier: Dossier, obligation: FeeObligation, attempt: PaymentAttempt) -> None:
    attempt.settles = True
    attempt.save(update_fields=["settles"])
    entries.received(attempt)
    cancel_open(obligation, cause="settled_otherwise", job=PAYMENT_JOB.job)
    step = "paid" if dossier.state == DossierState.PAYMENT_REQUIRED else "collect"
    workflow.advance(dossier, step, actor=PAYMENT_JOB, attempt=attempt)


def _refund_reason(obligation: FeeObligation, dossier: Dossier) -> RefundReason:
    """Why money cannot be kept: the fee is settled already, or nothing is due, or the dossier has ended."""
    if obligation.is_paid:
        return RefundReason.PAID_TWICE
    if obligation.is_settled or not DossierState(dossier.state).is_final:  # waived, or another amount is due now
        return RefundReason.OTHER
    return RefundReason.STOPPED if dossier.state == DossierState.STOPPED else RefundReason.REFUSED


@transaction.atomic
def record_outcome(
    reference: str,
    target: AttemptState,
    *,
    cause: str,
    proof: GatewayEvent | None = None,
    code: str = "",
    final: bool = True,
    actor: User | None = None,
    note: str = "",
    locked_rows: LockedRows | None = None,
) -> PaymentAttempt:
    """Record that the money of an attempt was not received, or that it is in doubt. Returns the attempt.

    A paid attempt stays paid. An attempt that ended keeps its state, unless `target` is REVIEW (doubt); code and `resolved_at`
    change. Doubt cancels the other open attempts of the fee, so that nobody pays while money may have been taken. `final`: the
    gateway need not be asked again. `locked_rows`: as for `settle`.
    """
    _dossier, obligation, attempt = locked_rows or lock_for_payment(reference)
    if attempt.state == AttemptState.PAID:
        return attempt
    was_known = attempt.resolved_at is not None
    attempt.code = code or attempt.code
    in_doubt = target == AttemptState.REVIEW
    if in_doubt:
        attempt.resolved_at = None
        cancel_open(obligation, cause="another_in_doubt", job=PAYMENT_JOB.job, except_for=attempt)
    elif final:
        attempt.resolved_at = attempt.resolved_at or clock.now()
    if (attempt.is_open or in_doubt) and attempt.state != target:
        attempt.move(target, cause=cause, event=proof, actor=actor, job="" if actor else PAYMENT_JOB.job, note=note)
        if in_doubt:
            messages.attempt_in_doubt(attempt)
    else:
        attempt.save(update_fields=["code", "resolved_at"])
    if attempt.resolved_at and not was_known:
        messages.attempt_failed(attempt)
        complaints.answer_by_the_gateway(attempt)
    return attempt
