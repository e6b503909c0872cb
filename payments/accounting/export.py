"""The revenue as an Excel file. All text is written as text cells, never as formulas."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from payments.accounting.revenue import Row, total_of
from payments.models import PaymentAttempt, Refund
from portal.common import clock

Column = tuple[str, str, int]  # heading, kind of the cells, width
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Text is not converted to formulas, links or numbers.
LITERAL = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MONEY, DAY, MOMENT = "#,##0", "dd/mm/yyyy", "dd/mm/yyyy hh:mm"


class Workbook:
    """Writes tables: headings, rows of text, amounts, days and moments, and a row of sums."""

    def __init__(self) -> None:
        self.file = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.file, LITERAL)
        self.looks = {
            "head": self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "text": self.book.add_format({"num_format": "@"}),
            "quoted": self.book.add_format({"num_format": "@", "quote_prefix": True}),
            "money": self.book.add_format({"num_format": MONEY}),
            "total": self.book.add_format({"num_format": MONEY, "bold": True, "top": 1}),
            "day": self.book.add_format({"num_format": DAY, "align": "left"}),
            "moment": self.book.add_format({"num_format": MOMENT, "align": "left"}),
        }

    def sheet(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        *,
        sums: Sequence[tuple[int, int]] = (),
    ) -> None:
        """One sheet. `columns`: [(heading, kind, width)], kind: text, number, day, moment. `sums`: indexes of columns to sum."""
        sheet = self.book.add_worksheet(name)
        self._text(sheet, 0, 0, title, "head")
        for at, (heading, _kind, width) in enumerate(columns):
            self._text(sheet, 2, at, heading, "head")
            sheet.set_column(at, at, width)
        line = 3
        for row in rows:
            for at, ((_heading, kind, _width), value) in enumerate(zip(columns, row, strict=True)):
                self._cell(sheet, line, at, kind, value)
            line += 1
        if sums:
            self._text(sheet, line, 0, _("Cộng"), "head")
            for at, amount in sums:
                sheet.write_number(line, at, amount, self.looks["total"])
        sheet.freeze_panes(3, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _cell(self, sheet: Worksheet, line: int, at: int, kind: str, value: Any) -> None:
        if value is None or value == "":
            return
        if kind == "number":
            sheet.write_number(line, at, value, self.looks["money"])
        elif kind == "day":
            sheet.write_datetime(line, at, value, self.looks["day"])
        elif kind == "moment":
            sheet.write_datetime(line, at, clock.local(value).replace(tzinfo=None), self.looks["moment"])
        else:
            self._text(sheet, line, at, str(value), "text")

    def _text(self, sheet: Worksheet, line: int, at: int, words: object, look: str) -> None:
        words = str(words)
        sheet.write_string(line, at, words, self.looks["quoted" if words.startswith(DANGEROUS) else look])

    def content(self) -> bytes:
        """The finished file, as bytes."""
        self.book.close()
        return self.file.getvalue()


def takings_workbook(
    rows: list[Row], attempts: Iterable[PaymentAttempt], refunds: Iterable[Refund], names: Mapping[int, str], title: str
) -> bytes:
    """The workbook (bytes): the rows of the page, then each payment and each refund of the period.

    `names`: {body id: name}. The sums are those of `rows`.
    """
    total, book = total_of(rows), Workbook()
    book.sheet(
        _("Tiền thu"),
        title,
        [
            (_("Từ ngày"), "day", 12), (_("Đến ngày"), "day", 12), (_("Cơ quan"), "text", 40), (_("Cách trả"), "text", 24),
            (_("Loại"), "text", 18), (_("Số lần"), "number", 8), (_("Đã thu (đồng)"), "number", 16),
            (_("Đã hoàn (đồng)"), "number", 16), (_("Còn lại (đồng)"), "number", 16),
        ],
        [
            (row.begins, row.ends, names[row.body], row.way_name, row.kind_name, row.count, row.received, row.refunded, row.net)
            for row in rows
        ],
        sums=[(6, total.received), (7, total.refunded), (8, total.net)],
    )  # fmt: skip
    book.sheet(_("Từng lần trả"), title, _attempt_columns(), map(_attempt_row, attempts))
    book.sheet(_("Từng lần hoàn"), title, _refund_columns(), map(_refund_row, refunds))
    return book.content()


def _attempt_columns() -> list[Column]:
    return [
        (_("Nhận tiền lúc"), "moment", 17), (_("Mã lần trả"), "text", 20), (_("Mã hồ sơ"), "text", 24),
        (_("Thủ tục"), "text", 50),
        (_("Cơ quan thu"), "text", 40), (_("Cách trả"), "text", 24), (_("Số tiền (đồng)"), "number", 16),
        (_("Mã giao dịch"), "text", 18), (_("Ngân hàng"), "text", 14), (_("Trả xong khoản phí"), "text", 10),
    ]  # fmt: skip


def _attempt_row(attempt: PaymentAttempt) -> tuple[Any, ...]:
    dossier = attempt.obligation.dossier
    return (
        attempt.paid_at, attempt.reference, dossier.code, str(dossier.version.procedure), str(attempt.collector),
        attempt.get_way_display(), attempt.amount, attempt.transaction_no, attempt.bank_code,
        _("có") if attempt.settles else _("không"),
    )  # fmt: skip


def _refund_columns() -> list[Column]:
    return [
        (_("Hoàn lúc"), "moment", 17), (_("Số yêu cầu"), "text", 24), (_("Mã lần trả"), "text", 20), (_("Mã hồ sơ"), "text", 24),
        (_("Số tiền (đồng)"), "number", 16), (_("Lý do"), "text", 20), (_("Cách hoàn"), "text", 26),
        (_("Mã giao dịch, chứng từ"), "text", 20), (_("Người đề nghị"), "text", 24), (_("Người duyệt"), "text", 24),
        (_("Ghi chú"), "text", 50),
    ]  # fmt: skip


def _refund_row(refund: Refund) -> tuple[Any, ...]:
    return (
        refund.done_at, refund.request_id, refund.attempt.reference, refund.attempt.obligation.dossier.code, refund.amount,
        refund.get_reason_display(), refund.get_way_display(), refund.transaction_no, str(refund.requested_by or _("Cổng")),
        str(refund.approved_by), refund.note,
    )  # fmt: skip
