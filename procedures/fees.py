"""Computes the fees of a filing from the fee lines of a version. Amounts are whole đồng.

Pure functions that follow the six steps of data/README.md. `submit` stores a snapshot of the result on the dossier.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from procedures.eforms.conditions import fields_named, holds
from procedures.facts import FeeRow as Line

Quantity = int | float | Sequence[int | float]
"""How many; a list for several documents or table rows, each with its own bounds."""

CLAIM = "person.priority_group"
"""The answer that claims a reduction. The reduction is provisional until the clerk has checked the evidence."""


class LocalAmount(int):
    """A provincial amount in đồng, with the resolution that set it and the certainty of the source («demo»)."""

    legal_ref: str
    certainty: str

    def __new__(cls, amount: int, legal_ref: str = "", certainty: str = "") -> "LocalAmount":
        made = super().__new__(cls, amount)
        made.legal_ref, made.certainty = legal_ref, certainty
        return made


class FeeRuleError(ValueError):
    """The version's fee lines contradict each other: two main amounts apply to the same answers."""


@dataclass(frozen=True)
class FeeLine:
    """One amount due. Prices and `amount` in đồng; None: set later by the province or an officer."""

    key: str
    label: str
    kind: str  # phi, le_phi, gia_dich_vu
    role: str  # base, alternative, extra
    unit: str
    full_price: int | None
    unit_price: int | None  # after the lowest reduction
    quantity: int
    amount: int | None  # after caps
    legal_ref: str
    refundable_on: tuple[str, ...]
    certainty: str
    reduced_by: str = ""  # key of the discount or exemption that set the price
    reduced_label: str = ""
    reduced_role: str = ""
    reduced_ref: str = ""  # legal basis of the reduction
    provisional: bool = False  # a claimed reduction, which the clerk confirms or refuses at acceptance
    local: bool = False  # the price is set by the province

    @property
    def set_later(self) -> bool:
        return self.amount is None


@dataclass(frozen=True)
class Fees:
    """All lines due. `total` is None when an amount is set later, or when no main line applies yet (`undecided`)."""

    total: int | None
    lines: tuple[FeeLine, ...]
    undecided: bool = False

    @property
    def provisional(self) -> bool:
        """True when a reduction is claimed but not confirmed. This does not block filing."""
        return any(line.provisional for line in self.lines)

    @property
    def is_free(self) -> bool:
        return self.total == 0

    @property
    def fee_class(self) -> str:
        """For the printed forms: `mien` (exempt) or `giam` (reduced) when claimed by a priority group, else `thuong`."""
        claimed = {line.reduced_role for line in self.lines if line.provisional}
        return "mien" if "exemption" in claimed else "giam" if "discount" in claimed else "thuong"

    def rows(self) -> list[dict[str, Any]]:
        """The lines for JSON, as stored on the dossier."""
        return [{**asdict(line), "refundable_on": list(line.refundable_on)} for line in self.lines]


def compute(
    lines: Iterable[Line],
    *,
    context: Mapping[str, Any],
    day: dt.date,
    quantities: Mapping[str, Quantity] | None = None,
    chosen: Collection[str] = (),
    local: Mapping[str, int] | None = None,
) -> Fees:
    """The fees for these answers on this day. Raises FeeRuleError.

    `context`: `channel` and all answers that conditions may name; `quantities`: numbers by field or question (see
    `quantities_from`); `chosen`: keys of the chosen optional extras; `local`: {line key: đồng} of the province (a `LocalAmount`
    contains its legal basis).
    """
    in_force = [line for line in lines if in_effect(line, day) and _applies(line, context, day)]
    due = _due_lines(in_force, chosen)
    counted = {line["key"]: _count(line, quantities or {}) for line in due}
    reductions = [line for line in in_force if line["role"] in ("discount", "exemption")]
    priced = [price_of(line, sum(counted[line["key"]]), reductions, local or {}) for line in due]
    taken_off = _deductions_by_caps(due, counted, {line.key: line.unit_price for line in priced})
    charged = tuple(_charge(line, taken_off.get(line.key, 0)) for line in priced)
    undecided = not any(line.role in ("base", "alternative") for line in charged)
    known = [line.amount for line in charged if line.amount is not None]
    total = sum(known) if len(known) == len(charged) and not undecided else None
    return Fees(total, charged, undecided)


# ---------------------------------------------------------------- step 1: what applies


def in_effect(line: Line, day: dt.date) -> bool:
    """True when the line is in force on this day."""
    return bool((line["effective_from"] or "0000") <= day.isoformat() <= (line["effective_to"] or "9999"))


def _applies(line: Line, context: Mapping[str, Any], day: dt.date) -> bool:
    return line["channel"] in ("any", context.get("channel")) and bool(holds(line["when"], context, day))


# ---------------------------------------------------------------- step 2: the main line and the extras


