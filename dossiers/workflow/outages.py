"""Outages: who may record one, what is checked, and the intervals they give to running dossiers. `give` is run every minute."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.roles import Role
from dossiers.choices import IntervalKind
from dossiers.models import ClockInterval, Dossier, Outage
from dossiers.states import ALIVE
from portal.common import clock, dates

KEEPERS = (Role.HEAD, Role.DEPUTY, Role.AGENCY_ADMIN)
LONGEST, RECORDED_AFTER, PLANNED_AHEAD = dt.timedelta(days=30), dt.timedelta(days=30), dt.timedelta(days=366)
MIN_REASON, MAX_REASON = 5, 2000  # characters
BATCH = 500  # dossiers of one outage in one run
LOCK = 4_021_766  # advisory lock: outages are recorded one after the other


class OutageRefused(ValueError):
    """`field`: which input is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def bodies_of(user: User) -> QuerySet[Agency]:
    """The bodies for which this user may record outages; a system administrator for each, and for all at once."""
    if user.is_superuser:
        return Agency.objects.order_by("name")
    return Agency.objects.filter(pk__in=user.agencies_with(*KEEPERS)).order_by("name")


def may_record(user: User, agency: Agency | None) -> bool:
    if not (user.is_active and user.is_staff_login):
        return False
    return user.is_superuser or (agency is not None and bodies_of(user).filter(pk=agency.pk).exists())


def record(user: User, agency: Agency | None, started_at: dt.datetime, ended_at: dt.datetime, reason: str) -> Outage:
    """Record an outage of a body (None: of all). Raises PermissionDenied, OutageRefused."""
    if not may_record(user, agency):
        raise PermissionDenied("may not record an outage of this body")
    _check(started_at, ended_at, reason)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        same = Outage.objects.filter(cancelled_at=None, started_at__lt=ended_at, ended_at__gt=started_at)
        other = (same if agency is None else same.filter(Q(agency=agency) | Q(agency=None))).first()
        if other:
            span = {"start": dates.moment(other.started_at, year=True), "end": dates.moment(other.ended_at, year=True)}
            raise OutageRefused(
                "started", _("Trùng với sự cố đã ghi từ %(start)s đến %(end)s. Hủy dòng đó trước nếu ghi lại.") % span
            )
        return Outage.objects.create(
            agency=agency, started_at=started_at, ended_at=ended_at, reason=reason.strip(), entered_by=user
        )


def _check(started_at: dt.datetime, ended_at: dt.datetime, reason: str) -> None:
    now = clock.now()
    if ended_at <= started_at:
        raise OutageRefused("ended", _("Giờ kết thúc phải sau giờ bắt đầu."))
    if ended_at - started_at > LONGEST:
        raise OutageRefused("ended", _("Một sự cố dài nhất 30 ngày."))
    if started_at < now - RECORDED_AFTER:
        raise OutageRefused("started", _("Chỉ ghi được sự cố bắt đầu trong 30 ngày qua."))
    if started_at > now + PLANNED_AHEAD:
        raise OutageRefused("started", _("Chỉ ghi trước được một năm."))
    if not MIN_REASON <= len(reason.strip()) <= MAX_REASON:
        raise OutageRefused("reason", _("Ghi rõ lý do, nhiều nhất 2000 chữ."))


def cancel(user: User, outage: Outage, reason: str) -> None:
    """Cancel a recorded outage: its intervals go, the indicators no longer subtract it; what was promised stays promised."""
    if not may_record(user, outage.agency):
        raise PermissionDenied("may not cancel an outage of this body")
    if not MIN_REASON <= len(reason.strip()) <= MAX_REASON:
        raise OutageRefused("reason", _("Ghi rõ lý do, nhiều nhất 2000 chữ."))
    with transaction.atomic():
        row = Outage.objects.select_for_update().get(pk=outage.pk)
        if row.cancelled_at is None:
            row.cancelled_by, row.cancelled_at, row.cancel_reason = user, clock.now(), reason.strip()
            row.save(update_fields=["cancelled_by", "cancelled_at", "cancel_reason"])
            given = ClockInterval.objects.filter(outage=row)
            Dossier.objects.filter(pk__in=given.values("dossier")).update(recounted_for="")
            given.delete()


def give() -> int:
    """Give the interval of each outage to the dossiers that ran in it and have none yet. Returns how many were given."""
    return sum(_give_one(outage) for outage in Outage.objects.filter(cancelled_at=None, settled=False).order_by("pk"))


def _give_one(outage: Outage) -> int:
    now = clock.now()
    with transaction.atomic():
        if not Outage.objects.select_for_update().filter(pk=outage.pk, cancelled_at=None).exists():
            return 0
        running = Dossier.objects.filter(state__in=ALIVE, decided_at=None, submitted_at__lt=outage.ended_at)
        if outage.agency_id:
            running = running.filter(receiving_agency=outage.agency_id)
        given = ClockInterval.objects.filter(outage=outage).values("dossier")
        rows = list(running.exclude(pk__in=given).order_by("pk").values_list("pk", flat=True)[:BATCH])
        span = {"kind": IntervalKind.OUTAGE, "started_at": outage.started_at, "ended_at": outage.ended_at}
        ClockInterval.objects.bulk_create([ClockInterval(dossier_id=pk, outage=outage, **span) for pk in rows])
        Dossier.objects.filter(pk__in=rows).update(recounted_for="")
        if not rows and now > outage.ended_at:
            Outage.objects.filter(pk=outage.pk).update(settled=True)
    return len(rows)
