"""One question at a time to a terminal, and silence where the gateway asked for it. All of it by the clock of the database."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from payments.models import CollectionPoint

# Seconds. Whoever dies with the lease keeps the others waiting no longer. Should one answer take longer still, the next
# question may come beside it: the gateway only says «too soon».
LEASE_SECONDS = 20

_FREE = "(busy_until IS NULL OR busy_until < statement_timestamp())"
_HEARS = "(quiet_until IS NULL OR quiet_until < statement_timestamp())"
_TAKE = (
    "UPDATE payments_collectionpoint SET busy_until = statement_timestamp() + make_interval(secs => %s) "
    "WHERE id = %s AND {condition} RETURNING busy_until"
)


@dataclass(frozen=True)
class Lease:
    """The right to ask about this terminal until that moment. The moment also tells one lease from another."""

    point_id: int
    until: dt.datetime


def acquire(point_id: int) -> Lease | None:
    """The lease of a terminal, or None: somebody else asks there now, or the gateway wants to be left alone."""
    return _update(f"{_FREE} AND {_HEARS}", point_id)


def renew(lease: Lease) -> Lease | None:
    """The same lease for one more question, or None when it ended, or the gateway has just asked for silence."""
    return _update(f"busy_until = %s AND {_HEARS}", lease.point_id, lease.until)


def _update(condition: str, point_id: int, *values: dt.datetime) -> Lease | None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE.format(condition=condition), [LEASE_SECONDS, point_id, *values])
        row = cursor.fetchone()
    return Lease(point_id, row[0]) if row else None


def release(lease: Lease) -> None:
    """The next one may ask at once. Harmless when the lease has ended already."""
    CollectionPoint.objects.filter(pk=lease.point_id, busy_until=lease.until).update(busy_until=None)


def silence(point_id: int, seconds: float) -> None:
    """The gateway said «too soon»: nobody asks about this terminal for so long. Never shortens a silence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_collectionpoint SET quiet_until = "
            "GREATEST(quiet_until, statement_timestamp() + make_interval(secs => %s)) WHERE id = %s",
            [seconds, point_id],
        )


def quiet_until(point_id: int) -> dt.datetime | None:
    """Until when the gateway wants to be left alone about this terminal, or None when it does not now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quiet_until FROM payments_collectionpoint WHERE id = %s AND quiet_until >= statement_timestamp()", [point_id]
        )
        row = cursor.fetchone()
    return row[0] if row else None
