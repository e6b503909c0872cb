"""The register of obligations: what was accepted and is not done, counted and listed in SQL.

A room joins by its list `OBLIGATIONS`; a new kind of work is one line there. Explained in `docs/obligations.md`.
"""

import datetime as dt
from collections.abc import Iterable
from functools import reduce

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

import dossiers.models
import dossiers.obligations
import payments.obligations
from accounts.messages import obligations as messages
from accounts.roles import Role
from portal.common import clock
from portal.common.obligations import COLUMNS, Obligation
from procedures.calendar import OfficeHours
from procedures.models import working_calendar

OBLIGATIONS: tuple[Obligation, ...] = (
    *dossiers.obligations.OBLIGATIONS,
    *payments.obligations.OBLIGATIONS,
    *messages.OBLIGATIONS,
)
BY_KEY = {obligation.key: obligation for obligation in OBLIGATIONS}
HEADS = (Role.HEAD, Role.DEPUTY)
SECRET = _("hồ sơ giữ kín")


def may_watch(user) -> bool:
    """May this person read the register? System administrators read all of it, heads and deputies what their bodies owe."""
    if not (user.is_authenticated and user.is_active and user.is_staff_login):
        return False
    return user.is_superuser or bool(user.agencies_with(*HEADS))


def bodies_watched_by(user) -> set[int] | None:
    """Ids of the bodies whose obligations this person reads; None: of all, and those of the machines."""
    return None if user.is_superuser else user.agencies_with(*HEADS)


class Hours:
    """Counts limits in working hours (office hours of the default, the calendar of now). The calendar is read once."""

    def __init__(self, now: dt.datetime | None = None) -> None:
        self.now = now or clock.now()
        self.calendar, self.office = working_calendar(), OfficeHours.default()

    def cutoff(self, hours: int | None) -> dt.datetime:
        """The moment from which so many working hours have passed until now."""
        return self.office.minutes_before(self.calendar, self.now, 60 * hours) if hours else self.now

    def after(self, moment: dt.datetime, hours: int) -> dt.datetime:
        return self.office.add_minutes(self.calendar, moment, 60 * hours)


def rows(obligation: Obligation, hours: Hours, bodies: Iterable[int] | None = None) -> QuerySet:
    """What is owed of one kind, at these bodies (None: everywhere)."""
    found = obligation.rows(hours.now, hours.cutoff(obligation.hours)).order_by()
    return found if bodies is None else found.filter(owed_body__in=bodies)


def overdue(obligation: Obligation, hours: Hours) -> QuerySet:
    """What is owed of one kind and over its limit."""
    return rows(obligation, hours).filter(owed_until__lt=hours.now)


def standing(hours: Hours, bodies: Iterable[int] | None = None) -> dict[str, dict]:
    """{key: {"count", "late", "oldest"}} of all kinds, also with 0. One query."""
    late = Count("pk", filter=Q(owed_until__lt=hours.now))
    parts = [
        rows(kind, hours, bodies).values("owed_kind").annotate(count=Count("pk"), late=late, oldest=Min("owed_since"))
        for kind in OBLIGATIONS
    ]
    found = {row.pop("owed_kind"): row for row in union(parts)}
    return {kind.key: found.get(kind.key, {"count": 0, "late": 0, "oldest": None}) for kind in OBLIGATIONS}


def worst_first(hours: Hours, kinds: Iterable[Obligation] = OBLIGATIONS, bodies: Iterable[int] | None = None) -> QuerySet:
    """Rows of these kinds as dictionaries (`COLUMNS`), the longest overdue first, those without a limit last."""
    return union([rows(kind, hours, bodies).values(*COLUMNS) for kind in kinds]).order_by("owed_until", "owed_kind", "owed_row")


def late_by_body(hours: Hours) -> dict[int, dict[str, int]]:
    """{id of the body: {key: number over the limit}}, for bodies and kinds with any. One query."""
    parts = [overdue(kind, hours).values("owed_body", "owed_kind").annotate(count=Count("pk")) for kind in OBLIGATIONS]
    found: dict[int, dict[str, int]] = {}
    for row in union(parts):
        if row["owed_body"] is not None:
            found.setdefault(row["owed_body"], {})[row["owed_kind"]] = row["count"]
    return found


def secret_codes(codes: Iterable[str]) -> set[str]:
    """Which of these are codes of confidential dossiers: lists and messages say `SECRET` instead. One query."""
    return set(dossiers.models.Dossier.objects.filter(code__in=set(codes), confidential=True).values_list("code", flat=True))


def union(parts: list[QuerySet]) -> QuerySet:
    """All rows of these querysets, in one statement."""
    return reduce(lambda first, other: first.union(other, all=True), parts[1:], parts[0])
