"""VNPAY's settlement file of one terminal and local day. One bad row rejects the whole file.

Columns: TxnRef, TransactionNo, Amount (whole đồng), Type (pay, refund), PayDate (yyyyMMddHHmmss, GMT+7), BankCode.
"""

import csv
import datetime as dt
import io
import re

from django.utils.translation import gettext as _

from payments.gateways.base import MAX_SETTLEMENT_BYTES, SettlementLine, UnreadableFile
from payments.gateways.vnpay import wire
from portal.common import clock
from portal.common.figures import moment_in

COLUMNS = ["TxnRef", "TransactionNo", "Amount", "Type", "PayDate", "BankCode"]
MAX_ROWS = 200_000
_PAY_DATE = re.compile(r"(?:PayDate\W{1,5}|,)([0-9]{14})")
_SHAPES = {
    "TxnRef": re.compile(r"[0-9A-Za-z]{1,100}"),
    "TransactionNo": re.compile(r"[0-9]{1,15}"),
    "Amount": re.compile(r"[1-9][0-9]{0,11}"),
    "Type": re.compile(r"pay|refund"),
    "PayDate": re.compile(r"[0-9]{14}"),
    "BankCode": re.compile(r"[0-9A-Za-z]{0,20}"),
}


def read(content: bytes, day: dt.date) -> list[SettlementLine]:
    """The lines of a file (bytes) of that local day. Raises UnreadableFile for the whole file."""
    if len(content) > MAX_SETTLEMENT_BYTES:
        raise UnreadableFile(_("Tệp lớn quá 20 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(_("Tệp không phải dạng CSV, mã chữ UTF-8.")) from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if next(rows, None) != COLUMNS:
            raise UnreadableFile(_("Dòng đầu phải là: %(columns)s.") % {"columns": ",".join(COLUMNS)})
        lines = [line_of(row, number, day) for number, row in enumerate(rows, 2) if row]
    except csv.Error:
        raise UnreadableFile(_("Tệp không đọc được theo dạng CSV.")) from None
    if len(lines) > MAX_ROWS:
        raise UnreadableFile(_("Tệp có quá %(n)d dòng.") % {"n": MAX_ROWS})
    return lines


def line_of(row: list[str], number: int, day: dt.date) -> SettlementLine:
    """One row, each cell validated. `number`: row number for the error message. Raises UnreadableFile."""
    if len(row) != len(COLUMNS):
        raise UnreadableFile(_("Dòng %(n)d không đủ %(k)d cột.") % {"n": number, "k": len(COLUMNS)})
    cells = dict(zip(COLUMNS, row, strict=True))
    for column, shape in _SHAPES.items():
        if not shape.fullmatch(cells[column]):
            raise UnreadableFile(_("Dòng %(n)d: cột %(column)s không đúng dạng.") % {"n": number, "column": column})
    paid_at = _moment(cells["PayDate"], number)
    if paid_at.date() != day:
        raise UnreadableFile(_("Dòng %(n)d không thuộc ngày %(day)s.") % {"n": number, "day": f"{day:%d/%m/%Y}"})
    return SettlementLine(
        reference=cells["TxnRef"],
        transaction_no=cells["TransactionNo"],
        amount=int(cells["Amount"]),
        refunded=cells["Type"] == "refund",
        paid_at=paid_at,
        bank_code=cells["BankCode"],
        raw=",".join(row),
    )


def row_of(line: SettlementLine) -> str:
    """A line as a row of the file."""
    kind = "refund" if line.refunded else "pay"
    return ",".join([line.reference, line.transaction_no, str(line.amount), kind, wire.moment(line.paid_at), line.bank_code])


def stored_line(raw: str) -> SettlementLine:
    """The line of a stored `SettlementLine.raw`."""
    cells = raw.split(",")
    return line_of(cells, 1, _moment(cells[4], 1).date())


def paid_on(raw: str) -> dt.date | None:
    """The local day of payment in the raw text of an event: IPN, query answer, settlement line. None if it has none."""
    found = _PAY_DATE.search(raw)
    paid = moment_in(found[1][:8], "%Y%m%d") if found else None
    return paid.date() if paid else None


def _moment(stamp: str, number: int) -> dt.datetime:
    at = moment_in(stamp, "%Y%m%d%H%M%S")
    if at is None:
        raise UnreadableFile(_("Dòng %(n)d: cột %(column)s không đúng dạng.") % {"n": number, "column": "PayDate"})
    return at.replace(tzinfo=clock.LOCAL)
