"""The port: what any payment provider must be able to do for us. `vnpay` is the first; the national platform may follow."""

from typing import Any, Protocol


class NoAnswer(Exception):
    """Nothing we may believe came back: late, unsigned, unreadable, or nobody was there. Money stays where we think it is.

    `raw` is what came (≤ 4000 characters), for the record. `code` is what it claimed, for patience only (94: ask later).
    """

    def __init__(self, reason: str, *, raw: str = "", code: str = "") -> None:
        super().__init__(reason)
        self.reason, self.raw, self.code = reason, raw[:4000], code


class NotSent(NoAnswer):
    """Nobody was reached: no byte of the request left us, so it may be sent again as it is."""


class Provider(Protocol):
    """A gateway. Attempts and refunds go in as our rows; verified, typed answers come out, or `NoAnswer` is raised."""

    def pay_url(self, attempt: Any, *, ip: str, language: str) -> str:
        """The address to which the payer's browser is sent."""

    def query(self, attempt: Any) -> Any:
        """What the gateway knows of this attempt now."""

    def refund(self, refund: Any, *, by: str) -> Any:
        """Ask for money to be sent back; `by` is the name of who approved it, as the gateway may show it."""
