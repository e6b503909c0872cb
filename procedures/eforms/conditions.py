"""The condition grammar, used by form pages, documents, fees and steps (grammar 1, data/README.md)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from procedures.eforms.dates import full_years, parse_date

Answers = Mapping[str, Any]
Condition = Mapping[str, Any]


def is_empty(value: Any) -> bool:
    """True when nothing was answered. False and 0 are answers."""
    return value is None or value == "" or value == [] or value == {}


def holds(condition: Condition | None, answers: Answers, today: dt.date) -> bool:
    """True when the condition holds for these answers on this filing day. None or {} always holds."""
    if not condition:
        return True
    if "all" in condition:
        return all(holds(part, answers, today) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, answers, today) for part in condition["any"])
    value = answers.get(condition["field"])
    if is_empty(value):
        return False  # an unanswered question never fulfils a condition, not even "ne"
    return _compare(condition["op"], value, condition.get("value"), today)


def _compare(op: str, value: Any, wanted: Any, today: dt.date) -> bool:
    try:
        match op:
            case "not_empty":
                return True
            case "eq":
                return value == wanted
            case "ne":
                return value != wanted
            case "in":
                return bool(set(value) & set(wanted)) if isinstance(value, list) else value in wanted
            case "lt":
                return value < wanted
            case "gt":
                return value > wanted
            case "age_lt":
                return full_years(parse_date(value, partial=True, latest=True), today) < wanted
    except (TypeError, ValueError):
        return False  # an answer of the wrong type does not fulfil the condition
    raise ValueError(f"unknown operator: {op}")


def fields_named(condition: Condition | None) -> set[str]:
    """The keys of the fields that a condition reads."""
    if not condition:
        return set()
    parts = condition.get("all") or condition.get("any")
    if parts is None:
        return {condition["field"]}
    return set().union(*(fields_named(part) for part in parts))
