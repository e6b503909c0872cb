"""Deadline jobs: send reminders, then stop dossiers after their deadline. Run every minute by the relay; idempotent."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.roles import SystemActor
from dossiers import messages, workflow
from dossiers.choices import Job
from dossiers.clock import lateness
from dossiers.fees import payable
from dossiers.models import ClockInterval, Dossier, StepRun
from dossiers.models.dossier import DossierQuerySet
from dossiers.states import DossierState
from dossiers.transitions.inputs import DetailsMissing
from dossiers.transitions.step import Choice
from portal.common import clock
from procedures.calendar import WorkCalendar
from procedures.models import working_calendar

log = logging.getLogger(__name__)
REMINDER_DAYS = 2  # working days before a deadline at which the citizen is reminded
REMINDER_TIME = dt.time(8)  # local time of reminders: offices are open
BATCH = 200  # missed promises told in one run; the others follow a minute later
GRACE = dt.timedelta(days=1)  # minimum time between the last reminder and the stop


# ---------------------------------------------------------------- when to remind
def remind_shortly_before(calendar: WorkCalendar, since: dt.datetime, due: dt.datetime) -> list[dt.datetime]:
    """Moments to remind: two working days before the deadline."""
    day, left = _day(due), REMINDER_DAYS
    while left:
        day -= dt.timedelta(days=1)
        left -= calendar.is_working(day)
    return [_reminder_at(day)]


def remind_repeatedly(calendar: WorkCalendar, since: dt.datetime, due: dt.datetime) -> list[dt.datetime]:
    """Moments to remind: at half of the term, two working days before the deadline, on the last day. Half is left out when
    the next working day has a reminder, too."""
    days = calendar.working_days_between(_day(since), _day(due))
    half = _reminder_at(calendar.add_working_days(_day(since), max(1, days // 2)))
    before = remind_shortly_before(calendar, since, due)
    with_half = [half] if calendar.add_working_days(_day(half), 1) < _day(before[0]) else []
    return [*with_half, *before, _reminder_at(_day(due))]


def _day(moment: dt.datetime) -> dt.date:
    return clock.local(moment).date()


def _reminder_at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, REMINDER_TIME, clock.LOCAL)


@dataclass(frozen=True)
class Wait:
    """A state that waits for the citizen: its deadline column, the step taken after the deadline, and when to remind."""

    state: Choice
    interval: Choice
    column: str
    step: str
    actor: SystemActor
    action: str
    reminders: Callable[[WorkCalendar, dt.datetime, dt.datetime], list[dt.datetime]]
    grace: dt.timedelta = dt.timedelta()  # after the deadline

    def waiting(self) -> DossierQuerySet:
        """Waiting dossiers, annotated with `since` (start of the wait). Without those that have an open payment attempt."""
        since = ClockInterval.objects.filter(dossier=OuterRef("pk"), kind=self.interval, ended_at=None).values("started_at")
        rows = Dossier.objects.filter(state=self.state, **{f"{self.column}__isnull": False})
        return rows.exclude(obligation__attempt_open=True).annotate(since=Subquery(since[:1]))

    def due(self, dossier: Dossier) -> dt.datetime:
        return getattr(dossier, self.column)

    def moments(self, calendar: WorkCalendar, dossier: Dossier) -> list[dt.datetime]:
        """Moments to remind, oldest first; the start of the wait when the term is too short for later ones."""
        since = dossier.since or dossier.updated_at
        return [at for at in self.reminders(calendar, since, self.due(dossier)) if at > since] or [since]

    def runs(self, dossier: Dossier) -> bool:
        """Is the term running?"""
        return True


class PaymentWait(Wait):
    """The payment term is paused while the fee cannot be paid online: no reminder, no stop. After the terminal is switched on
    again a reminder is sent first, and the stop waits for the usual time after it."""

    def waiting(self) -> DossierQuerySet:
        return (
            super()
            .waiting()
            .filter(offering__terminal__active=True, offering__terminal__ready=True)
            .select_related("offering__terminal")
        )

    def moments(self, calendar: WorkCalendar, dossier: Dossier) -> list[dt.datetime]:
        since, switched_on = dossier.since or dossier.updated_at, dossier.offering.terminal.switched_at
        return sorted([*super().moments(calendar, dossier), *([switched_on] if switched_on and switched_on > since else [])])

    def runs(self, dossier: Dossier) -> bool:
        return payable.taken_online(dossier)


WAITS = [
    Wait(
        DossierState.SUPPLEMENT_REQUIRED,
        ClockInterval.Kind.SUPPLEMENT,
        "supplement_due_at",
        "supplement_timeout",
        SystemActor(Job.SUPPLEMENT_DEADLINE),
        _("gửi phần bổ sung"),
        remind_shortly_before,
    ),
    PaymentWait(
        DossierState.PAYMENT_REQUIRED,
        ClockInterval.Kind.PAYMENT,
        "payment_due_at",
        "payment_timeout",
        SystemActor(Job.PAYMENT_DEADLINE),
        _("trả phí"),
        remind_repeatedly,
        grace=GRACE,
    ),
]


def run() -> None:
    """Send all reminders and take all steps that are due now. An error of one dossier does not stop the others."""
    for wait in WAITS:
        remind(wait)
        stop(wait)
    close_confirmations()
    tell_missed_promises()
    remind_of_questions()
    close_unanswered()


# ---------------------------------------------------------------- remind
def remind(wait: Wait) -> None:
    """Send a reminder when one became due since the last: each is sent once, and of several due ones only the latest."""
    calendar, now = working_calendar(), clock.now()
    rows = wait.waiting().filter(Q(reminded_at=None) | Q(reminded_at__lt=_reminder_at(clock.today())))
    for dossier in rows.defer("answers", "asked"):
        come = [moment for moment in wait.moments(calendar, dossier) if moment <= now]
        if come and (dossier.reminded_at is None or dossier.reminded_at < come[-1]) and wait.runs(dossier):
            _send_reminder(wait, dossier, come[-1], now)


def _send_reminder(wait: Wait, dossier: Dossier, reminder_at: dt.datetime, now: dt.datetime) -> None:
    stops_at = max(wait.due(dossier) + wait.grace, now + GRACE)
    messages.remind(dossier, wait.due(dossier), str(wait.action), reminder_at=reminder_at, stops_at=stops_at)
    seen = Dossier.objects.filter(pk=dossier.pk, state=wait.state, reminded_at=dossier.reminded_at)
    seen.update(reminded_at=now)


# ---------------------------------------------------------------- stop
def stop(wait: Wait) -> None:
    """Stop dossiers that were reminded at least a day ago and whose deadline and grace have passed."""
    now = clock.now()
    late = wait.waiting().filter(reminded_at__lte=now - GRACE, **{f"{wait.column}__lte": now - wait.grace})
    for dossier in filter(wait.runs, late):
        _take_step(dossier, wait.step, wait.actor)


def close_confirmations() -> None:
    """End the wait for applicants whose term is over: confirm for them where the version says that silence is consent, else let
    the clock of the office run again. A term stands still while a withdrawal is undecided."""
    asked = StepRun.objects.filter(kind="applicant_confirm", state="open", answer="", due_at__lte=clock.now())
    runs = asked.filter(dossier__state=DossierState.PROCESSING).exclude(question="")
    for run in runs.select_related("dossier__version"):
        silent = bool(run.dossier.version.facts.get("silence_is_consent"))
        _take_step(run.dossier, "confirm" if silent else "confirmation_timeout", SystemActor(Job.CONFIRMATION_DEADLINE))


def tell_missed_promises() -> None:
    """Tell the citizen once of each promise that has passed without a decision."""
    now = clock.now()
    untold = Q(late_told_for=None) | ~Q(late_told_for=F("due_at"))
    rows = Dossier.objects.filter(lateness.running(), untold, accepted_at__isnull=False, due_at__lt=now)
    for dossier in rows.select_related("receiving_agency", "version", "submitter", "person").order_by("due_at")[:BATCH]:
        same = Dossier.objects.filter(lateness.running(), pk=dossier.pk, due_at=dossier.due_at)
        with transaction.atomic():
            if same.update(late_told_for=dossier.due_at):
                messages.promise_missed(dossier)


def remind_of_questions() -> None:
    """A question to another body: its people are reminded once when half of the time has passed. At the deadline the register of
    obligations raises an alarm. The question stays open, unless its step says that silence is consent (`close_unanswered`)."""
    now = clock.now()
    half_over = Q(due_at__lte=now + (now - F("opened_at")))  # as much has passed as is left
    asked = StepRun.objects.unanswered_questions().filter(half_over, due_at__gt=now, reminded_at=None)
    for run in asked.select_related("dossier", "agency", "holder").defer("dossier__answers", "dossier__asked"):
        if StepRun.objects.unanswered_questions().filter(pk=run.pk, reminded_at=None).update(reminded_at=now):
            messages.answer_awaited(run)


def close_unanswered() -> None:
    """Close the steps of bodies that have not answered in time, where the step names a law by which that is consent."""
    asked = StepRun.objects.filter(kind="consult", state="open", due_at__lte=clock.now(), produces__has_key="silence")
    for dossier in Dossier.objects.filter(pk__in=asked.values("dossier"), state=DossierState.PROCESSING, decided_at=None):
        _take_step(dossier, "consent_by_silence", SystemActor(Job.ANSWER_DEADLINE))


def _take_step(dossier: Dossier, step: str, actor: SystemActor) -> None:
    try:
        workflow.advance(dossier, step, actor=actor)
    except workflow.StepNotPossible as moved:
        log.info("deadline met in the meantime", extra={"dossier": dossier.code, "why": str(moved)})
    except (DetailsMissing, PermissionDenied):
        log.exception("deadline step refused", extra={"dossier": dossier.code})
