"""What a version makes of a filing: values for its conditions, documents asked, fees, results and the due time. Pure functions.

`asked` are the answers to the portal's own questions: {question key: answer, "case", "priority_group", "quantities": {question:
number}, "extras": [fee line key]}.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from procedures import fees as fee_rules
from procedures.eforms.conditions import holds
from procedures.facts import Condition, Document, DocumentGroup, Facts, FeeRow

Values = Mapping[str, Any]


def circumstances(asked: Values, *, channel: str, organisation: bool, age: int | None) -> dict[str, Any]:
    """The values for conditions besides the answers of the form."""
    return {
        **{f"ask.{key}": value for key, value in asked.items()},
        "case": asked.get("case"),
        "audience": "organisation" if organisation else "citizen",
        "channel": channel,
        "person.age": age,
        "person.priority_group": asked.get("priority_group"),
    }


def full_age(born: dt.date | None, day: dt.date) -> int | None:
    """Full years on this day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else None


# ---------------------------------------------------------------- fees
def fee_class(lines: Iterable[FeeRow], group: str | None) -> str:
    """«thuong», «giam» or «mien» (normal, reduced, exempt), from the claimed priority group."""
    roles = {
        line["role"]
        for line in lines
        if group and line["role"] in ("discount", "exemption") and group in groups_named(line["when"])
    }
    return "mien" if "exemption" in roles else "giam" if "discount" in roles else "thuong"


def groups_named(condition: Condition) -> set[Any]:
    """The priority groups named anywhere in the condition of a fee line."""
    if not condition:
        return set()
    if "field" not in condition:
        return set().union(*map(groups_named, condition.get("all") or condition.get("any") or []))
    value = condition.get("value")
    named = value if isinstance(value, list) else [value]
    return set(named) if condition["field"] == fee_rules.CLAIM and value is not None else set()


def fees(
    facts: Facts, known: Values, asked: Values, answers: Values, day: dt.date, local: Mapping[str, int] | None = None
) -> fee_rules.Fees:
    """The fees in whole đồng. `known`: all values for conditions; `answers`: of the form, as stored; `local`: of the province.
    Raises FeeRuleError."""
    lines = facts["fee_lines"]
    return fee_rules.compute(
        lines,
        context=known,
        day=day,
        quantities={**fee_rules.quantities_from(lines, known), **numbers_asked(asked)},
        chosen=extras_chosen(facts, asked, answers, known["channel"]),
        local=local,
    )


def optional_extras(facts: Facts, channel: str) -> list[FeeRow]:
    """The optional fee lines of a channel."""
    return [
        line for line in facts["fee_lines"]
        if line["role"] == "extra" and not line["mandatory"] and line["channel"] in ("any", channel)
    ]  # fmt: skip


def extras_chosen(facts: Facts, asked: Values, answers: Values, channel: str) -> set[str]:
    """Keys of the chosen extras: ticked, or with a quantity above 0 («số bản sao muốn nhận»)."""
    numbers, ticked = numbers_asked(asked), asked.get("extras") or []
    counted = [line["key"] for line in optional_extras(facts, channel) if line["quantity"] and _wanted(line, numbers, answers)]
    return {*ticked, *counted}


def _wanted(line: FeeRow, numbers: Values, answers: Values) -> bool:
    """Is its quantity above 0?"""
    rule = line["quantity"] or {}
    number = numbers.get(rule["ask"]) if "ask" in rule else answers.get(rule["field"])
    return isinstance(number, (int, float)) and number > 0


def numbers_asked(asked: Values) -> dict[str, Any]:
    """{question: number} as answered. Answers of a draft that are not numbers are ignored."""
    return {text: number for text, number in asked.get("quantities", {}).items() if isinstance(number, (int, float))}


# ---------------------------------------------------------------- documents
def papers(facts: Facts) -> Iterator[tuple[Document, DocumentGroup]]:
    """All documents, for any answers. Forms filled in on the portal, data and notes are not included."""
    for group in facts["document_groups"]:
        for item in group["documents"]:
            if item["kind"] == "paper" or (item["kind"] == "form" and not item["form_key"]):
                yield item, group


def papers_asked(facts: Facts, known: Values, day: dt.date) -> list[tuple[Document, DocumentGroup]]:
    """The documents that these answers ask for."""
    return [
        (item, group) for item, group in papers(facts) if holds(group["when"], known, day) and holds(item["when"], known, day)
    ]


def is_required(item: Document) -> bool:
    """Is it mandatory, as a file or shown at the counter?"""
    return bool(item["required"]) and not item["replaced_by_data"]
