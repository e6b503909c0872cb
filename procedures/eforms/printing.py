"""The printed application form: every question in the official layout; hidden questions as an empty line."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.utils import translation

from procedures.eforms.display import AnswerTable, answer_table, display_value
from procedures.eforms.form import Form
from procedures.eforms.parts import Field, Section
from procedures.eforms.sources import Option

MAX_COLUMNS_AT_FULL_SIZE = 6
MAX_ROWS_ON_ONE_PAGE = 6  # rows kept together on one page
BLANK_ROWS = 4  # empty rows of a table without answers
NUMERALS = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
DOTS = "." * 60
MAX_BOX_OPTIONS = 8  # a blank form prints boxes for choices with up to so many options


@dataclass(frozen=True)
class PrintedLine:
    """One numbered line: a text, or dots to write on."""

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
    def blank_rows(self) -> range:
        return range(0 if not self.table or self.table.rows else BLANK_ROWS)

    @property
    def table_class(self) -> str:
        """CSS classes: short tables are kept on one page, tables with many columns are printed smaller."""
        if not self.table:
            return ""
        small = ["small-table"] if len(self.table.rows) <= MAX_ROWS_ON_ONE_PAGE else []
        return " ".join(small + (["wide-table"] if len(self.table.columns) > MAX_COLUMNS_AT_FULL_SIZE else []))


@dataclass(frozen=True)
class PrintedSection:
    numeral: str
    title: str
    lines: list[PrintedLine]


@dataclass(frozen=True)
class Signer:
    title: str
    name: str = ""


@translation.override("vi")  # the form is always Vietnamese, also from an English page
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
    online: str = "",
    blank: bool = False,
) -> dict[str, Any]:
    """The context of "procedures/eforms/print.html". `known` includes the bound answers; `portrait`: a data: URL of a picture.

    `online`: the sentence printed instead of a handwritten signature ("Đã xác nhận trên cổng lúc …").
    `blank`: print the empty form to fill in by hand, with dotted lines and boxes to tick.
    """
    form.expect(known)
    bound = {
        question.key: question.narrowed["value"]
        for question in form.fields.values()
        if question.is_bound and not (blank and question.spec.get("show_if"))
    }
    kept = bound if blank else form.kept(known, today)
    shown = (
        set(form.fields) if blank else {question.key for question in form.walk(known, today)[0]} | (bound.keys() & kept.keys())
    )
    numbers = count(1)
    agencies = [bound for bound in form.bound_fields if bound["binds_to"] == "agency"]
    return {
        "form": form,
        "form_no": _form_no(form),
        "agency_name": agency_name or next((_agency_name(form, kept.get(bound["key"])) for bound in agencies), ""),
        "to_agency": bool(agencies),
        "dots": DOTS,
        "bound": [_bound_line(form, bound, kept, next(numbers)) for bound in form.bound_fields if bound["binds_to"] != "agency"],
        "sections": [
            PrintedSection(NUMERALS[index], section.title, _printed_lines(form, section, kept, shown, numbers, blank))
            for index, section in enumerate(form.sections)
        ],
        "widths": sorted({column.width for question in form.fields.values() for column in question.columns if column.width}),
        "signers": _signers(form, kept, applicant_name),
        "place_and_day": _place_and_day(place, filed_on),
        "online": online,
        "code": code,
        "foot": f"Mã hồ sơ {code}" if code else "",
        "portrait": portrait,
        "has_portrait": any(paper.get("print_at") == "form_head" for paper in form.attachments),
        "blank": blank,
    }


def _form_no(form: Form) -> list[str]:
    """The lines at the top right: the form's number, unless its legal reference already contains it, and the reference."""
    named = not form.code or form.code in form.legal_ref
    number = form.code if " " in form.code else f"Mẫu {form.code}"
    return [line for line in ("" if named else number, form.legal_ref) if line]


def _agency_name(form: Form, code: Any) -> str:
    found = form.find("agency", code) if code else None
    return found.label if found else ""


def _place_and_day(place: str, day: dt.date | None) -> str:
    """“Đà Lạt, ngày 03 tháng 02 năm 2026”: days below 10 and months below 3 with a leading zero, as in official papers."""
    if day is None:
        return f"{place or DOTS[:14]}, ngày ...... tháng ...... năm ........"
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return (f"{place}, ngày" if place else "Ngày") + f" {day.day:02} tháng {month} năm {day.year}"


def _bound_line(form: Form, bound: Mapping[str, Any], kept: Mapping[str, Any], number: int) -> PrintedLine:
    """A bound answer (asked outside the form) as a line of the printed form."""
    value = kept.get(bound["key"])
    options = [Option(row["value"], row["label"]) for row in bound.get("options", [])]
    if options:
        text = next((option.label for option in options if option.value == value), "")
    elif bound["binds_to"] == "delivery_address":
        text = display_value(form, Field({"label": bound["label"]}, bound["key"], "address"), value)
    else:
        text = "" if value is None else str(value)
    return PrintedLine(number, bound["label"], text, options if not text else [])


def _printed_lines(
    form: Form, section: Section, kept: Mapping[str, Any], shown: set[str], numbers: Iterator[int], blank: bool
) -> list[PrintedLine]:
    """Every question of the section with a running number; hidden ones as an empty line. Notes only on a blank form."""
    lines = []
    for page in section.pages:
        for question in page.fields:
            if question.is_question:
                value = kept.get(question.key) if question.key in shown else None
                lines.append(_printed_line(form, question, value, next(numbers), blank))
            elif blank:
                lines.append(PrintedLine(0, question.official_label, note=True))
    return lines


def _printed_line(form: Form, question: Field, value: Any, number: int, blank: bool) -> PrintedLine:
    if question.type == "table":
        return PrintedLine(number, question.official_label, table=answer_table(form, question, value))
    text = display_value(form, question, value)
    return PrintedLine(
        number,
        question.official_label,
        text,
        options=_boxes(form, question) if blank and not text else [],
        consent=question.type == "consent",
        signed_on_paper=isinstance(value, dict) and value.get("way") == "paper",
        tall=question.type == "textarea",
    )


def _boxes(form: Form, question: Field) -> list[Option]:
    """The options printed as boxes on a blank form; [] when there are too many."""
    if question.type == "yes_no":
        return [Option("true", "Có"), Option("false", "Không")]
    if question.type != "choice" or "options" not in question.spec or len(question.spec["options"]) > MAX_BOX_OPTIONS:
        return []
    return form.options(question)


def _signers(form: Form, kept: Mapping[str, Any], applicant_name: str) -> list[Signer]:
    """The signers at the end of the form. Upper case is set by the template's style."""
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
