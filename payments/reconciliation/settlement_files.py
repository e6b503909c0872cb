"""The gateway's settlement file: one terminal, one local day. Read strictly: a file that is not whole proves nothing.

Columns: TxnRef, TransactionNo, Amount (whole đồng), Type (pay, refund), PayDate (yyyyMMddHHmmss, GMT+7), BankCode.
"""

import csv
import datetime as dt
import io
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.common import clock
from portal.common.figures import moment_in

COLUMNS = ["TxnRef", "TransactionNo", "Amount", "Type", "PayDate", "BankCode"]
LARGEST = 20 * 1024 * 1024  # bytes
MOST_ROWS = 200_000
_SHAPES = {
    "TxnRef": re.compile(r"[0-9A-Za-z]{1,100}"),
    "TransactionNo": re.compile(r"[0-9]{1,15}"),
    "Amount": re.compile(r"[1-9][0-9]{0,11}"),
    "Type": re.compile(r"pay|refund"),
    "PayDate": re.compile(r"[0-9]{14}"),
    "BankCode": re.compile(r"[0-9A-Za-z]{0,20}"),
}


class UnreadableFile(ValueError):
    """This is not a settlement file, or not of that day; `str()` says what is wrong in plain words."""


@dataclass(frozen=True)
class Line:
    """One row: money the gateway took (`refunded` False) or gave back."""

    reference: str
    transaction_no: str
    amount: int  # đồng
    refunded: bool
    paid_at: dt.datetime  # aware
    bank_code: str

    @property
    def raw(self):
        """The row as it stood in the file: kept as evidence when it moves money."""
        kind = "refund" if self.refunded else "pay"
        stamp = clock.local(self.paid_at).strftime("%Y%m%d%H%M%S")
        return ",".join([self.reference, self.transaction_no, str(self.amount), kind, stamp, self.bank_code])


def read(content, day):
    """The lines of a file (bytes) of that local day. Raises UnreadableFile, and then nothing of it counts."""
    if len(content) > LARGEST:
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
    if len(lines) > MOST_ROWS:
        raise UnreadableFile(_("Tệp có quá %(n)d dòng.") % {"n": MOST_ROWS})
    return lines


def line_of(row, number, day):
    """One row, checked cell by cell. `number` is its place in the file, for the sentence."""
    if len(row) != len(COLUMNS):
        raise UnreadableFile(_("Dòng %(n)d không đủ %(k)d cột.") % {"n": number, "k": len(COLUMNS)})
    cells = dict(zip(COLUMNS, row, strict=True))
    for column, shape in _SHAPES.items():
        if not shape.fullmatch(cells[column]):
            raise UnreadableFile(_("Dòng %(n)d: cột %(column)s không đúng dạng.") % {"n": number, "column": column})
    paid_at = _moment(cells["PayDate"], number)
    if paid_at.date() != day:
        raise UnreadableFile(_("Dòng %(n)d không thuộc ngày %(day)s.") % {"n": number, "day": f"{day:%d/%m/%Y}"})
    return Line(
        reference=cells["TxnRef"],
        transaction_no=cells["TransactionNo"],
        amount=int(cells["Amount"]),
        refunded=cells["Type"] == "refund",
        paid_at=paid_at,
        bank_code=cells["BankCode"],
    )


def again(raw):
    """The line of a row kept as evidence (`Line.raw`)."""
    cells = raw.split(",")
    return line_of(cells, 1, _moment(cells[4], 1).date())


def _moment(stamp, number):
    at = moment_in(stamp, "%Y%m%d%H%M%S")
    if at is None:
        raise UnreadableFile(_("Dòng %(n)d: cột %(column)s không đúng dạng.") % {"n": number, "column": "PayDate"})
    return at.replace(tzinfo=clock.LOCAL)
