"""What VNPAY would have said, for the books of the demo: unsigned, so no door believes it."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from payments.gateways.base import Notice, SettlementLine
from payments.gateways.vnpay import codes, settlement_files, wire

if TYPE_CHECKING:
    from payments.models import PaymentAttempt

PAID, CANCELLED, NO_MONEY = ("00", "00"), ("24", "02"), ("51", "02")  # vnp_ResponseCode, vnp_TransactionStatus
REFUNDED = "00"  # vnp_ResponseCode of a refund
CONFIRMED = "00"  # RspCode


def notice(attempt: "PaymentAttempt", both: tuple[str, str], number: str, at: dt.datetime) -> tuple[str, Notice]:
    """The text of a notice about this attempt, and the notice. `number` is VNPAY's own of the transaction."""
    response, status = both
    bank, terminal = "NCB", attempt.point.code
    values = f"vnp_Amount={wire.hundredths(attempt.amount)}&vnp_BankCode={bank}&vnp_PayDate={wire.moment(at)}"
    raw = (
        f"{values}&vnp_ResponseCode={response}&vnp_TransactionStatus={status}&vnp_TransactionNo={number}"
        f"&vnp_TmnCode={terminal}&vnp_TxnRef={attempt.reference}"
    )
    outcome, code = codes.of_pay(response, status), codes.written(response, status)
    return raw, Notice(terminal, attempt.reference, attempt.amount, outcome, code, number, bank)


def settlement_file(lines: Iterable[SettlementLine]) -> bytes:
    """A settlement file of these lines (their `raw` does not matter)."""
    return "\r\n".join([",".join(settlement_files.COLUMNS), *map(settlement_files.written, lines)]).encode()
