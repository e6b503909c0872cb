"""Deadlines are found in the rows: reminded first, then acted on, once."""

import datetime as dt

from accounts.messages.models import Message
from dossiers import deadlines
from dossiers.states import DossierState
from portal.common import clock

MONDAY = dt.datetime(2026, 11, 9, 9, tzinfo=clock.LOCAL)


def test_a_supplement_is_reminded_once_then_stopped(desk):
    with clock.at(MONDAY):
        dossier = desk.asked_for_supplement()
    due = dossier.supplement_due_at
    assert clock.local(due).date() == dt.date(2026, 11, 18)

    with clock.at(MONDAY + dt.timedelta(days=4)):
        deadlines.run()
    dossier.refresh_from_db()
    assert dossier.reminded_at is None

    for _ in range(2):
        with clock.at(due - dt.timedelta(days=1)):
            deadlines.run()
    dossier.refresh_from_db()
    assert dossier.reminded_at and dossier.state == DossierState.SUPPLEMENT_REQUIRED
    assert Message.objects.filter(recipient=dossier.submitter, channel="inbox", subject__startswith="Nhắc").count() == 1

    with clock.at(due + dt.timedelta(minutes=1)):
        deadlines.run()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.STOPPED
    assert dossier.events.last().job == "supplement_deadline"


def test_a_reminder_that_came_late_leaves_a_day(desk):
    with clock.at(MONDAY):
        dossier = desk.asked_for_supplement()
    late = dossier.supplement_due_at + dt.timedelta(days=3)
    with clock.at(late):
        deadlines.run()
        dossier.refresh_from_db()
        assert dossier.state == DossierState.SUPPLEMENT_REQUIRED and dossier.reminded_at
    with clock.at(late + deadlines.GRACE):
        deadlines.run()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.STOPPED


def test_one_dossier_that_cannot_be_stopped_does_not_keep_the_others_waiting(desk, monkeypatch):
    from dossiers import workflow

    with clock.at(MONDAY):
        first, second = desk.asked_for_supplement(), desk.asked_for_supplement()
    real = workflow.advance

    def fails_for_the_first(dossier, *args, **kwargs):
        if dossier.pk == first.pk:
            raise workflow.StepNotPossible(dossier, "supplement_timeout")
        return real(dossier, *args, **kwargs)

    with clock.at(first.supplement_due_at):
        deadlines.run()
    monkeypatch.setattr(workflow, "advance", fails_for_the_first)
    with clock.at(first.supplement_due_at + dt.timedelta(days=2)):
        deadlines.run()
    second.refresh_from_db()
    assert second.state == DossierState.STOPPED
