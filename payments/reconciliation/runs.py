"""Reconciliation with settlement files, one terminal and local day at a time. Idempotent: a file may be read twice.

A payment or refund that only the file has is applied here; any other difference is opened as a `Difference` with an owner.
"""

import datetime as dt
import hashlib
import logging

import httpx
from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from payments.attempts import settlement
from payments.gateways import register
from payments.gateways.base import MAX_SETTLEMENT_BYTES, UnreadableFile
from payments.models import CollectionPoint, SettlementFetch, SettlementProof, SettlementRun
from payments.models.states import RefundState
from payments.reconciliation.compare import Comparison
from payments.refunds import approval
from portal.common import clock, outbox
from portal.common.network import is_here

log = logging.getLogger(__name__)
RETRY_PAUSE = dt.timedelta(minutes=10)  # between two tries to fetch a file
GIVE_UP_AFTER = dt.timedelta(days=3)
FETCH_FROM = dt.time(6)  # local time at which the file of yesterday exists
LOOK_BACK_DAYS = 7  # missing files of so many days are fetched, if the portal was down
TIMEOUTS = httpx.Timeout(connect=5, read=20, write=5, pool=5)  # seconds
LOCK_BASE = 7_662_000  # plus pk of the point: advisory lock, so that files of one terminal are read one after another


class RefundNotDone(Exception):
    """The refund is not DONE here yet: the gateway is being queried, and this row is retried later."""


@transaction.atomic
def read_file(point: CollectionPoint, day: dt.date, content: bytes, *, reader: User | None = None) -> SettlementRun:
    """Compare a file (bytes) with our books. `reader` uploaded it; None: it was fetched. Raises UnreadableFile."""
    lines = register.provider_at(point).read_settlement(content, day)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_BASE + point.pk])
    run = _run_of(point, day, hashlib.sha256(content).hexdigest(), reader)
    Comparison(run, lines).make()
    outbox.wake_relay()
    return run


def _run_of(point: CollectionPoint, day: dt.date, sha256: str, reader: User | None) -> SettlementRun:
    """The run of this file, point and day; created if there is none."""
    empty = {"our_count": 0, "our_total": 0, "their_count": 0, "their_total": 0}
    run, _made = SettlementRun.objects.get_or_create(
        point=point, day=day, sha256=sha256, defaults={**empty, "read_by": reader, "read_at": clock.now()}
    )
    return run


@outbox.worker(SettlementProof)
def apply_proof(proof: SettlementProof) -> None:
    """Settle the payment, or finish the refund, that one row of a file proves. Idempotent. Raises RefundNotDone."""
    event = proof.event
    line = register.provider_at(event.point).read_settlement_line(event.raw)
    if event.refund_id:
        refund = approval.record(
            event.refund, RefundState.DONE, cause="reconciliation", proof=event, transaction_no=line.transaction_no
        ) if event.refund.state == RefundState.PROCESSING else event.refund  # fmt: skip
        if refund.state != RefundState.DONE:
            raise RefundNotDone(f"{refund.request_id} is {refund.state}")
        amount = -line.amount
    else:
        settlement.settle(
            event.attempt.reference, event, cause="reconciliation", transaction_no=line.transaction_no, bank_code=line.bank_code
        )
        amount = line.amount
    SettlementRun.objects.filter(pk=proof.run_id).update(our_count=F("our_count") + 1, our_total=F("our_total") + amount)


# ---------------------------------------------------------------- each morning
def run() -> int:
    """Queue the fetch of missing files, from 6:00 local time on. Called every minute; only writes rows. Returns how many."""
    if clock.local(clock.now()).time() < FETCH_FROM:
        return 0
    yesterday = clock.today() - dt.timedelta(days=1)
    first = yesterday - dt.timedelta(days=LOOK_BACK_DAYS - 1)
    points = [point for point in CollectionPoint.objects.with_money_coming() if _has_files(point, yesterday)]
    known = _known_days(first)
    owed = [
        SettlementFetch(point=point, day=day, next_at=clock.now())
        for point in points
        for day in _missing(known.get(point.pk, set()), yesterday)
    ]
    SettlementFetch.objects.bulk_create(owed, ignore_conflicts=True)
    if owed:
        outbox.wake_relay()
    return len(owed)


def _has_files(point: CollectionPoint, day: dt.date) -> bool:
    return register.takes_payments(point) and bool(register.provider_at(point).settlement_address(point, day))


def _known_days(first: dt.date) -> dict[int, set[dt.date]]:
    """{pk of the point: days since `first` that are read or queued}."""
    known: dict[int, set[dt.date]] = {}
    for model in (SettlementFetch, SettlementRun):
        for point, day in model.objects.filter(day__gte=first).values_list("point", "day"):
            known.setdefault(point, set()).add(day)
    return known


def _missing(known: set[dt.date], yesterday: dt.date) -> list[dt.date]:
    """Yesterday, and any day between the first known one and yesterday."""
    first = min(known, default=yesterday)
    days = [first + dt.timedelta(days=n) for n in range((yesterday - first).days + 1)] or [yesterday]
    return [day for day in days if day not in known]


@outbox.worker(SettlementFetch)
def schedule_fetch(row: SettlementFetch) -> None:
    """In the worker's transaction: set the next try before this one starts, so that a crash only delays it."""
    if SettlementRun.objects.filter(point=row.point, day=row.day).exists():
        return
    row.keep_waiting = True
    row.tries += 1
    row.next_at, row.leased_until = clock.now() + RETRY_PAUSE, None
    if clock.now() - row.created_at > GIVE_UP_AFTER:
        row.due_state = outbox.OutboxState.DEAD
    row.save(update_fields=["tries", "next_at", "leased_until", "due_state"])


@outbox.after_commit(SettlementFetch)
def fetch(row: SettlementFetch) -> None:
    """After the commit: fetch one file from the gateway and read it. An error is stored on the row, which is retried."""
    if not row.keep_waiting:
        return
    try:
        read_file(row.point, row.day, _download(row.point, row.day))
    except (httpx.HTTPError, httpx.InvalidURL, UnreadableFile) as error:
        log.warning("settlement file not read", extra={"terminal": row.point.code, "day": str(row.day), "error": str(error)})
        SettlementFetch.objects.filter(pk=row.pk).update(last_error=f"{type(error).__name__}: {error}"[:2000])
    else:
        done = {"due_state": outbox.OutboxState.DONE, "done_at": clock.now(), "last_error": ""}
        SettlementFetch.objects.filter(pk=row.pk).update(**done)


def _download(point: CollectionPoint, day: dt.date) -> bytes:
    address = register.provider_at(point).settlement_address(point, day)
    with (
        httpx.Client(timeout=TIMEOUTS, follow_redirects=False, trust_env=not is_here(address)) as client,
        client.stream("GET", address) as response,
    ):
        response.raise_for_status()
        content = b""
        for piece in response.iter_bytes():
            content += piece
            if len(content) > MAX_SETTLEMENT_BYTES:
                raise UnreadableFile("too long")
        return content
