"""Answers as text: for the review page, the clerk's view and paper."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from accounts import addresses
from portal.common.identity import mask_number, phone_for_display
from procedures.eforms.conditions import is_empty
from procedures.eforms.form import Form
from procedures.eforms.parts import Field, Page
from procedures.eforms.values import number_text

GLUE = "\N{NO-BREAK SPACE}"
MASK = "••••••"


@dataclass(frozen=True)
class AnswerTable:
    """A table as text: columns, rows, and the row of sums (empty when no column is summed)."""

    columns: tuple[Field, ...]
    rows: list[list[str]]
    totals: list[str]

    @property
    def headers(self) -> list[str]:
        return [column.label for column in self.columns]

    @property
    def cells(self) -> list[list[tuple[Field, str]]]:
        """Rows of (column, text)."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def total_cells(self) -> list[tuple[Field, str]]:
        return list(zip(self.columns, self.totals, strict=True)) if self.totals else []


@dataclass(frozen=True)
class AnswerRow:
    """One question and what was answered."""

    key: str
    label: str
    text: str
    page_key: str
    sensitive: bool = False
    origin: str = ""
    table: AnswerTable | None = None
    is_bound: bool = False  # the procedure fixes it: nobody was asked

    @property
    def from_account(self) -> bool:
        """True when the value was prefilled from the account and not changed."""
        return bool(self.origin) and self.origin != "default"


@dataclass(frozen=True)
class AnswerPage:
    title: str
    key: str
    rows: list[AnswerRow] = field(default_factory=list)


@dataclass(frozen=True)
class AnswerSection:
    title: str
    key: str
    pages: list[AnswerPage] = field(default_factory=list)

    @property
    def rows(self) -> list[AnswerRow]:
        return [row for page in self.pages for row in page.rows]

    @property
    def blocks(self) -> list[list[AnswerRow]]:
        """The rows for the layout of the review page: consecutive lines together, each table on its own."""
        return [list(rows) for _is_table, rows in groupby(self.rows, key=lambda row: row.key if row.table else "")]

    @property
    def lines(self) -> list[AnswerRow]:
        return [row for row in self.rows if row.table is None]

    @property
    def tables(self) -> list[AnswerRow]:
        return [row for row in self.rows if row.table is not None]


def answer_sections(
    form: Form,
    known: Mapping[str, Any],
    today: dt.date,
    *,
    masked: bool = False,
    origins: Mapping[str, str] | None = None,
    long_dates: bool = True,
) -> list[AnswerSection]:
    """The answers as text, in the order of the form. Hidden questions are left out; empty answers have an empty text."""
    form.expect(known)
    asked = {question.key for question in form.walk(known, today)[0]}
    kept = form.kept(known, today)
    asked |= {question.key for question in form.fields.values() if question.is_bound and question.key in kept}
    sections = []
    for section in form.sections:
        pages = []
        for page in section.pages:
            rows = [
                _answer_row(
                    form, page, question, kept.get(question.key), masked, (origins or {}).get(question.key, ""), long_dates
                )
                for question in page.fields
                if question.key in asked
            ]
            if rows:
                pages.append(AnswerPage(page.title, page.key, rows))
        if pages:
            sections.append(AnswerSection(section.title, section.key, pages))
    return sections


def _answer_row(form: Form, page: Page, question: Field, value: Any, masked: bool, origin: str, long_dates: bool) -> AnswerRow:
    table = answer_table(form, question, value, masked=masked) if question.type == "table" else None
    text = "" if table else display_value(form, question, value, masked=masked, long_dates=long_dates)
    where = "" if question.is_bound else page.key
    return AnswerRow(question.key, question.label, text, where, question.sensitive, origin, table, question.is_bound)


def answer_table(form: Form, table: Field, value: Any, *, masked: bool = False) -> AnswerTable:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    texts = [
        [display_value(form, column, row.get(column.key), masked=masked, long_dates=False) for column in table.columns]
        for row in rows
    ]
    return AnswerTable(table.columns, texts, table_totals(table, rows))


