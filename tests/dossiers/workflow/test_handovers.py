"""A hand-over has two states, handed and taken: who may take it, refusing it, and what happens when nobody takes it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.messages.models import Alarm, Message
from dossiers import workflow
from dossiers.desk import queues
from dossiers.models import Dossier, StepRun
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import deadlines
from portal.common import clock
from portal.obligations import alarms
from tests import factories, world
from tests.dossiers.desk.test_steps import client_of, page, take
from tests.dossiers.workflow.test_at_once import at_once

OTHER = "H18.X005.CA"
NOTE = "Việc này không thuộc cơ quan chúng tôi."
WEDNESDAY = dt.datetime(2026, 11, 25, 9, tzinfo=clock.LOCAL)


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def advance(dossier, name, actor, **details):
    return workflow.advance(fresh(dossier), name, actor=factories.fresh(actor), **details)


def open_run(dossier):
    return dossier.step_runs.get(state="open")


def to_the_signer(desk):
    """The first step is done: the next is open at the signer, or at the next body."""
    dossier = desk.processing()
    factories.drafted(dossier, desk.officer)
    return advance(dossier, "hand_over", desk.officer)


@pytest.mark.django_db
class TestHandedAndTaken:
    def test_a_step_is_handed_until_somebody_of_its_role_and_body_takes_it(self, desk):
        with clock.at(WEDNESDAY):
            dossier = desk.processing()
            run = open_run(dossier)
            assert run.untaken and run.holder is None
            assert run.take_by == WEDNESDAY + dt.timedelta(hours=2) == dossier.take_by
            due_at = dossier.due_at
            for stranger in (desk.clerk, desk.signer, factories.user(officer=world.agency(OTHER).code)):
                with pytest.raises(PermissionDenied):
                    advance(dossier, "take", stranger)
            dossier = advance(dossier, "take", desk.officer)
        run = open_run(dossier)
        assert not run.untaken and run.holder == desk.officer == dossier.holder
        assert dossier.take_by is None
        assert dossier.due_at == due_at  # the processing term runs on, whoever has taken what

    def test_what_was_taken_is_not_taken_again(self, desk):
        dossier = advance(desk.processing(), "take", desk.officer)
        for user in (desk.officer, factories.user(officer=desk.receiving_agency)):
            with pytest.raises(PermissionDenied):
                advance(dossier, "take", user)
            with pytest.raises(PermissionDenied):
                advance(dossier, "refuse_handover", user, note=NOTE)

    def test_who_closes_a_step_has_taken_it(self, desk):
        dossier = desk.processing()
        StepRun.objects.filter(dossier=dossier).update(produces={})
        advance(dossier, "hand_over", desk.officer)
        done = dossier.step_runs.get(state="done")
        assert done.taken_at == done.done_at

    @pytest.mark.slow
    def test_who_drafts_consults_or_asks_has_taken_the_step(self, desk):
        with clock.at(WEDNESDAY):
            dossier = desk.processing()
            drafter = fresh(dossier)
            factories.drafted(drafter, desk.officer)
            assert not open_run(dossier).untaken and fresh(dossier).take_by is None
            colleague = factories.user(officer=desk.receiving_agency)
            assert open_run(dossier).holder is None
            assert workflow.may_take(colleague, fresh(dossier), "hand_over")  # it stays everybody's of this role
            asked = desk.processing()
            other = advance(asked, "consult", desk.officer, question="Có cư trú không?", hours=4, agency=world.agency(OTHER))
            own, question = other.step_runs.filter(state="open").order_by("pk")
            assert own.taken_at and question.untaken and other.take_by == question.take_by

    @pytest.mark.slow
    def test_who_writes_in_the_form_of_the_step_has_taken_it_and_keeps_a_draft_without_scripts(self, desk):
        with clock.at(WEDNESDAY):
            dossier = desk.processing()
            form = page("hand_over", dossier)
            stranger, refusing = client_of(factories.user(officer=OTHER)), page("refuse_handover", dossier)
            stranger.post(reverse("keep_typed"), {"giu-trang": form, "note": NOTE})
            client_of(desk.head).post(reverse("keep_typed"), {"giu-trang": form, "note": NOTE})
            client = client_of(desk.officer)
            client.post(reverse("keep_typed"), {"giu-trang": refusing, "note": NOTE})
            assert open_run(dossier).untaken
            answer = client.post(reverse("keep_typed"), {"giu-trang": form, "note": "Đang tra sổ."})
            assert answer.status_code == 302 and answer["Location"] == form
            assert not open_run(dossier).untaken and fresh(dossier).take_by is None
            shown = client.get(form).content.decode()
            assert "Đã lưu nháp lúc" in shown and "Đang tra sổ." in shown and "Lưu nháp</button>" in shown

    def test_giving_it_to_somebody_hands_it_over_anew(self, desk):
        dossier = advance(desk.processing(), "take", desk.officer)
        colleague = factories.user(officer=desk.receiving_agency)
        dossier = advance(dossier, "assign", desk.head, holder=colleague, note="Chị Hoa nghỉ ốm.")
        assert open_run(dossier).untaken and dossier.take_by is not None
        with pytest.raises(PermissionDenied):
            advance(dossier, "take", desk.officer)
        assert not open_run(advance(dossier, "take", colleague)).untaken

    def test_a_head_who_takes_over_has_taken_it(self, desk):
        dossier = advance(desk.processing(), "take_over", desk.head, note=NOTE)
        assert not open_run(dossier).untaken and dossier.take_by is None

    def test_a_forged_step_is_refused(self, desk):
        dossier, another = desk.processing(), desk.processing()
        with pytest.raises(DetailsMissing):
            advance(dossier, "take", desk.officer, step=open_run(another))


@pytest.mark.django_db
class TestRefused:
    def test_a_refused_handover_goes_back_to_the_step_before(self, desk):
        dossier = to_the_signer(desk)
        refused, before = open_run(dossier), dossier.step_runs.get(state="done")
        actor = desk.signer if refused.role == "signer" else factories.user(**{refused.role: refused.agency.code})
        dossier = advance(dossier, "refuse_handover", actor, note=NOTE)
        refused.refresh_from_db()
        again = open_run(dossier)
        assert refused.state == "returned"
        assert (again.position, again.round) == (before.position, before.round + 1)
        assert again.untaken
        event = dossier.events.select_related("text").last()
        assert event.step == "refuse_handover" and event.text.note == NOTE
        assert event.text.details["steps"] == [refused.name] and event.text.details["back_to"] == before.name
        assert Message.objects.filter(key=f"event:{event.pk}", recipient=desk.officer).exists()

    def test_without_a_reason_nothing_is_refused(self, desk):
        dossier = to_the_signer(desk)
        for empty in ("", "    ", "\u200b\n", "x"):
            with pytest.raises(DetailsMissing):
                advance(dossier, "refuse_handover", desk.signer, note=empty)

    def test_the_first_step_has_none_before_it(self, desk):
        with pytest.raises(DetailsMissing, match="bước đầu tiên"):
            advance(desk.processing(), "refuse_handover", desk.officer, note=NOTE)

    def test_a_question_goes_back_unanswered_and_the_others_go_on(self, desk):
        dossier = advance(desk.processing(), "take", desk.officer)
        other = world.agency(OTHER)
        dossier = advance(dossier, "consult", desk.officer, question="Có cư trú không?", hours=4, agency=other)
        dossier = advance(dossier, "refuse_handover", factories.user(officer=OTHER), note=NOTE)
        asked = dossier.step_runs.get(kind="consult", question__gt="")
        assert (asked.state, asked.answer) == ("returned", NOTE)
        assert open_run(dossier).holder == desk.officer

    def test_a_step_beside_an_open_one_is_not_refused(self, desk):
        dossier = to_the_signer(desk)
        run = open_run(dossier)
        run.pk, run.agency = None, world.agency(OTHER)
        run.save()
        with pytest.raises(DetailsMissing, match="đang mở cùng lúc"):
            advance(dossier, "refuse_handover", desk.signer, note=NOTE)


@pytest.mark.django_db
class TestOverdue:
    def test_after_two_working_hours_it_is_overdue_and_its_heads_are_told(self, desk):
        with clock.at(WEDNESDAY):
            dossier = desk.processing()
            late = desk.head
            deadlines.run()
        run = open_run(dossier)
        assert not StepRun.objects.untaken_and_overdue(run.take_by - dt.timedelta(seconds=1)).exists()
        with clock.at(run.take_by):
            assert list(StepRun.objects.untaken_and_overdue(clock.now())) == [run]
            assert queues.counts(factories.fresh(late))["chua-nhan"] == 1
        with clock.at(run.take_by + dt.timedelta(minutes=15)):
            alarms.run()
            alarms.run()
            told = Message.objects.filter(recipient=late, key__startswith="alarms:", channel="inbox")
            assert told.count() == 1 and dossier.code in told.get().body
            dossier = advance(dossier, "take", desk.officer)
            alarms.run()
            assert not Alarm.objects.going().filter(kind="take").exists()
            assert not StepRun.objects.untaken_and_overdue(clock.now()).exists()
            assert queues.counts(factories.fresh(late))["chua-nhan"] == 0

    def test_nobody_is_asked_to_take_what_waits_for_the_citizen(self, desk):
        with clock.at(WEDNESDAY):
            dossier = desk.processing()
            dossier = workflow.advance(dossier, "withdraw", actor=dossier.submitter)
            assert dossier.take_by is None
        with clock.at(WEDNESDAY + dt.timedelta(days=2)):
            assert not StepRun.objects.untaken_and_overdue(clock.now()).exists()
            dossier = advance(dossier, "refuse_withdrawal", desk.clerk, note=NOTE)
            assert dossier.take_by > clock.now()


@pytest.mark.django_db
class TestPages:
    def test_the_page_offers_to_take_and_shows_who_has_taken_it(self, desk):
        dossier = desk.processing()
        there = reverse("desk:dossier", args=[dossier.code])
        shown = client_of(desk.officer).get(there).content.decode()
        assert "Chưa nhận, phải nhận trước" in shown and page("take", dossier) in shown
        take(desk.officer, dossier, "take")
        shown = client_of(desk.officer).get(there).content.decode()
        assert "Nhận lúc" in shown and "phải nhận trước" not in shown and page("take", dossier) not in shown

    def test_a_refusal_without_a_reason_or_of_ten_megabytes_is_asked_again_and_what_was_typed_stays(self, desk):
        dossier = to_the_signer(desk)
        assert take(desk.signer, dossier, "refuse_handover", note="x").status_code == 422
        assert take(desk.signer, dossier, "refuse_handover", note="x" * 10_000_000).status_code in (400, 413, 422)
        assert open_run(fresh(dossier)).untaken

    def test_a_stale_refusal_does_nothing_and_keeps_what_was_typed(self, desk):
        dossier = to_the_signer(desk)
        client = client_of(desk.signer)
        seen = client.get(page("refuse_handover", dossier)).context["seen"]
        advance(dossier, "take", desk.signer)
        answer = client.post(page("refuse_handover", dossier), {"seen": seen, "note": NOTE})
        assert answer.status_code == 409 and NOTE in answer.content.decode()


# ---------------------------------------------------------------- real concurrency
def winners(results):
    return [result for result in results if isinstance(result, Dossier)]


@pytest.mark.django_db(transaction=True)
def test_taking_refusing_and_taking_over_at_once_leave_one_holder(desk):
    dossier = desk.processing()
    other = factories.user(officer=desk.receiving_agency)
    results = at_once(
        [
            lambda: workflow.advance(dossier, "take", actor=desk.officer),
            lambda: workflow.advance(dossier, "take", actor=other),
            lambda: workflow.advance(dossier, "refuse_handover", actor=other, note=NOTE),
            lambda: workflow.advance(dossier, "take_over", actor=desk.head, note=NOTE),
        ]
    )
    taken = dossier.events.filter(step__in=["take", "take_over"])
    run = open_run(dossier)
    assert len(winners(results)) == taken.count() >= 1
    assert run.taken_at is not None and run.holder in (desk.officer, other, desk.head)
    assert taken.filter(step="take").count() <= 1
    assert not dossier.events.filter(step="refuse_handover").exists()  # there is no step before the first


@pytest.mark.django_db(transaction=True)
def test_two_people_closing_one_step_at_once_close_it_once(desk):
    dossier = desk.processing()
    factories.drafted(dossier, desk.officer)
    other = factories.user(officer=desk.receiving_agency)
    run = open_run(dossier)
    results = at_once(
        [lambda u=u: workflow.advance(dossier, "hand_over", actor=u, step=run) for u in (desk.officer, other, desk.officer)]
    )
    assert len(winners(results)) == 1
    assert dossier.events.filter(step="hand_over").count() == 1
    assert dossier.step_runs.filter(state="open").count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_steps_closed_at_the_same_moment_open_the_next_once(desk):
    dossier = desk.processing()
    run, other = open_run(dossier), world.agency(OTHER)
    StepRun.objects.filter(pk=run.pk).update(parallel_group="A", produces={})
    beside = StepRun.objects.get(pk=run.pk)
    beside.pk, beside.agency = None, other
    beside.save()
    people = [(desk.officer, run), (factories.user(officer=OTHER), beside)]
    results = at_once([lambda u=u, r=r: workflow.advance(dossier, "hand_over", actor=u, step=r) for u, r in people])
    assert len(winners(results)) == 2, results
    assert dossier.step_runs.filter(state="open").count() == 1
    assert dossier.step_runs.filter(parallel_group="A", state="done").count() == 2
