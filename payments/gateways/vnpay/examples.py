"""Messages of VNPAY for the demo. They are not signed, so no endpoint accepts them."""

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
    """(raw text, `Notice`) about this attempt. `number`: VNPAY's transaction number."""
    response, status = both
    bank, terminal = "NCB", attempt.point.code
    values = f"vnp_Amount={wire.hundredths(attempt.amount)}&vnp_BankCode={bank}&vnp_PayDate={wire.moment(at)}"
    raw = (
        f"{values}&vnp_ResponseCode={response}&vnp_TransactionStatus={status}&vnp_TransactionNo={number}"
        f"&vnp_TmnCode={terminal}&vnp_TxnRef={attempt.reference}"
    )
    outcome, code = codes.of_pay(response, status), codes.joined(response, status)
    return raw, Notice(terminal, attempt.reference, attempt.amount, outcome, code, number, bank)


def settlement_file(lines: Iterable[SettlementLine]) -> bytes:
    """A settlement file with these lines (`raw` is not used)."""
    return "\r\n".join([",".join(settlement_files.COLUMNS), *map(settlement_files.row_of, lines)]).encode()
