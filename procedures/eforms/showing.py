"""A wizard page for its template: with the stored answers, or with the typed inputs and their errors."""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from procedures.eforms.form import Form
from procedures.eforms.inputs import BoundField
from procedures.eforms.messages import error_texts, summary_text
from procedures.eforms.parts import Page, asks_the_same
from procedures.eforms.reading import PageInput
from procedures.eforms.tables import BoundTable

MAX_SUMMARY_ERRORS = 20  # lines of the error summary
TOP = "noi-dung"


class BoundPage:
    """`errors`: {key: code}; `origins`: {key: origin of a prefilled answer}; `open_row`: (table key, index) of the open row;
    `abroad`: the key of the address that shows the list of countries; `lookup`: of the question whose options are looked up."""

    def __init__(
        self,
        form: Form,
        page: Page,
        known: Mapping[str, Any],
        today: dt.date,
        *,
        entered: PageInput | None = None,
        errors: Mapping[str, str] | None = None,
        origins: Mapping[str, str] | None = None,
        open_row: tuple[str, int] | None = None,
        abroad: str = "",
        lookup: str = "",
    ):
        self.form, self.page, self.today = form, page, today
        self.answers = {**known, **(entered.values if entered else {})}
        self.raw: Any = entered.raw if entered and not entered.again else {}  # a row button changes the row numbers
        self.origins = origins or {}
        self.open_row = (entered.open_row if entered else None) or open_row
        self.abroad = abroad
        self.lookup = lookup
        self.on_its_own = False  # the question that is looked up has a page of its own
        self.remarks: Mapping[str, str] = {}  # {key: what an agency wrote about this question before}
        self._texts = error_texts(form, errors or {}, self.answers, today)
        self.position, self.total = form.position(page, self.answers, today)

    @property
    def question(self) -> str:
        return self.page.question

    @property
    def title(self) -> str:
        return self.page.title

    @cached_property
    def fields(self) -> list[BoundField]:
        shown = self.form.shown_fields(self.page, self.answers, self.today)
        return [
            (BoundTable if question.type == "table" else BoundField)(
                self, question, question.key, self.answers.get(question.key), self.error(question.key)
            )
            for question in shown
            if not self.on_its_own or question.key == self.lookup
        ]

    def show_one(self) -> None:
        """Show the question that is looked up, if it stands here, on a page of its own."""
        shown = self.form.shown_fields(self.page, self.answers, self.today)
        self.on_its_own = any(question.key == self.lookup and question.type == "lookup" for question in shown)

    @property
    def one_field(self) -> "BoundField | None":
        """The question that is looked up on a page of its own; None on a page with all questions."""
        return next((shown for shown in self.fields if shown.kind == "lookup"), None) if self.on_its_own else None

    @property
    def has_table(self) -> bool:
        return any(isinstance(shown, BoundTable) for shown in self.fields)

    @property
    def has_lookup(self) -> bool:
        return any(shown.kind == "lookup" for shown in self.fields)

    @property
    def has_buttons(self) -> bool:
        """Are there submit buttons within the questions? Then Enter must find the main button first."""
        return self.has_table or any(shown.kind in ("address", "lookup") for shown in self.fields)

    @property
    def has_errors(self) -> bool:
        return bool(self._texts)

    @property
    def errors(self) -> list[dict[str, str]]:
        """[{"text", "href" of the input}] for the error summary, at most MAX_SUMMARY_ERRORS."""
        first = list(self._texts.items())[:MAX_SUMMARY_ERRORS]
        return [{"text": summary_text(key, text), "href": f"#{self.target(key)}"} for key, text in first]

    @property
    def question_is_label(self) -> bool:
        """May the page's question stand for the label of its only field, as the legend of radio buttons or checkboxes?

        Only when the page never has another field, and a yes/no label is asked just so: the clerk reads «Có» beside the label.
        """
        if len(self.page.fields) != 1 or len(self.fields) != 1 or self.fields[0].kind not in ("radio", "checkboxes"):
            return False
        field = self.page.fields[0]
        return field.type != "yes_no" or asks_the_same(self.page.question, field.label)

    def error(self, key: str) -> str:
        return self._texts.get(key, "")

    def target(self, key: str) -> str:
        """The id that an error link leads to: the first input of its field."""
        name, bracket, rest = key.partition("[")
        shown = next((shown for shown in self.fields if shown.field.key == name), None)
        if shown is None:
            return TOP
        if bracket and isinstance(shown, BoundTable):
            index, _, column = rest.partition("].")
            return shown.cell_target(int(index), column)
        return shown.first_id

    @cached_property
    def kept(self) -> dict[str, Any]:
        return self.form.kept(self.answers, self.today)
