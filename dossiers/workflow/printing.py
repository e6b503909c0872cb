"""The workflow as auditors read it: every (state, step, role, body), by introspection of the transition lines."""

from collections.abc import Iterator
from typing import NamedTuple

from dossiers.transitions.step import Choice, Line
from dossiers.workflow.checks import all_lines

NOTHING = "-"


class Row(NamedTuple):
    """Who may take one step out of one state. `body`: where the role is held, seen from the dossier, or «job»."""

    state: str
    step: str
    role: str
    body: str
    target: str
    clock: str
    guards: str


def rows() -> Iterator[Row]:
    """All rows, in the order of the code."""
    for line in all_lines():
        for role, body in _who(line):
            yield Row(
                str(line.source),
                line.name,
                role,
                body,
                _targets(line.target),
                " ".join(filter(None, [str(line.custom["clock"]), str(line.custom["interval"] or "")])),
                " ".join([*(rule.__name__ for rule in line.conditions), *(rule.__name__ for rule in line.custom["inputs"])])
                or NOTHING,
            )


def _who(line: Line) -> list[tuple[str, str]]:
    people = sorted((str(role), str(body)) for role, body in line.permission.bodies)
    return people + [(str(job), "job") for job in sorted(line.custom["jobs"])]


def _targets(target: Choice) -> str:
    states = [target] if isinstance(target, str) else target.allowed_states
    return " ".join(str(state) for state in states)


def text() -> str:
    """The rows as a table of plain text, columns separated by « | »."""
    table = [Row._fields, *rows()]
    widths = [max(len(row[column]) for row in table) for column in range(len(Row._fields) - 1)]
    lines = [" | ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in table]
    return "\n".join(lines) + "\n"
