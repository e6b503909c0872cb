"""Which result an approval gives. What it prints is data: `results[].template` of the version (data/procedures.json; grammar:
docs/catalogue.md, "Results"). The text for a dossier is made in `dossiers.desk.result_forms`."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from procedures.eforms import holds
from procedures.eforms.expansion import pages_of
from procedures.facts import Result, VersionDocument

POSITIVE = frozenset({"grant", "register", "payment"})  # kinds that an approval may give
PERSON_FIELDS = ("permanent_address", "temporary_address", "current_address")  # named as `person.…`


def granted(results: Sequence[Result], known: Mapping[str, Any], day: dt.date) -> Result | None:
    """The first positive result whose `when` holds for these answers, or None."""
    return next((row for row in results if row.get("kind") in POSITIVE and holds(row.get("when"), known, day)), None)


def unknown_fields(document: VersionDocument) -> list[str]:
    """Field names in the result templates that exist neither in the form nor in PERSON_FIELDS."""
    known = {f"person.{name}" for name in PERSON_FIELDS}
    if document["form"]:
        known |= {field["key"] for page in pages_of(document["form"]) for field in page["fields"]}
    templates = [row["template"] for row in document["procedure"]["results"] if "template" in row]
    return [line["field"] for template in templates for line in template["lines"] if line.get("field", "") not in known | {""}]
