"""Single answers: normalising of text, validation, parsing of numbers."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from portal.common.countries import HOME
from portal.common.mail_addresses import fault_of
from portal.common.vietnamese import clean_text
from procedures.eforms.dates import bound_date, parse_date
from procedures.eforms.form import Form
from procedures.eforms.parts import Field

MAX_TEXT_LENGTH = 20_000  # characters read of one input; far above any max_length, so that the error can show the input
MAX_NUMBER_DIGITS = 30  # digits
MAX_ADDRESS_LENGTH = 200
MAX_CONSENT_NAME_LENGTH = 1000  # several people may be named
TEXT_TYPES = {"text", "textarea", "phone", "email", "id_number"}
WAYS = ("vneid", "paper")  # how a third party confirms its consent


# text ---------------------------------------------------------------------------------------------------------------
def clean_lines(text: str) -> str:
    """A text of several lines: NFC, without control characters, without spaces at the ends of lines."""
    return clean_text(text[:MAX_TEXT_LENGTH], lines=True)


def clean_line(text: str) -> str:
    """A text of one line: NFC, without control characters, single spaces."""
    return clean_text(text[:MAX_TEXT_LENGTH])


def normalise(text: str, steps: Iterable[str]) -> str:
    """Apply the normalising steps of a named format, in order."""
    for step in steps:
        match step:
            case "nfc":
                text = unicodedata.normalize("NFC", text)
            case "trim":
                text = text.strip()
            case "collapse_spaces":
                text = re.sub(r"\s+", " ", text)
            case "remove_spaces":
                text = re.sub(r"\s+", "", text)
            case "remove_dots":
                text = text.replace(".", "")
            case "remove_hyphens":
                text = text.replace("-", "")
            case "upper":
                text = text.upper()
    return text


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def fits_format(form: Form, name: str, text: str) -> bool:
    fmt = form.document["formats"][name]
    return _pattern(fmt["pattern"]).fullmatch(normalise(text, fmt["normalise"])) is not None


# checking -----------------------------------------------------------------------------------------------------------
def value_error(form: Form, question: Field, value: Any, today: dt.date) -> str | None:
    """The error code of one answer that is not empty; None when it is valid."""
    match question.type:
        case kind if kind in TEXT_TYPES:
            return _text_error(form, question, value)
        case "number" | "money":
            return _number_error(question, value, today)
        case "date" | "date_range":
            return _date_error(form, question, value, today)
        case "choice" | "lookup":
            return _choice_error(form, question, value)
        case "yes_no":
            return None if isinstance(value, bool) else "type"
        case "address":
            return "address" if address_fault(form, value, question) else None
        case "consent":
            return _consent_error(question, value)
    return None


def _text_error(form: Form, question: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        return "type"
    if len(value) > question.rules.get("max_length", MAX_TEXT_LENGTH):
        return "max_length"
    if "format" in question.rules and not fits_format(form, question.rules["format"], value):
        return "format"
    if question.type == "email" and fault_of(value):
        return "email"
    return None


def _number_error(question: Field, value: Any, today: dt.date) -> str | None:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or (question.type == "money" and not isinstance(value, int))
    ):
        return "not_a_number"
    if value != value or value in (float("inf"), float("-inf")):
        return "not_a_number"
    if round(value, question.spec.get("decimals", 0)) != value:
        return "decimals"
    rules = question.rules
    if "min" in rules and value < rules["min"]:
        return "min"
    top = today.year if rules.get("max") == "this_year" else rules.get("max")
    if top is not None and value > top:
        return "max"
    return None


def _date_error(form: Form, question: Field, value: Any, today: dt.date) -> str | None:
    try:
        if question.type == "date":
            first = last = parse_date(value, partial=question.partial)
        else:
            first, last = parse_date(value["from"]), parse_date(value["to"])
    except (ValueError, TypeError, KeyError):
        return "not_a_date"
    if last < first:
        return "range"
    rules = question.rules
    if "min_date" in rules and first < bound_date(rules["min_date"], today, form.calendar):
        return "min_date"
    if "max_date" in rules and last > bound_date(rules["max_date"], today, form.calendar):
        return "max_date"
    return None


def _choice_error(form: Form, question: Field, value: Any) -> str | None:
    chosen = value if question.multiple else [value]
    if not isinstance(chosen, list) or len(set(map(str, chosen))) != len(chosen):
        return "option"
    if all(isinstance(option, str) and form.can_choose(question, option) for option in chosen):
        return None
    return "option"


def address_fault(form: Form, value: Any, question: Field | None = None) -> str | None:
    """What is wrong with an address: "find" (a name was typed, no commune chosen), "abroad" (must be in Viet Nam), "detail",
    "too_long", "unit" (nothing chosen or unknown), "abolished" (the commune no longer exists), "mismatch"; None when valid.

    `question` tells what its field allows: `abroad: false`, `detail: "optional"`.
    """
    if not isinstance(value, dict):
        return "unit"
    spec = question.spec if question else {}
    country, detail = value.get("country", HOME), value.get("detail")
    if country != HOME and spec.get("abroad") is False:
        return "abroad"
    if country == HOME and value.get("find"):
        return "find"
    if not isinstance(detail, str | None) or not (detail or spec.get("detail") == "optional"):
        return "detail"
    if detail and len(detail) > MAX_ADDRESS_LENGTH:
        return "too_long"
    if country != HOME:
        return None if form.find("country", country) else "unit"
    return _unit_fault(form, value.get("province"), value.get("commune"))


def _unit_fault(form: Form, province: Any, commune: Any) -> str | None:
    if not province or not commune:
        return "unit"
    found = form.find("commune", commune)
    if found and not form.is_in_force("commune", commune):
        return "abolished"
    return None if found and found.parent == province else "mismatch"


def _consent_error(question: Field, value: Any) -> str | None:
    if not question.spec.get("third_party"):
        return None if value is True else "consent"
    if not isinstance(value, dict) or value.get("agreed") is not True or value.get("way") not in WAYS:
        return "consent"
    name = value.get("name")
    return None if isinstance(name, str) and name and len(name) <= MAX_CONSENT_NAME_LENGTH else "consent"


# numbers as people write them -----------------------------------------------------------------------------------------
_UNIT = re.compile(r"(đồng|đ|vnđ|vnd)\.?$", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+")
_GROUPED_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_DECIMAL = re.compile(r"([0-9]+)[.,]([0-9]+)")


def number_from(text: str, *, decimals: int = 0) -> int | float | None:
    """The number of a text like "1.500.000", "1500000 đồng", "12,5". None when it is not a number or too long."""
    text = re.sub(r"\s+", "", _UNIT.sub("", clean_line(text)))
    sign, digits = (-1, text[1:]) if text[:1] in ("-", "−") else (1, text)
    if len(digits) > MAX_NUMBER_DIGITS:
        return None
    whole, _, rest = digits.partition(",")
    if _GROUPED.fullmatch(whole) and (not rest or _is_digits(rest)) and not digits.endswith(","):
        digits = whole.replace(".", "") + ("." + rest if rest else "")
    elif _GROUPED_ENGLISH.fullmatch(digits) and (decimals == 0 or digits.count(",") > 1):
        digits = digits.replace(",", "")
    elif decimal := _DECIMAL.fullmatch(digits):
        digits = f"{decimal[1]}.{decimal[2]}"
    elif not _is_digits(digits):
        return None
    number = float(digits) if "." in digits else int(digits)
    return sign * (int(number) if isinstance(number, float) and number.is_integer() else number)


def _is_digits(text: str) -> bool:
    return bool(text) and text.isascii() and text.isdigit()


def number_text(value: Any) -> str:
    """1234567.5 as "1.234.567,5"."""
    whole, _, rest = f"{value:,}".partition(".")
    return whole.replace(",", ".") + ("," + rest if rest and rest != "0" else "")
