"""What must hold at any time, also after a crash: Σ paid − Σ refunded = Σ settled + Σ owed back, and the rows that belong to it.

The sums are computed twice, from attempts and refunds and from the ledger, and compared.
Read by `manage.py check_invariants`, by the accountant's front page and by the fault tests.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Sum

from dossiers.models import FeeObligation
from dossiers.states import DossierState
from payments.gateways import register
from payments.ledger import balance
from payments.models import (
    AttemptMove,
    CollectionPoint,
    EReceipt,
    LedgerEntry,
    PaymentAttempt,
    ReceiptCounter,
    Refund,
    RefundMove,
    Way,
)
from payments.models.states import ATTEMPT_EDGES, BEING_PAID, OPEN_ATTEMPT, REFUND_EDGES, AttemptState, RefundState
from payments.receipts import numbering
from payments.transfers import matching
from procedures.models import Terminal

Status = FeeObligation.Status


def violations() -> Iterator[str]:
    """Yield one sentence for each violated invariant. Waiting outbox rows are not violations."""
    for check in CHECKS:
        yield from check()


def summary() -> str:
    """The total sums in one line; whole đồng."""
    sums = balance.sums(LedgerEntry.objects.all())
    return (
        f"{PaymentAttempt.objects.filter(state=AttemptState.PAID).count()} payments: paid {sums.paid:,} − refunded "
        f"{sums.refunded:,} = settled {sums.settled:,} + owed back {sums.owed_back:,} đồng"
    )


# ------------------------------------------------------------ ledger
def ledger_balances() -> Iterator[str]:
    """The entries of an obligation, body and day add up to 0: each movement has two."""
    rows = LedgerEntry.objects.values("obligation", "collector", "day").annotate(sum=Sum("amount")).exclude(sum=0).order_by()
    for row in rows:
        yield f"obligation {row['obligation']}: the ledger of {row['day']} is off by {row['sum']} đồng"


def ledger_tells_what_attempts_and_refunds_tell() -> Iterator[str]:
    """Paid, refunded, settled and owed back, per obligation, body and day, are the same in both."""
    for obligation, expected, written in balance.expected_and_written():
        for key in sorted(expected.keys() | written.keys()):
            if expected.get(key, 0) != written.get(key, 0):
                collector, day, account = key
                yield (
                    f"obligation {obligation}: body {collector}, {day}: «{account}» is {written.get(key, 0)} đồng in the ledger, "
                    f"attempts and refunds say {expected.get(key, 0)}"
                )


def kept_money_is_what_the_ledger_says() -> Iterator[str]:
    """`settled_amount` is what the ledger keeps for the fee, and the status fits it."""
    kept = dict(LedgerEntry.objects.filter(account="settled").order_by().values_list("obligation").annotate(sum=-Sum("amount")))
    for pk, settled, total, status in FeeObligation.objects.values_list("pk", "settled_amount", "total", "status"):
        if settled != kept.get(pk, 0):
            yield f"obligation {pk}: keeps {settled} đồng, the ledger says {kept.get(pk, 0)}"
        if not _fits(status, settled, total):
            yield f"obligation {pk}: is {status} and keeps {settled} of {total} đồng"


def _fits(status: str, settled: int, total: int | None) -> bool:
    if status in (Status.PAID, Status.PAID_AT_COUNTER):
        return settled == total and bool(total)
    if status == Status.PART_REFUNDED:
        return total is not None and 0 < settled < total
    return settled == 0


# ------------------------------------------------------------ attempts
def open_attempts_are_known_to_the_dossier() -> Iterator[str]:
    """`attempt_open` is true exactly if an attempt is open, and at most one is being paid."""
    is_open = PaymentAttempt.objects.filter(obligation=OuterRef("pk"), state__in=OPEN_ATTEMPT)
    for obligation in FeeObligation.objects.alias(real=Exists(is_open)).exclude(attempt_open=F("real")):
        yield f"obligation {obligation.pk}: says attempt_open={obligation.attempt_open}, and that is not so"
    many = PaymentAttempt.objects.filter(state__in=BEING_PAID).order_by().values("obligation").annotate(n=Count("pk"))
    for row in many.filter(n__gt=1):
        yield f"obligation {row['obligation']}: has {row['n']} open attempts"


def one_attempt_settles() -> Iterator[str]:
    """At most one paid attempt settles a fee, with its total; a settled fee has one."""
    settling = PaymentAttempt.objects.filter(settles=True)
    for row in settling.order_by().values("obligation").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"obligation {row['obligation']}: is settled by {row['n']} attempts"
    for attempt in settling.filter(~Q(state=AttemptState.PAID) | ~Q(amount=F("obligation__total"))):
        yield f"{attempt}: settles, and is {attempt.state} over {attempt.amount} đồng"
    with_money = [Status.PAID, Status.PAID_AT_COUNTER, Status.PART_REFUNDED, Status.REFUNDED]
    there = PaymentAttempt.objects.filter(obligation=OuterRef("pk"), settles=True)
    for obligation in FeeObligation.objects.filter(status__in=with_money).exclude(Exists(there)):
        yield f"obligation {obligation.pk}: is {obligation.status}, and no attempt brought the money"
    for attempt in settling.exclude(obligation__status__in=with_money):
        yield f"{attempt}: brought the money, and its obligation is {attempt.obligation.status}"


def paid_dossiers_do_not_wait() -> Iterator[str]:
    """No dossier is in PAYMENT_REQUIRED with a settled fee."""
    settled = FeeObligation.objects.exclude(status__in=[Status.PROVISIONAL, Status.DUE])
    for obligation in settled.filter(dossier__state=DossierState.PAYMENT_REQUIRED).select_related("dossier"):
        yield f"{obligation.dossier.code}: waits for a fee that is {obligation.status}"


def moves_are_paths() -> Iterator[str]:
    """The moves of each attempt and refund follow the graph from its first state to the present state."""
    yield from _paths(PaymentAttempt, AttemptMove, "attempt", AttemptState.CREATED, ATTEMPT_EDGES)
    yield from _paths(Refund, RefundMove, "refund", RefundState.REQUESTED, REFUND_EDGES)


def _paths(
    model: type[PaymentAttempt] | type[Refund],
    moves: type[AttemptMove] | type[RefundMove],
    field: str,
    beginning: str,
    edges: Mapping[Any, Mapping[str, Any]],
) -> Iterator[str]:
    stands: dict[int, str] = {}
    for pk, source, target, cause in moves.objects.order_by("pk").values_list(field, "source", "target", "cause").iterator():
        if source != stands.get(pk, beginning):
            yield f"{field} {pk}: moved from {source} while it was {stands.get(pk, beginning)}"
        if cause not in edges.get((source, target), {}):
            yield f"{field} {pk}: moved from {source} to {target} because of «{cause}», which is no edge"
        stands[pk] = target
    for pk, state in model.objects.values_list("pk", "state").iterator():
        if state != stands.get(pk, beginning):
            yield f"{field} {pk}: is {state}, its moves end in {stands.get(pk, beginning)}"


# ------------------------------------------------------------ refunds and receipts
def money_owed_back_has_a_refund() -> Iterator[str]:
    """All money owed back has a refund, in whatever state, and no more is refunded than was paid."""
    for attempt, owed in balance.owed_back():
        if not attempt.refunds.exists():
            yield f"{attempt}: {owed} đồng are owed back, and nobody proposed to give them back"
    dead = [RefundState.DECLINED, RefundState.REFUSED]
    back = Sum("refunds__amount", filter=~Q(refunds__state__in=dead))
    for attempt in PaymentAttempt.objects.annotate(back=back).filter(back__gt=0):
        if attempt.state != AttemptState.PAID or attempt.back > attempt.amount:
            yield f"{attempt}: {attempt.back} đồng go back of {attempt.amount}, {attempt.state}"


def settling_money_has_its_receipt() -> Iterator[str]:
    """Each settling attempt has a receipt: a valid one over the amount kept, or an ended one when nothing is kept."""
    valid = Sum("receipts__amount", filter=Q(receipts__state=EReceipt.State.VALID))
    rows = PaymentAttempt.objects.filter(settles=True).annotate(receipted=valid, n=Count("receipts"))
    for attempt in rows.select_related("obligation"):
        if not attempt.n:
            yield f"{attempt}: settled a fee without a receipt"
        elif (attempt.receipted or 0) != attempt.obligation.settled_amount:
            kept = attempt.obligation.settled_amount
            yield f"{attempt}: its valid receipt is over {attempt.receipted or 0} đồng, and {kept} are kept"
    for receipt in EReceipt.objects.exclude(state=EReceipt.State.VALID).filter(Q(state_reason="") | Q(state_at=None)):
        yield f"receipt {receipt}: is {receipt.state}, and does not say why"
    for receipt in EReceipt.objects.exclude(attempt__settles=True):
        yield f"receipt {receipt}: is for money that settles nothing"


def receipt_numbers_have_no_gaps() -> Iterator[str]:
    """Per body and year the numbers run from 1 without a gap, and the counter has the last."""
    given = {
        (row["body"], row["year"]): row
        for row in EReceipt.objects.order_by()
        .values("body", "year")
        .annotate(n=Count("pk"), low=Min("number"), high=Max("number"))
    }
    counters = {(counter.body_id, counter.year): counter.last for counter in ReceiptCounter.objects.all()}
    for key in sorted(given.keys() | counters.keys()):
        row, last = given.get(key, {"n": 0, "low": 1, "high": 0}), counters.get(key, 0)
        if row["low"] != 1 or row["n"] != row["high"]:
            yield f"receipts of body {key[0]}, {key[1]}: {row['n']} numbers between {row['low']} and {row['high']}"
        if last != row["high"]:
            yield f"receipts of body {key[0]}, {key[1]}: the counter says {last}, the last number is {row['high']}"


def transfers_are_bank_credits() -> Iterator[str]:
    """Per fee, the sum of settled transfers equals the sum of bank credits."""
    yield from matching.problems()


def receipts_and_their_papers_agree() -> Iterator[str]:
    """The lines of a receipt add up to its amount, and its paper has the same state."""
    yield from numbering.problems()


# ------------------------------------------------------------ terminals
def open_terminals_have_their_secret() -> Iterator[str]:
    """A terminal that is switched on has a collection point, and the secret of its gateway is in the environment.

    A point without a provider has no gateway: then it has an account for transfers, and no attempt ever went to a gateway.
    """
    points = {point.code: point for point in CollectionPoint.objects.all()}
    for terminal in Terminal.objects.filter(active=True, offerings__isnull=False).distinct():
        point = points.get(terminal.code)
        if point is None:
            yield f"terminal {terminal.code}: is switched on, and has no collection point"
        elif not point.provider:
            if not point.takes_transfers:
                yield f"terminal {terminal.code}: is switched on, and has neither a gateway nor an account for transfers"
        elif not register.takes_payments(point):
            yield f"terminal {terminal.code}: is switched on, and the environment has no secret for it"
    online = PaymentAttempt.objects.filter(point__provider="", way=Way.GATEWAY)
    for code in online.order_by().values_list("point__terminal", flat=True).distinct():
        yield f"terminal {code}: names no gateway, and has attempts that went to one"


CHECKS = [
    ledger_balances,
    ledger_tells_what_attempts_and_refunds_tell,
    kept_money_is_what_the_ledger_says,
    open_attempts_are_known_to_the_dossier,
    one_attempt_settles,
    paid_dossiers_do_not_wait,
    moves_are_paths,
    money_owed_back_has_a_refund,
    settling_money_has_its_receipt,
    receipt_numbers_have_no_gaps,
    transfers_are_bank_credits,
    receipts_and_their_papers_agree,
    open_terminals_have_their_secret,
]
