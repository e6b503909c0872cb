"""What waits for an accountant: counts, also when they are 0, and the same lists the pages show."""

from django.db.models import Q

from dossiers.models import Dossier
from dossiers.permissions import are_own_matters
from payments import differences
from payments.ledger import balance
from payments.models import BankCredit, Difference, PaymentAttempt, PaymentComplaint, Refund, RefundWay
from payments.models.states import AttemptState, RefundState
from payments.permissions import bodies_of
from payments.refunds import approval

WITH_THE_BANK = (RefundState.APPROVED, RefundState.SENT, RefundState.PROCESSING, RefundState.UNKNOWN)


def attempts_of(user):
    """The attempts whose money this person looks after."""
    return PaymentAttempt.objects.filter(collector__in=bodies_of(user).values("pk"))


def refunds_of(user):
    return Refund.objects.filter(attempt__collector__in=bodies_of(user).values("pk"))


def complaints_of(user):
    """Those of the bodies whose books this person keeps, and whatever was put on their own table."""
    return PaymentComplaint.objects.filter(Q(attempt__collector__in=bodies_of(user).values("pk")) | Q(owner=user))


def credits_of(user):
    """Money seen on the accounts of the points at which the bodies of this person collect."""
    return BankCredit.objects.filter(point__in=differences.points_of(user).values("pk"))


CREDITS_WAITING = (*BankCredit.WAITING, BankCredit.State.RETURNING)


def to_approve(user):
    """Refunds that wait for a second person, and this person may be it."""
    asked = _not_own(refunds_of(user).filter(state=RefundState.REQUESTED), user).exclude(requested_by=user)
    return asked.exclude(attempt__in=approval.vouched_for_by(user).values("pk"))


def to_pay_out(user):
    """Approved refunds that somebody has to pay out by hand."""
    return _not_own(refunds_of(user).filter(state=RefundState.APPROVED, way=RefundWay.BY_HAND), user)


def to_review(user):
    return attempts_of(user).filter(state=AttemptState.REVIEW)


def owed_without_refund(user):
    """[(attempt, đồng)]: money that must go back, and no refund is under way: declined, or refused by the bank."""
    found = balance.owed_back(attempts_of(user).filter(state=AttemptState.PAID))
    return [(attempt, owed) for attempt, owed in found if not any(refund.is_open for refund in attempt.refunds.all())]


def counts(user):
    """{name of the list: how many wait}. A fixed number of questions."""
    found = Difference.objects.filter(pk__in=differences.visible_to(user).values("pk"), closed_at=None)
    return {
        "to_approve": to_approve(user).count(),
        "to_pay_out": to_pay_out(user).count(),
        "with_the_bank": refunds_of(user).filter(state__in=WITH_THE_BANK).exclude(
            state=RefundState.APPROVED, way=RefundWay.BY_HAND
        ).count(),
        "owed": len(owed_without_refund(user)),
        "review": to_review(user).count(),
        "differences": found.count(),
        "my_differences": found.filter(owner=user).count(),
        "credits": credits_of(user).filter(state__in=CREDITS_WAITING).count(),
        "complaints": complaints_of(user).filter(closed_at=None).count(),
        "my_complaints": complaints_of(user).filter(closed_at=None, owner=user).count(),
    }  # fmt: skip


def _not_own(rows, user):
    """Without the matters of this person."""
    return rows.exclude(attempt__obligation__dossier__in=Dossier.objects.filter(are_own_matters(user)))
