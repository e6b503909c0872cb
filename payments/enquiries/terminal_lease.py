"""The lease of a terminal (one query at a time), and its silence after «too soon». All times are those of the database."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from payments.models import CollectionPoint

# A crashed worker blocks the terminal no longer than this. If an answer takes longer, two queries may overlap, and the
# gateway answers «too soon».
LEASE_SECONDS = 20

_FREE = "(busy_until IS NULL OR busy_until < statement_timestamp())"
_NOT_SILENT = "(quiet_until IS NULL OR quiet_until < statement_timestamp())"
_ACQUIRE = (
    "UPDATE payments_collectionpoint SET busy_until = statement_timestamp() + make_interval(secs => %s) "
    "WHERE id = %s AND {condition} RETURNING busy_until"
)


@dataclass(frozen=True)
class Lease:
    """The right to query a terminal until a moment, which also identifies the lease."""

    point_id: int
    until: dt.datetime


def acquire(point_id: int) -> Lease | None:
    """The lease of a terminal, or None if it is taken or the terminal is silenced."""
    return _update(f"{_FREE} AND {_NOT_SILENT}", point_id)


def renew(lease: Lease) -> Lease | None:
    """Extend a lease for one more query; None if it has ended or the terminal is silenced."""
    return _update(f"busy_until = %s AND {_NOT_SILENT}", lease.point_id, lease.until)


def _update(condition: str, point_id: int, *values: dt.datetime) -> Lease | None:
    with connection.cursor() as cursor:
        cursor.execute(_ACQUIRE.format(condition=condition), [LEASE_SECONDS, point_id, *values])
        row = cursor.fetchone()
    return Lease(point_id, row[0]) if row else None


def release(lease: Lease) -> None:
    """Give the lease back. Does nothing if it has ended."""
    CollectionPoint.objects.filter(pk=lease.point_id, busy_until=lease.until).update(busy_until=None)


def silence(point_id: int, seconds: float) -> None:
    """No queries at this terminal for `seconds`. Never shortens a silence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_collectionpoint SET quiet_until = "
            "GREATEST(quiet_until, statement_timestamp() + make_interval(secs => %s)) WHERE id = %s",
            [seconds, point_id],
        )


def quiet_until(point_id: int) -> dt.datetime | None:
    """The end of the present silence of a terminal, or None."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quiet_until FROM payments_collectionpoint WHERE id = %s AND quiet_until >= statement_timestamp()", [point_id]
        )
        row = cursor.fetchone()
    return row[0] if row else None
