"""Promises counted again: a day off inside a running term, new office hours, Tết decided, an outage. Told once, never earlier,
always explained by what was promised."""

import datetime as dt

import pytest

from accounts.messages.models import Message
from dossiers.citizen import timeline
from dossiers.clock.basis import stored
from dossiers.models import ClockInterval, CountingBasis, Dossier
from dossiers.workflow import recount
from portal import schedule
from portal.common import clock
from procedures.models import Holiday, UndecidedHoliday
from tests.dossiers.pages import browse, words

NOW = dt.datetime(2026, 11, 17, 9, tzinfo=clock.LOCAL)  # a Tuesday


@pytest.fixture
def accepted(desk):
    """A dossier accepted at NOW; its messages so far are deleted."""
    with clock.at(NOW):
        dossier = desk.accepted()
        recount.run()
        Message.objects.all().delete()
        yield fresh(dossier)


def fresh(dossier):
    return Dossier.objects.select_related("counted_with").get(pk=dossier.pk)


def told(dossier):
    """Bodies of the messages about recounts in the citizen's inbox."""
    rows = Message.objects.filter(key__startswith="recount:", recipient=dossier.submitter, channel="inbox")
    return list(rows.values_list("body", flat=True))


def explained_until(dossier):
    return timeline.why_this_date(dossier)["days"][-1].date


def day_of(moment):
    return clock.local(moment).date()


def take_off(day, name="Ngày nghỉ mới"):
    return Holiday.objects.create(date=day, name=name, kind=Holiday.Kind.STATUTORY)


def test_a_day_off_inside_a_running_term_moves_the_promise_and_is_told_once(accepted):
    before, day = accepted.due_at, day_of(accepted.due_at)
    take_off(day)
    assert explained_until(fresh(accepted)) == day, "explained by what was promised, also before the job has run"
    for _again in range(3):
        recount.run()
    dossier = fresh(accepted)
    assert day_of(dossier.due_at) > day and dossier.first_promised_due_at == before
    assert explained_until(dossier) == day_of(dossier.due_at)
    assert any(row.name == "Ngày nghỉ mới" for row in timeline.why_this_date(dossier)["days"])
    (body,) = told(dossier)
    assert "vì lịch làm việc thay đổi" in body and dossier.code in body
    page = words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/"))
    assert "Lịch làm việc của cơ quan thay đổi" in page


def test_a_promise_never_moves_earlier_and_stays_explained(accepted):
    off = take_off(day_of(accepted.due_at))
    recount.run()
    moved = fresh(accepted)
    off.delete()
    recount.run()
    dossier = fresh(accepted)
    assert dossier.due_at == moved.due_at and explained_until(dossier) == day_of(moved.due_at)
    assert len(told(dossier)) == 1


def test_the_steps_of_the_office_move_with_it(desk):
    with clock.at(NOW):
        dossier = desk.processing()
        run = dossier.step_runs.get(state="open")
        take_off(day_of(run.due_at))
        recount.run()
        run.refresh_from_db()
        dossier = fresh(dossier)
        assert run.due_at > clock.now() and dossier.step_due_at == min(step.due_at for step in dossier.open_steps)
        assert not Holiday.objects.filter(date=day_of(run.due_at)).exists()


def test_undecided_days_make_a_date_provisional_until_they_are_decided_and_that_is_told(accepted):
    due = day_of(accepted.due_at)
    span = UndecidedHoliday.objects.create(first_on=due, last_on=due, name="Nghỉ thử")
    recount.run()
    assert fresh(accepted).due_is_provisional and fresh(accepted).due_at == accepted.due_at
    span.delete()
    recount.run()
    dossier = fresh(accepted)
    assert not dossier.due_is_provisional and dossier.due_at == accepted.due_at
    assert [body for body in told(dossier) if "không còn là ngày tạm tính" in body]
    assert not timeline.why_this_date(dossier)["provisional"]


def test_new_office_hours_are_counted_and_an_earlier_closing_takes_nothing_back(accepted):
    hours = accepted.receiving_agency.hours
    assert hours is not None, "the body of this test has office hours of its own"
    hours.intervals = {**hours.intervals, "mon_fri": [["07:30", "11:30"], ["13:00", "16:00"]]}
    hours.save()
    recount.run()
    assert fresh(accepted).due_at == accepted.due_at and not told(accepted)
    hours.intervals = {**hours.intervals, "mon_fri": [["07:30", "11:30"], ["13:00", "18:00"]]}
    hours.save()
    recount.run()
    assert clock.local(fresh(accepted).due_at).time() == dt.time(18)


def test_an_outage_lengthens_the_term(accepted):
    day = day_of(accepted.due_at)
    closing = clock.local(accepted.due_at)
    ClockInterval.objects.create(
        dossier=accepted, kind="outage", started_at=closing - dt.timedelta(hours=3), ended_at=closing + dt.timedelta(hours=1)
    )
    recount.run()
    assert day_of(fresh(accepted).due_at) > day and len(told(accepted)) == 1


def test_the_citizens_own_deadline_moves_and_is_told(desk):
    with clock.at(NOW):
        dossier = desk.asked_for_supplement()
        before = dossier.supplement_due_at
        take_off(day_of(before))
        recount.run()
        dossier = fresh(dossier)
        assert dossier.supplement_due_at > before and dossier.step_due_at == dossier.supplement_due_at
        assert dossier.supplements.get().due_at == dossier.supplement_due_at
        assert any("Hạn của anh chị lùi tới" in body for body in told(dossier))


def test_the_desks_deadline_moves(desk):
    with clock.at(NOW):
        dossier = desk.submitted()
        take_off(day_of(dossier.reception_due_at))
        recount.run()
        assert fresh(dossier).reception_due_at > dossier.reception_due_at and not told(dossier)


def test_one_error_stops_nothing_else(accepted, desk, monkeypatch):
    assert recount.run in schedule.JOBS
    other = desk.accepted()
    real = recount.recount
    monkeypatch.setattr(recount, "recount", lambda pk: 1 / 0 if pk == accepted.pk else real(pk))
    take_off(day_of(other.due_at))
    recount.run()
    assert fresh(other).due_at > other.due_at and fresh(accepted).due_at == accepted.due_at


def test_nothing_is_counted_when_nothing_changed(accepted):
    assert recount.run() == 0
    assert CountingBasis.objects.count() == 1


def test_a_calendar_is_stored_and_read_back_the_same(accepted):
    basis = recount.Timekeeper(accepted).promised
    assert basis.digest == accepted.counted_with_id == recount.Timekeeper(accepted).basis.digest
    read_back = stored(accepted.counted_with)
    assert read_back.digest == basis.digest and read_back.calendar.off == basis.calendar.off


# ---------------------------------------------------------------- the words of the term
def test_days_gone_are_counted_in_the_unit_of_the_term(accepted):
    for unit, label in (("day", "Đã qua 3 trên 10 ngày"), ("working_day", "Đã qua 3 trên 10 ngày làm việc")):
        Dossier.objects.filter(pk=accepted.pk).update(term={"value": 10, "unit": unit})
        recount_of = fresh(accepted)
        Dossier.objects.filter(pk=accepted.pk).update(due_at=recount.Timekeeper(recount_of).standing().at)
        with clock.at(NOW + dt.timedelta(days=3)):
            found = timeline.countdown(fresh(accepted))
        assert found["bar_label"] == label and 0 < found["done_percent"] < 100
