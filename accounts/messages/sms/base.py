"""What a provider of text messages (SMS) does, and how it fails."""

from typing import Protocol


class NoAnswer(Exception):
    """No valid answer: the message may have gone out. The same one, with the same reference, is sent again."""


class NumberRefused(Exception):
    """The provider does not send to this number; `str()` is its reason. It is not tried again."""


class Provider(Protocol):
    def is_configured(self) -> bool:
        """Do we have its address and secret?"""

    def send(self, reference: str, phone: str, text: str) -> None:
        """Hand over one message. `phone`: «+84912345678». Idempotent by `reference`. Raises NoAnswer, NumberRefused."""
