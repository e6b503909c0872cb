"""What a procedure may end in: `results[]` of the version (grammar: docs/catalogue.md, "Results").

`offered` says what an approval may give in a case, `proposed_lines` what its paper prints, `faults` why a version is not
published. Documents published before results had kinds are read by `rows`.
"""

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from django.utils.translation import gettext as _

from procedures.eforms import AnswerRow, AnswerTable, Form, answer_sections, fields_named, holds
from procedures.eforms.display import GLUE
from procedures.eforms.expansion import pages_of
from procedures.facts import Facts, OfficeDatum, Result, ResultLine, ResultTemplate, VersionDocument

PERSON_FIELDS = ("permanent_address", "temporary_address", "current_address")  # named as `person.…`
POSITIVE = frozenset({"grant", "register", "payment"})  # kinds that are always outcomes
MAX_CASES = 20_000
BLANK = "…"  # for an answer that fixed words name and that was not given
ANY_DAY = dt.date(2026, 1, 1)  # conditions over choices do not depend on the day
# What the names of negative results contain in documents without kinds.
NEGATIVE_WORDS = (
    "từ chối",
    "cần sửa đổi, bổ sung",
    "việc sửa đổi, bổ sung hồ sơ",
    "công văn không xác nhận",
)
_NAMED = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


def rows(facts: Facts) -> list[Result]:
    """All results of a version. Rows published before results had kinds are read as results made elsewhere, to choose among."""
    listed = facts.get("results") or []
    return [row if "outcome" in row else _read_old(row, number) for number, row in enumerate(listed, start=1)]


def offered(document: VersionDocument, known: Mapping[str, Any], day: dt.date) -> list[Result]:
    """What an approval may give for these answers and circumstances, in order; never a refusal or a request to amend.

    Of rows with the same `group` the officer chooses one; the others are given together.
    """
    return [row for row in rows(document["procedure"]) if row["outcome"] and holds(row["when"], known, day)]


def ends_by_note(facts: Facts) -> bool:
    """True when the dossier ends by being recorded (`note_received`): nothing is decided."""
    return facts.get("ends_by") == "note_received"


# the paper ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ProposedLine:
    """A line of the paper as proposed: `text` from the answers, fixed, or proposed to the office; a table has no `text`."""

    key: str
    label: str
    text: str = ""
    office: OfficeDatum | None = None
    table: AnswerTable | None = None
    side: Literal["left", "right"] | None = None


def proposed_lines(
    template: ResultTemplate,
    form: Form | None,
    answers: Mapping[str, Any],
    known: Mapping[str, Any],
    day: dt.date,
    addresses: Mapping[str, str],
) -> list[ProposedLine]:
    """The lines of the template, in order; those whose `when` does not hold and those without an answer are left out.

    `answers`: with the bound ones; `known`: all values for conditions; `addresses`: of the person the dossier is about, under
    `PERSON_FIELDS`.
    """
    sections = answer_sections(form, answers, day, long_dates=False) if form else []
    answered = {row.key: row for section in sections for row in section.rows}
    lines = (_proposed(line, answered, addresses) for line in template["lines"] if holds(line.get("when"), known, day))
    return [line for line in lines if line.office or line.text or (line.table and line.table.rows)]


def _proposed(line: ResultLine, answered: Mapping[str, AnswerRow], addresses: Mapping[str, str]) -> ProposedLine:
    key, label, side = line["key"], line["label"], line.get("side")
    office = line.get("office")
    texts = {name: row.text for name, row in answered.items()} | {f"person.{name}": text for name, text in addresses.items()}
    name = office.get("answer", "") if office else line.get("field", "")
    answer = answered.get(name)
    if answer and answer.table:
        return ProposedLine(key, label, table=_columns(answer.table, line.get("columns")), side=side)
    words = str(office.get("default", "")) if office else line.get("text", "")
    text = texts.get(name) or texts.get(line.get("else", "")) or _NAMED.sub(lambda found: texts.get(found[1]) or BLANK, words)
    if office and office["type"] == "number":
        text = text.partition(GLUE)[0]  # without its unit
    return ProposedLine(key, label, text, office, side=side)


