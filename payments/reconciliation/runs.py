"""Our books beside the gateway's settlement file, one terminal and day at a time. Reading a file twice changes nothing twice.

What the file proves and we did not know is settled; whatever else differs is opened as a `Difference` with an owner.
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
from payments.gateways.base import LARGEST_FILE, UnreadableFile
from payments.gateways.network import is_here
from payments.models import CollectionPoint, SettlementFetch, SettlementProof, SettlementRun
from payments.models.states import RefundState
from payments.reconciliation.compare import Comparison
from payments.refunds import approval
from portal.common import clock, outbox

log = logging.getLogger(__name__)
PAUSE = dt.timedelta(minutes=10)  # between two tries to get a file
GIVE_UP = dt.timedelta(days=3)
MORNING = dt.time(6)  # local: the file of yesterday is there by then
LOOK_BACK = 7  # days whose files are still asked for when the portal stood still
TIMES = httpx.Timeout(connect=5, read=20, write=5, pool=5)  # seconds
LOCK = 7_662_000  # advisory lock of a terminal: two readings of its files wait for each other


class NotYet(Exception):
    """The refund is not as far as the file says: the gateway is being asked, so this row is tried again later."""


@transaction.atomic
def read_file(point: CollectionPoint, day: dt.date, content: bytes, *, reader: User | None = None) -> SettlementRun:
    """Compare a file (bytes) with our books. `reader` handed it in; none: the portal fetched it. Raises UnreadableFile."""
    lines = register.provider_at(point).read_settlement(content, day)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK + point.pk])
    run = _run_of(point, day, hashlib.sha256(content).hexdigest(), reader)
    Comparison(run, lines).make()
    outbox.wake_relay()
    return run


def _run_of(point: CollectionPoint, day: dt.date, sha256: str, reader: User | None) -> SettlementRun:
    """The same file of the same day is one run, however often it is handed in."""
    empty = {"our_count": 0, "our_total": 0, "their_count": 0, "their_total": 0}
    run, _made = SettlementRun.objects.get_or_create(
        point=point, day=day, sha256=sha256, defaults={**empty, "read_by": reader, "read_at": clock.now()}
    )
    return run


@outbox.worker(SettlementProof)
def apply_proof(proof: SettlementProof) -> None:
    """Do what one row of a file proves, in a transaction of its own. Safe to run again."""
    event = proof.event
    line = register.provider_at(event.point).read_settlement_line(event.raw)
    if event.refund_id:
        refund = approval.record(
            event.refund, RefundState.DONE, cause="reconciliation", proof=event, transaction_no=line.transaction_no
        ) if event.refund.state == RefundState.PROCESSING else event.refund  # fmt: skip
        if refund.state != RefundState.DONE:
            raise NotYet(f"{refund.request_id} is {refund.state}")
        amount = -line.amount
    else:
        settlement.settle(
            event.attempt.reference, event, cause="reconciliation", transaction_no=line.transaction_no, bank_code=line.bank_code
        )
        amount = line.amount
    SettlementRun.objects.filter(pk=proof.run_id).update(our_count=F("our_count") + 1, our_total=F("our_total") + amount)


# ---------------------------------------------------------------- each morning
def run() -> int:
    """Owe the files of the days that nobody has read yet, once the morning has come. Called every minute; talks to nobody."""
    if clock.local(clock.now()).time() < MORNING:
        return 0
    yesterday = clock.today() - dt.timedelta(days=1)
    first = yesterday - dt.timedelta(days=LOOK_BACK - 1)
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
    """{point: days read or asked for already} since `first`."""
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
    """In the worker's transaction: set the row for its next try before this one begins, so that a crash only delays it."""
    if SettlementRun.objects.filter(point=row.point, day=row.day).exists():
        return
    row.keep_waiting = True
    row.tries += 1
    row.next_at, row.leased_until = clock.now() + PAUSE, None
    if clock.now() - row.created_at > GIVE_UP:
        row.due_state = outbox.OutboxState.DEAD
    row.save(update_fields=["tries", "next_at", "leased_until", "due_state"])


@outbox.after_commit(SettlementFetch)
def fetch(row: SettlementFetch) -> None:
    """With no lock held: get one file from the gateway, and read it. What failed is written on the row, and tried again."""
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
        httpx.Client(timeout=TIMES, follow_redirects=False, trust_env=not is_here(address)) as client,
        client.stream("GET", address) as response,
    ):
        response.raise_for_status()
        content = b""
        for piece in response.iter_bytes():
            content += piece
            if len(content) > LARGEST_FILE:
                raise UnreadableFile("too long")
        return content
