"""Computed fields: sums, products, a date or an amount in words. Values that a browser sends for them are ignored."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.common.words import date_in_words, money_in_words


def computed_value(spec: Mapping[str, Any], answers: Mapping[str, Any], row: Mapping[str, Any] | None = None) -> Any:
    """The value of a `computed` field; None while its inputs are missing or not numbers."""
    match spec["op"]:
        case "product":
            return _product((row if row is not None else answers).get(key) for key in spec["of"])
        case "sum":
            return sum(value for ref in spec["of"] for value in values_of(ref, answers) if _is_number(value))
    value: Any = answers.get(spec["of"][0])
    try:
        match spec["op"]:
            case "words_of_date":
                return date_in_words(value)
            case "words_of_money":
                return money_in_words(value)
    except (TypeError, ValueError, IndexError):
        return None  # not a complete date, or not an amount
    return None


def values_of(ref: str, answers: Mapping[str, Any]) -> list[Any]:
    """The values of an operand: [answer] for "field", the column's cells for "table.column"."""
    table, _, column = ref.partition(".")
    value = answers.get(table)
    if not column:
        return [value]
    return [row.get(column) for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _product(values: Iterable[Any]) -> Any:
    result: Any = 1
    for value in values:
        if not _is_number(value):
            return None
        result *= value
    return int(result) if isinstance(result, float) and result.is_integer() else result


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