def _named_in(line: ResultLine) -> set[str]:
    """The answers that a line names."""
    office: Mapping[str, Any] = line.get("office", {})
    words = f"{line.get('text', '')}{office.get('default', '')}"
    names = {line.get("field", ""), line.get("else", ""), office.get("answer", ""), *_NAMED.findall(words)}
    return names - {""}


def _columns(table: AnswerTable, wanted: list[str] | None) -> AnswerTable:
    """The table with these columns only, in its own order."""
    if wanted is None:
        return table
    kept = [place for place, column in enumerate(table.columns) if column.key in wanted]
    cells = [[row[place] for place in kept] for row in table.rows]
    return AnswerTable(
        tuple(table.columns[place] for place in kept), cells, [table.totals[p] for p in kept] if table.totals else []
    )


# what publishing refuses ----------------------------------------------------------------------------------------------
def faults(document: VersionDocument) -> list[str]:
    """Why this document may not be published, in words; [] when its results are in order. The shape is checked by the schema."""
    facts = document["procedure"]
    listed = rows(facts)
    found = [_("gọi trường không có: %(name)s") % {"name": name} for name in unknown_fields(document)]
    found += [_("khóa kết quả lặp lại: %(name)s") % {"name": key} for key in _doubled(row["key"] for row in listed)]
    for row in listed:
        lines = row["template"]["lines"] if row["template"] else []
        found += [
            _("%(result)s: khóa dòng lặp lại: %(name)s") % {"result": row["key"], "name": key}
            for key in _doubled(line["key"] for line in lines)
        ]
        if (row["kind"] in POSITIVE and not row["outcome"]) or (row["kind"] == "refusal" and row["outcome"]):
            found.append(_("%(result)s: loại kết quả không hợp với việc chấp thuận") % {"result": row["key"]})
    if not ends_by_note(facts):
        found += _uncovered(document)
    return found


def unknown_fields(document: VersionDocument) -> list[str]:
    """Names in the results that are neither fields of the form, questions of the portal, circumstances nor PERSON_FIELDS."""
    fields = _fields(document)
    bound = {field["key"] for field in (document["form"] or {}).get("bound_fields", [])}  # asked outside the form: not printed
    printed = (set(fields) - bound) | {f"person.{name}" for name in PERSON_FIELDS}
    asked = {q["key"] if q["key"] == "case" else f"ask.{q['key']}" for q in document["procedure"]["questions"]}
    conditional = set(fields) | asked | {"audience", "channel", "person.age", "person.priority_group"}
    wrong: list[str] = []
    for row in rows(document["procedure"]):
        wrong += sorted(fields_named(row["when"]) - conditional)
        for line in row["template"]["lines"] if row["template"] else []:
            wrong += sorted(fields_named(line.get("when")) - conditional)
            wrong += sorted(_named_in(line) - printed)
            columns = {column["key"] for column in fields.get(line.get("field", ""), {}).get("columns", [])}
            wrong += [f"{line['key']}.{name}" for name in line.get("columns", []) if name not in columns]
    return wrong


def _uncovered(document: VersionDocument) -> list[str]:
    """A case in which no outcome holds, in words; [] when every case has one."""
    conditions = [row["when"] for row in rows(document["procedure"]) if row["outcome"]]
    try:
        lacking = next(
            (case for case in _cases(document, conditions) if not any(holds(c, case, ANY_DAY) for c in conditions)), None
        )
    except OverflowError:
        return [_("điều kiện của kết quả hỏi quá nhiều trường hợp")]
    if lacking is None:
        return []
    named = ", ".join(f"{name} = {value}" for name, value in lacking.items())
    return [_("không có kết quả nào cho trường hợp: %(case)s") % {"case": named or _("mọi trường hợp")}]