def _due_lines(in_force: Sequence[Line], chosen: Collection[str]) -> list[Line]:
    main = [line for line in in_force if line["role"] in ("base", "alternative")]
    if len(main) > 1:
        raise FeeRuleError("more than one main amount: " + ", ".join(line["key"] for line in main))
    extras = [line for line in in_force if line["role"] == "extra" and (line["mandatory"] or line["key"] in chosen)]
    return [line for line in in_force if line in main or line in extras]


# ---------------------------------------------------------------- step 3: how many


def _count(line: Line, quantities: Mapping[str, Quantity]) -> list[int]:
    """The quantities of a line, one per document or row: at most `max`, minus `minus`, at least 0."""
    rule = line["quantity"]
    if not rule:
        return [1]
    given = quantities.get(rule.get("field") or rule["ask"], 1)
    each = [int(n) for n in given] if isinstance(given, Sequence) else [int(given)]
    return [max(0, min(n, rule.get("max", n)) - rule.get("minus", 0)) for n in each]


def quantities_from(lines: Iterable[Line], answers: Mapping[str, Any]) -> dict[str, Quantity]:
    """The quantities of the lines, from answers: a number, the number of rows of a table, or one number per row of a column.

    Questions (`ask`) are looked up by their text. An unanswered quantity is left out and counts as 1.
    """
    found: dict[str, Quantity] = {}
    for rule in (line["quantity"] for line in lines if line["quantity"]):
        key = rule.get("field") or rule["ask"]
        name, _dot, column = key.partition(".") if "field" in rule else (key, "", "")
        value = answers.get(name)
        if column and isinstance(value, list):
            found[key] = [_number(row.get(column)) for row in value if isinstance(row, Mapping)]
        elif isinstance(value, list):
            found[key] = len(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[key] = value
    return found


def _number(value: Any) -> float:
    """The number; 0 for text that a draft may contain instead (reported when the page is validated)."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


# ---------------------------------------------------------------- steps 4 and 6: the price of one


def price_of(line: Line, quantity: int, reductions: Iterable[Line], local: Mapping[str, int]) -> FeeLine:
    """The line with its unit price after the best of these reductions; `amount` is not computed yet."""
    full, legal_ref, certainty = _full_price(line, local.get(line["key"]))
    priced = FeeLine(
        key=line["key"],
        label=line["label"],
        kind=line["kind"],
        role=line["role"],
        unit=line["unit"],
        full_price=full,
        unit_price=full,
        quantity=quantity,
        amount=None,
        legal_ref=legal_ref,
        refundable_on=tuple(line["refundable_on"]),
        certainty=certainty,
        local=line["amount"] is None and full is not None,
    )
    for reduction in sorted(reductions, key=_is_claim):  # the lowest price wins; if equal, the reduction without a claim
        price = reduction["amount"]
        if (
            price is not None
            and line["key"] in reduction["applies_to"]
            and (priced.unit_price is None or price < priced.unit_price)
        ):
            priced = replace(
                priced,
                unit_price=price,
                reduced_by=reduction["key"],
                reduced_label=reduction["label"],
                reduced_role=reduction["role"],
                reduced_ref=reduction["legal_ref"] or "",
                provisional=_is_claim(reduction),
            )
    return priced


def _full_price(line: Line, local: int | None) -> tuple[int | None, str, str]:
    """(đồng or None, legal basis, certainty): the national amount, else that of the province with its legal basis."""
    basis, certainty = line["legal_ref"] or "", line["certainty"]
    if line["amount"] is not None or local is None:
        return line["amount"], basis, certainty
    own = getattr(local, "legal_ref", "")
    return int(local), "; ".join(filter(None, [basis, own])), getattr(local, "certainty", "") or certainty


def _is_claim(reduction: Line) -> bool:
    return CLAIM in fields_named(reduction["when"])


# ---------------------------------------------------------------- step 5: caps


def _deductions_by_caps(
    due: Sequence[Line], counted: Mapping[str, Sequence[int]], prices: Mapping[str, int | None]
) -> dict[str, int]:
    """{line key: đồng to deduct}, so that no document costs more than its cap. Deducted from the lines in `with` first."""
    off: dict[str, int] = {}
    for line in due:
        if not line["cap"]:
            continue
        together = [key for key in (line["key"], *line["cap"]["with"]) if key in counted and prices[key] is not None]
        for document in range(max(len(counted[key]) for key in together) if together else 0):
            amounts = {key: _of_document(counted[key], document) * (prices[key] or 0) for key in together}
            excess = max(0, sum(amounts.values()) - line["cap"]["amount"])
            for key in reversed(together):
                share = min(excess, amounts[key])
                off[key] = off.get(key, 0) + share
                excess -= share
    return off


def _of_document(counted: Sequence[int], document: int) -> int:
    return counted[document] if document < len(counted) else 0


def _charge(line: FeeLine, off: int) -> FeeLine:
    return line if line.unit_price is None else replace(line, amount=line.unit_price * line.quantity - off)
