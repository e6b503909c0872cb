"""The providers the portal knows, by key. A new one is a room beside `vnpay` and one line here."""

from typing import TYPE_CHECKING

from payments.gateways import vnpay
from payments.gateways.base import Provider

if TYPE_CHECKING:
    from payments.models import CollectionPoint, PaymentAttempt

PROVIDERS: dict[str, Provider] = {vnpay.key: vnpay}


def provider_at(point: "CollectionPoint") -> Provider:
    """The provider whose terminal this is."""
    return PROVIDERS[point.provider]


def provider_of(attempt: "PaymentAttempt") -> Provider:
    """The provider through which an online attempt pays."""
    return provider_at(attempt.point)


def takes_payments(point: "CollectionPoint") -> bool:
    """Can payers be sent to the gateway from this point?"""
    return provider_at(point).takes(point)
