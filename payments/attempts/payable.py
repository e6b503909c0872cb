"""May this dossier be paid now, how much, by which ways? Pages, links and `open_attempt` ask here."""

from dataclasses import dataclass
from typing import Any

from dossiers.filing import rules
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
    """What may be paid online for this dossier now, or None: nothing due, closed, or only at the counter (level 3)."""
    obligation = getattr(dossier, "obligation", None)
    if obligation is None or not obligation.may_be_paid or not rules.offered_level(dossier).offers_online_payment:
        return None
    point = CollectionPoint.objects.filter(code=dossier.offering.gateway_terminal, active=True).first()
    ways = ways_of(point)
    return Payable(obligation.total, ways, dossier.lead_agency, point) if ways else None


def ways_of(point):
    """The ways of paying without a visit that this point has."""
    if point is None:
        return ()
    return tuple(
        way for way, open_ in ((Way.GATEWAY, register.takes_payments(point)), (Way.TRANSFER, point.takes_transfers)) if open_
    )
