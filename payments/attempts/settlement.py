"""The only place where money becomes paid. Heard of twice, it is counted once; heard of late, it is not lost."""

import logging

from django.db import transaction

from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.choices import Job
from dossiers.states import DossierState
from payments import complaints, messages
from payments.attempts.lifecycle import cancel_open, lock_for_payment
from payments.ledger import entries
from payments.models import RefundReason
from payments.models.states import AttemptState
from payments.refunds import approval
from portal.common import clock

log = logging.getLogger(__name__)
PAYMENT_JOB = SystemActor(Job.PAYMENT)


@transaction.atomic
def settle(reference, proof=None, *, cause, actor=None, note="", held=None, **facts):
    """Record that the money came. `proof` is the stored, verified event that says so; `facts`: transaction_no, bank_code,
    code. `held`: what `lock_for_payment` gave, when this transaction has the locks already. Idempotent. Raises
    UnknownReference, IllegalMove."""
    dossier, obligation, attempt = held or lock_for_payment(reference)
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


def allocate(dossier, obligation, attempt, *, reason="", asked_by=None, came_late=False):
    """Count the money of a paid attempt, once: it settles the fee where that waits for just this sum; else it is owed back, and
    a refund is proposed (`reason` and `asked_by` when a person knows them). The caller holds the locks."""
    if _wanted(obligation, attempt):
        _settle_obligation(dossier, obligation, attempt)
    else:
        entries.received(attempt)
        refund = approval.propose(attempt, reason or _why_not_wanted(obligation, dossier), actor=asked_by)
        messages.comes_back(refund, came_late=came_late)
    return attempt


def _wanted(obligation, attempt):
    return obligation.is_due and obligation.total == attempt.amount


def _settle_obligation(dossier, obligation, attempt):
    attempt.settles = True
    attempt.save(update_fields=["settles"])
    entries.received(attempt)
    cancel_open(obligation, cause="settled_otherwise", job=PAYMENT_JOB.job)
    step = "paid" if dossier.state == DossierState.PAYMENT_REQUIRED else "collect"
    workflow.advance(dossier, step, actor=PAYMENT_JOB, attempt=attempt)


def _why_not_wanted(obligation, dossier):
    """Why money that came cannot be kept: the fee is settled already, or nothing is asked for, or the dossier has ended."""
    if obligation.is_paid:
        return RefundReason.PAID_TWICE
    if obligation.is_settled or not DossierState(dossier.state).is_final:  # waived, or another sum is asked for by now
        return RefundReason.OTHER
    return RefundReason.STOPPED if dossier.state == DossierState.STOPPED else RefundReason.REFUSED


@transaction.atomic
def record_outcome(reference, target, *, cause, proof=None, code="", final=True, actor=None, words="", held=None):
    """Record what the gateway (or a person) says of money that did not come, or is doubtful. Returns the attempt.

    A paid attempt stays paid, and one that ended stays as it ended: then only the gateway's last word is kept. Money in
    doubt stops whatever else is being paid for the same fee: nobody is asked to pay while it may have been taken.
    `held`: as for `settle`.
    """
    _dossier, obligation, attempt = held or lock_for_payment(reference)
    if attempt.state == AttemptState.PAID:
        return attempt
    was_known = attempt.resolved_at is not None
    attempt.code = code or attempt.code
    in_doubt = target == AttemptState.REVIEW
    if in_doubt:
        attempt.resolved_at = None
        cancel_open(obligation, cause="another_in_doubt", job=PAYMENT_JOB.job, but=attempt)
    elif final:
        attempt.resolved_at = attempt.resolved_at or clock.now()
    if (attempt.is_open or in_doubt) and attempt.state != target:
        attempt.move(target, cause=cause, event=proof, actor=actor, job="" if actor else PAYMENT_JOB.job, note=words)
        if in_doubt:
            messages.in_doubt(attempt)
    else:
        attempt.save(update_fields=["code", "resolved_at"])
    if attempt.resolved_at and not was_known:
        messages.not_paid(attempt)
        complaints.answer_by_the_gateway(attempt)
    return attempt
