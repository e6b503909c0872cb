"""The data folder: reads and validates its files, and computes their fingerprint."""

import csv
import hashlib
import json
import unicodedata
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema
from django.conf import settings
from django.utils.translation import gettext as _

SCHEMAS = {
    "procedures.json": "procedures",
    "agencies.json": "agencies",
    "communes.json": "communes",
    "offerings_demo.json": "offerings",
    "forms.json": "forms",
    "home_links.json": "home_links",
    "life_event_sectors.json": "life_event_sectors",
}
OTHERS = ("forms_new_links.json", "holidays.json", "life_events.json", "procedures_index.csv")
MAX_SHOWN_ERRORS = 5
# The loaded rows also depend on this code: when it changes, the data is loaded again.
CODE = (
    *sorted(Path(__file__).parent.glob("*.py")),
    Path(__file__).parents[2] / "accounts" / "unit_search.py",
    Path(__file__).parents[1] / "search" / "text.py",
    Path(__file__).parents[1] / "eforms" / "expansion.py",
)


class DataRefused(Exception):
    """A data file is missing, unreadable or does not match its schema. The text names the file and the place."""


class DataFolder:
    """A folder with the files described in data/README.md. Every file is read once."""

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root or settings.DATA_DIR)
        self._texts: dict[str, str] = {}
        self._parsed: dict[str, dict] = {}

    def read(self, name: str) -> dict[str, Any]:
        """The parsed JSON of a file. Raises DataRefused."""
        if name not in self._parsed:
            self._parsed[name] = json.loads(self.text(name))
        return self._parsed[name]

    def text(self, name: str) -> str:
        """The text of a file. Raises DataRefused when it cannot be read or is not NFC."""
        if name not in self._texts:
            self._texts[name] = self._open(name)
        return self._texts[name]

    def _open(self, name: str) -> str:
        try:
            text = (self.root / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise DataRefused(_("Không đọc được tệp %(name)s: %(why)s") % {"name": name, "why": problem}) from problem
        if not unicodedata.is_normalized("NFC", text):
            raise DataRefused(_("Tệp %(name)s không viết theo NFC.") % {"name": name})
        return text

    def check(self) -> None:
        """Validate every file that has a JSON schema. Raises DataRefused."""
        for name, schema in SCHEMAS.items():
            rules = json.loads((self.root / "schema" / f"{schema}.schema.json").read_text("utf-8"))
            problems = jsonschema.Draft202012Validator(rules).iter_errors(self.read(name))
            problems_shown = [
                f"{'/'.join(map(str, error.absolute_path))}: {error.message[:160]}"
                for error in islice(problems, MAX_SHOWN_ERRORS)
            ]
            if problems_shown:
                raise DataRefused(_("Tệp %(name)s sai: %(errors)s") % {"name": name, "errors": "; ".join(problems_shown)})

    def fingerprint(self) -> str:
        """SHA-256 over all files and the code that loads them."""
        whole = hashlib.sha256()
        for name in (*SCHEMAS, *OTHERS):
            whole.update(hashlib.sha256(self.text(name).encode()).digest())
        for path in CODE:
            whole.update(hashlib.sha256(path.read_bytes()).digest())
        return whole.hexdigest()

    # -- parts of the files

    def procedures(self) -> list[dict[str, Any]]:
        """The curated procedures, with the forms of forms_new_links.json (a document with a form is not asked as an upload)."""
        links = {link["procedure"]: link for link in self.read("forms_new_links.json")["links"]}
        return [_with_form(row, links.get(row["code"])) for row in self.read("procedures.json")["procedures"]]

    def index_rows(self) -> list[dict[str, str]]:
        """The rows of the national index as dicts of strings."""
        return list(csv.DictReader(self.text("procedures_index.csv").splitlines()))

    def amounts_set_later(self, code: str) -> list[str]:
        """Keys of the fee lines of a procedure whose amount is set after filing by an officer or the post."""
        return [row["fee_line_key"] for row in self.read("offerings_demo.json")["amount_set_later"] if row["procedure"] == code]


def _with_form(row: dict[str, Any], link: dict[str, Any] | None) -> dict[str, Any]:
    if not link:
        return row
    linked = {document["key"] for document in link["documents"]}
    groups = [
        {
            **group,
            "documents": [
                {**document, "form_key": link["form_key"]} if document["key"] in linked else document
                for document in group["documents"]
            ],
        }
        for group in row["document_groups"]
    ]
    return {**row, "form_key": link["form_key"], "document_groups": groups}
