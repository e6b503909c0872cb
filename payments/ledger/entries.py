"""Writes the ledger: two entries a movement that add up to 0, in whole đồng. The caller holds the locks."""

from django.db.models import Sum

from payments.models import Account, LedgerEntry, PaymentAttempt, Refund
from portal.common import clock


def received(attempt: PaymentAttempt) -> None:
    """Money was received: it settles the fee if the attempt does, else it is owed back."""
    _post(attempt, Account.RECEIVED, Account.SETTLED if attempt.settles else Account.OWED_BACK, attempt.amount)


def refund_approved(refund: Refund) -> int:
    """A refund was approved: the part that is not owed back yet is taken from the settled fee. Returns that part, in đồng."""
    part = max(0, refund.amount - owed_back(refund.attempt))
    if part:
        _post(refund.attempt, Account.SETTLED, Account.OWED_BACK, part, refund)
    return part


def refund_refused(refund: Refund) -> int:
    """The bank refused a refund: what its approval took from the settled fee goes back there. Returns that part, in đồng."""
    part = refund.entries.filter(account=Account.SETTLED).aggregate(total=Sum("amount"))["total"] or 0
    if part:
        _post(refund.attempt, Account.OWED_BACK, Account.SETTLED, part, refund)
    return part


def refund_paid(refund: Refund) -> None:
    """The money of a refund has been paid."""
    _post(refund.attempt, Account.OWED_BACK, Account.RECEIVED, refund.amount, refund)


def owed_back(attempt: PaymentAttempt) -> int:
    """The money of this attempt that is owed back, in đồng."""
    total = attempt.entries.filter(account=Account.OWED_BACK).aggregate(total=Sum("amount"))["total"]
    return -(total or 0)


def _post(attempt: PaymentAttempt, debit: Account, credit: Account, amount: int, refund: Refund | None = None) -> None:
    """Add `amount` to the account `debit` and take it from `credit`. Settled and owed back are negative, like liabilities."""
    common = {
        "at": clock.now(), "day": clock.today(), "collector": attempt.collector, "obligation": attempt.obligation,
        "attempt": attempt, "refund": refund,
    }  # fmt: skip
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(account=debit, amount=amount, **common),
            LedgerEntry(account=credit, amount=-amount, **common),
        ]
    )
