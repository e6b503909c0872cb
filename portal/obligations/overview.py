"""What a head looks at in the morning: due today and next, late with causes, by person, step and procedure, four weeks back.

All numbers are SQL aggregates over the open work of the given bodies; a fixed number of queries.
"""

import datetime as dt

from django.db.models import CharField, Count, F, Min, Q, Value
from django.db.models.functions import Cast, Coalesce, NullIf, TruncWeek

from dossiers.choices import StepState
from dossiers.clock import lateness
from dossiers.models import Dossier, StepRun
from dossiers.states import ALIVE, DossierState
from portal.common import clock

WEEKS = 4
SHOWN = 20  # rows of one table


def of_bodies(bodies):
    """Dossiers that these bodies received or decide on."""
    return Dossier.objects.filter(Q(receiving_agency__in=bodies) | Q(lead_agency__in=bodies))


def load(bodies, hours):
    """{"open", "today", "tomorrow", "late", "for_citizen"}: how much there is, and what was promised for when. One query."""
    running, today = lateness.running(), clock.today()
    next_day = hours.calendar.next_working_day(today)
    return (
        of_bodies(bodies)
        .filter(state__in=ALIVE)
        .aggregate(
            open=Count("pk"),
            today=Count("pk", filter=running & Q(due_at__date=today, due_at__gte=hours.now)),
            tomorrow=Count("pk", filter=running & Q(due_at__date=next_day)),
            late=Count("pk", filter=lateness.late(hours.now, lateness.PROMISED_DUE)),
            for_citizen=Count("pk", filter=lateness.for_citizen()),
        )
    )


def _open_steps(bodies):
    steps = StepRun.objects.filter(agency__in=bodies, state=StepState.OPEN, dossier__state=DossierState.PROCESSING)
    return steps.exclude(kind="applicant_confirm", question__gt="", answer="").order_by()


def _counts(now):
    return {"count": Count("pk"), "late": Count("pk", filter=Q(due_at__lt=now)), "oldest": Min("opened_at")}


def by_person(bodies, now):
    """Open steps by who holds them, the most late first; without a holder: nobody took them. One query."""
    rows = _open_steps(bodies).values(who=F("holder__full_name"), person=F("holder")).annotate(**_counts(now))
    return rows.order_by("-late", "-count", "who")[:SHOWN]


def by_step(bodies, now):
    """Open steps by name. One query."""
    return _open_steps(bodies).values("name").annotate(**_counts(now)).order_by("-late", "-count", "name")[:SHOWN]


def by_procedure(bodies, now):
    """Open dossiers by procedure. One query."""
    late = Count("pk", filter=lateness.late(now, lateness.PROMISED_DUE))
    rows = of_bodies(bodies).filter(state__in=ALIVE).order_by()
    procedure = "version__procedure__"
    name = Coalesce(NullIf(f"{procedure}short_name", Value("")), Cast(f"{procedure}name", CharField()))
    rows = rows.values(name=name)
    return rows.annotate(count=Count("pk"), late=late, oldest=Min("submitted_at")).order_by("-late", "-count", "name")[:SHOWN]


def weeks(bodies):
    """[{"week" (its Monday), "filed", "decided", "late"}] of this week and the WEEKS before. Two queries."""
    monday = clock.today() - dt.timedelta(days=clock.today().weekday())
    first = monday - dt.timedelta(weeks=WEEKS)
    start = dt.datetime.combine(first, dt.time(), clock.LOCAL)
    missed = Q(decided_at__gt=F("due_at")) | Q(decided_at__gt=F("missed_due_at"))
    filed = _by_week(bodies, "submitted_at", start, filed=Count("pk"))
    decided = _by_week(bodies, "decided_at", start, decided=Count("pk"), late=Count("pk", filter=missed))
    none = {"filed": 0, "decided": 0, "late": 0}
    days = [first + dt.timedelta(weeks=number) for number in range(WEEKS + 1)]
    return [{"week": day, **none, **filed.get(day, {}), **decided.get(day, {})} for day in days]


def _by_week(bodies, column, start, **counts):
    rows = of_bodies(bodies).filter(**{f"{column}__gte": start}).order_by().annotate(week=TruncWeek(column))
    return {clock.local(row.pop("week")).date(): row for row in rows.values("week").annotate(**counts)}
