"""A table on a wizard page. Open rows show inputs; when there are many rows, the others are closed and show one line of text."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from procedures.eforms.display import answer_table, table_totals
from procedures.eforms.inputs import BoundField
from procedures.eforms.parts import Field

MAX_ROWS_ALL_OPEN = 5  # with more rows only some are open
MAX_OPEN_ROWS = 10  # rows opened because of errors


class BoundTable(BoundField):
    """A table question. Closed rows have no inputs and stay as stored, so that a page with 200 rows stays small."""

    @cached_property
    def rows(self) -> list["BoundRow"]:
        stored = [row for row in self.stored if isinstance(row, dict)] if isinstance(self.stored, list) else []
        blanks = 0 if stored else self.spec.get("min_rows", 1) if self.field.required else 1
        rows = stored + [{}] * blanks
        wrong = [index for index in range(len(rows)) if self._is_wrong(index)]
        opened = set(range(len(rows))) if len(rows) <= MAX_ROWS_ALL_OPEN else {*wrong[:MAX_OPEN_ROWS], self._asked_open()}
        return [BoundRow(self, index, row, index in opened, index in wrong) for index, row in enumerate(rows)]

    def _asked_open(self) -> int:
        table, index = self.page.open_row or ("", -1)
        return index if table == self.field.key else -1

    def _is_wrong(self, index: int) -> bool:
        return any(self.page.error(f"{self.field.key}[{index}].{column.key}") for column in self.field.columns)

    def cell_target(self, index: int, column: str) -> str:
        """The id of a cell's input, or of its row when the row is closed."""
        row = self.rows[index] if index < len(self.rows) else None
        if row is None or not row.is_open:
            return f"{self.id}-{index}"
        return next((cell.first_id for cell in row.cells if cell.field.key == column), row.id)

    @property
    def can_add(self) -> bool:
        return len(self.rows) < self.spec["max_rows"]

    @property
    def totals(self) -> list[tuple[str, str]]:
        """[(column label, sum)] of summed columns; [] without rows."""
        rows = self.page.kept.get(self.field.key)
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        sums = table_totals(self.field, rows) if rows else []
        return [(column.label, text) for column, text in zip(self.field.columns, sums, strict=False) if text]


class BoundRow:
    """One row of a table."""

    def __init__(self, table: BoundTable, index: int, row: Mapping[str, Any], is_open: bool, is_wrong: bool):
        self.table, self.index, self.is_open, self.is_wrong = table, index, is_open, is_wrong
        self.row = table.page.form.computed_row(table.field, row)

    @property
    def id(self) -> str:
        return f"{self.table.id}-{self.index}"

    @property
    def name(self) -> str:
        """The value of the row's buttons."""
        return f"{self.table.name}-{self.index}"

    @property
    def number(self) -> int:
        return self.index + 1

    @property
    def summary(self) -> str:
        """The row as text: its first four filled cells."""
        texts = answer_table(self.table.page.form, self.table.field, [self.row]).rows[0]
        return ", ".join([text for text in texts if text][:4])

    @cached_property
    def cells(self) -> list["BoundCell"]:
        return [BoundCell(self, column) for column in self.table.field.columns]


class BoundCell(BoundField):
    """One cell. It always shows the stored answer, because row numbers may have changed since the input was typed."""

    def __init__(self, row: BoundRow, column: Field):
        error = row.table.page.error(f"{row.table.field.key}[{row.index}].{column.key}")
        super().__init__(row.table.page, column, f"{row.name}-{column.key}", row.row.get(column.key), error)
        self.raw = {}
        self._row = row.row

    def _kind(self) -> str:
        kind = super()._kind()
        return "select" if kind == "radio" else kind  # radio buttons need too much space in a row

    def _never_asked(self) -> bool:
        return not self._row

    @property
    def computed_text(self) -> str:
        return self._text(self.stored)

    @property
    def autocomplete(self) -> str:
        return "off"

    @property
    def prefilled(self) -> bool:
        return False
