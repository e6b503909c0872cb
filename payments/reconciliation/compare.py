"""The comparison of one settlement file with our attempts and refunds of that terminal and day."""

import datetime as dt
from collections import defaultdict

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dossiers.permissions import is_own_dossier
from payments.differences import close_as_matching, open_difference
from payments.gateways import register
from payments.gateways.base import Provider, SettlementLine
from payments.models import (
    AttemptMove,
    Difference,
    EventKind,
    GatewayEvent,
    PaymentAttempt,
    Refund,
    RefundWay,
    SettlementProof,
    SettlementRun,
    Verdict,
    Way,
    store_event,
)
from payments.models.states import AttemptState, RefundState
from portal.common import clock

CHUNK = 5_000  # references in one query
_PAYMENT_KINDS = [Difference.Kind.MISSING_HERE, Difference.Kind.MISSING_THERE, Difference.Kind.AMOUNT]


class Comparison:
    """One comparison: counts both sides, opens and closes differences, queues a proof for each new payment or refund."""

    def __init__(self, run: SettlementRun, lines: list[SettlementLine]) -> None:
        self.run, self.point, self.day = run, run.point, run.day
        self.payments: dict[str, list[SettlementLine]] = defaultdict(list)
        self.refunds: dict[str, list[SettlementLine]] = defaultdict(list)
        for line in lines:
            (self.refunds if line.refunded else self.payments)[line.reference].append(line)
        self.attempts = self._ours([*self.payments, *self.refunds])
        self.disputed = set(Difference.objects.filter(point=self.point, closed_at=None).values_list("reference", flat=True))
        self.our_count = self.our_total = 0

    def make(self) -> None:
        """Compare, and store the counts and sums of both sides on the run."""
        for reference, lines in sorted(self.payments.items()):
            self._payment(reference, lines)
        for attempt in self._not_in_the_file():
            self._count(attempt.amount)
            self._open_difference(Difference.Kind.MISSING_THERE, attempt.reference, attempt, ours=attempt.amount)
        self._compare_refunds()
        theirs = [line for lines in (*self.payments.values(), *self.refunds.values()) for line in lines]
        self.run.their_count = len(theirs)
        self.run.their_total = sum(-line.amount if line.refunded else line.amount for line in theirs)
        self.run.our_count, self.run.our_total = self.our_count, self.our_total
        self.run.save()

    def _ours(self, references: list[str]) -> dict[str, PaymentAttempt]:
        found: dict[str, PaymentAttempt] = {}
        for start in range(0, len(references), CHUNK):
            rows = PaymentAttempt.objects.filter(
                reference__in=references[start : start + CHUNK], point=self.point, way=Way.GATEWAY
            ).select_related("collector", "obligation__dossier")
            found |= {attempt.reference: attempt for attempt in rows}
        return found

    def _count(self, amount: int) -> None:
        self.our_count, self.our_total = self.our_count + 1, self.our_total + amount

    def _open_difference(
        self,
        kind: Difference.Kind,
        reference: str,
        attempt: PaymentAttempt | None = None,
        *,
        ours: int | None = None,
        theirs: int | None = None,
    ) -> None:
        open_difference(self.point, self.day, kind, reference, attempt=attempt, run=self.run, ours=ours, theirs=theirs)

    def _close_differences(self, reference: str, kinds: list[Difference.Kind]) -> None:
        if reference in self.disputed:
            close_as_matching(self.point, reference, kinds, _("Tệp đối soát và sổ của cổng nay khớp nhau."))

    # ------------------------------------------------------------ payments
    def _payment(self, reference: str, lines: list[SettlementLine]) -> None:
        attempt, total = self.attempts.get(reference), sum(line.amount for line in lines)
        if attempt is None:
            self._open_difference(Difference.Kind.MISSING_HERE, reference, theirs=total)
            return
        paid = attempt.state == AttemptState.PAID
        if paid:
            self._count(attempt.amount)
        if total != attempt.amount or len(lines) > 1:
            self._open_difference(Difference.Kind.AMOUNT, reference, attempt, ours=attempt.amount if paid else 0, theirs=total)
        elif paid:
            self._close_differences(reference, _PAYMENT_KINDS)
        elif self.run.read_by and is_own_dossier(attempt.obligation.dossier, self.run.read_by):
            self._open_difference(Difference.Kind.MISSING_HERE, reference, attempt, ours=0, theirs=total)
        else:
            self._owe_proof(lines[0], attempt)

    def _store(self, line: SettlementLine, attempt: PaymentAttempt, refund: Refund | None = None) -> GatewayEvent | None:
        """Store the row as an event, once an attempt or refund. Returns the event, or None if it was stored before."""
        facts = {"kind": EventKind.SETTLEMENT, "attempt": attempt, "refund": refund}
        if GatewayEvent.objects.filter(**facts).exists():
            return None
        return store_event(EventKind.SETTLEMENT, line.raw, Verdict.VALID, attempt=attempt, refund=refund, point=self.point)

    def _owe_proof(self, line: SettlementLine, attempt: PaymentAttempt, refund: Refund | None = None) -> None:
        """Queue the row for `apply_proof`, once."""
        if event := self._store(line, attempt, refund):
            SettlementProof.objects.create(run=self.run, event=event, next_at=clock.now())

    def _not_in_the_file(self) -> list[PaymentAttempt]:
        """Attempts paid on that day (by the date of the gateway) that the file does not have."""
        start = dt.datetime.combine(self.day, dt.time(), clock.LOCAL)
        end = start + dt.timedelta(days=1)
        rows = PaymentAttempt.objects.filter(
            point=self.point, way=Way.GATEWAY, state=AttemptState.PAID, created_at__lt=end, paid_at__gte=start,
            paid_at__lt=end + dt.timedelta(days=2),
        ).select_related("collector", "obligation__dossier")  # fmt: skip
        absent = [attempt for attempt in rows if attempt.reference not in self.payments]
        days = gateway_days(register.provider_at(self.point), absent)
        return [attempt for attempt in absent if days[attempt.pk] == self.day]

    # ------------------------------------------------------------ refunds
    def _compare_refunds(self) -> None:
        ours = defaultdict(list)
        known = Refund.objects.filter(attempt__in=[self.attempts[r].pk for r in self.refunds if r in self.attempts])
        for refund in known.filter(way=RefundWay.GATEWAY).order_by("pk"):
            ours[refund.attempt_id].append(refund)
        for reference, lines in sorted(self.refunds.items()):
            attempt = self.attempts.get(reference)
            for line in lines:
                self._refund(line, attempt, ours[attempt.pk] if attempt else [])
        for refund in self._done_here_only():
            self._count(-refund.amount)
            attempt = refund.attempt
            self._open_difference(Difference.Kind.REFUND, attempt.reference, attempt, ours=refund.amount)

    def _refund(self, line: SettlementLine, attempt: PaymentAttempt | None, ours: list[Refund]) -> None:
        same = [refund for refund in ours if refund.amount == line.amount]
        same.sort(key=lambda refund: (refund.transaction_no != line.transaction_no, refund.pk))
        refund = next((refund for refund in same if refund.state in _SENT), None)
        if attempt is None or refund is None:
            self._open_difference(Difference.Kind.REFUND, line.reference, attempt, theirs=line.amount)
            return
        ours.remove(refund)
        if refund.state != RefundState.DONE:
            self._owe_proof(line, attempt, refund)
            return
        self._store(line, attempt, refund)
        self._count(-refund.amount)
        self._close_differences(line.reference, [Difference.Kind.REFUND])

    def _done_here_only(self) -> QuerySet:
        """Refunds done on that day that no settlement file has shown yet."""
        start = dt.datetime.combine(self.day, dt.time(), clock.LOCAL)
        rows = Refund.objects.filter(
            attempt__point=self.point, way=RefundWay.GATEWAY, state=RefundState.DONE, done_at__gte=start,
            done_at__lt=start + dt.timedelta(days=1),
        ).exclude(events__kind=EventKind.SETTLEMENT)  # fmt: skip
        return rows.select_related("attempt__collector", "attempt__obligation__dossier")


_SENT = {RefundState.SENT, RefundState.PROCESSING, RefundState.UNKNOWN, RefundState.DONE}


def gateway_days(provider: Provider, attempts: list[PaymentAttempt]) -> dict[int, dt.date]:
    """{pk of the attempt: local day of payment by the gateway's date, or else by our `paid_at`}."""
    days = {attempt.pk: clock.local(attempt.paid_at).date() for attempt in attempts}
    moves = AttemptMove.objects.filter(attempt__in=days, target=AttemptState.PAID, event__isnull=False).select_related("event")
    for move in moves:
        days[move.attempt_id] = provider.paid_on(move.event.raw) or days[move.attempt_id]
    return days
