"""Collect the texts marked for translation into locale/*/LC_MESSAGES/django.po. Uses Babel, because gettext may be missing."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.template import templatize

ROOMS = ["portal", "accounts", "procedures", "dossiers", "payments", "templates"]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Without dates and names, so that a catalogue changes only when a text changes.
HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


class Command(BaseCommand):
    help = "Gathers the texts to translate. What is translated stays; what is no longer used goes."
    requires_system_checks = []

    def handle(self, *args, **options):
        template = gather(settings.BASE_DIR)
        for path in sorted((settings.BASE_DIR / "locale").glob("*/LC_MESSAGES/django.po")):
            language = path.parts[-3]
            if language == settings.LANGUAGE_CODE:
                continue  # this catalogue only replaces texts of Django and is written by hand
            catalog = updated(path, template, language)
            waiting = sum(1 for message in catalog if message.id and not message.string)
            self.stdout.write(f"{language}: {len(catalog)} texts, {waiting} not translated yet")


def gather(root):
    """A catalogue with the texts of all code and templates and the file of each."""
    template = Catalog(charset="utf-8")
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                for text, context in texts_of(path):
                    template.add(text, context=context, locations=[(str(path.relative_to(root)), 0)])
    return template


def texts_of(path: Path):
    """Yield (text or (singular, plural), context) for one file."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        marked = templatize(source, origin=str(path))
        source = "\n".join(line.strip() for line in marked.splitlines())  # templatize output is not valid Python otherwise
    for _line, text, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield text, context


def updated(path, template, language):
    """Update one catalogue in place. No fuzzy matching: a changed text must be translated again."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, domain="django")
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with path.open("wb") as file:
        file.write(HEADER.format(language=language).encode())
        write_po(file, catalog, width=130, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return catalog
