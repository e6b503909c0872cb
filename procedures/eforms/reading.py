"""Parses the POST of a wizard page into answers. A value that cannot be parsed is kept as typed; validation reports it."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.http import QueryDict

from portal.common.countries import HOME
from portal.common.identity import id_number_in, to_national
from portal.common.mail_addresses import address_in
from portal.common.money import UnclearAmount, dong_in
from procedures.eforms.form import Form
from procedures.eforms.lookup import resolve
from procedures.eforms.parts import Field, Page, is_blank_row
from procedures.eforms.values import WAYS, clean_line, clean_lines, normalise, number_from

YES, NO = "co", "khong"
DATE_PARTS = ("ngay", "thang", "nam")  # as templates/ui/date.html names its inputs
ADDRESS_PARTS = ("province", "commune", "find", "detail", "country")
ADDRESS_BUTTON = "address"  # name of the submit buttons of an address; their value is the name of its question
ABROAD_BUTTON = "abroad"  # name of the button that asks for the list of countries; its value, too
ABROAD_QUERY = "nuoc-ngoai"
LOOKUP = (
    "tra-cuu"  # name of the button that looks up an option, and of the query parameter; their value is the name of the question
)
LOOK_NOW = "tim-ngay"  # what lookup.js sends instead of the button: the name of the question, to be answered without storing
ONE_FIELD = "mot-cau"  # hidden input of a page of one question: nothing else is read
MAX_ROWS = 1000  # rows read of one table; a guard against very large requests
_ROW_BUTTON = re.compile(r"([a-z][a-z0-9_]*)-([0-9]{1,3})")


@dataclass
class PageInput:
    """The answers of one POST, and the inputs as typed, to show the page again."""

    values: dict[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)  # input name → text; the QueryDict itself
    # A row was added, opened or removed, or the places or countries of an address were asked for: save, show the page again
    # without errors.
    again: bool = False
    open_row: tuple[str, int] | None = None  # the row to show open
    address: str = ""  # the address whose places or countries were asked for
    abroad: bool = False  # its countries
    lookup: str = ""  # the question whose list was asked for
    one: str = ""  # the only question that was read

    @property
    def focus(self) -> str:
        """The id of the element to scroll to; "" for the top of the page."""
        if self.address or self.one:
            return f"f-{self.address or self.one}"
        return f"f-{self.open_row[0]}-{self.open_row[1]}" if self.open_row else ""

    @property
    def query(self) -> str:
        """The query string of a redirect: which row is open, or which address shows the countries."""
        if self.lookup:
            return f"{LOOKUP}={self.lookup}"
        if self.abroad:
            return f"{ABROAD_QUERY}={self.address}"
        return f"dong={self.open_row[0]}-{self.open_row[1]}" if self.open_row else ""


def read_page(
    form: Form, page: Page, post: QueryDict, known: Mapping[str, Any], today: dt.date, *, autosave: bool = False
) -> PageInput:
    """Read the POST of a page. Only fields shown on this page are read; each is in `values`, None when left empty.

    With `autosave` blank rows are kept, so that the row numbers of the page open in the browser stay valid.
    """
    entered = PageInput(raw=post)
    pressed = None if autosave else _pressed(post)
    if only := post.get(ONE_FIELD, ""):
        entered.again = not autosave
    for question in form.shown_fields(page, known, today):
        if not question.is_question or question.computed or (only and question.key != only):
            continue
        if only:
            entered.one = question.key
        if question.type == "table":
            rows = _open_rows(form, question, post, known.get(question.key))
            button = pressed if pressed and pressed.table == question.key else None
            entered.values[question.key], opened = _arranged(question, rows, button, keep_blank=autosave)
            if button:
                entered.again, entered.open_row = True, opened
        else:
            entered.values[question.key] = read_value(form, question, post, question.key)
            if question.type == "lookup" and not autosave and question.key in (post.get(LOOKUP), post.get(LOOK_NOW)):
                entered.again, entered.lookup = True, question.key
            asked = () if autosave or question.type != "address" else (post.get(ADDRESS_BUTTON), post.get(ABROAD_BUTTON))
            if question.key in asked:
                entered.again, entered.address, entered.abroad = True, question.key, ABROAD_BUTTON in post
    return entered


def opened_by(query: Mapping[str, str]) -> dict[str, Any]:
    """What the query string of a page opens: arguments of `BoundPage`."""
    return {
        "open_row": open_row_from(query.get("dong", "")),
        "abroad": query.get(ABROAD_QUERY, ""),
        "lookup": query.get(LOOKUP, ""),
    }


def open_row_from(query: str) -> tuple[str, int] | None:
    """(table key, row index) of the query parameter `?dong=`, or None."""
    found = _ROW_BUTTON.fullmatch(query)
    return (found[1], int(found[2])) if found else None


# one value ------------------------------------------------------------------------------------------------------------
def read_value(form: Form, question: Field, post: QueryDict, name: str) -> Any:
    """One answer from the inputs with this name."""
    match question.type:
        case "date":
            return read_date(post, name, question.partial)
        case "date_range":
            parts = {part: read_date(post, f"{name}-{part}", False) for part in ("from", "to")}
            return {part: value or "" for part, value in parts.items()} if any(parts.values()) else None
        case "choice" if question.multiple:
            return [clean_line(value) for value in dict.fromkeys(post.getlist(name)) if value][:MAX_ROWS] or None
        case "yes_no":
            text = _text(post, name)
            return {YES: True, NO: False}.get(text, text or None)
        case "address":
            return _read_address(form, post, name)
        case "lookup":
            return _read_lookup(form, question, post, name)
        case "consent":
            return _read_consent(question, post, name)
    return read_text(form, question, post.get(name, ""))


def _text(post: QueryDict, name: str) -> str:
    return clean_line(post.get(name, ""))


def read_text(form: Form, question: Field, text: str) -> Any:
    """An answer of a type that is written as text or figures; None when it is empty."""
    text = clean_lines(text) if question.type == "textarea" else clean_line(text)
    if not text:
        return None
    match question.type:
        case "number":
            number = number_from(text, decimals=question.spec.get("decimals", 0))
            return text if number is None else number
        case "money":
            return _read_money(text)
        case "phone":
            text = to_national(text) or text
        case "email":
            text = address_in(text)
        case "id_number":
            text = id_number_in(text)
    fmt = question.rules.get("format")
    return normalise(text, form.document["formats"][fmt]["normalise"]) if fmt else text


def _read_money(text: str) -> int | str:
    """Whole đồng; a text that is not one certain amount stays as typed, and is refused with the reason."""
    sign, plain = (-1, text[1:]) if text[:1] in ("-", "−") else (1, text)
    try:
        return sign * dong_in(plain)
    except UnclearAmount:
        return text


def read_date(post: QueryDict, name: str, partial: bool) -> str | None:
    """Three inputs as "YYYY-MM-DD", with `partial` also "YYYY-MM" or "YYYY"; any other input as typed, like "31/2/90"."""
    day, month, year = (_text(post, f"{name}-{part}").replace("/", " ").strip() for part in DATE_PARTS)
    if not (day or month or year):
        return None
    if _figures(year, 4) and len(year) == 4:
        if _figures(day, 2) and _figures(month, 2):
            return f"{year}-{month:0>2}-{day:0>2}"
        if partial and not day and _figures(month, 2):
            return f"{year}-{month:0>2}"
        if partial and not day and not month:
            return year
    return f"{day}/{month}/{year}"


def _figures(text: str, most: int) -> bool:
    return 0 < len(text) <= most and text.isascii() and text.isdigit()


def _read_address(form: Form, post: QueryDict, name: str) -> dict[str, str] | None:
    """The parts that count. A typed name ("find") is the latest wish: it stands until one of the places found is picked."""
    parts = {part: _text(post, f"{name}-{part}") for part in ADDRESS_PARTS}
    country, picked = parts.pop("country"), _text(post, f"{name}-pick")
    if country and country != HOME:
        return {"country": country, "detail": parts["detail"]} if parts["detail"] else {"country": country}
    if post.get(ADDRESS_BUTTON) == name:  # a button of this address asks for a list: an earlier choice is none any more
        found = form.find("commune", parts["commune"]) if parts["commune"] else None
        if found and found.parent != parts["province"]:
            parts["commune"] = ""
    elif picked:
        parts |= {"commune": picked, "province": "", "find": ""}
    if parts["find"]:
        parts["commune"] = ""
    elif parts["commune"] and not parts["province"]:
        found = form.find("commune", parts["commune"])  # the commune determines the province
        parts["province"] = found.parent if found else ""
    return {part: text for part, text in parts.items() if text} or None


def _read_lookup(form: Form, question: Field, post: QueryDict, name: str) -> str | None:
    """The code that was picked, or that the typed words mean; else the words as typed, to look them up; else the code before."""
    text, picked = _text(post, f"{name}-tim"), _text(post, f"{name}-chon")
    searching = name in (post.get(LOOKUP), post.get(LOOK_NOW))
    if picked and not searching:
        return picked
    if text:
        return text if searching else resolve(form, question, text) or text
    return None if f"{name}-bo" in post else _text(post, name) or None


def _read_consent(question: Field, post: QueryDict, name: str) -> Any:
    if not question.spec.get("third_party"):
        return True if _text(post, name) else None
    agreed, way = bool(_text(post, f"{name}-agreed")), _text(post, f"{name}-way")
    person = {"name": _text(post, f"{name}-name"), "id_number": id_number_in(_text(post, f"{name}-id_number"))}
    if not agreed and not way and not any(person.values()):
        return None
    given = {part: text for part, text in person.items() if text}
    return {"agreed": agreed, **given, **({"way": way} if way in WAYS else {})}


# tables ---------------------------------------------------------------------------------------------------------------
class RowButton(NamedTuple):
    """A submit button of a table: `add_row=key`, `edit_row=key-i`, `remove_row=key-i`."""

    action: str
    table: str
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody calls


def _pressed(post: QueryDict) -> RowButton | None:
    for action in ("add_row", "edit_row", "remove_row"):
        if name := post.get(action, ""):
            table, index = open_row_from(name) or (name, -1)
            return RowButton(action, table, index)
    return None


def _open_rows(form: Form, table: Field, post: QueryDict, stored: Any) -> dict[int, dict[str, Any]]:
    """{row index: cells}. Rows that were open on the page replace the stored ones; closed rows stay as stored."""
    rows = {index: row for index, row in enumerate(stored) if isinstance(row, dict)} if isinstance(stored, list) else {}
    for text in post.getlist(f"{table.key}-open")[: MAX_ROWS + 1]:
        if _figures(text, 3):
            rows[int(text)] = _read_row(form, table, post, f"{table.key}-{int(text)}")
    return rows


def _read_row(form: Form, table: Field, post: QueryDict, name: str) -> dict[str, Any]:
    cells = {
        column.key: read_value(form, column, post, f"{name}-{column.key}") for column in table.columns if not column.computed
    }
    return {key: value for key, value in cells.items() if value is not None}


def _arranged(
    table: Field, rows: dict[int, dict[str, Any]], button: RowButton | None, *, keep_blank: bool
) -> tuple[list[dict[str, Any]] | None, tuple[str, int] | None]:
    """(rows to store, row to show open) after the pressed button."""
    action, index = (button.action, button.index) if button else ("", -1)
    if action == "remove_row":
        rows.pop(index, None)
    numbers = [number for number in sorted(rows) if keep_blank or not is_blank_row(table, rows[number])]
    kept = [rows[number] for number in numbers]
    if action == "add_row":
        if len(kept) < table.spec["max_rows"]:
            kept.append({})
        return kept, (table.key, len(kept) - 1)
    opened = (table.key, numbers.index(index)) if action == "edit_row" and index in numbers else None
    return kept or None, opened
