"""What the portal owes: one line (`Obligation`) for each kind of work that was accepted and is not done.

Each room keeps its lines in a list `OBLIGATIONS` of its module `obligations`; `portal.obligations.register` joins the lists. A
line names the rows in between by a queryset, so that the page, the alarms and the metrics count the same rows in SQL.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField, DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat

from portal.common.outbox import OutboxState

NOT_DONE = {"due_state__in": [OutboxState.WAITING, OutboxState.DEAD]}  # a filter of outbox rows
QUARTER = dt.timedelta(minutes=15)  # limit of work that machines do: a failure is seen within it


@dataclass(frozen=True)
class Owner:
    """Who must do it: the `holder` (path to a user) or, without one, everybody with `role` (a role, or an F to one) at `agency`
    (path to a body). Without `agency`: the operators, who are the system administrators.

    Also told of an alarm: the `asker` (path to a user), each time; heads and deputies of `lead` (path to a body) with those of
    `agency`.
    """

    agency: Any = None
    role: Any = ""
    holder: Any = None
    asker: Any = None
    lead: Any = None


OPERATORS = Owner()


@dataclass(frozen=True)
class Obligation:
    """One kind of work. `owed()`: the rows that are not done. `since`: path or expression of the moment it was accepted.

    The limit is one of `due` (path or expression of a moment that is kept; rows without one are never late), `within` (a
    timedelta) and `hours` (working hours). `code`: path of what people call it: code of a dossier, reference of a payment.
    `of_dossier`: is `code` that of a dossier? `to_citizen`: a true sentence for who waits, once somebody
    was told that the limit has passed. `heads_at_once`: an alarm goes to all levels at once.
    """

    key: str
    name: Any
    owed: Callable[[], QuerySet]
    since: Any
    owner: Owner
    code: Any
    due: Any = None
    within: dt.timedelta | None = None
    hours: int | None = None
    of_dossier: bool = True
    to_citizen: Any = ""
    heads_at_once: bool = False

    def __post_init__(self) -> None:
        if sum(limit is not None for limit in (self.due, self.within, self.hours)) != 1:
            raise ValueError(f"{self.key}: one limit, not none or several")

    @property
    def is_technical(self) -> bool:
        """Is it work of machines, which operators look after?"""
        return self.owner.agency is None

    def rows(self, now: dt.datetime, cutoff: dt.datetime) -> QuerySet:
        """The rows that are owed, with the annotations `COLUMNS`.

        `cutoff`: of a limit in `hours`, the moment from which exactly so many working hours have passed until `now`. `ends` of
        such a row is exact in what matters to SQL: it has passed when its hours have.
        """
        owner = self.owner
        return self.owed().annotate(
            owed_kind=Value(self.key, CharField()),
            owed_row=F("pk"),
            owed_code=Cast(self.code, CharField()),
            owed_body=Cast(owner.agency, BigIntegerField()),
            owed_role=Cast(Value(str(owner.role)) if isinstance(owner.role, str) else owner.role, CharField()),
            owed_person=Cast(owner.holder, BigIntegerField()),
            owed_asker=Cast(owner.asker, BigIntegerField()),
            owed_lead=Cast(owner.lead, BigIntegerField()),
            owed_since=_expression(self.since),
            owed_until=Cast(self._ends(now, cutoff), DateTimeField()),
        )

    def _ends(self, now: dt.datetime, cutoff: dt.datetime) -> Any:
        if self.due is not None:
            return _expression(self.due)
        return _expression(self.since) + (self.within if self.within is not None else now - cutoff)


def _expression(path: Any) -> Any:
    return F(path) if isinstance(path, str) else path


COLUMNS: Sequence[str] = (
    "owed_kind", "owed_row", "owed_code", "owed_body", "owed_role", "owed_person", "owed_asker", "owed_lead", "owed_since",
    "owed_until",
)  # fmt: skip


def outbox_work(key: str, name: Any, rows: Callable[[], QuerySet], code: Any, **facts: Any) -> Obligation:
    """Rows of the outbox that machines do within a quarter of an hour; `rows()` without those that are done."""
    facts = {"within": QUARTER, "owner": OPERATORS, **facts}
    return Obligation(key, name, rows, "created_at", code=code, **facts)


def numbered(path: str) -> Any:
    """What a row is called that has no code: «#12»."""
    return Concat(Value("#"), Cast(path, CharField()))
