"""The registered providers by key. A new provider is a package beside `vnpay` and one entry here."""

from typing import TYPE_CHECKING

from payments.gateways import vnpay
from payments.gateways.base import Provider

if TYPE_CHECKING:
    from payments.models import CollectionPoint, PaymentAttempt

PROVIDERS: dict[str, Provider] = {vnpay.key: vnpay}


def provider_at(point: "CollectionPoint") -> Provider:
    """The provider of the terminal of this point, which has one."""
    return PROVIDERS[point.provider]


def provider_of(attempt: "PaymentAttempt") -> Provider:
    """The provider of an online attempt."""
    return provider_at(attempt.point)


def takes_payments(point: "CollectionPoint") -> bool:
    """Can payers be sent to a gateway from this point?"""
    return bool(point.provider) and provider_at(point).is_configured(point)
