"""Refunds: proposed by an accountant or by the portal, approved by another accountant, then sent or paid out by hand.

The two-person rule is here, as a predicate (`may_decide`) and as a query (`decidable_by`, `to_approve`).
"""

import secrets

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from dossiers.models import FeeObligation
from dossiers.permissions import actors_for_a_visitor, entered_dossiers, entered_for, is_own_dossier
from payments import messages
from payments.attempts.lifecycle import lock_for_payment
from payments.ledger import entries
from payments.models import (
    AttemptMove,
    BankCredit,
    GatewayEvent,
    PaymentAttempt,
    Refund,
    RefundCall,
    RefundReason,
    RefundWay,
    SettlementProof,
)
from payments.models.states import DEAD_REFUND, AttemptState, RefundState
from payments.permissions import accountants_of, is_accountant_of, not_own, visible_refunds
from payments.receipts import numbering
from portal.common import clock, outbox


class NotRefundable(Exception):
    """This amount cannot be refunded; `str()` is the reason in Vietnamese."""


@transaction.atomic
def propose(
    attempt: PaymentAttempt,
    reason: RefundReason,
    *,
    amount: int | None = None,
    actor: User | None = None,
    note: str = "",
    way: RefundWay | None = None,
) -> Refund:
    """Propose a refund of `amount` đồng (default: all that is refundable). If one is open for the attempt, it is returned. `way`:
    only for online attempts, default GATEWAY. Raises PermissionDenied, NotRefundable."""
    dossier, _obligation, attempt = lock_for_payment(attempt.reference)
    if actor and not is_accountant_of(attempt, actor):
        raise PermissionDenied("only an accountant of the collecting body proposes a refund")
    there = attempt.refunds.exclude(state__in=[*DEAD_REFUND, RefundState.DONE]).first()
    if there:
        return there
    amount = refundable(attempt) if amount is None else amount
    if attempt.state != AttemptState.PAID or not 0 < amount <= refundable(attempt):
        raise NotRefundable(_("Không còn khoản nào như vậy để hoàn."))
    way = (way or RefundWay.GATEWAY) if attempt.is_online else RefundWay.BY_HAND
    refund = Refund.objects.create(
        attempt=attempt, amount=amount, reason=reason, note=note, way=way, requested_by=actor,
        request_id=f"F{clock.local(clock.now()):%y%m%d%H%M%S}{secrets.token_hex(4).upper()}", requested_at=clock.now(),
    )  # fmt: skip
    messages.refund_proposed(refund, deciders(refund))
    return refund


def refundable(attempt: PaymentAttempt) -> int:
    """The amount of this attempt that can still be refunded, in đồng."""
    gone = attempt.refunds.exclude(state__in=DEAD_REFUND).aggregate(total=Sum("amount"))["total"] or 0
    return attempt.amount - gone if attempt.state == AttemptState.PAID else 0


@transaction.atomic
def approve(refund: Refund, actor: User, *, note: str = "") -> Refund:
    """The second person approves: the money is owed back from now on, and the call to the gateway is written as an outbox row."""
    refund, obligation = _locked(refund)
    _second_person(refund, actor)
    refund.approved_by = actor
    refund.move(RefundState.APPROVED, cause="person", actor=actor, note=note)
    _reduce_settled_amount(refund, obligation)
    if refund.way == RefundWay.GATEWAY:
        RefundCall.objects.create(refund=refund, kind=RefundCall.Kind.SEND)
        outbox.wake_relay()
    messages.refund_approved(refund)
    return refund


def _reduce_settled_amount(refund: Refund, obligation: FeeObligation) -> None:
    part = entries.refund_approved(refund)
    if not part:
        return
    status = FeeObligation.Status
    obligation.settled_amount -= part
    obligation.status = status.PART_REFUNDED if obligation.settled_amount else status.REFUNDED
    obligation.save(update_fields=["settled_amount", "status"])
    numbering.after_refund(refund.attempt, obligation.settled_amount, refund)


def _restore_settled_amount(refund: Refund, obligation: FeeObligation) -> None:
    """The bank refused the refund: what its approval took belongs to the fee again, until another way is approved."""
    part = entries.refund_refused(refund)
    if not part:
        return
    status = FeeObligation.Status
    obligation.settled_amount += part
    obligation.status = status.PAID if obligation.settled_amount == obligation.total else status.PART_REFUNDED
    obligation.save(update_fields=["settled_amount", "status"])
    numbering.after_refusal(refund.attempt, obligation.settled_amount, refund)


@transaction.atomic
def decline(refund: Refund, actor: User, *, note: str) -> Refund:
    """The second person declines; `note` says why. Money that was paid twice stays owed back and must be proposed again."""
    refund, _obligation = _locked(refund)
    _second_person(refund, actor)
    refund.move(RefundState.DECLINED, cause="person", actor=actor, note=note)
    messages.refund_declined(refund)
    return refund


def _second_person(refund: Refund, actor: User) -> None:
    if not may_decide(refund, actor):
        raise PermissionDenied("a refund is decided by an accountant of the collecting body who neither proposed it nor vouched")


# ---------------------------------------------------------------- a refund takes two people
def may_decide(refund: Refund, user: User) -> bool:
    """May this person approve or decline? An accountant of the collecting body, not in an own matter, who neither proposed the
    refund, nor vouched for its money (`vouched_for_by`), nor entered the dossier for a visitor."""
    if not is_accountant_of(refund.attempt, user) or refund.requested_by_id == user.pk:
        return False
    if entered_for(refund.attempt.obligation.dossier, user):
        return False
    return not vouched_for_by(user).filter(pk=refund.attempt_id).exists()


