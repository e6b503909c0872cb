"""Deadline jobs: find what is due in the rows, remind first, then act. Run every minute by the relay; safe to run twice."""

import datetime as dt
import logging

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.roles import SystemActor
from dossiers import notices, workflow
from dossiers.models import Dossier, StepRun
from dossiers.needs import DetailsMissing
from dossiers.states import DossierState
from portal.common import clock
from procedures.models import working_calendar

log = logging.getLogger(__name__)
NOTICE_DAYS = 2  # working days before a deadline at which the citizen is reminded
GRACE = dt.timedelta(days=1)  # between the reminder and the stop, however late the reminder came
WAITS = [
    (
        DossierState.SUPPLEMENT_REQUIRED,
        "supplement_due_at",
        "supplement_timeout",
        SystemActor("supplement_deadline"),
        _("gửi phần bổ sung"),
    ),
    (DossierState.PAYMENT_REQUIRED, "payment_due_at", "payment_timeout", SystemActor("payment_deadline"), _("trả phí")),
]


def run():
    """Everything that is due now. One dossier that fails does not keep the others waiting."""
    for state, column, step, actor, deed in WAITS:
        remind(state, column, deed)
        stop(state, column, step, actor)
    close_confirmations()


def remind(state, column, deed):
    """Tell those whose deadline is near, once for each wait."""
    horizon = dt.datetime.combine(working_calendar().add_working_days(clock.today(), NOTICE_DAYS), dt.time.max, clock.LOCAL)
    for dossier in Dossier.objects.filter(state=state, reminded_at=None, **{f"{column}__lte": horizon}):
        notices.remind(dossier, getattr(dossier, column), deed)
        Dossier.objects.filter(pk=dossier.pk, state=state, reminded_at=None).update(reminded_at=clock.now())


def stop(state, column, step, actor):
    """Stop those who were reminded at least a day ago and are past their deadline."""
    now = clock.now()
    for dossier in Dossier.objects.filter(state=state, reminded_at__lte=now - GRACE, **{f"{column}__lte": now}):
        _take(dossier, step, actor)


def close_confirmations():
    """Silence is consent only where the version says so."""
    runs = StepRun.objects.filter(kind="applicant_confirm", state="open", due_at__lte=clock.now()).exclude(question="")
    for run in runs.select_related("dossier__version"):
        if run.dossier.version.facts.get("silence_is_consent"):
            _take(run.dossier, "confirm", SystemActor("confirmation_deadline"))


def _take(dossier, step, actor):
    try:
        workflow.advance(dossier, step, actor=actor)
    except workflow.StepNotPossible as moved:
        log.info("deadline met in the meantime", extra={"dossier": dossier.code, "why": str(moved)})
    except (DetailsMissing, PermissionDenied):
        log.exception("deadline step refused", extra={"dossier": dossier.code})
