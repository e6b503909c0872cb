"""Reading the first sheet of an Excel file: what Excel writes, and what it never writes."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from portal.common.workbooks import MAX_PART, Unreadable, first_sheet


def book(rows, **options):
    """An Excel file with these rows in its first sheet; days as Excel writes them."""
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file, {"in_memory": True, **options})
    sheet, day = made.add_worksheet("Lịch"), made.add_format({"num_format": "dd/mm/yyyy"})
    for line, row in enumerate(rows):
        for at, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(line, at, dt.datetime.combine(value, dt.time()), day)
            elif value != "":
                sheet.write(line, at, value)
    made.add_worksheet("Khác").write(0, 0, "không đọc")
    made.close()
    return file.getvalue()


def changed(content, name, change):
    """The file with one part rewritten."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part)
            new.writestr(part, change(data) if part == name else data)
    return made.getvalue()


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_texts_numbers_and_days_are_read_as_they_are_shown(options):
    rows = [["Ngày", "Loại"], [], [dt.date(2027, 2, 5), "nghỉ  lễ", "", 12, 1.5, "Tết"]]
    assert first_sheet(book(rows, **options)) == [["Ngày", "Loại"], ["05/02/2027", "nghỉ lễ", "", "12", "1.5", "Tết"]]


def test_a_formula_counts_by_its_result():
    file = io.BytesIO()
    made = xlsxwriter.Workbook(file)
    made.add_worksheet().write_formula(0, 0, "=1+1", None, 2)
    made.close()
    assert first_sheet(file.getvalue()) == [["2"]]


SHEET = "xl/worksheets/sheet1.xml"
GOOD = book([["a", "b"], [1, 2]])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 cut",
        GOOD[:200],
        changed(GOOD, SHEET, lambda data: data[: len(data) // 2]),
        changed(GOOD, SHEET, lambda data: b'<!DOCTYPE x [<!ENTITY a "b">]>' + data),
        changed(GOOD, SHEET, lambda data: b" " * (MAX_PART + 1)),
        changed(GOOD, SHEET, lambda data: data.replace(b'r="A1"', b'r="1A"')),
        changed(GOOD, SHEET, lambda data: data.replace(b"<v>0</v>", b"<v>99</v>")),
        changed(GOOD, SHEET, lambda data: data.replace(b"<v>1</v>", b"<v>nan</v>")),
        changed(GOOD, "xl/workbook.xml", lambda data: data.replace(b"<sheet ", b"<no ")),
    ],
)
def test_what_is_no_such_file_is_refused(content):
    with pytest.raises(Unreadable):
        first_sheet(content)


def test_a_cell_far_to_the_right_takes_no_room():
    far = changed(GOOD, SHEET, lambda data: data.replace(b'r="B1"', b'r="XFD1"'))
    assert first_sheet(far) == [["a"], ["1", "2"]]
