"""Looking up an option of a long list by words or by code (grammar 2, field type "lookup")."""

from portal.common.vietnamese import fold
from procedures.eforms.form import Form
from procedures.eforms.parts import Field
from procedures.eforms.sources import Option

MAX_FOUND = 30


def find(form: Form, question: Field, text: str) -> list[Option]:
    """Options whose code or label has words that begin with each typed word, accents or not; a code typed whole comes first."""
    wanted = _words(text)
    if not wanted:
        return []
    found = [option for option in form.options(question) if _fits(wanted, option)]
    found.sort(key=lambda option: option.value.casefold() != text.strip().casefold())
    return found[:MAX_FOUND]


def resolve(form: Form, question: Field, text: str) -> str:
    """The code of the one option that a typed text means: its code, its label, or the only one found; "" otherwise."""
    found = find(form, question, text)
    named = [option for option in found if text.strip().casefold() in (option.value.casefold(), option.label.casefold())]
    chosen = named or found
    return chosen[0].value if len(chosen) == 1 else ""


def shown_label(question: Field, option: Option) -> str:
    return f"{option.value} {option.label}" if question.spec.get("show_code") else option.label


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()


def _fits(wanted: list[str], option: Option) -> bool:
    words = _words(f"{option.value} {option.label}")
    return all(any(word.startswith(part) for word in words) for part in wanted)
