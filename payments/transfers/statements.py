"""Bank statements: credits read from the bank's API or from a file, each stored once.

Reading only stores; `transfers.matching` settles, one credit in a transaction. So a long file locks no dossier.
"""

import datetime as dt
import logging
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from payments.differences import open_difference
from payments.gateways import bank
from payments.models import BankCredit, CollectionPoint, Difference, EventKind, StatementReading, Verdict, store_new_event
from payments.transfers import statement_files
from payments.transfers.doubles import lock_account
from payments.transfers.matching import record
from portal.common import clock, outbox

log = logging.getLogger(__name__)
OVERLAP = dt.timedelta(minutes=10)  # read again each time: a bank may insert a credit before a known one
KNOWN_REFS = 500  # of the newest credits: they show how long the bank's numbers are
MAX_PAGES, MAX_SECONDS = 20, 30  # of one reading; the rest is read a minute later


@dataclass(frozen=True)
class Reading:
    """Counts of one statement: new credits, known credits, other lines (debits); `doubtful`: those of the new ones that may be
    known under another number and wait for a person."""

    new: int = 0
    known: int = 0
    skipped: int = 0
    doubtful: int = 0


# ---------------------------------------------------------------- from the bank
def run() -> None:
    """Every minute: queue a reading of each account that takes transfers. Only writes rows. Safe to run twice."""
    if not settings.BANK_STATEMENT_URL:
        return
    points = CollectionPoint.objects.with_money_coming().exclude(account_number="")
    StatementReading.objects.bulk_create([StatementReading(point=point) for point in points], ignore_conflicts=True)
    StatementReading.objects.filter(point__in=points).exclude(due_state=outbox.OutboxState.WAITING).update(
        due_state=outbox.OutboxState.WAITING, next_at=clock.now(), created_at=clock.now(), leased_until=None, tries=0
    )
    outbox.wake_relay()


@outbox.worker(StatementReading)
def poll(reading: StatementReading) -> None:
    """Read an account from the stored cursor on. Raises NoAnswer, after which the outbox retries."""
    account, cursor, began = reading.point.account_number, reading.cursor, time.monotonic()
    old = clock.now() - OVERLAP
    for _page in range(MAX_PAGES):
        entries = bank.entries_after(account, cursor)
        for entry in entries:
            credit = _recorded(reading.point, entry, account)
            if credit and credit.received_at < old:
                reading.cursor = credit.bank_ref
        last = next(filter(None, map(bank.ref_of, reversed(entries))), cursor)
        if last == cursor or time.monotonic() - began > MAX_SECONDS:
            break
        cursor = last
    reading.read_at = clock.now()
    reading.save(update_fields=["cursor", "read_at"])


def _recorded(point: CollectionPoint, entry: Any, account: str) -> bank.Credit | None:
    """Record the credit of an entry. None for one that cannot be read: it is stored as an event and logged."""
    try:
        credit = bank.credit_of(entry, account)
    except bank.UnreadableCredit as why:
        if event := store_new_event(EventKind.STATEMENT, bank.raw_of(entry), Verdict.MALFORMED, point=point):
            log.error("a line of a bank statement cannot be read", extra={"point": point.code, "why": str(why)})
            reference = bank.ref_of(entry) or f"SK{event.pk}"
            open_difference(point, clock.today(), Difference.Kind.UNREADABLE, reference)
        return None
    record(point, credit)
    return credit


# ---------------------------------------------------------------- from a file
@transaction.atomic
def read_file(point: CollectionPoint, content: bytes, *, reader: User | None = None) -> Reading:
    """Store the credits of a statement file (bytes, CSV), uploaded by `reader`. Idempotent: a known credit is not stored again.
    Raises statement_files.UnreadableStatement, and then stores nothing."""
    lock_account(point)
    known = BankCredit.objects.filter(point=point).order_by("-pk").values_list("bank_ref", flat=True)
    found = statement_files.read(content, point.account_number, list(known[:KNOWN_REFS]))
    new = [row for row, is_new in (record(point, credit, reader=reader) for credit in found.credits) if is_new]
    doubtful = sum(row.state == BankCredit.State.DOUBLE for row in new)
    return Reading(len(new), len(found.credits) - len(new), found.skipped, doubtful)
