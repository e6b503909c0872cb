"""The port: what a payment provider does for us, and the neutral words in which it answers. `vnpay` is the first provider.

A provider knows its own codes, signatures and formats; nobody else does. It takes our rows and raw texts, and returns the
frozen records below, or raises one of the refusals. Amounts are whole đồng. How to add one: docs/how-to.md.
"""

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from payments.gateways.outcomes import Outcome
from payments.models.states import AttemptState, RefundState

if TYPE_CHECKING:
    from django.http import HttpRequest

    from payments.models import CollectionPoint, PaymentAttempt, Refund


# ------------------------------------------------------------ what it tells us of its own accord


class Unreadable(ValueError):
    """Not something the provider would write: over-long, repeated names, broken encoding."""


class BadSignature(Exception):
    """Not signed, or not by who it says."""


class ForeignTerminal(Exception):
    """Of a terminal for which we hold no secret."""


@dataclass(frozen=True)
class Notice:
    """One verified message about a payment: a notice (IPN), or what the payer's browser brought back.

    `amount` None: not an amount in whole đồng. `is_readable` False: signed, but its codes are no codes; then `outcome` is
    UNCLEAR. `code` is the provider's own word, for the record only (at most 8 characters).
    """

    terminal: str
    reference: str
    amount: int | None
    outcome: Outcome
    code: str
    transaction_no: str
    bank_code: str
    is_readable: bool = True


class NoticeResult(Enum):
    """What became of a notice. CONFIRMED and ALREADY_CONFIRMED end the provider's retries, all others ask for another call."""

    CONFIRMED = "confirmed"
    ALREADY_CONFIRMED = "already confirmed"
    UNKNOWN_REFERENCE = "unknown reference"
    WRONG_AMOUNT = "wrong amount"
    BAD_SIGNATURE = "bad signature"  # also: foreign terminal, malformed
    FAILED = "failed"


@dataclass(frozen=True)
class Reply:
    """A result in the provider's own words. `code` (at most 8 characters) is kept with the notice."""

    code: str
    body: str
    content_type: str


# ------------------------------------------------------------ what it answers when asked


class NoAnswer(Exception):
    """Nothing we may believe came back: late, unsigned, unreadable, or nobody was there. Money stays where we think it is.

    `raw` is what came (≤ 4000 characters), for the record. `is_busy`: it claims to be asked too soon; heeded, not believed.
    """

    def __init__(self, reason: str, *, raw: str = "", is_busy: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.raw, self.is_busy = reason, raw[:4000], is_busy


class NotSent(NoAnswer):
    """Nobody was reached: no byte of the request left us, so it may be sent again as it is."""


class Subject(Enum):
    """Of what an answer speaks."""

    PAYMENT = "payment"
    REFUND = "refund"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Answer:
    """One verified answer to a question or to an order to send money back.

    `is_done`: the call was carried out; otherwise only `outcome`, `refund` and `code` say something. `outcome`: the attempt, by
    this answer (UNFINISHED and UNANSWERED are those very objects). `refund`: where a refund stands by it; UNKNOWN when it does
    not say. `is_success`: the transaction it speaks of went through, whatever its amount. `transaction_no`: empty for none.
    """

    is_done: bool
    subject: Subject
    reference: str
    amount: int | None
    outcome: Outcome
    refund: RefundState
    is_success: bool
    is_busy: bool
    code: str
    transaction_no: str
    bank_code: str
    raw: str


# ------------------------------------------------------------ settlement files

LARGEST_FILE = 20 * 1024 * 1024  # bytes of a settlement file


class UnreadableFile(ValueError):
    """This is not a settlement file, or not of that day; `str()` says what is wrong in plain words."""


@dataclass(frozen=True)
class SettlementLine:
    """One row of a settlement file: money the gateway took (`refunded` False) or gave back. `raw` is the evidence kept of it."""

    reference: str
    transaction_no: str
    amount: int
    refunded: bool
    paid_at: dt.datetime  # aware
    bank_code: str
    raw: str


# ------------------------------------------------------------ the port


class Provider(Protocol):
    """A gateway: a module or an object that does all of this. `gateways.register` knows them by their `key`."""

    key: str
    notice_method: str  # GET or POST: how it calls us

    def takes(self, point: "CollectionPoint") -> bool:
        """Do we hold what is needed to send payers there from this point (its secret)?"""

    def pay_url(self, attempt: "PaymentAttempt", *, ip: str | None, language: str) -> str:
        """The address to which the payer's browser is sent."""

    def raw_notice(self, request: "HttpRequest") -> str:
        """The text of its own call, as it is kept and read."""

    def read_notice(self, raw: str) -> Notice:
        """Its own call, verified. Raises Unreadable, BadSignature, ForeignTerminal."""

    def answer_notice(self, result: NoticeResult) -> Reply:
        """What its call is answered."""

    def read_return(self, raw: str) -> Notice:
        """The query string a payer's browser brought back, verified. Raises as `read_notice`."""

    def query(self, attempt: "PaymentAttempt", *, patience: float | None = None) -> Answer:
        """What it knows of this attempt now, within `patience` seconds. Raises NoAnswer."""

    def refund(self, refund: "Refund", *, by: str) -> Answer:
        """Order money to be sent back; `by` names who approved it. Raises NotSent, NoAnswer."""

    def outcome_of_code(self, code: str, state: AttemptState) -> Outcome | None:
        """What a code kept on an attempt says of why it is in this state; None: nothing."""

    def settlement_address(self, point: "CollectionPoint", day: dt.date) -> str:
        """Where the settlement file of this terminal and local day is fetched; empty: it is only handed in by people."""

    def read_settlement(self, content: bytes, day: dt.date) -> list[SettlementLine]:
        """The lines of a settlement file of that local day. Raises UnreadableFile, and then nothing of it counts."""

    def read_settlement_line(self, raw: str) -> SettlementLine:
        """The line whose `raw` was kept as evidence."""

    def paid_on(self, raw: str) -> dt.date | None:
        """The local day of payment that the text of an event tells, or None."""