def decidable_by(user: User) -> QuerySet[Refund]:
    """The query of `may_decide`: all refunds, in any state, for which it holds."""
    others = not_own(visible_refunds(user), user).exclude(requested_by=user.pk)
    entered = FeeObligation.objects.filter(entered_dossiers(user, "dossier__")).values("pk")
    return others.exclude(attempt__in=vouched_for_by(user).values("pk")).exclude(attempt__obligation__in=entered)


def to_approve(user: User) -> QuerySet[Refund]:
    """Refunds waiting for approval that this person may approve."""
    return decidable_by(user).filter(state=RefundState.REQUESTED)


def deciders(refund: Refund) -> list[User]:
    """The accountants for whom `may_decide` holds, by name."""
    attempt = refund.attempt
    others = accountants_of([attempt.collector_id]).exclude(pk__in=_vouchers_of(attempt)).exclude(pk=refund.requested_by_id)
    dossier = attempt.obligation.dossier
    others = others.exclude(pk=dossier.entered_by_id).exclude(pk__in=actors_for_a_visitor(dossier))
    return [person for person in others.order_by("full_name", "pk") if not is_own_dossier(dossier, person)]


def vouched_for_by(user: User) -> QuerySet[PaymentAttempt]:
    """Attempts that count as paid because of this person: who took the cash, confirmed a payment in doubt, uploaded the
    statement or settlement file with it, or decided that a possible double is money of its own."""
    proofs = SettlementProof.objects.filter(run__read_by=user).values("event__attempt")
    said = Q(pk__in=AttemptMove.objects.filter(target=AttemptState.PAID, actor=user).values("attempt"))
    credits = BankCredit.objects.filter(Q(read_by=user) | Q(double_decided_by=user), attempt__isnull=False)
    read = Q(pk__in=credits.values("attempt"))
    return PaymentAttempt.objects.filter(said | read | Q(pk__in=proofs))


def _vouchers_of(attempt: PaymentAttempt) -> QuerySet[User]:
    """The same the other way round: the people by whose word this money is known."""
    said = AttemptMove.objects.filter(attempt=attempt, target=AttemptState.PAID, actor__isnull=False).values("actor")
    read = BankCredit.objects.filter(attempt=attempt, read_by__isnull=False).values("read_by")
    decided = BankCredit.objects.filter(attempt=attempt, double_decided_by__isnull=False).values("double_decided_by")
    proofs = SettlementProof.objects.filter(event__attempt=attempt, run__read_by__isnull=False).values("run__read_by")
    return User.objects.filter(Q(pk__in=said) | Q(pk__in=read) | Q(pk__in=decided) | Q(pk__in=proofs)).values("pk")


# ---------------------------------------------------------------- paid out, or sent by the gateway
def may_pay_out(refund: Refund, user: User) -> bool:
    """May this person pay it out by hand? Any accountant of the body, but not in an own matter."""
    return is_accountant_of(refund.attempt, user)


def to_pay_out(user: User) -> QuerySet[Refund]:
    """Approved refunds to pay out by hand that this person may pay out."""
    return not_own(visible_refunds(user), user).filter(state=RefundState.APPROVED, way=RefundWay.BY_HAND)


@transaction.atomic
def paid_out(refund: Refund, actor: User, *, document: str) -> Refund:
    """Record that the accountant paid the money out; `document` is the number of the slip. Raises PermissionDenied."""
    refund, _obligation = _locked(refund)
    if not may_pay_out(refund, actor):
        raise PermissionDenied("only an accountant of the collecting body pays out a refund")
    refund.transaction_no = document[:40]
    _done(refund, cause="by_hand", actor=actor)
    return refund


@transaction.atomic
def record(
    refund: Refund,
    target: RefundState | None,
    *,
    cause: str,
    proof: GatewayEvent | None = None,
    code: str = "",
    transaction_no: str = "",
) -> Refund:
    """Record the answer of the gateway to a refund that was sent. Idempotent; UNKNOWN does not undo PROCESSING. `target` None:
    only the code is new. After a refusal the fee is as before the approval, and the portal proposes to pay out by hand. Returns
    the refund."""
    refund, obligation = _locked(refund)
    if refund.state in (RefundState.DONE, RefundState.REFUSED):
        return refund
    refund.code, refund.transaction_no = code or refund.code, transaction_no or refund.transaction_no
    is_doubt = target == RefundState.UNKNOWN and refund.state == RefundState.PROCESSING
    if target is None or refund.state == target or is_doubt:
        refund.save(update_fields=["code", "transaction_no"])
    elif target == RefundState.DONE:
        _done(refund, cause=cause, event=proof)
    else:
        refund.move(target, cause=cause, event=proof, job="payment")
        if target == RefundState.REFUSED:
            _restore_settled_amount(refund, obligation)
            messages.refund_refused(refund)
            note = _("Ngân hàng từ chối yêu cầu %(number)s.") % {"number": refund.request_id}
            propose(refund.attempt, refund.reason, amount=refund.amount, note=note, way=RefundWay.BY_HAND)
    return refund


def _done(refund: Refund, *, cause: str, event: GatewayEvent | None = None, actor: User | None = None) -> None:
    refund.move(RefundState.DONE, cause=cause, event=event, actor=actor, job="" if actor else "payment")
    entries.refund_paid(refund)
    messages.refund_done(refund)


def lock(refund: Refund) -> Refund:
    """The refund, locked in the usual order (dossier, obligation, attempt, refund). The caller moves it."""
    return _locked(refund)[0]


def _locked(refund: Refund) -> tuple[Refund, FeeObligation]:
    """(refund, obligation), locked in the usual order."""
    _dossier, obligation, attempt = lock_for_payment(refund.attempt.reference)
    locked = Refund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
    locked.attempt = attempt
    return locked, obligation
