"""Ends transactions. All changes of the outcome are made here, with the row locked; a transaction ends once."""

from datetime import timedelta

from django.db import transaction
from django.utils.crypto import get_random_string

from . import clock, faults, ipn
from .codes import OUTCOMES
from .models import State, Transaction
from .switchboard import PAYMENT_FAULTS

CHARGES = ("success", "suspected", "reversed")


class AlreadyEnded(Exception):
    """The transaction has ended before; `transaction` is its row."""

    def __init__(self, ended):
        super().__init__(ended.reference)
        self.transaction = ended


def end(paid, outcome, *, bank="", card_type="", own_faults=None):
    """End an open transaction with an outcome of `codes.OUTCOMES`; active fault switches are applied. Raises AlreadyEnded."""
    with transaction.atomic():
        row = Transaction.objects.select_for_update().get(pk=paid.pk)
        if row.state != State.OPEN:
            raise AlreadyEnded(row)
        row.faults = faults.apply_switches(PAYMENT_FAULTS, row.reference) | (own_faults or {})
        row.card, row.bank_code, row.card_type = {}, bank, card_type
        late = row.faults.get("success_after_expiry")
        if late and outcome == "success":
            row.state = State.PENDING
            row.ripe_at = max(row.expires_at, faults.gateway_time()) + timedelta(seconds=late)
        else:
            outcome = "expired" if outcome in CHARGES and is_expired(row) else outcome
            _finish(row, _outcome_after_faults(outcome, row.faults))
        row.save()
    ipn.wake()
    if row.state == State.ENDED and "ipn_before_return" in row.faults:
        ipn.send_due(transaction_id=row.pk, force=True)
    return row


def is_expired(row):
    return row.state == State.OPEN and faults.gateway_time() >= row.expires_at


def expire_if_late(row, *, notify=True):
    """End the transaction with code 11 if its time is over. Returns the current row."""
    if not is_expired(row):
        return row
    with transaction.atomic():
        row = Transaction.objects.select_for_update().get(pk=row.pk)
        if is_expired(row):
            _finish(row, "expired", notify=notify)
            row.save()
    return row


def complete_pending(*, force_reference=""):
    """End the PENDING transactions whose `ripe_at` has passed (or the one given) as paid. Returns their number."""
    done = 0
    with transaction.atomic():
        rows = Transaction.objects.select_for_update(skip_locked=True).filter(state=State.PENDING)
        rows = rows.filter(reference=force_reference) if force_reference else rows.filter(ripe_at__lte=faults.gateway_time())
        for row in rows:
            _finish(row, _outcome_after_faults("success", row.faults))
            row.save()
            done += 1
    return done


@transaction.atomic
def resolve(row, status):
    """Decide an unclear transaction (04, 07, or 00 with 02), as staff of a gateway do: "00" paid, "02" returned to the payer."""
    row = Transaction.objects.select_for_update().get(pk=row.pk)
    row.response_code = row.said_code = "00" if status == "00" else "99"
    row.status = row.said_status = status
    row.charged = status == "00"
    if row.charged and row.transaction_no == "0":
        row.transaction_no = _number(row)
    row.save()
    ipn.schedule(row)
    return row


def _outcome_after_faults(outcome, switched):
    """The outcome after the fault switches that change it."""
    if outcome != "success":
        return outcome
    if "status_04" in switched:
        return "reversed"
    if "status_07" in switched:
        return "suspected"
    return "error" if switched.get("mismatch_00_02") == "failed" else outcome


def _number(row):
    return str(14_000_000 + row.pk)


def _finish(row, outcome, *, notify=True):
    row.state, row.ended_at = State.ENDED, clock.now()
    row.response_code, row.status, row.charged = OUTCOMES[outcome]
    row.said_code, row.said_status = row.response_code, row.status
    if "mismatch_00_02" in row.faults and outcome in ("success", "error"):
        row.said_code, row.said_status = "00", "02"
    row.pay_date = clock.stamp(faults.gateway_time())
    if row.charged or row.said_code == "00":
        row.transaction_no = _number(row)
        row.bank_code = row.bank_code or "NCB"
        row.card_type = row.card_type or "ATM"
        row.bank_tran_no = f"MOCK{get_random_string(10, '0123456789')}"
    else:
        row.bank_code = row.bank_code if outcome not in ("cancel", "expired") and row.bank_code else "VNPAY"
        row.card_type = ""
    if notify:
        ipn.schedule(row)
