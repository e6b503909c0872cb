"""Reads the first sheet of an Excel file (.xlsx) as rows of text: what a table of an office holds, texts, numbers and days.

Formulas count by their stored result. Formats, further sheets, macros and links are not looked at.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

from portal.common.archives import UNREADABLE

MAX_PART, MAX_ROWS, MAX_COLUMNS = 8_000_000, 5_000, 50  # unpacked bytes of one part
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
FIRST_DAY = {False: dt.date(1899, 12, 30), True: dt.date(1904, 1, 1)}  # day 0; of files that count from 1904
DAY_FORMATS = {*range(14, 23), *range(27, 37), *range(50, 59)}  # built-in formats that show a day
NOT_SHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # literal text and colours in a format
PLACE = re.compile(r"([A-Z]{1,3})[0-9]+")


class Unreadable(ValueError):
    """The bytes are no Excel file that can be read, or one beyond the limits."""


def first_sheet(content: bytes) -> list[list[str]]:
    """The rows of the first sheet, without empty rows. Days are written dd/mm/yyyy. Raises Unreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _rows(packed)
    except (*UNREADABLE, ElementTree.ParseError, LookupError, OverflowError) as why:
        raise Unreadable(str(why)) from why


def _rows(packed: zipfile.ZipFile) -> list[list[str]]:
    book = _part(packed, "xl/workbook.xml")
    links = {link.get("Id"): link.get("Target", "") for link in _part(packed, "xl/_rels/workbook.xml.rels")}
    target = links[book.findall(f"{MAIN}sheets/{MAIN}sheet")[0].get(RELATION)]
    sheet = _part(packed, target.removeprefix("/") if target.startswith("/") else f"xl/{target}")
    settings = book.find(f"{MAIN}workbookPr")
    since = FIRST_DAY[settings is not None and settings.get("date1904", "0") in ("1", "true")]
    cells = _Cells(_shared_texts(packed), _day_styles(packed), since)
    rows = []
    for number, row in enumerate(sheet.iter(f"{MAIN}row")):
        if number >= MAX_ROWS:
            raise Unreadable("too many rows")
        found = cells.of(row)
        if any(found):
            rows.append(found)
    return rows


class _Cells:
    """Texts of cells. `days`: for each style, does it show a number as a day?"""

    def __init__(self, texts: list[str], days: list[bool], since: dt.date) -> None:
        self.texts, self.days, self.since = texts, days, since

    def of(self, row: ElementTree.Element) -> list[str]:
        """The cells of a row from column A on; those that the file leaves out are empty."""
        found: list[str] = []
        for cell in row.iter(f"{MAIN}c"):
            column = _column(cell.get("r", "")) if cell.get("r") else len(found)
            if not len(found) <= column < MAX_COLUMNS:
                break
            found += [""] * (column - len(found)) + [self._text(cell)]
        return found

    def _text(self, cell: ElementTree.Element) -> str:
        kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v") or ""
        if kind == "inlineStr":
            return _written(cell)
        if kind == "s":
            return self.texts[int(value)]
        if kind != "n" or not value:
            return " ".join(value.split())
        number = float(value)
        if self.days[int(cell.get("s", "0"))]:
            return f"{self.since + dt.timedelta(days=int(number)):%d/%m/%Y}"
        return str(int(number)) if number.is_integer() else str(number)


def _column(place: str) -> int:
    """«AB12» is column 27."""
    found = PLACE.fullmatch(place)
    if found is None:
        raise Unreadable(f"no cell: {place[:20]}")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _shared_texts(packed: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in packed.namelist():
        return []
    return [_written(item) for item in _part(packed, "xl/sharedStrings.xml").iter(f"{MAIN}si")]


def _written(item: ElementTree.Element) -> str:
    """The text of a cell without the readings of East Asian scripts (`rPh`)."""
    return " ".join("".join(_texts_in(item)).split())


def _texts_in(item: ElementTree.Element) -> Iterator[str]:
    for part in item:
        if part.tag == f"{MAIN}t":
            yield part.text or ""
        elif part.tag != f"{MAIN}rPh":
            yield from _texts_in(part)


def _day_styles(packed: zipfile.ZipFile) -> list[bool]:
    """For each style of cells: does its number format show a day?"""
    if "xl/styles.xml" not in packed.namelist():
        return [False]
    styles = _part(packed, "xl/styles.xml")
    own = {item.get("numFmtId"): item.get("formatCode", "") for item in styles.iter(f"{MAIN}numFmt")}
    used = [item.get("numFmtId", "0") for item in styles.findall(f"{MAIN}cellXfs/{MAIN}xf")]
    return [int(number) in DAY_FORMATS or _shows_a_day(own.get(number, "")) for number in used] or [False]


def _shows_a_day(code: str) -> bool:
    return bool(set(NOT_SHOWN.sub("", code).lower()) & {"d", "y"})


def _part(packed: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """One part of the file, parsed. A document type is refused: it could define entities that unfold without end."""
    with packed.open(name) as part:
        content = _bounded(part)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable("a document type")
    return ElementTree.fromstring(content)


def _bounded(part: IO[bytes]) -> bytes:
    content = part.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise Unreadable("too large")
    return content
