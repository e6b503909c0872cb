"""The worklists of an accountant, each as a query used by both the counts and the pages."""

from django.db.models import QuerySet

from accounts.models import User
from payments import permissions
from payments.ledger import balance
from payments.models import BankCredit, Difference, PaymentAttempt, PaymentComplaint, Refund, RefundWay
from payments.models.states import AttemptState, RefundState
from payments.refunds.approval import to_approve, to_pay_out

WITH_THE_BANK = (RefundState.APPROVED, RefundState.SENT, RefundState.PROCESSING, RefundState.UNKNOWN)
CREDITS_WAITING = (*BankCredit.WAITING, BankCredit.State.RETURNING)


def to_review(user: User) -> QuerySet[PaymentAttempt]:
    """Attempts under review."""
    return permissions.visible_attempts(user).filter(state=AttemptState.REVIEW)


def with_the_bank(user: User) -> QuerySet[Refund]:
    """Approved refunds that go back through the gateway and have not ended."""
    by_hand = {"state": RefundState.APPROVED, "way": RefundWay.BY_HAND}
    return permissions.visible_refunds(user).filter(state__in=WITH_THE_BANK).exclude(**by_hand)


def owed_without_refund(user: User) -> list[tuple[PaymentAttempt, int]]:
    """(attempt, đồng): money owed back without an open refund (it was declined, or refused by the bank)."""
    found = balance.owed_back(permissions.visible_attempts(user).filter(state=AttemptState.PAID))
    return [(attempt, owed) for attempt, owed in found if not any(refund.is_open for refund in attempt.refunds.all())]


def open_differences(user: User, *, mine: bool = False) -> QuerySet[Difference]:
    """Open differences; `mine`: only those this person owns."""
    return _open(permissions.visible_differences(user), user, mine)


def waiting_credits(user: User) -> QuerySet[BankCredit]:
    """Bank credits that an accountant must decide on."""
    return permissions.visible_credits(user).filter(state__in=CREDITS_WAITING)


def open_complaints(user: User, *, mine: bool = False) -> QuerySet[PaymentComplaint]:
    """Open complaints; `mine`: only those this person owns."""
    return _open(permissions.visible_complaints(user), user, mine)


def _open(rows: QuerySet, user: User, mine: bool) -> QuerySet:
    rows = rows.filter(closed_at=None)
    return rows.filter(owner=user) if mine else rows


def counts(user: User) -> dict[str, int]:
    """{name of the worklist: number of rows}, also for 0. A fixed number of queries."""
    return {
        "to_approve": to_approve(user).count(),
        "to_pay_out": to_pay_out(user).count(),
        "with_the_bank": with_the_bank(user).count(),
        "owed": len(owed_without_refund(user)),
        "review": to_review(user).count(),
        "differences": open_differences(user).count(),
        "my_differences": open_differences(user, mine=True).count(),
        "credits": waiting_credits(user).count(),
        "complaints": open_complaints(user).count(),
        "my_complaints": open_complaints(user, mine=True).count(),
    }
