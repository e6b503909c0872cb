"""The application form on paper: every question of the form, hidden ones as an empty line, in the official frame."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from procedures.eforms.display import AnswerTable, answer_table, display_value
from procedures.eforms.form import Field, Form, Section
from procedures.eforms.sources import Option

BLANK_ROWS = 4  # empty lines of a table nobody filled in
FEW_OPTIONS = 8  # a blank form prints a choice with boxes up to here


@dataclass(frozen=True)
class PrintedLine:
    """One numbered line: words, or dots to write on."""

    number: int
    label: str
    text: str = ""
    options: list[Option] = field(default_factory=list)
    table: AnswerTable | None = None
    consent: bool = False
    signed_on_paper: bool = False
    tall: bool = False
    note: bool = False

    @property
    def widths(self) -> list[int | None]:
        return [column.spec.get("width") for column in self.table.columns] if self.table else []

    @property
    def blank_rows(self) -> range:
        return range(0 if not self.table or self.table.rows else BLANK_ROWS)


@dataclass(frozen=True)
class PrintedSection:
    title: str
    lines: list[PrintedLine]


@dataclass(frozen=True)
class Signer:
    title: str
    name: str = ""


def print_context(
    form: Form,
    known: Mapping[str, Any],
    today: dt.date,
    *,
    agency_name: str = "",
    applicant_name: str = "",
    place: str = "",
    filed_on: dt.date | None = None,
    code: str = "",
    portrait: str = "",
    blank: bool = False,
) -> dict[str, Any]:
    """What "eforms/print.html" shows. `known` includes the bound answers; `portrait` is a data: address of a picture.

    `blank` prints the empty form to fill in by hand: every line dotted, choices with boxes to tick.
    """
    asked, kept = (list(form.fields.values()), {}) if blank else (form.walk(known, today)[0], form.kept(known, today))
    shown = {question.key for question in asked}
    numbers = iter(range(1, len(form.fields) + len(form.bound_fields) + 1))
    return {
        "form": form,
        "agency_name": agency_name
        or next((form.find("agency", kept[b["key"]]) for b in _bound(form, "agency") if kept.get(b["key"])), ""),
        "bound": [_bound_line(form, bound, kept, next(numbers)) for bound in form.bound_fields if bound["binds_to"] != "agency"],
        "sections": [_printed_section(form, section, kept, shown, numbers, blank) for section in form.sections],
        "signers": _signers(form, kept, applicant_name),
        "place": place,
        "filed_on": filed_on,
        "code": code,
        "portrait": portrait,
        "has_portrait": any(paper.get("print_at") == "form_head" for paper in form.attachments),
        "blank": blank,
    }


def _bound(form: Form, binds_to: str) -> list[Mapping[str, Any]]:
    return [bound for bound in form.bound_fields if bound["binds_to"] == binds_to]


def _bound_line(form: Form, bound: Mapping[str, Any], kept: Mapping[str, Any], number: int) -> PrintedLine:
    """What the portal asked elsewhere, printed as the statutory form wants it."""
    value = kept.get(bound["key"])
    options = [Option(row["value"], row["label"]) for row in bound.get("options", [])]
    if options:
        text = next((option.label for option in options if option.value == value), "")
    elif bound["binds_to"] == "delivery_address":
        text = display_value(form, Field({"label": bound["label"]}, bound["key"], "address"), value)
    else:
        text = "" if value is None else str(value)
    return PrintedLine(number, bound["label"], text, options if not text else [])


def _printed_section(
    form: Form, section: Section, kept: Mapping[str, Any], shown: set[str], numbers: Any, blank: bool
) -> PrintedSection:
    lines = []
    for page in section.pages:
        for question in page.fields:
            if question.is_question:
                lines.append(
                    _printed_line(form, question, kept.get(question.key) if question.key in shown else None, next(numbers), blank)
                )
            elif question.key in shown or blank:
                lines.append(PrintedLine(0, question.label, note=True))
    return PrintedSection(section.title, lines)


def _printed_line(form: Form, question: Field, value: Any, number: int, blank: bool) -> PrintedLine:
    if question.type == "table":
        return PrintedLine(number, question.label, table=answer_table(form, question, value))
    text = display_value(form, question, value)
    return PrintedLine(
        number,
        question.label,
        text,
        options=_boxes(form, question) if blank else [],
        consent=question.type == "consent",
        signed_on_paper=isinstance(value, dict) and value.get("way") == "paper",
        tall=question.type == "textarea",
    )


def _boxes(form: Form, question: Field) -> list[Option]:
    """Boxes to tick on a blank form, where there are few enough."""
    if question.type == "yes_no":
        return [Option("true", "Có"), Option("false", "Không")]
    if question.type != "choice" or "options" not in question.spec or len(question.spec["options"]) > FEW_OPTIONS:
        return []
    return form.options(question)


def _signers(form: Form, kept: Mapping[str, Any], applicant_name: str) -> list[Signer]:
    """Who signs at the foot: words in capitals there come from the template's style, not from here."""
    match form.signature:
        case "none":
            return []
        case "both":
            names = [(section.title, key) for section in form.sections for key in _name_keys(section)]
            return [Signer(title, kept.get(key) or "") for title, key in names[-2:]]
        case "digital_org":
            return [Signer("Đại diện theo pháp luật", applicant_name)]
    return [Signer("Người đề nghị", applicant_name)]


def _name_keys(section: Section) -> list[str]:
    return [question.key for page in section.pages for question in page.fields if question.key.endswith("_full_name")]
