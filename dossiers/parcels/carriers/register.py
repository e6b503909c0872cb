"""The registered carriers by key. A new carrier is a module beside `post_api` and one entry here."""

from dossiers.parcels.carriers import post_api, post_office
from dossiers.parcels.carriers.base import Carrier

CARRIERS: dict[str, Carrier] = {carrier.key: carrier for carrier in (post_api, post_office)}


def current() -> Carrier:
    """The carrier of new parcels: the first one that is configured."""
    return next(carrier for carrier in CARRIERS.values() if carrier.is_configured())


def takes_orders(key: str) -> bool:
    """Does the carrier with this key listen to machines?"""
    return CARRIERS[key].takes_orders


def carrier_of(parcel) -> Carrier:
    return CARRIERS[parcel.carrier]
