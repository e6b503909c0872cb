"""Revenue and refunds per period, body, way and kind of fee, in whole đồng. A fixed number of queries.

A payment counts on the local day it was received, a refund on the local day it was done.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from dossiers.models import FeeLine
from payments.models import PaymentAttempt, Refund, Way
from payments.models.states import AttemptState, RefundState
from portal.common import clock
from procedures.wording import FEE_KINDS

NOT_OURS = "tra_lai"  # money that settles no fee (paid twice, or too late) and is refunded
KINDS = {**FEE_KINDS, NOT_OURS: _("tiền phải trả lại")}
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 1, 1)  # the range of days in the forms
DAY, WEEK, MONTH = "ngay", "tuan", "thang"
STEPS = {DAY: _("từng ngày"), WEEK: _("từng tuần"), MONTH: _("từng tháng")}


@dataclass(frozen=True)
class Period:
    """Local days, both included."""

    first: dt.date
    last: dt.date

    @property
    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        """(from, before) as aware moments."""
        begin = dt.datetime.combine(self.first, dt.time(), clock.LOCAL)
        return begin, dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), clock.LOCAL)


@dataclass
class Row:
    """One row of the revenue. `begins`, `ends`: first and last day of its period, cut to the requested range."""

    begins: dt.date
    ends: dt.date
    body: int
    way: str
    kind: str
    count: int = 0
    received: int = 0
    refunded: int = 0

    @property
    def net(self) -> int:
        return self.received - self.refunded

    @property
    def way_name(self) -> str:
        return Way(self.way).label

    @property
    def kind_name(self) -> Any:
        return KINDS[self.kind]


def rows(bodies: Collection[int], period: Period, step: str = DAY, way: str = "") -> list[Row]:
    """The rows of these bodies (ids), ordered by period, body, way, kind. Four queries."""
    found: dict[tuple[dt.date, int, str, str], Row] = {}

    def cell(day: dt.date, body: int, way: str, kind: str) -> Row:
        begins, ends = bounds(day, step, period)
        key = (begins, body, way, kind)
        return found.setdefault(key, Row(begins, ends, body, way, kind))

    for day, body, way_, kind, count, amount in _received(bodies, period, way):
        row = cell(day, body, way_, kind)
        row.count, row.received = row.count + count, row.received + amount
    for refund, shares in _refunded(bodies, period, way):
        for kind, amount in shares.items():
            cell(_day(refund.done_at), refund.attempt.collector_id, refund.attempt.way, kind).refunded += amount
    ways, kinds = list(Way.values), list(KINDS)
    return [found[key] for key in sorted(found, key=lambda k: (k[0], k[1], ways.index(k[2]), kinds.index(k[3])))]


def bounds(day: dt.date, step: str, period: Period) -> tuple[dt.date, dt.date]:
    """First and last day of the day, week or month around `day`, cut to `period`."""
    if step == WEEK:
        first = day - dt.timedelta(days=day.weekday())
        last = first + dt.timedelta(days=6)
    elif step == MONTH:
        first = day.replace(day=1)
        last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    else:
        first = last = day
    return max(first, period.first), min(last, period.last)


def paid_attempts(bodies: Collection[int], period: Period, way: str = "") -> QuerySet[PaymentAttempt]:
    """The attempts paid in the period."""
    since, before = period.moments
    paid = PaymentAttempt.objects.filter(
        collector__in=bodies, state=AttemptState.PAID, paid_at__gte=since, paid_at__lt=before
    )  # fmt: skip
    return paid.filter(way=way) if way else paid


def _received(bodies: Collection[int], period: Period, way: str) -> Iterator[tuple[dt.date, int, str, str, int, int]]:
    """(day, body, way, kind, number of payments, đồng). Money that settles is split by the kinds of its fee lines; the rest is
    NOT_OURS."""
    paid = paid_attempts(bodies, period, way)
    settling = FeeLine.objects.filter(obligation__attempts__in=paid.filter(settles=True), obligation__attempts__settles=True)
    yield from (
        settling.annotate(day=TruncDate("obligation__attempts__paid_at", tzinfo=clock.LOCAL))
        .order_by()
        .values_list("day", "obligation__attempts__collector", "obligation__attempts__way", "kind")
        .annotate(n=Count("obligation__attempts", distinct=True), sum=Sum("amount"))
        .filter(sum__gt=0)
    )
    others = paid.filter(settles=False).annotate(day=TruncDate("paid_at", tzinfo=clock.LOCAL)).order_by()
    for day, body, way_, n, amount in others.values_list("day", "collector", "way").annotate(n=Count("pk"), sum=Sum("amount")):
        yield day, body, way_, NOT_OURS, n, amount


def _refunded(bodies: Collection[int], period: Period, way: str) -> Iterator[tuple[Refund, dict[str, int]]]:
    """(refund, {kind: đồng}) for each refund done in the period."""
    since, before = period.moments
    done = Refund.objects.filter(
        attempt__collector__in=bodies, state=RefundState.DONE, done_at__gte=since, done_at__lt=before
    )  # fmt: skip
    done = done.filter(attempt__way=way) if way else done
    attempts = {refund.attempt_id for refund in done}
    earlier = Refund.objects.filter(attempt__in=attempts, state=RefundState.DONE, done_at__lt=before)
    by_attempt = defaultdict(list)
    for refund in earlier.select_related("attempt__obligation").prefetch_related("attempt__obligation__lines"):
        by_attempt[refund.attempt_id].append(refund)
    for refunds in by_attempt.values():
        for refund, shares in share_out(sorted(refunds, key=lambda refund: (refund.done_at, refund.pk))):
            if refund.done_at >= since:
                yield refund, shares


def share_out(refunds: list[Refund]) -> Iterator[tuple[Refund, dict[str, int]]]:
    """(refund, {kind: đồng}) for all refunds of one attempt, in the order they were done. Each is taken first from the lines that
    are refundable for its reason, then from the others in order; at most the amount of each line."""
    attempt = refunds[0].attempt
    if not attempt.settles:
        yield from ((refund, {NOT_OURS: refund.amount}) for refund in refunds)
        return
    left = {line: line.amount or 0 for line in sorted(attempt.obligation.lines.all(), key=lambda line: line.pk)}
    for refund in refunds:
        due = refund.amount
        shares: dict[str, int] = defaultdict(int)
        first = attempt.obligation.lines_refundable_on(refund.reason)
        for line in sorted(left, key=lambda line: line not in first):
            part = min(due, left[line])
            left[line], due = left[line] - part, due - part
            if part:
                shares[line.kind] += part
        yield refund, dict(shares)


@dataclass(frozen=True)
class Total:
    """`count`: number of payments (a fee of two kinds counts once)."""

    count: int
    received: int
    refunded: int

    @property
    def net(self) -> int:
        return self.received - self.refunded


def total_of(rows: Collection[Row], count: int | None = None) -> Total:
    """The sum of rows; `count` overrides the sum of their counts, which counts a payment of two kinds twice."""
    counted = sum(row.count for row in rows) if count is None else count
    return Total(counted, sum(row.received for row in rows), sum(row.refunded for row in rows))


def grouped(rows: Iterable[Row], name: str) -> list[tuple[Any, Total]]:
    """[(value, Total)] of rows by one of their fields, the largest first."""
    groups = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return sorted(((value, total_of(group)) for value, group in groups.items()), key=lambda pair: -pair[1].received)


def _day(moment: dt.datetime) -> dt.date:
    return clock.local(moment).date()
