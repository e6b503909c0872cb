"""The sums of the ledger, and the same sums computed from attempts and refunds. Whole đồng."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum

from payments.models import Account, LedgerEntry, PaymentAttempt, Refund
from payments.models.states import AttemptState, RefundState
from portal.common import clock

BATCH = 2_000
Cells = dict[tuple[int, dt.date, Any], int]  # (body, local day, account) → đồng


@dataclass(frozen=True)
class Sums:
    """Sums in whole đồng. Invariant: paid − refunded = settled + owed_back."""

    paid: int
    refunded: int
    settled: int
    owed_back: int

    @property
    def balanced(self) -> bool:
        return self.paid - self.refunded == self.settled + self.owed_back


def sums(entries: QuerySet[LedgerEntry]) -> Sums:
    """The four sums of ledger entries. Settled and owed back are negative in the ledger, as liabilities are."""
    found = entries.aggregate(
        paid=Sum("amount", filter=Q(account=Account.RECEIVED, amount__gt=0)),
        back=Sum("amount", filter=Q(account=Account.RECEIVED, amount__lt=0)),
        settled=Sum("amount", filter=Q(account=Account.SETTLED)),
        owed=Sum("amount", filter=Q(account=Account.OWED_BACK)),
    )
    paid, back, settled, owed = (found[name] or 0 for name in ("paid", "back", "settled", "owed"))
    return Sums(paid, -back, -settled, -owed)


def owed_back(attempts: QuerySet[PaymentAttempt] | None = None) -> Iterator[tuple[PaymentAttempt, int]]:
    """(attempt, đồng) for each of these attempts with money owed back."""
    entries = LedgerEntry.objects.filter(account=Account.OWED_BACK)
    entries = entries if attempts is None else entries.filter(attempt__in=attempts.values("pk"))
    owed = {row["attempt"]: -row["sum"] for row in entries.order_by().values("attempt").annotate(sum=Sum("amount")) if row["sum"]}
    for attempt in PaymentAttempt.objects.filter(pk__in=owed).prefetch_related("refunds"):
        yield attempt, owed[attempt.pk]


def expected_and_written() -> Iterator[tuple[int, Cells, Cells]]:
    """Yield (obligation, cells by attempts and refunds, cells by the ledger), cells {(body, day, account): đồng}."""
    last = 0
    while True:
        paid = PaymentAttempt.objects.filter(state=AttemptState.PAID, obligation__gt=last).order_by("obligation")
        posted = LedgerEntry.objects.filter(obligation__gt=last).order_by("obligation")
        ids = sorted({*_ids(paid), *_ids(posted)})[:BATCH]
        if not ids:
            return
        expected, written = _from_attempts(paid.filter(obligation__in=ids)), _from_ledger(posted.filter(obligation__in=ids))
        for pk in ids:
            yield pk, expected[pk], written[pk]
        last = ids[-1]


def _ids(rows: QuerySet) -> QuerySet:
    return rows.values_list("obligation", flat=True).distinct()[:BATCH]


def _from_ledger(entries: QuerySet[LedgerEntry]) -> dict[int, Cells]:
    found: dict[int, Cells] = defaultdict(dict)
    rows = entries.order_by().values_list("obligation", "collector", "day", "account").annotate(sum=Sum("amount"))
    for obligation, collector, day, account, total in rows:
        found[obligation][collector, day, account] = total
    return found


def _from_attempts(attempts: QuerySet[PaymentAttempt]) -> dict[int, Cells]:
    found: dict[int, Cells] = defaultdict(lambda: defaultdict(int))
    for attempt in attempts.prefetch_related("refunds"):
        for day, account, amount in movements(attempt, attempt.refunds.all()):
            found[attempt.obligation_id][attempt.collector_id, day, account] += amount
    return found


def movements(attempt: PaymentAttempt, refunds: Iterable[Refund]) -> Iterator[tuple[dt.date, Any, int]]:
    """(local day, account, đồng) of each movement of the money of one paid attempt, from its rows.

    An approved refund takes from the fee the part that is not owed back already. After a refusal by the bank that part belongs to
    the fee again (before version 0.3, without `refused_at`, it stayed owed).
    """
    yield _day(attempt.paid_at), Account.RECEIVED, attempt.amount
    yield _day(attempt.paid_at), Account.SETTLED if attempt.settles else Account.OWED_BACK, -attempt.amount
    owed = 0 if attempt.settles else attempt.amount
    steps = [(refund.approved_at, 0, refund) for refund in refunds if refund.approved_at]
    steps += [(refund.done_at, 1, refund) for refund in refunds if refund.state == RefundState.DONE]
    steps += [(refund.refused_at, 2, refund) for refund in refunds if refund.refused_at]
    parts: dict[int, int] = {}
    for at, step, refund in sorted(steps, key=lambda step: (step[0], step[2].pk, step[1])):
        if step == 2:
            if part := parts.get(refund.pk, 0):
                owed -= part
                yield _day(at), Account.OWED_BACK, part
                yield _day(at), Account.SETTLED, -part
        elif step == 1:
            owed -= refund.amount
            yield _day(at), Account.OWED_BACK, refund.amount
            yield _day(at), Account.RECEIVED, -refund.amount
        elif part := max(0, refund.amount - owed):
            parts[refund.pk] = part
            owed += part
            yield _day(at), Account.SETTLED, part
            yield _day(at), Account.OWED_BACK, -part


def _day(moment: dt.datetime) -> dt.date:
    return clock.local(moment).date()