def table_totals(table: Field, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The row of sums: numbers under summed columns, "" elsewhere; [] when no column is summed."""
    if not any(column.spec.get("total") for column in table.columns):
        return []
    rows = list(rows)
    return [number_text(_sum(column, rows)) if column.spec.get("total") else "" for column in table.columns]


def _sum(column: Field, rows: list[Mapping[str, Any]]) -> int | float:
    cells = [row.get(column.key) for row in rows]
    total = sum(cell for cell in cells if isinstance(cell, (int, float)) and not isinstance(cell, bool))
    return round(total, column.spec.get("decimals", 0)) if isinstance(total, float) else total


# names --------------------------------------------------------------------------------------------------------------
def names_in(form: Form, known: Mapping[str, Any]) -> list[str]:
    """Every answer that is the name of a person, also in tables and of who consents, each once."""
    found = []
    for question in form.fields.values():
        value = known.get(question.key)
        if question.type == "table" and isinstance(value, list):
            keys = [column.key for column in question.columns if _is_name(column)]
            found += [row.get(key) for row in value if isinstance(row, dict) for key in keys]
        elif question.type == "consent" and isinstance(value, dict):
            found.append(value.get("name"))
        elif _is_name(question):
            found.append(value)
    return [name for name in dict.fromkeys(text for text in found if isinstance(text, str)) if name]


def _is_name(question: Field) -> bool:
    return question.rules.get("format") == "person_name"


# one value ------------------------------------------------------------------------------------------------------------
def display_value(form: Form, question: Field, value: Any, *, masked: bool = False, long_dates: bool = False) -> str:
    """One answer as text. A value that could not be parsed is shown as typed."""
    if is_empty(value):
        return ""
    if masked and question.sensitive:
        return MASK
    match question.type:
        case "number" | "money" if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _amount(question, value)
        case "id_number" | "phone" if masked and isinstance(value, str):
            return mask_number(value)
        case "phone" if isinstance(value, str):
            return phone_for_display(value)
        case "email" if masked:
            return MASK
        case "date":
            return date_text(value, words=long_dates)
        case "date_range" if isinstance(value, dict):
            start, end = (date_text(value.get(part), words=long_dates) for part in ("from", "to"))
            return _("từ %(start)s đến %(end)s") % {"start": start, "end": end}
        case "lookup" if question.spec.get("show_code"):
            return f"{value} {form.option_label(question, value)}".strip()
        case "choice" | "lookup":
            chosen = value if isinstance(value, list) else [value]
            return ", ".join(form.option_label(question, option) or str(option) for option in chosen)
        case "yes_no" if isinstance(value, bool):
            return _("Có") if value else _("Không")
        case "address" if isinstance(value, dict):
            return address_text(form, value)
        case "consent":
            return consent_text(value)
    return str(value)


def _amount(question: Field, value: int | float) -> str:
    unit = "đồng" if question.type == "money" else question.spec.get("unit", "")
    if "đồng" in question.label:
        unit = ""  # the label already names the unit
    year = question.rules.get("max") == "this_year"
    return str(value) if year else number_text(value) + (GLUE + unit if unit else "")


def date_text(value: Any, *, words: bool = False) -> str:
    """ "1961-03-14" as “14/03/1961”, or with `words` “14 tháng 3 năm 1961”; "1961" as a year; any other text unchanged."""
    if not isinstance(value, str):
        return ""
    parts = value.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts) > 3:
        return value
    year, *rest = [int(part) for part in parts]
    if not words:
        return "/".join([*(f"{number:02}" for number in reversed(rest)), str(year)])
    named = [f"{rest[1]}"] if len(rest) == 2 else []
    named += [f"tháng{GLUE}{rest[0]}"] if rest else []
    return GLUE.join([*named, f"năm{GLUE}{year}"]) if rest else str(year)


def address_text(form: Form, value: Mapping[str, Any]) -> str:
    """Detail, commune, province; abroad: detail, country. Names of abolished units, too."""
    return addresses.address_text(value, lambda part, code: found.label if (found := form.find(part, code)) else "")


def consent_text(value: Any) -> str:
    """Whether and by whom consent was given, and how it is confirmed."""
    if not isinstance(value, dict):
        return _("Đồng ý") if value is True else str(value)
    parts = [_("Đồng ý") if value.get("agreed") is True else _("Chưa đồng ý")]
    if value.get("name"):
        parts.append(str(value["name"]))
    if value.get("id_number"):
        parts.append(_("số định danh %(number)s") % {"number": value["id_number"]})
    ways = {"vneid": _("xác nhận bằng VNeID"), "paper": _("ký trên bản giấy")}
    if value.get("way") in ways:
        parts.append(ways[value["way"]])
    return ", ".join(parts)
