"""The settlement file: payments and refunds of one local day, for the merchant's reconciliation."""

import csv
import io
from datetime import timedelta

from . import clock, faults, refunding
from .models import Refund, State, Transaction

COLUMNS = ["TxnRef", "TransactionNo", "Amount", "Type", "PayDate", "BankCode"]
WRONG_BY = 1000  # đồng


def as_csv(terminal, day):
    """The file of a terminal and a day. Amounts in đồng; dates as fourteen digits, GMT+7."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(with_faults(rows(terminal, day), terminal, day))
    return out.getvalue()


def rows(terminal, day):
    """The true rows: paid transactions by their payment time, refunds by the time they reached 00."""
    paid = Transaction.objects.filter(terminal=terminal, state=State.ENDED, status="00", pay_date__startswith=f"{day:%Y%m%d}")
    lines = [[p.reference, p.transaction_no, p.amount, "pay", p.pay_date, p.bank_code] for p in paid]
    earliest = clock.read_stamp(f"{day:%Y%m%d}000000") - timedelta(days=3)
    refunds = Refund.objects.filter(transaction__terminal=terminal, asked_at__gte=earliest).select_related("transaction")
    for refund in refunds:
        done = _done_by_now(refund)
        if done and clock.local_day(done) == day:
            row = refund.transaction
            lines.append([row.reference, refund.transaction_no, refund.amount, "refund", clock.stamp(done), row.bank_code])
    return sorted(lines, key=lambda line: (line[4], line[0]))


def _done_by_now(refund):
    done = refunding.done_at(refund)
    return done if done and done <= clock.now() else None


def with_faults(lines, terminal, day):
    """The rows after the fault switches: first wrong amounts, then missing rows, then extra rows."""
    wrong, missing, extra = (
        int(faults.switch_value(f"settlement_{name}") or 0) for name in ("wrong_amount", "missing_row", "extra_row")
    )
    result = [[*line[:2], line[2] + WRONG_BY, *line[3:]] if index < wrong else line for index, line in enumerate(lines)]
    result = result[: max(len(result) - missing, 0)] if missing else result
    for number in range(1, min(extra, 1000) + 1):
        result.append([f"X{day:%y%m%d}{number:010d}", str(99_000_000 + number), 50_000, "pay", f"{day:%Y%m%d}120000", "NCB"])
    return result
