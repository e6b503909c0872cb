"""Deadline jobs: reminders first, then the step; each once."""

import datetime as dt

import pytest

from accounts.messages.models import Message
from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.models import Dossier, FeeObligation
from dossiers.states import DossierState
from dossiers.workflow import deadlines
from portal.common import clock
from procedures.models import working_calendar

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


# ---------------------------------------------------------------- an unpaid fee
def reminders(dossier):
    return Message.objects.filter(recipient=dossier.submitter, channel="inbox", subject__startswith="Nhắc").order_by("pk")


def run_at(moment):
    """Run the job twice at this moment: the second run must do nothing."""
    with clock.at(moment):
        deadlines.run()
        deadlines.run()


def every_hour(first, last, hours=range(24)):
    """Run the job at these hours of each day between the moments, the last included."""
    while first <= last:
        if clock.local(first).hour in hours or first == last:
            run_at(first)
        first += dt.timedelta(hours=1)


@pytest.mark.slow
def test_an_unpaid_fee_is_reminded_of_twice_then_the_dossier_stops_after_a_day_of_grace(money_desk):
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
    due = dossier.payment_due_at
    assert clock.local(due).date() == dt.date(2026, 11, 16)  # five working days

    # Before, at and after each moment at which something could be sent or done: midnight, the morning, noon, the end of the day.
    every_hour(MONDAY, due + dt.timedelta(hours=23), hours=(0, 7, 8, 9, 12, 16, 17, 18, 23))
    days = [clock.local(message.created_at) for message in reminders(dossier)]
    assert [(day.date().day, day.hour) for day in days] == [(12, 8), (16, 8)]  # two working days before, and on the last day
    dossier.refresh_from_db()
    assert dossier.state == DossierState.PAYMENT_REQUIRED

    run_at(due + dt.timedelta(hours=24))
    dossier.refresh_from_db()
    assert dossier.state == DossierState.STOPPED and dossier.events.last().job == "payment_deadline"
    assert dossier.obligation.status == "due" and reminders(dossier).count() == 2


def test_a_reminder_says_what_to_do_until_when_and_leads_to_it(money_desk):
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
    run_at(dossier.payment_due_at - dt.timedelta(days=1))
    letter = reminders(dossier).get()
    assert "trả phí trước 17\xa0giờ, thứ\xa0hai, 16\xa0tháng\xa011" in letter.body
    assert letter.link == f"/ho-so/{dossier.code}/tra-phi/"


def test_a_long_term_is_also_reminded_of_at_its_half(desk):
    calendar = working_calendar()
    due = dt.datetime(2026, 11, 23, 17, tzinfo=clock.LOCAL)  # ten working days
    moments = deadlines.remind_repeatedly(calendar, MONDAY, due)
    assert [moment.date().day for moment in moments] == [16, 19, 23]
    for days in range(1, 25):  # however short: in order, never on one day, never after the deadline
        due = dt.datetime.combine(calendar.add_working_days(MONDAY.date(), days), dt.time(17), clock.LOCAL)
        moments = deadlines.remind_repeatedly(calendar, MONDAY, due)
        assert moments == sorted(set(moments)) and moments[-1] < due


def test_where_the_term_is_over_within_hours_people_are_told_at_once(money_desk):
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
        Dossier.objects.filter(pk=dossier.pk).update(payment_due_at=MONDAY + dt.timedelta(hours=3))
    every_hour(MONDAY, MONDAY + dt.timedelta(hours=2))
    assert reminders(dossier).count() == 1


def test_after_an_outage_people_are_told_once_and_still_have_a_day(money_desk):
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
    late = dossier.payment_due_at + dt.timedelta(days=3)
    run_at(late)
    dossier.refresh_from_db()
    assert dossier.state == DossierState.PAYMENT_REQUIRED and "đã quá hạn trả phí" in reminders(dossier).get().body
    run_at(late + deadlines.GRACE)
    dossier.refresh_from_db()
    assert dossier.state == DossierState.STOPPED


def test_who_is_paying_is_neither_reminded_nor_stopped(money_desk):
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
    run_at(dossier.payment_due_at - dt.timedelta(days=1))
    FeeObligation.objects.filter(dossier=dossier).update(attempt_open=True)
    late = dossier.payment_due_at + dt.timedelta(days=2)
    run_at(late)
    dossier.refresh_from_db()
    assert dossier.state == DossierState.PAYMENT_REQUIRED and reminders(dossier).count() == 1
    with clock.at(late), pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "payment_timeout", actor=SystemActor("payment_deadline"))

    FeeObligation.objects.filter(dossier=dossier).update(attempt_open=False)  # the gateway answered: not paid
    run_at(late + dt.timedelta(minutes=1))
    dossier.refresh_from_db()
    assert dossier.state == DossierState.PAYMENT_REQUIRED and reminders(dossier).count() == 2
    run_at(late + dt.timedelta(days=1, minutes=1))
    dossier.refresh_from_db()
    assert dossier.state == DossierState.STOPPED


@pytest.mark.slow
def test_who_paid_hears_nothing_more(money_desk):
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
        workflow.advance(dossier, "paid", actor=money_desk.clerk, amount=200_000)
    due = dossier.payment_due_at
    every_hour(due - dt.timedelta(hours=10), due + dt.timedelta(hours=30), hours=(0, 7, 8, 9, 12, 16, 17, 18, 23))
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED and not reminders(dossier).exists()


def test_who_waited_before_is_reminded_anew_of_the_next_thing(money_desk):
    """A reminder of the fee does not count as one of a supplement asked for later."""
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
    run_at(MONDAY + dt.timedelta(days=3))
    assert reminders(dossier).count() == 1
    with clock.at(MONDAY + dt.timedelta(days=3, hours=2)):
        dossier = workflow.advance(dossier, "paid", actor=money_desk.clerk, amount=200_000)
        items = [{"target": "field", "key": "purpose", "label": "Mục đích", "reason": "Ghi rõ nơi cần nộp."}]
        dossier = workflow.advance(dossier, "ask_supplement", actor=money_desk.clerk, items=items)
    assert dossier.reminded_at is None
    run_at(dossier.supplement_due_at - dt.timedelta(hours=1))
    assert reminders(dossier).count() == 2
