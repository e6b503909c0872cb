"""What can be paid online for a dossier now: amount, ways, body, point. Whether it can: `dossiers.fees.payable`."""

import logging
from dataclasses import dataclass

from accounts.models import Agency
from dossiers.fees.payable import payable_online
from dossiers.models import Dossier
from payments.gateways import register
from payments.models import CollectionPoint, Way
from procedures.models import Terminal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Payable:
    """`amount` in whole đồng, `ways` (`Way`)."""

    amount: int
    ways: tuple[str, ...]
    collector: Agency
    point: CollectionPoint


def payable(dossier: Dossier) -> Payable | None:
    """What can be paid online for this dossier now; None if nothing is due, or it is payable only at the counter."""
    if not payable_online(dossier):
        return None
    point = CollectionPoint.objects.filter(terminal=dossier.offering.terminal_id).first()
    ways = ways_of(point)
    return Payable(dossier.obligation.total, ways, dossier.lead_agency, point) if ways else None


def ways_of(point: CollectionPoint | None) -> tuple[str, ...]:
    """The online ways of paying that this point offers."""
    if point is None:
        return ()
    return tuple(
        way for way, open_ in ((Way.GATEWAY, register.takes_payments(point)), (Way.TRANSFER, point.takes_transfers)) if open_
    )


def mark_ready_terminals() -> None:
    """Keep `Terminal.ready`. A job of the minute, because a secret comes or goes with the environment of the processes."""
    points = {point.code: point for point in CollectionPoint.objects.all()}
    for terminal in Terminal.objects.all():
        ready = bool(ways_of(points.get(terminal.code)))
        if ready != terminal.ready:
            terminal.set_ready(ready)
            log.warning("terminal opened" if ready else "terminal closed: no way to pay", extra={"terminal": terminal.code})