def _cases(document: VersionDocument, conditions: list[Any]) -> Iterator[dict[str, Any]]:
    """Every combination of values that these conditions tell apart and that the form allows. Raises OverflowError for too many.

    A free text, number or date counts as unanswered: no operator holds for it, so that nothing is taken for granted.
    """
    fields = _fields(document)
    names = set().union(*map(fields_named, conditions)) if conditions else set()
    while more := set().union(*(fields_named(fields[n].get("show_if")) for n in names if n in fields)) - names:
        names |= more
    ordered = sorted(names)
    told_apart = [*conditions, *(fields[name].get("show_if") for name in ordered if name in fields)]
    values = [_values(document, fields, name, told_apart) for name in ordered]
    total = 1
    for some in values:
        total *= len(some)
    if total > MAX_CASES:
        raise OverflowError(total)
    free = {name for name, some in zip(ordered, values, strict=True) if some == [None]}
    for combination in itertools.product(*values):
        case = dict(zip(ordered, combination, strict=True))
        if all(_possible(fields[name], case, free) for name in ordered if name in fields and name not in free):
            yield case


def _possible(field: Mapping[str, Any], case: Mapping[str, Any], free: set[str]) -> bool:
    """Can this field have its value in this case? Hidden fields are unanswered, required ones that are shown are answered."""
    if fields_named(field.get("show_if")) & free:
        return True
    shown = holds(field.get("show_if"), case, ANY_DAY)
    if case[field["key"]] is not None:
        return shown
    return not (shown and field.get("required"))


def _values(document: VersionDocument, fields: Mapping[str, Any], name: str, conditions: list[Any]) -> list[Any]:
    """The values of a field or circumstance that these conditions tell apart; None = unanswered."""
    if name == "audience":
        return ["citizen", "organisation"]
    if name == "case" or name.startswith("ask."):
        asked = [q for q in document["procedure"]["questions"] if q["key"] == name.removeprefix("ask.")]
        return [option["key"] for q in asked for option in q.get("options", [])] or ["co", "khong"]
    field = fields.get(name, {})
    if field.get("type") == "yes_no":
        return [True, False, None]
    source = (document["form"] or {}).get("sources", {}).get(field.get("source"), {})
    every = [option["value"] for option in field.get("options") or source.get("options") or []]
    named = set().union(*(_named_values(condition, name) for condition in conditions))
    other = [value for value in every if value not in named][:1]
    chosen = [value for value in every if value in named] + other
    return [*([value] if field.get("multiple") else value for value in chosen), None]


def _named_values(condition: Any, name: str) -> set[Any]:
    """The values with which a condition compares this field."""
    if not condition:
        return set()
    parts = condition.get("all") or condition.get("any")
    if parts is not None:
        return set().union(*(_named_values(part, name) for part in parts))
    value = condition.get("value")
    return set(value if isinstance(value, list) else [value]) if condition["field"] == name else set()


def _fields(document: VersionDocument) -> dict[str, Any]:
    """{key: field} of the form, with its bound fields."""
    form = document["form"]
    if not form:
        return {}
    return {field["key"]: field for page in pages_of(form) for field in page["fields"]} | {
        field["key"]: field for field in form.get("bound_fields", [])
    }


def _doubled(keys: Iterable[str]) -> list[str]:
    return [key for key, count in Counter(keys).items() if count > 1]


# documents without kinds ----------------------------------------------------------------------------------------------
def _read_old(row: Mapping[str, Any], number: int) -> Result:
    """A row published before results had kinds: name and code, perhaps kind, condition and a template whose lines have no keys.

    Those without a kind are alternatives, made outside the portal; which ones are negative is told by their names.
    """
    negative = any(words in row["name"].casefold() for words in NEGATIVE_WORDS)
    kind = row.get("kind") or ("refusal" if negative else "grant")
    template = row.get("template")
    read = {
        "key": row.get("key") or f"result_{number}",
        "code": row.get("code"),
        "name": row["name"],
        "kind": kind,
        "outcome": kind in POSITIVE,
        "when": row.get("when"),
        "group": None if "kind" in row else "any",
        "made": "portal" if template else "file",
        "template": _old_template(template) if template else None,
        "certainty": "derived",
    }
    return cast(Result, read)


def _old_template(template: Mapping[str, Any]) -> ResultTemplate:
    lines = []
    for number, line in enumerate(template["lines"], start=1):
        old = {**line, "key": f"line_{number}"}
        if line.get("office") is True:
            old["office"] = {"type": "text", "required": False}
        lines.append(cast(ResultLine, old))
    return cast(ResultTemplate, {"form": None, "notes": None, **template, "lines": lines})
