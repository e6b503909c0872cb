"""What conditions of a version may name: circumstances, questions of the portal, fields of the form, in the order asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.consequences import groups_named
from procedures.eforms import fields_named
from procedures.eforms.expansion import pages_of
from procedures.facts import VersionDocument
from procedures.wording import CHANNELS, plain

WHO = {"citizen": gettext_lazy("cá nhân"), "organisation": gettext_lazy("tổ chức")}
"""What the portal sets for `audience`. A condition on another one would never hold; who else a person is, a question asks."""
KINDS = {
    "yes_no": "choice",
    "number": "number",
    "money": "number",
    "date": "day",
    "table": "rows",
    "text": "text",
    "textarea": "text",
    "phone": "text",
    "email": "text",
    "id_number": "text",
    "lookup": "text",
}
"""Kind of input by type of field. The answers of other types (addresses, periods, consents) are only given or not given."""


@dataclass(frozen=True)
class Name:
    """One name of the condition grammar. `kind`: choice, several, number, day, text, rows, or given (an answer or none).

    `options`: (value, label) of a choice; `page`: number of the page of the form, from 0; -1 for what is asked before it.
    """

    name: str
    label: str
    kind: str
    options: tuple[tuple[Any, str], ...] = ()
    page: int = -1
    show_if: Mapping[str, Any] | None = None
    column: str = ""  # of a table: the column that is counted, else its first one


def names(document: VersionDocument) -> dict[str, Name]:
    """All names that conditions of this version may use."""
    rows = [*_circumstances(document), *_questions(document), *_bound(document), *_fields(document)]
    return {row.name: row for row in rows}


def _circumstances(document: VersionDocument) -> Iterator[Name]:
    yield Name("channel", _("Cách nộp"), "choice", tuple((key, str(text)) for key, text in CHANNELS.items()))
    yield Name("audience", _("Người nộp"), "choice", tuple((key, str(text)) for key, text in WHO.items()))
    yield Name("person.age", _("Tuổi"), "number")
    groups = tuple((row["key"], row["label"]) for row in document["code_lists"]["priority_groups"])
    yield Name("person.priority_group", _("Diện được miễn, giảm"), "choice", groups)


def _questions(document: VersionDocument) -> Iterator[Name]:
    for row in document["procedure"]["questions"]:
        options = tuple((option["key"], option["label"]) for option in row.get("options", []))
        name = "case" if row["key"] == "case" else f"ask.{row['key']}"
        yield Name(name, plain(row["text"]), "choice", options or (("co", _("Có")), ("khong", _("Không"))))


def _bound(document: VersionDocument) -> Iterator[Name]:
    """Fields that the form prints and the portal fills in."""
    for field in (document["form"] or {}).get("bound_fields", []):
        options = tuple((row["value"], row["label"]) for row in field.get("options", []))
        kind = "number" if field["binds_to"] == "copies" else "choice" if options else "given"
        yield Name(field["key"], field["label"], kind, options)


def _fields(document: VersionDocument) -> Iterator[Name]:
    form = document["form"]
    counted = {(line["quantity"] or {}).get("field", "") for line in document["procedure"]["fee_lines"]}
    for number, page in enumerate(pages_of(form) if form else []):
        for field in page["fields"]:
            if field["type"] != "note":
                yield _field(form or {}, field, number, counted)


def _field(form: Mapping[str, Any], field: Mapping[str, Any], page: int, counted: set[str]) -> Name:
    rows = field.get("options") or form.get("sources", {}).get(field.get("source"), {}).get("options") or []
    options = tuple((row["value"], row["label"]) for row in rows)
    if field["type"] == "yes_no":
        options = ((True, _("Có")), (False, _("Không")))
    kind = KINDS.get(field["type"], "given")
    if field["type"] == "choice":
        kind = ("several" if field.get("multiple") else "choice") if options else "text"
    columns = [column["key"] for column in field.get("columns", [])]
    column = next((key for key in columns if f"{field['key']}.{key}" in counted), columns[0] if columns else "")
    return Name(field["key"], field["label"], kind, options, page, field.get("show_if"), column)


# ---------------------------------------------------------------- which of them matter
def named_in_rules(document: VersionDocument) -> set[str]:
    """Names that fees, documents and results depend on, with the fields that these depend on."""
    facts, form = document["procedure"], _by_key(document)
    groups = facts["document_groups"]
    rows: Iterable[Mapping[str, Any]] = [
        *facts["fee_lines"],
        *groups,
        *(item for group in groups for item in group["documents"]),
        *facts["results"],
    ]
    found = set().union(*(fields_named(row.get("when")) for row in rows))
    counted = [line["quantity"].get("field", "") for line in facts["fee_lines"] if line["quantity"]]
    found |= {key.partition(".")[0] for key in counted if key}
    while more := set().union(*(fields_named(form[key].get("show_if")) for key in found if key in form)) - found:
        found |= more
    return found


def _by_key(document: VersionDocument) -> dict[str, Mapping[str, Any]]:
    form = document["form"]
    return {field["key"]: field for page in pages_of(form) for field in page["fields"] if "key" in field} if form else {}


def priority_groups(document: VersionDocument) -> set[Any]:
    """The groups for which a fee line has a reduced price."""
    return set().union(*(groups_named(line["when"]) for line in document["procedure"]["fee_lines"]))
