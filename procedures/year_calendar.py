"""The days off and swapped Saturdays of one year as lines of text: read, checked, compared, stored with a record.

The lines are what an administrator types, or an Excel or CSV file of an office: day, kind, name. They state the whole year. Days
that are over keep what they were: terms were counted with them.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.models import User
from accounts.roles import Role
from portal.common import clock
from portal.common.dates import full_day
from portal.common.figures import UnclearDay, typed_day_in
from portal.common.vietnamese import fold
from portal.common.workbooks import Unreadable, first_sheet
from procedures.calendar import WorkCalendar
from procedures.models import CalendarChange, Holiday, UndecidedHoliday, hash_of

MAX_BYTES, MAX_LINES, MAX_NAME, MAX_ERRORS = 100_000, 366, 120, 20
MAX_FILE, MAX_SPAN = 500_000, 31  # bytes; days of one row of a table
UNREADABLE = gettext_lazy("Không đọc được tệp. Tải lên tệp Excel (.xlsx) hoặc CSV (UTF-8); tệp .xls thì lưu lại thành .xlsx.")
HEADINGS = {
    **dict.fromkeys(("ngay", "tu ngay", "ngay nghi", "ngay bat dau"), "day"),
    **dict.fromkeys(("den ngay", "den het ngay", "ngay ket thuc"), "until"),
    **dict.fromkeys(("loai", "loai ngay", "hinh thuc"), "kind"),
    **dict.fromkeys(("ten", "ten ngay", "noi dung", "ngay le", "dip nghi"), "name"),
}
YEARS_AHEAD = 3
LOCK = 0x6C696368  # advisory lock: one change of the calendar at a time


class Outdated(Exception):
    """Somebody else changed the calendar, or a day went by, after the page was shown."""


class NotReadable(Exception):
    """The lines cannot be taken over; `sentences` name the line and what is wrong."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(*sentences)
        self.sentences = list(sentences)


@dataclass(frozen=True)
class Row:
    """One day, with the attributes that `WorkCalendar.from_rows` reads."""

    date: dt.date
    kind: str
    name: str

    @property
    def words(self) -> str:
        return f"{Holiday.Kind(self.kind).label}: {self.name}"

    @property
    def line(self) -> str:
        return f"{self.date:%d/%m/%Y}; {Holiday.Kind(self.kind).label}; {self.name}"


def may_set_calendar(user: User) -> bool:
    """Catalogue administrators and system administrators: one calendar counts for all agencies."""
    return user.is_active and user.is_staff_login and (user.is_superuser or bool(user.agencies_with(Role.CATALOGUE_ADMIN)))


def years() -> range:
    """The years that can be changed: this one and the next ones."""
    return range(clock.today().year, clock.today().year + YEARS_AHEAD)


def rows_of(year: int) -> list[Row]:
    return [Row(*facts) for facts in Holiday.objects.filter(date__year=year).values_list("date", "kind", "name")]


def text_of(rows: Iterable[Row]) -> str:
    return "\n".join(row.line for row in rows)


def shipped_differences(year: int) -> list[dict[str, str]]:
    """[{"place", "old", "new"}]: what the shipped data say of days that people changed."""
    rows = Holiday.objects.filter(date__year=year).exclude(shipped_says={})
    return [{**found, "place": full_day(row.date)} for row in rows for found in row.shipped_differences()]


def undecided_of(year: int) -> list[UndecidedHoliday]:
    """Days off of the year that are expected but not decided."""
    return list(UndecidedHoliday.objects.filter(first_on__year__lte=year, last_on__year__gte=year))


def fingerprint(year: int) -> str:
    """Hash of what is stored for the year, and of the day: tomorrow one day more is over."""
    undecided = [[row.name, row.first_on.isoformat(), row.last_on.isoformat()] for row in undecided_of(year)]
    return hash_of({"rows": text_of(rows_of(year)), "undecided": undecided, "today": clock.today().isoformat()})


