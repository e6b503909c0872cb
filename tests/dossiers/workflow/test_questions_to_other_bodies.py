"""A question to another body: its deadline against the promised date, and what happens when it is not answered."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.messages.models import Message
from accounts.roles import SystemActor
from dossiers import invariants, workflow
from dossiers.models import Dossier, StepRun
from dossiers.papers import contexts
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import deadlines
from portal.common import clock
from portal.obligations import alarms
from tests import factories, world
from tests.dossiers.desk.test_steps import take

pytestmark = pytest.mark.django_db
OTHER = "H18.X005.CA"
WEDNESDAY = dt.datetime(2026, 11, 25, 9, tzinfo=clock.LOCAL)
QUESTION = "Người này có cư trú ở xã không?"


@pytest.fixture
def other():
    return world.agency(OTHER)


def asked(desk, other, hours, **details):
    dossier = desk.processing()
    return workflow.advance(dossier, "consult", actor=desk.officer, question=QUESTION, hours=hours, agency=other, **details)


def question_of(dossier):
    return dossier.step_runs.get(kind="consult", question__gt="")


def told(key):
    return {message.recipient for message in Message.objects.filter(key=key, channel="inbox").select_related("recipient")}


def test_an_answer_due_after_the_promised_date_must_be_confirmed(desk, other):
    with clock.at(WEDNESDAY):
        with pytest.raises(DetailsMissing, match="sau ngày hẹn") as lack:
            asked(desk, other, 200)
        assert lack.value.field == "past_the_term"
        dossier = asked(desk, other, 200, past_the_term=True)
    assert question_of(dossier).due_at > dossier.due_at
    assert dossier.events.select_related("text").last().text.details["past_the_term"] is True
    with clock.at(WEDNESDAY):
        within = asked(desk, other, 1)
    assert question_of(within).due_at < within.due_at


def test_the_page_asks_to_confirm_and_keeps_what_was_typed(desk, other):
    factories.user(officer=OTHER)
    with clock.at(WEDNESDAY):
        dossier = desk.processing()
        typed = {"agency": other.pk, "question": QUESTION, "hours": "200"}
        shown = take(desk.officer, dossier, "consult", **typed)
        text = shown.content.decode()
        assert shown.status_code == 422 and "sau ngày hẹn" in text and QUESTION in text and "past_the_term" in text
        assert not dossier.step_runs.filter(kind="consult", question__gt="").exists()
        take(desk.officer, dossier, "consult", **typed, past_the_term="on")
    assert question_of(dossier).hours == 200


def test_who_was_asked_is_reminded_then_its_heads_and_the_asker_are_told(desk, other):
    colleague, head = factories.user(officer=OTHER), factories.user(head=OTHER)
    with clock.at(WEDNESDAY):
        run = question_of(asked(desk, other, 4))
        deadlines.run()
    assert not told(f"answer:remind:{run.pk}")
    for moment in (run.due_at - dt.timedelta(minutes=1), run.due_at - dt.timedelta(seconds=1)):
        with clock.at(moment):
            deadlines.run()
    assert told(f"answer:remind:{run.pk}") == {colleague}
    with clock.at(run.due_at + dt.timedelta(minutes=15)):
        deadlines.run()
        alarms.run()
        alarms.run()
    kinds = Message.objects.filter(body__contains="Đã hỏi ý kiến, phải trả lời", channel="inbox")
    assert sorted(message.recipient.pk for message in kinds) == sorted([head.pk, desk.officer.pk, colleague.pk])
    assert Message.objects.filter(key__startswith="answer:", channel="inbox").count() == 1
    run.refresh_from_db()
    assert run.state == "open"  # silence is no consent


def test_who_answered_is_left_alone(desk, other):
    colleague = factories.user(officer=OTHER)
    with clock.at(WEDNESDAY):
        dossier = asked(desk, other, 4)
        run = question_of(dossier)
        workflow.advance(Dossier.objects.get(pk=dossier.pk), "hand_over", actor=colleague, step=run, note="Có cư trú.")
    with clock.at(run.due_at + dt.timedelta(days=1)):
        deadlines.run()
    assert not Message.objects.filter(key__startswith="answer:").exists()


# ---------------------------------------------------------------- silence
SILENCE = {"kind": "opinion", "label": "ý kiến", "line": None, "silence": "khoản 9 Điều 99 của luật thử"}


def asked_beside(desk, produces):
    """A step of the lead agency and, beside it, one of another body that is asked by the offering."""
    dossier = desk.processing()
    run = dossier.step_runs.get(state="open")
    StepRun.objects.filter(pk=run.pk).update(parallel_group="A", produces={})
    run.pk, run.agency, run.kind, run.name, run.parallel_group = None, world.agency(OTHER), "consult", "Cho ý kiến", "A"
    run.produces, run.take_by = produces, None
    run.save()
    return Dossier.objects.get(pk=dossier.pk), run


@pytest.mark.slow
def test_silence_is_consent_only_where_the_step_names_the_law(desk):
    silent, plain = asked_beside(desk, SILENCE), asked_beside(desk, {"kind": "opinion", "label": "ý kiến", "line": None})
    with clock.at(silent[1].due_at - dt.timedelta(minutes=1)):
        deadlines.run()
        assert silent[0].step_runs.filter(state="open").count() == 2
    with clock.at(max(silent[1].due_at, plain[1].due_at)):
        deadlines.run()
        deadlines.run()
    for run in (silent[1], plain[1]):
        run.refresh_from_db()
    assert plain[1].state == "open" and silent[1].state == "done"
    assert "coi như đồng ý theo khoản 9 Điều 99 của luật thử" in silent[1].answer
    assert silent[1].done_by is None and silent[1].taken_at is None
    event = silent[0].events.select_related("text").last()
    assert (event.step, event.job) == ("consent_by_silence", "answer_deadline")
    assert silent[0].events.filter(step="consent_by_silence").count() == 1
    sheet = contexts.office.control_sheet(silent[0], event)
    assert any("coi như đồng ý theo" in row["note"] for row in sheet["rows"])
    assert list(invariants.violations()) == []


def test_nobody_takes_silence_for_consent_by_hand(desk):
    dossier, run = asked_beside(desk, SILENCE)
    with clock.at(run.due_at), pytest.raises(PermissionDenied):
        workflow.advance(dossier, "consent_by_silence", actor=desk.officer)
    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "consent_by_silence", actor=SystemActor("answer_deadline"))
