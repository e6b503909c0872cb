"""The port of text messages (SMS): `current()` is the provider, a module with the names of `Provider`, or None without one."""

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


def current() -> Provider | None:
    """The provider that is configured."""
    from accounts.messages.sms import http_api

    return http_api if http_api.is_configured() else None
