"""The provider of text messages that is configured. Another one is a module beside `http_api`, and a choice here."""

from accounts.messages.sms import http_api
from accounts.messages.sms.base import Provider


def current() -> Provider | None:
    """The provider, or None where text messages are not sent."""
    return http_api if http_api.is_configured() else None
