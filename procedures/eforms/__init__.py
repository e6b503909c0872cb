"""E-forms: one definition (data) gives the wizard pages, the clerk's view and the printed application form."""

from procedures.eforms.conditions import fields_named, holds, is_empty
from procedures.eforms.display import (
    AnswerRow,
    AnswerSection,
    AnswerTable,
    address_text,
    answer_sections,
    date_text,
    display_value,
    names_in,
)
from procedures.eforms.expansion import expand, expanded_form
from procedures.eforms.form import Form, UnknownPage, fixed_by
from procedures.eforms.json_reading import read_json
from procedures.eforms.messages import error_text, error_texts, summary_text
from procedures.eforms.parts import Field, Page, Section
from procedures.eforms.prefill import Prefilled, prefill
from procedures.eforms.printing import print_context
from procedures.eforms.reading import LOOK_NOW, PageInput, opened_by, read_page
from procedures.eforms.showing import BoundPage
from procedures.eforms.sources import DatabaseSources, Option, Sources, StaticSources
from procedures.eforms.validation import first_unfinished_page, page_errors, pages_with_errors, validate

__all__ = [
    "AnswerRow",
    "AnswerSection",
    "AnswerTable",
    "BoundPage",
    "LOOK_NOW",
    "DatabaseSources",
    "Field",
    "Form",
    "Option",
    "Page",
    "PageInput",
    "Prefilled",
    "Section",
    "Sources",
    "StaticSources",
    "UnknownPage",
    "address_text",
    "answer_sections",
    "date_text",
    "display_value",
    "error_text",
    "error_texts",
    "expand",
    "expanded_form",
    "fields_named",
    "first_unfinished_page",
    "fixed_by",
    "holds",
    "is_empty",
    "names_in",
    "opened_by",
    "page_errors",
    "pages_with_errors",
    "prefill",
    "print_context",
    "read_json",
    "read_page",
    "summary_text",
    "validate",
]
