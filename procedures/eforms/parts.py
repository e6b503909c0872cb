"""The parts of a form: sections are headings of the printed form, pages are steps of the wizard, fields are questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from procedures.eforms.conditions import is_empty

CODED = ("choice", "lookup")
"""Types whose answer is the code of an option; its label is shown."""


@dataclass(frozen=True)
class Field:
    """A question of the form, or a column of one of its tables."""

    spec: Mapping[str, Any] = field(repr=False)
    key: str
    type: str
    page: "Page | None" = field(default=None, repr=False, compare=False)
    narrowed: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """Grammar 2: how this procedure narrows the shared form. `hide`, or `value` (bound), or other words: `label`, `help`."""

    @property
    def label(self) -> str:
        """The words on pages."""
        return self.narrowed.get("label") or self.spec["label"]

    @property
    def official_label(self) -> str:
        """The words of the printed form."""
        return self.spec["label"]

    @property
    def help(self) -> str:
        return self.narrowed.get("help") or self.spec.get("help", "")

    @property
    def is_hidden(self) -> bool:
        """Not asked for this procedure; printed as an empty line."""
        return bool(self.narrowed.get("hide"))

    @property
    def is_bound(self) -> bool:
        """Not asked for this procedure; its answer is always `narrowed["value"]`."""
        return "value" in self.narrowed and not self.is_hidden

    @property
    def is_narrowed_away(self) -> bool:
        return self.is_hidden or self.is_bound

    @property
    def rules(self) -> Mapping[str, Any]:
        """Bounds of the value: max_length, min, max, min_date, max_date, format."""
        return self.spec.get("validation", {})

    @property
    def required(self) -> bool:
        return bool(self.spec.get("required"))

    @property
    def sensitive(self) -> bool:
        """Sensitive personal data (Law 91/2025): masked in lists, search and logs."""
        return self.spec.get("privacy") == "sensitive"

    @property
    def is_question(self) -> bool:
        return self.type != "note"

    @property
    def width(self) -> int | None:
        """Width of a column in percent of the printed table; None: a share of the rest."""
        return self.spec.get("width")

    @property
    def is_number(self) -> bool:
        return self.type in ("number", "money")

    @property
    def computed(self) -> Mapping[str, Any] | None:
        return self.spec.get("computed")

    @property
    def partial(self) -> bool:
        return bool(self.spec.get("partial"))

    @property
    def multiple(self) -> bool:
        return bool(self.spec.get("multiple"))

    @cached_property
    def columns(self) -> tuple["Field", ...]:
        return tuple(Field(spec, spec["key"], spec["type"], self.page) for spec in self.spec.get("columns", []))


@dataclass(frozen=True, eq=False)
class Page:
    """One step of the wizard."""

    key: str
    title: str
    question: str
    section: "Section" = field(repr=False)
    index: int
    fields: tuple[Field, ...] = field(default=(), repr=False)


@dataclass(frozen=True, eq=False)
class Section:
    """A heading of the printed form."""

    key: str
    title: str
    pages: list[Page] = field(default_factory=list, repr=False)


def is_blank_row(table: Field, row: Any) -> bool:
    """True when nothing was typed in this row. Default and computed values do not count."""
    if not isinstance(row, dict):
        return False
    silent = {column.key: column.spec.get("default") for column in table.columns if column.computed or "default" in column.spec}
    computed = {column.key for column in table.columns if column.computed}
    return all(is_empty(value) or key in computed or (key in silent and value == silent[key]) for key, value in row.items())


_FILLERS = {"có", "phải", "là"}  # words that make a statement a question and change nothing in what «Có» means


def asks_the_same(question: str, label: str) -> bool:
    """Does the question of a page ask just what the label of a yes/no field states, so that «Có» says the same to both?

    «Có nhờ đại diện không?» asks «Nhờ đại diện»; «Có thông tin về mẹ không?» does not ask «Không có thông tin về mẹ».
    """
    words = question.casefold().rstrip(" ?").split()
    if words[-1:] in (["không"], ["chưa"]):
        words.pop()
    asked, stated = ([word for word in text if word not in _FILLERS] for text in (words, label.casefold().split()))
    return asked == stated
