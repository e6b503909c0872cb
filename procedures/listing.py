"""Lists of procedures: filters and paging."""

from collections.abc import Mapping, Sequence

from django.utils.http import urlencode

from portal.common.figures import number_in
from procedures import search
from procedures.cards import BUSINESS, CITIZENS, Card, by_codes, cards

PAGE = 20


class Filters:
    """The filters of the query string: level, price, audience. Level and price exist only for procedures with a version."""

    def __init__(self, asked: Mapping[str, str]) -> None:
        self.online = asked.get("muc") == "nop-tren-mang"
        self.free = asked.get("phi") == "0"
        self.audience = asked.get("doi-tuong") if asked.get("doi-tuong") in ("nguoi-dan", "doanh-nghiep") else ""

    @property
    def any(self) -> bool:
        return self.online or self.free or bool(self.audience)

    def apply(self, codes: Sequence[str]) -> Sequence[str] | list[Card]:
        """The matching codes; cards instead when level or price is filtered."""
        if self.audience:
            wanted, audiences = (CITIZENS if self.audience == "nguoi-dan" else BUSINESS), search.catalogue().audiences
            codes = [code for code in codes if wanted.intersection(audiences[code])]
        if not (self.online or self.free):
            return codes
        listed = search.catalogue().listed
        made = cards(by_codes([code for code in codes if not listed[code]]))
        return [card for card in made if (not self.online or card.offers_submission) and (not self.free or card.is_free)]


class Listing:
    """One page of a list. `rows`: codes, or cards from `Filters.apply`."""

    def __init__(self, rows: Sequence[str] | list[Card], asked: Mapping[str, str], size: int = PAGE) -> None:
        self.asked, self.count, self.size = asked, len(rows), size
        self.number = self._number(asked.get("trang", ""))
        shown = rows[(self.number - 1) * size : self.number * size]
        made = [row for row in shown if isinstance(row, Card)]
        self.cards = made or cards(by_codes(row for row in shown if isinstance(row, str)))
        self.first = (self.number - 1) * size + 1
        self.last = self.first + len(self.cards) - 1

    def _number(self, text: str) -> int:
        """The page number of the query string, limited to existing pages."""
        return min(max(1, number_in(text, 5) or 1), self._last_number)

    @property
    def _last_number(self) -> int:
        return max(1, -(-self.count // self.size))

    @property
    def pages(self) -> list[tuple[int, str]]:
        """(number, query string) of every page."""
        return [(page, self._address(page)) for page in range(1, self._last_number + 1)]

    @property
    def previous(self) -> str:
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        return self._address(self.number + 1) if self.number * self.size < self.count else ""

    def _address(self, page: int) -> str:
        kept = {key: value for key, value in self.asked.items() if key != "trang" and value}
        return "?" + urlencode({**kept, **({"trang": page} if page > 1 else {})})
