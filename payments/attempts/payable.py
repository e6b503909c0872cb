"""What may be paid online for a dossier now: how much, by which ways, to whom. Whether: `dossiers.fees.payable`."""

from dataclasses import dataclass
from typing import Any

from dossiers.fees.payable import payable_online
from payments.gateways import register
from payments.models import CollectionPoint, Way


@dataclass(frozen=True)
class Payable:
    """What may be paid: whole đồng, the ways open, the body in whose name, the terminal and account."""

    amount: int
    ways: tuple[str, ...]
    collector: Any
    point: Any


def payable(dossier):
    """What may be paid online for this dossier now, or None: nothing due, only at the counter, or the point has no way."""
    if not payable_online(dossier):
        return None
    point = CollectionPoint.objects.filter(terminal=dossier.offering.terminal_id).first()
    ways = ways_of(point)
    return Payable(dossier.obligation.total, ways, dossier.lead_agency, point) if ways else None


def ways_of(point):
    """The ways of paying without a visit that this point has."""
    if point is None:
        return ()
    return tuple(
        way for way, open_ in ((Way.GATEWAY, register.takes_payments(point)), (Way.TRANSFER, point.takes_transfers)) if open_
    )
