"""The price range of a filing before any question is answered, for lists, guides and the level."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.common.money import dong
from procedures.fees import Line, in_effect, price_of


@dataclass(frozen=True)
class PriceRange:
    """The possible sum of main amounts and mandatory extras, in đồng. `highest` None: no known upper bound."""

    lowest: int
    highest: int | None

    @property
    def is_free(self) -> bool:
        """True when no fee is ever due."""
        return self.highest == 0

    @property
    def is_fixed(self) -> bool:
        return self.lowest == self.highest

    @property
    def words(self) -> str:
        """«Không mất phí», one amount, «nhiều nhất …» or «… đến …»."""
        if self.is_free:
            return _("Không mất phí")
        if self.highest is None:
            return _("Từ %(amount)s") % {"amount": dong(self.lowest)} if self.lowest else _("Tùy trường hợp")
        if self.is_fixed:
            return dong(self.lowest)
        if not self.lowest:
            return _("Nhiều nhất %(amount)s") % {"amount": dong(self.highest)}
        return _("%(low)s đến %(high)s") % {"low": dong(self.lowest), "high": dong(self.highest)}


def price_range(
    lines: Iterable[Line], *, day: dt.date, channel: str = "online", local: Mapping[str, int] | None = None
) -> PriceRange:
    """The lowest and highest amount of one filing with quantity 1, over all possible answers.

    A line that multiplies by an answer has no upper bound unless its price is 0. Optional extras are not included.
    Unconditional reductions are included; conditional ones only lower the lowest amount.
    """
    usable = [line for line in lines if in_effect(line, day) and line["channel"] in ("any", channel)]
    main = [line for line in usable if line["role"] in ("base", "alternative")]
    extras = [line for line in usable if line["role"] == "extra" and line["mandatory"]]
    reductions = [line for line in usable if line["role"] in ("discount", "exemption")]
    sure = [line for line in reductions if line["when"] is None]

    def price(line: Line, lowered_by: Iterable[Line]) -> int | None:
        return price_of(line, 1, lowered_by, local or {}).unit_price

    def highest(line: Line) -> int | None:
        full = price(line, sure)
        return None if full and line["quantity"] else full

    low = min((price(line, reductions) or 0 for line in main), default=0)
    low += sum(price(line, reductions) or 0 for line in extras if line["when"] is None and not line["quantity"])
    high = _total_if_known(max, [highest(line) for line in main]) if main else None
    extra = _total_if_known(sum, [highest(line) for line in extras])
    return PriceRange(low, None if high is None or extra is None else high + extra)


def _total_if_known(add_up: Callable[[list[int]], int], amounts: Sequence[int | None]) -> int | None:
    """`max` or `sum` of the amounts, or None when one of them is not known."""
    known = [amount for amount in amounts if amount is not None]
    return add_up(known) if len(known) == len(amounts) else None
