"""The carrier port: what a postal service does, and the neutral records it returns. How to add one: docs/how-to.md.

Only a carrier knows its addresses, formats, signatures and words. It takes our rows and raw texts, and returns the frozen
records below or raises one of the exceptions.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dossiers.parcels.models import Parcel

MAX_NOTICE_BYTES = 16 * 1024


class Unreadable(ValueError):
    """Not a message of this carrier: too long, broken, or with a state or a time it does not know."""


class BadSignature(Exception):
    """The signature is missing or wrong."""


class NoAnswer(Exception):
    """No valid answer to an order: it may have arrived. The same order, with the same reference, is sent again."""


class OrderRefused(Exception):
    """The carrier does not take this parcel; `str()` is its reason."""


class CancelRefused(Exception):
    """The carrier has the parcel already, and goes on with it; `str()` is its reason."""


class UnknownHere(LookupError):
    """The carrier knows no parcel with this reference."""


@dataclass(frozen=True)
class Ordered:
    """The answer to an order. `postage`: whole đồng, None when it is weighed first. `raw`: kept as evidence."""

    tracking: str
    postage: int | None
    at: dt.datetime
    raw: str


@dataclass(frozen=True)
class Notice:
    """One verified message about a parcel. `key`: the carrier's number of the message; `state`: a `ParcelState`."""

    reference: str
    key: str
    state: str
    happened_at: dt.datetime
    place: str
    words: str
    raw: str


class Carrier(Protocol):
    """A carrier: a module with these names, in `carriers.register`. `takes_orders` False: clerks hand parcels in at a post
    office, and write down what it tells."""

    key: str
    label: str
    takes_orders: bool

    def is_configured(self) -> bool:
        """Do we have its address and secret?"""

    def order(self, parcel: "Parcel") -> Ordered:
        """Order the pick-up. Idempotent by `parcel.reference`. Raises NoAnswer, OrderRefused."""

    def find(self, parcel: "Parcel") -> list[Notice]:
        """Ask where it is: all its notices so far, with the keys under which they were sent. Raises NoAnswer, UnknownHere."""

    def cancel(self, parcel: "Parcel") -> list[Notice]:
        """Cancel before the pick-up: its notices, with the one that says so. Idempotent; an order that comes later is refused.
        Raises NoAnswer, CancelRefused."""

    def read_notice(self, body: bytes, headers: Mapping[str, str]) -> Notice:
        """Verify and read a message. Raises Unreadable, BadSignature."""
