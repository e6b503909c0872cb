"""A form of a published version: its pages, which of them are shown for given answers, and which answers count.

An answer counts ("kept") when its question is shown. Parameters: `known` are all stored answers, {key: value}; `today` is the
filing day.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from accounts.unit_search import FoundUnit
from procedures.eforms.computing import computed_value
from procedures.eforms.conditions import holds, is_empty
from procedures.eforms.dates import Calendar
from procedures.eforms.parts import Field, Page, Section, is_blank_row
from procedures.eforms.sources import Option, Sources, StaticSources

_REMARK = re.compile(r"\s*[\[(][^\])]*(?:knowledge|seen|chưa xem)[^\])]*[\])]")
GRAMMARS = {1, 2}  # all grammars of published versions must stay readable


class UnknownPage(LookupError):
    """The form has no such page, or it is not shown for these answers."""


class Form:
    """`document`: the "form" of a published version; `sources`: options not listed in the form; `fee_of`: computes the fee in
    đồng from the answers. Raises ValueError for an unknown grammar."""

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        sources: Sources | None = None,
        calendar: Calendar | None = None,
        fee_of: Callable[[Mapping[str, Any]], int | None] | None = None,
    ):
        if document.get("grammar", 1) not in GRAMMARS:
            raise ValueError(f"unknown grammar {document['grammar']} of form {document['key']}")
        self.document = document
        self._outside = sources or StaticSources()
        self._calendar = calendar
        self._fee_of = fee_of
        self.sections = _sections(document)
        self.pages = [page for section in self.sections for page in section.pages]
        self.fields = {field.key: field for page in self.pages for field in page.fields}
        self.bound_fields = document.get("bound_fields", [])

    @property
    def calendar(self) -> Calendar:
        """The calendar of working days: the given one, else that of the sources."""
        return self._calendar or self._outside.calendar

    # words of the form ------------------------------------------------------------------------------------------
    @property
    def key(self) -> str:
        return self.document["key"]

    @property
    def name(self) -> str:
        return self.document["name"]

    @property
    def code(self) -> str:
        return self.document.get("form_code") or ""

    @property
    def legal_ref(self) -> str:
        """The legal source of the form, without certainty marks."""
        return _REMARK.sub("", self.document.get("legal_ref") or "")

    @property
    def declaration(self) -> str:
        return self.document.get("declaration") or ""

    @property
    def signature(self) -> str:
        return self.document.get("signature") or "none"

    @property
    def note(self) -> str:
        return self.document.get("note") or ""

    @property
    def attachments(self) -> list[Mapping[str, Any]]:
        return self.document.get("attachments") or []

    @property
    def checks(self) -> list[Mapping[str, Any]]:
        return self.document.get("checks") or []

    # options ----------------------------------------------------------------------------------------------------
    def options(self, question: Field) -> list[Option]:
        """The options that can be chosen today."""
        listed = self._listed(question)
        return self._outside.options(question.spec["source"]) if listed is None else listed

    def source_options(self, name: str, parent: str | None = None) -> list[Option]:
        return self._outside.options(name, parent)

    def can_choose(self, question: Field, value: str) -> bool:
        listed = self._listed(question)
        if listed is None:
            return self._outside.can_choose(question.spec["source"], value)
        return any(option.value == value for option in listed)

    def option_label(self, question: Field, value: Any) -> str:
        """The label of an option, also of one that can no longer be chosen; "" when unknown."""
        listed = self._listed(question)
        if listed is None:
            return self._outside.label(question.spec["source"], value)
        return next((option.label for option in listed if option.value == value), "")

    def find(self, source: str, code: str) -> Option | None:
        return self._outside.find(source, code)

    def is_in_force(self, source: str, code: str) -> bool:
        """Can this code of a source be chosen today? Old answers may hold codes that cannot."""
        return self._outside.can_choose(source, code)

    def find_communes(self, text: str, province: str = "") -> list[FoundUnit]:
        """Communes by a typed name, also of before the mergers; those of the province first."""
        return self._outside.find_communes(text, province)

    def successors(self, commune: str) -> list[FoundUnit]:
        return self._outside.successors(commune)

    def expect(self, known: Mapping[str, Any]) -> None:
        """Read the communes of all addresses in these answers at once, before they are looked up one by one."""
        self._outside.expect(code for value in known.values() if isinstance(value, dict) and (code := value.get("commune")))

    def _listed(self, question: Field) -> list[Option] | None:
        """Options listed in the version; None when they come from `sources`."""
        rows = question.spec.get("options")
        if rows is None:
            rows = self.document.get("sources", {}).get(question.spec.get("source"), {}).get("options")
        return None if rows is None else [Option(row["value"], row["label"]) for row in rows]

    # answers ----------------------------------------------------------------------------------------------------
    def bound_answers(
        self,
        *,
        agency: str = "",
        procedure: str = "",
        audience: str = "person",
        delivery: str = "",
        delivery_address: Any = None,
        copies: int | None = None,
        fee_class: str = "",
    ) -> dict[str, Any]:
        """Answers that the portal asks outside the form but the form prints, under the form's keys. Codes, not names."""
        given = {
            "agency": agency,
            "procedure": procedure,
            "audience": audience,
            "delivery": delivery,
            "delivery_address": delivery_address,
            "copies": copies,
            "fee_class": fee_class,
        }
        answers = {}
        for bound in self.bound_fields:
            value = given[bound["binds_to"]]
            answers[bound["key"]] = bound["map"].get(value) if bound.get("map") else value
        return {key: value for key, value in answers.items() if not is_empty(value)}

    def walk(self, known: Mapping[str, Any], today: dt.date) -> tuple[list[Field], dict[str, Any]]:
        """(shown questions, answers that count). A hidden answer is dropped before later conditions are evaluated; a question
        narrowed to a value counts with it and is not shown."""
        kept = {bound["key"]: known.get(bound["key"]) for bound in self.bound_fields}
        asked = []
        for question in self.fields.values():
            if question.is_hidden or not question.is_question or not holds(question.spec.get("show_if"), kept, today):
                continue
            if question.is_bound:
                kept[question.key] = question.narrowed["value"]
            else:
                asked.append(question)
                kept[question.key] = known.get(question.key)
        return asked, kept

    def kept(self, known: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
        """The answers that count: without hidden answers and blank rows, and with computed values."""
        asked, kept = self.walk(known, today)
        for question in asked:
            if question.type == "table" and isinstance(kept[question.key], list):
                kept[question.key] = [
                    self.computed_row(question, row) for row in kept[question.key] if not is_blank_row(question, row)
                ]
        for question in asked:
            if question.computed:
                kept[question.key] = self._computed(question, kept)
        return kept

    def completed(self, known: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
        """All answers, also hidden ones, without blank rows and with computed values."""
        return {**known, **{key: value for key, value in self.kept(known, today).items() if key in known or not is_empty(value)}}

    def storable(self, known: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
        """The answers that `submit` stores on the dossier: those that count, without empty and bound ones."""
        bound = {field["key"] for field in self.bound_fields}
        return {key: value for key, value in self.kept(known, today).items() if key not in bound and not is_empty(value)}

    def _computed(self, question: Field, answers: Mapping[str, Any], row: Mapping[str, Any] | None = None) -> Any:
        spec = question.computed or {}
        if spec["op"] == "fee":
            inputs = [answers.get(key) for key in spec["of"]]
            return self._fee_of(answers) if self._fee_of and not any(map(is_empty, inputs)) else None
        return computed_value(spec, answers, row)

    def computed_row(self, table: Field, row: Any) -> Any:
        """A table row with its computed cells; values sent for them are replaced."""
        if not isinstance(row, dict) or not any(column.computed for column in table.columns):
            return row
        typed = {column.key for column in table.columns if not column.computed}
        made = {column.key: self._computed(column, {}, row) for column in table.columns if column.computed}
        others = {key: value for key, value in row.items() if key in typed or key not in made}
        return {**others, **{key: value for key, value in made.items() if value is not None}}

    # pages ------------------------------------------------------------------------------------------------------
    def page(self, key: str) -> Page:
        for page in self.pages:
            if page.key == key:
                return page
        raise UnknownPage(key)

    def visible_pages(self, known: Mapping[str, Any], today: dt.date) -> list[Page]:
        """The pages shown for these answers, in order."""
        asked = {question.page.index for question in self.walk(known, today)[0] if question.page}
        return [page for page in self.pages if page.index in asked]

    def shown_fields(self, page: Page, known: Mapping[str, Any], today: dt.date) -> list[Field]:
        """The fields shown on this page, including notes."""
        asked, kept = self.walk(known, today)
        keys = {question.key for question in asked}
        return [
            shown
            for shown in page.fields
            if shown.key in keys
            or (not shown.is_question and not shown.is_hidden and holds(shown.spec.get("show_if"), kept, today))
        ]

    def position(self, page: Page, known: Mapping[str, Any], today: dt.date) -> tuple[int, int]:
        """(n, m) for “Bước n trên m”, without skipped pages. Raises UnknownPage."""
        indexes = [visible.index for visible in self.visible_pages(known, today)]
        if page.index not in indexes:
            raise UnknownPage(page.key)
        return indexes.index(page.index) + 1, len(indexes)


def fixed_by(document: Mapping[str, Any] | None) -> list[str]:
    """Keys of the fields that a procedure binds to a value (grammar 2)."""
    if not document or document.get("grammar", 1) < 2:
        return []
    rows = [row for section in document["sections"] for page in section["pages"] for row in page["fields"]]
    return [row["key"] for row in rows if "value" in (row.get("narrowed") or {}) and not row["narrowed"].get("hide")]


def _sections(document: Mapping[str, Any]) -> list[Section]:
    sections, index = [], 0
    narrows = document.get("grammar", 1) > 1
    for section_spec in document["sections"]:
        section = Section(section_spec["key"], section_spec["title"])
        for spec in section_spec["pages"]:
            page = Page(spec["key"], spec["title"], spec["question"], section, index)
            questions = tuple(
                Field(row, row["key"], row["type"], page, (row.get("narrowed") or {}) if narrows else {})
                for row in spec["fields"]
            )
            object.__setattr__(page, "fields", questions)
            section.pages.append(page)
            index += 1
        sections.append(section)
    return sections