# ---------------------------------------------------------------- reading
@override("vi")
def decoded(content: bytes) -> str:
    """The lines of a file, CSV or Excel. Raises NotReadable for one that is too large or is neither."""
    if len(content) > MAX_FILE:
        raise NotReadable([_("Tệp lớn quá %(n)d kB.") % {"n": MAX_FILE // 1000}])
    if content.startswith(b"PK"):
        return _lines_of_a_table(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise NotReadable([UNREADABLE])
    return text


def _lines_of_a_table(content: bytes) -> str:
    """The table of an Excel file as lines «day; kind; name». Columns are found by their headings, in any order, below any title:
    «Ngày», or «Từ ngày» and «Đến ngày»; «Loại»; «Tên» or «Nội dung». Without headings: the first three columns."""
    try:
        table = first_sheet(content)
    except Unreadable:
        raise NotReadable([UNREADABLE]) from None
    found = next(((at, where) for at, row in enumerate(table) if (where := _headings_in(row))), None)
    at, columns = found or (-1, {"day": 0, "kind": 1, "name": 2})
    lines: list[str] = []
    for row in table[at + 1 :]:
        cells = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
        days = _days_between(cells["day"], cells.get("until", ""))
        lines += [f"{day}; {cells['kind']}; {cells['name']}" for day in days if any(cells.values())]
        if len(lines) > MAX_LINES:
            raise NotReadable([_("Nhiều quá %(n)d dòng.") % {"n": MAX_LINES}])
    return "\n".join(lines)


def _headings_in(row: Sequence[str]) -> dict[str, int]:
    """{what: column} when the row names the columns, else {}."""
    words = [fold(cell) for cell in row]
    found = {name: at for at, word in reversed(list(enumerate(words))) if (name := HEADINGS.get(word))}
    return found if {"day", "kind", "name"} <= set(found) else {}


def _days_between(first: str, last: str) -> list[str]:
    """Each day from the first to the last one as it would be typed; the first cell as it is when they are no such span."""
    if not last:
        return [first]
    try:
        start, end = typed_day_in(first), typed_day_in(last)
    except UnclearDay:
        return [first]
    if not start <= end <= start + dt.timedelta(days=MAX_SPAN):
        return [f"{first} – {last}"]
    return [f"{start + dt.timedelta(days=n):%d/%m/%Y}" for n in range((end - start).days + 1)]


def read(text: str, year: int) -> list[Row]:
    """The rows of the lines, in the order of days. Raises NotReadable, naming each wrong line."""
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if lines and fold(lines[0][1]).startswith("ngay") and not any(sign.isdigit() for sign in lines[0][1]):
        del lines[0]  # headings of a table
    if len(lines) > MAX_LINES or len(text) > MAX_BYTES:
        raise NotReadable([_("Nhiều quá %(n)d dòng.") % {"n": MAX_LINES}])
    rows: dict[dt.date, Row] = {}
    wrong = []
    for number, line in lines:
        try:
            row = _row_in(line, year)
            if row.date in rows:
                raise ValueError(_("ngày này đã có ở dòng trên"))
            rows[row.date] = row
        except ValueError as why:
            wrong.append(_("Dòng %(n)d: %(why)s") % {"n": number, "why": why})
    found = [rows[day] for day in sorted(rows)]
    if not wrong:
        wrong = _changes_of_the_past(found, year)
    if wrong:
        raise NotReadable(wrong[:MAX_ERRORS])
    return found


def _row_in(line: str, year: int) -> Row:
    """Raises ValueError with a sentence. Cells are separated by «;», a tab (pasted from a table) or «,»."""
    separator = next((sign for sign in ";\t," if sign in line), ";")
    cells = [cell.strip().strip('"').strip() for cell in line.split(separator, 2)]
    if len(cells) != 3:
        raise ValueError(_("ghi đủ ngày; loại; tên, cách nhau bằng dấu chấm phẩy"))
    try:
        day = typed_day_in(cells[0])
    except UnclearDay as why:
        raise ValueError(str(why)) from None
    kinds = {fold(str(label)): kind for kind, label in Holiday.Kind.choices}
    kind, name = kinds.get(fold(cells[1])), cells[2]
    if day.year != year:
        raise ValueError(_("ngày này không thuộc năm %(year)d") % {"year": year})
    if kind is None:
        raise ValueError(_("loại là một trong: %(kinds)s") % {"kinds": ", ".join(str(label) for label in Holiday.Kind.labels)})
    if not name or len(name) > MAX_NAME or name[0] in "=+@":
        raise ValueError(_("tên có từ 1 đến %(n)d chữ, không phải công thức") % {"n": MAX_NAME})
    if kind == Holiday.Kind.SWAP_WORKING_DAY and day.weekday() < 5:
        raise ValueError(_("làm bù vào thứ bảy hoặc chủ nhật; ngày này vốn là ngày làm việc"))
    return Row(day, kind, name)


def _changes_of_the_past(rows: Iterable[Row], year: int) -> list[str]:
    today = clock.today()
    stated, stored = ({row.date: row for row in some if row.date <= today} for some in (rows, rows_of(year)))
    days = sorted({*stated, *stored})
    return [
        _("%(day)s: ngày đã qua, không sửa. Để nguyên như đang có.") % {"day": full_day(day)}
        for day in days
        if stated.get(day) != stored.get(day)
    ]


# ---------------------------------------------------------------- comparing
@override("vi")
def differences(rows: Iterable[Row], year: int, decided: Collection[str] = ()) -> list[dict[str, str]]:
    """[{"place", "old", "new"}] in Vietnamese words. `decided`: names of undecided days off that are no longer open."""
    old, new = ({row.date: row.words for row in some} for some in (rows_of(year), rows))
    found = [
        {"place": full_day(day), "old": old.get(day, ""), "new": new.get(day, "")}
        for day in sorted({*old, *new})
        if old.get(day) != new.get(day)
    ]
    ended = [row.name for row in undecided_of(year) if row.name in decided]
    return found + [{"place": name, "old": _("chưa chốt"), "new": _("đã chốt")} for name in ended]


def first_changed_day(rows: Iterable[Row], year: int, decided: Collection[str] = ()) -> dt.date | None:
    """The first day whose kind changes, or that is no longer undecided; None when nothing changes."""
    old, new = ({row.date: row.kind for row in some} for some in (rows_of(year), rows))
    days = [day for day in {*old, *new} if old.get(day) != new.get(day)]
    return min([*days, *(row.first_on for row in undecided_of(year) if row.name in decided)], default=None)


def calendar_with(rows: Collection[Row], year: int, decided: Collection[str] = ()) -> WorkCalendar:
    """The working calendar as it would be."""
    others: list[Any] = list(Holiday.objects.exclude(date__year=year))
    spans = UndecidedHoliday.objects.exclude(name__in=decided).values_list("first_on", "last_on", "name")
    return WorkCalendar.from_rows([*others, *rows], undecided=list(spans))


# ---------------------------------------------------------------- storing
@transaction.atomic
def save(text: str, year: int, seen: str, decided: Collection[str] = (), *, by: User) -> list[dict[str, str]]:
    """Take over the lines as the year, all or nothing; returns what changed. The job `dossiers.workflow.recount` then counts
    running terms again and tells the citizens.

    `seen`: the fingerprint of the page. Raises PermissionDenied, NotReadable, Outdated.
    """
    if not may_set_calendar(by) or year not in years():
        raise PermissionDenied
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if fingerprint(year) != seen:
        raise Outdated
    rows, before = read(text, year), text_of(rows_of(year))
    if changed := differences(rows, year, decided):
        _write({row.date: row for row in rows}, year)
        for span in undecided_of(year):
            if span.name in decided:
                span.delete()
        CalendarChange.objects.create(year=year, by=by, places=changed, before=before)
    return changed


def _write(wanted: dict[dt.date, Row], year: int) -> None:
    there = {row.date: row for row in Holiday.objects.filter(date__year=year)}
    for day, stored in there.items():
        if day not in wanted:
            stored.delete()
        elif (stored.kind, stored.name) != (wanted[day].kind, wanted[day].name):
            stored.kind, stored.name, stored.certainty = wanted[day].kind, wanted[day].name, ""
            stored.save()
    for day, row in wanted.items():
        if day not in there:
            Holiday.objects.create(date=day, kind=row.kind, name=row.name)
