"""Tables as an Excel file. All text is written as text cells, never as formulas, links or numbers."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

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
