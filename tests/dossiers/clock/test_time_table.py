"""Every row of the time table (`time_table.txt`, worked out by hand) is what the program counts, and docs/rules.md prints it."""

import datetime as dt
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings

from dossiers.clock.rules import WAITS, Extension, Interval, current_due
from procedures.calendar import LOCAL, OfficeHours, Pause, Term, WorkCalendar, reception_due, step_due
from tests import reference

FILE = Path(__file__).with_name("time_table.txt")
RULES = Path(settings.BASE_DIR) / "docs/rules.md"
HOLIDAYS, HOURS = reference.load("holidays.json"), OfficeHours.default()
UNITS = {"wd": "working_day", "d": "day", "m": "month", "h": "hour"}
TET = {"tet1": ("2027-02-04", "2027-02-10"), "tet2": ("2027-02-05", "2027-02-14")}
BEGIN, END = "<!-- time table -->\n", "<!-- end of the time table -->"


class Row(NamedTuple):
    group: str
    term: str
    start: str
    happens: str
    due: str
    by_hand: str


def rows():
    group, found = "", []
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("## "):
            group = line[3:]
        elif line and not line.startswith("#"):
            found.append(Row(group, *(cell.strip() for cell in line.split("|"))))
    return found


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def calendar_of(happens):
    """The calendar of data/holidays.json with the changes of this row."""
    known = WorkCalendar.from_document(HOLIDAYS)
    off, on, undecided = dict(known.off), dict(known.on), known.undecided
    for word in happens:
        if word in TET:
            first, last = map(dt.date.fromisoformat, TET[word])
            off |= {first + dt.timedelta(days=n): "Tết" for n in range((last - first).days + 1)}
            undecided = [span for span in undecided if span[0].month != 2]
        elif word.startswith("off "):
            off[dt.date.fromisoformat(word[4:])] = "new"
        elif word.startswith("work "):
            on[dt.date.fromisoformat(word[5:])] = "new"
    return WorkCalendar(off, on, known.years, undecided)


def counted(row):
    """(due time, is it provisional) by the program."""
    happens = [part.strip() for part in row.happens.split(";") if part.strip()]
    calendar, start = calendar_of(happens), at(row.start)
    intervals, extension = [], None
    for part in happens:
        if match := re.fullmatch(r"(\w+)(!?) (\S+ \S+) > (\S+ \S+)", part):
            kind, restart, began, ended = match.groups()
            if kind == "extended":
                extension = Extension(at(began), at(ended))
            else:
                assert kind in WAITS
                intervals.append(Interval(kind, at(began), at(ended), bool(restart)))
    if row.term.startswith("reception "):
        found = reception_due(calendar, HOURS, row.term.split()[1], start)
        return found.at, found.provisional
    if step := re.fullmatch(r"step (\d+)h(?: until (.+))?", row.term):
        pauses = [Pause(i.started_at, i.ended_at) for i in intervals]
        until = at(step[2]) if step[2] else None
        return step_due(calendar, HOURS, start, int(step[1]), paused=pauses, not_after=until), False
    standing = current_due(calendar, HOURS, accepted_at=start, term=term_of(row.term), intervals=intervals, extension=extension)
    return standing.at, standing.provisional


def term_of(text):
    if text == "same-day":
        return Term(1, "working_day", "same_day_before_15:00")
    if text == "schedule":
        return Term(None, None, "schedule")
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()
    return Term(int(number), UNITS[unit])


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.term} {row.start} {row.happens}"[:80]) for row in rows()])
def test_the_program_counts_as_a_hand_does(row):
    expected = None if row.due == "none" else at(row.due.removeprefix("~"))
    assert counted(row) == (expected, row.due.startswith("~")), row.by_hand


def printed():
    lines, group = [], ""
    for row in rows():
        if row.group != group:
            group = row.group
            lines += ["", f"**{group}**", "", "| term | start | what happens | due | counted by hand |", "|---|---|---|---|---|"]
        lines.append(f"| {row.term} | {row.start} | {row.happens} | {row.due} | {row.by_hand} |")
    return "\n".join([*lines[1:], ""])


def test_the_table_is_long_and_printed_in_the_rules():
    assert len(rows()) >= 80 and len(set(rows())) == len(rows())
    assert RULES.read_text("utf-8").partition(BEGIN)[2].partition(END)[0] == f"\n{printed()}\n"
