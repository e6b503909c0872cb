"""The provider port: what a payment provider does, and the neutral records it returns. `vnpay` is the first provider.

Only a provider knows its codes, signatures and formats. It takes our rows and raw texts, and returns the frozen records
below or raises one of the exceptions. Amounts are whole đồng. How to add one: docs/how-to.md.
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


# ------------------------------------------------------------ its callbacks: IPN and return


class Unreadable(ValueError):
    """Not a valid message of the provider: too long, repeated names, broken encoding."""


class BadSignature(Exception):
    """The signature is missing or wrong."""


class ForeignTerminal(Exception):
    """For a terminal whose secret we do not have."""


@dataclass(frozen=True)
class Notice:
    """One verified message about a payment: an IPN, or the return of the payer's browser.

    `amount` None: not an amount in whole đồng. `is_readable` False: signed, but with invalid codes; then `outcome` is UNCLEAR.
    `code`: the provider's own code, stored but not read outside the provider (at most 8 characters).
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
    """The result of an IPN. CONFIRMED and ALREADY_CONFIRMED end the provider's retries; the others ask for a retry."""

    CONFIRMED = "confirmed"
    ALREADY_CONFIRMED = "already confirmed"
    UNKNOWN_REFERENCE = "unknown reference"
    WRONG_AMOUNT = "wrong amount"
    BAD_SIGNATURE = "bad signature"  # also: foreign terminal, malformed
    FAILED = "failed"


@dataclass(frozen=True)
class Reply:
    """The HTTP answer to an IPN in the provider's format. `code` (at most 8 characters) is stored with the event."""

    code: str
    body: str
    content_type: str


# ------------------------------------------------------------ its answers to queries and refund orders


class NoAnswer(Exception):
    """No valid answer: timeout, connection error, missing signature, unreadable. It must not change any state.

    `raw`: what came (at most 4000 characters). `is_busy`: it says «too soon»; unsigned, this is used for the back-off only.
    """

    def __init__(self, reason: str, *, raw: str = "", is_busy: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.raw, self.is_busy = reason, raw[:4000], is_busy


class NotSent(NoAnswer):
    """No connection: no byte of the request was sent, so the same request may be sent again."""


class Subject(Enum):
    """The kind of transaction that an answer is about."""

    PAYMENT = "payment"
    REFUND = "refund"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Answer:
    """One verified answer to a query or to a refund order.

    `is_done`: the call was carried out; otherwise only `outcome`, `refund` and `code` are meaningful. `outcome`: of the attempt
    (UNFINISHED and UNANSWERED are compared by identity). `refund`: the state of a refund, UNKNOWN if the answer does not tell.
    `is_success`: the transaction succeeded, whatever its amount. `is_busy`: asked too soon. `transaction_no`: empty for none.
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

MAX_SETTLEMENT_BYTES = 20 * 1024 * 1024  # bytes of a settlement file


class UnreadableFile(ValueError):
    """Not a settlement file of that day; `str()` is the reason in Vietnamese, for the accountant."""


@dataclass(frozen=True)
class SettlementLine:
    """One row of a settlement file: a payment, or a refund if `refunded`. `raw` is stored as evidence."""

    reference: str
    transaction_no: str
    amount: int
    refunded: bool
    paid_at: dt.datetime  # aware
    bank_code: str
    raw: str


# ------------------------------------------------------------ the port


class Provider(Protocol):
    """A provider: a module or an object with these names, registered in `gateways.register` by its `key`."""

    key: str
    notice_method: str  # GET or POST: the method of its IPN

    def is_configured(self, point: "CollectionPoint") -> bool:
        """Do we have the secret of this terminal, without which no payer can be sent there?"""

    def pay_url(self, attempt: "PaymentAttempt", *, ip: str | None, language: str) -> str:
        """The URL to which the payer's browser is sent."""

    def raw_notice(self, request: "HttpRequest") -> str:
        """The raw text of its IPN, as stored and as `read_notice` takes it."""

    def read_notice(self, raw: str) -> Notice:
        """Verify and read an IPN. Raises Unreadable, BadSignature, ForeignTerminal."""

    def answer_notice(self, result: NoticeResult) -> Reply:
        """The answer to an IPN."""

    def read_return(self, raw: str) -> Notice:
        """Verify and read the query string of a payer's return. Raises as `read_notice`."""

    def query(self, attempt: "PaymentAttempt", *, timeout: float | None = None) -> Answer:
        """Query this attempt; `timeout` in seconds. Raises NoAnswer."""

    def refund(self, refund: "Refund", *, by: str) -> Answer:
        """Send the order of a refund; `by` identifies who approved it. Raises NotSent, NoAnswer."""

    def outcome_of_code(self, code: str, state: AttemptState) -> Outcome | None:
        """The outcome for a code stored on an attempt in this state; None if the code adds nothing."""

    def settlement_address(self, point: "CollectionPoint", day: dt.date) -> str:
        """The URL of the settlement file of this terminal and local day; empty if it can only be uploaded by people."""

    def read_settlement(self, content: bytes, day: dt.date) -> list[SettlementLine]:
        """The lines of a settlement file of that local day. Raises UnreadableFile for the whole file."""

    def read_settlement_line(self, raw: str) -> SettlementLine:
        """Read a line again from its stored `raw`."""

    def paid_on(self, raw: str) -> dt.date | None:
        """The local day of payment in the raw text of an event, or None."""
