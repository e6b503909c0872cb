"""Where a parcel is, from the notices of its carrier: pure functions.

Notices come late, twice and out of order, so their own time counts, not that of their arrival. Delivered is the end: it is what
the dossier was closed upon, and a notice that says otherwise is kept and shown, but moves nothing. Lost is not the end.
"""

from collections.abc import Iterable
from typing import Protocol

from dossiers.choices import UNDELIVERED, ParcelState, Payer

# Of two notices with the same time the later one of this order counts.
ORDER = [
    ParcelState.ORDERED,
    ParcelState.LABELLED,
    ParcelState.PICKED_UP,
    ParcelState.IN_TRANSIT,
    ParcelState.CANCELLED,
    ParcelState.NOT_TAKEN,
    ParcelState.UNKNOWN_ADDRESS,
    ParcelState.REFUSED,
    ParcelState.LOST,
    ParcelState.BROUGHT_BACK,
    ParcelState.DELIVERED,
]


class Reported(Protocol):
    state: str
    happened_at: object


def deciding(notices: Iterable[Reported]) -> Reported | None:
    """The notice that says where the parcel is; None without any."""
    found = list(notices)
    delivered = [notice for notice in found if notice.state == ParcelState.DELIVERED]
    return max(delivered or found, key=lambda notice: (notice.happened_at, ORDER.index(ParcelState(notice.state))), default=None)


def contradicts(notices: Iterable[Reported]) -> bool:
    """Was it reported as undelivered after it had been delivered?"""
    found = list(notices)
    delivered = [notice.happened_at for notice in found if notice.state == ParcelState.DELIVERED]
    return bool(delivered) and any(n.state in UNDELIVERED and n.happened_at > min(delivered) for n in found)


class Sent(Protocol):
    state: str
    payer: str


def payer_after(last: Sent | None) -> Payer:
    """Who pays the postage: the recipient, as the portal says before filing; the agency when the post lost or never took the
    parcel before (`last`), for nobody pays twice for one delivery. After a cancelled one the same pays."""
    if last and last.state == ParcelState.CANCELLED:
        return Payer(last.payer)
    return Payer.AGENCY if last and last.state in (ParcelState.LOST, ParcelState.NOT_TAKEN) else Payer.RECIPIENT
