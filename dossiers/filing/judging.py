"""Judges a draft: the application form, the portal's own questions and the documents. Page and API refuse with the same texts."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from dossiers.filing import portal_questions, rules
from procedures.eforms import Form, Page, error_texts, pages_with_errors, validate

DOCUMENTS = "giay-to"  # key of the page for documents


@dataclass
class Part:
    """A form of the wizard: the application form, or the portal's own questions (`is_portal`), with its answers."""

    form: Form
    known: dict[str, Any]
    day: dt.date
    is_portal: bool = False

    @cached_property
    def pages(self) -> list[Page]:
        return self.form.visible_pages(self.known, self.day)

    @cached_property
    def errors(self) -> dict[str, str]:
        """{field key: error code}."""
        known = {key: value for key, value in self.known.items() if not self.is_portal or key in self.form.fields}
        return validate(self.form, self.form.completed(known, self.day), self.day)


@dataclass(frozen=True)
class Problem:
    """What must be corrected before filing: a sentence, and the key of the page where."""

    text: str
    page: str


def parts_of(dossier, *, form=None, sources=None, portal=True) -> list[Part]:
    """The application form, if there is one, and the portal's own questions."""
    sources, day = sources or rules.sources_of(dossier), rules.filing_day(dossier)
    form = form or rules.form_of(dossier, sources)
    parts = [Part(form, rules.known_answers(dossier, form), day)] if form else []
    if portal:
        questions = portal_questions.portal_form(dossier, sources)
        parts.append(Part(questions, portal_questions.portal_answers(dossier), day, is_portal=True))
    return parts


def problems(dossier, parts: list[Part], *, documents: bool) -> list[Problem]:
    """Everything wrong in these parts and, with `documents`, the missing documents; in the order of the pages."""
    found = []
    for part in parts:
        texts = error_texts(part.form, part.errors, part.known, part.day)
        pages = {question.key: page for page in pages_with_errors(part.form, part.errors) for question in page.fields}
        found += [
            Problem(text, pages[key.partition("[")[0]].key) for key, text in texts.items() if key.partition("[")[0] in pages
        ]
    if documents:
        found += [
            Problem(_("Gửi ít nhất một tệp: %(paper)s") % {"paper": ask.name}, DOCUMENTS)
            for ask in rules.missing_documents(dossier)
        ]
    return found


def is_complete(dossier) -> bool:
    """Are all questions answered, and right? Without the documents."""
    return not any(part.errors for part in parts_of(dossier))
