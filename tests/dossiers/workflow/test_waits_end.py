"""Every wait for the citizen ends by itself, begins when it is set, and no approval or draft reaches over another body."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from dossiers import invariants, workflow
from dossiers.models import Dossier, StepRun
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import deadlines
from portal.common import clock
from tests import factories, world
from tests.dossiers.desk.test_steps import client_of
from tests.dossiers.test_statements_of_steps import fee_facts

pytestmark = pytest.mark.django_db
TUESDAY = dt.datetime(2026, 11, 17, 9, 30, tzinfo=clock.LOCAL)
OTHER = "H18.X005.CA"
REASON = "Kết quả sắp trình ký."


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def advance(dossier, name, actor, **details):
    return workflow.advance(fresh(dossier), name, actor=actor, **details)


def open_kinds(dossier):
    return list(dossier.intervals.filter(ended_at=None).values_list("kind", flat=True))


def wrong(dossier):
    return list(invariants._steps_and_clock(fresh(dossier)))


@pytest.fixture
def asked(desk):
    with clock.at(TUESDAY):
        dossier = desk.processing()
        dossier.step_runs.filter(state="open").update(kind="applicant_confirm", produces={}, hours=8)
        return advance(dossier, "ask_confirmation", desk.officer, question="Tên đúng chưa?")


def over(dossier):
    return dossier.open_steps[0].due_at + dt.timedelta(minutes=1)


# ---------------------------------------------------------------- the applicant lets the term pass
def test_the_clock_runs_again_when_the_term_is_over_and_the_officer_finds_the_work(desk, asked):
    desk_page = "/can-bo/?nhom=can-lam"
    with clock.at(over(asked)):
        deadlines.run()
        deadlines.run()
        dossier = fresh(asked)
        assert open_kinds(dossier) == ["running"] and dossier.waiting_on == "officer" and not wrong(dossier)
        assert [e.step for e in dossier.events.all()].count("confirmation_timeout") == 1
        assert dossier.code in client_of(desk.officer).get(desk_page).content.decode()
        gone_on = advance(dossier, "go_on_unconfirmed", desk.officer, note="Đã gọi hai lần, không nghe máy.")
    assert [run.kind for run in gone_on.open_steps] == ["sign"] and open_kinds(gone_on) == ["running"] and not wrong(gone_on)


def test_a_late_answer_still_counts_until_the_office_goes_on(desk, asked):
    with clock.at(over(asked)):
        deadlines.run()
        dossier = advance(asked, "confirm", asked.submitter, note="Đúng rồi.")
    assert dossier.step_runs.get(kind="applicant_confirm").answer == "Đúng rồi."
    assert [run.kind for run in dossier.open_steps] == ["sign"] and open_kinds(dossier) == ["running"]


def test_the_question_may_be_put_again_with_a_new_term(desk, asked):
    with clock.at(over(asked)):
        deadlines.run()
        dossier = advance(asked, "ask_confirmation", desk.officer, question="Xin xem lại lần nữa.")
        assert open_kinds(dossier) == ["applicant"] and dossier.open_steps[0].due_at > clock.now()
        with pytest.raises(workflow.StepNotPossible):
            advance(asked, "ask_confirmation", desk.officer, question="Lần ba.")
        assert not wrong(dossier)


# ---------------------------------------------------------------- terms stand still while a withdrawal is undecided
def test_the_term_to_confirm_is_given_back_after_a_refused_withdrawal(desk, asked):
    due = asked.open_steps[0].due_at
    with clock.at(TUESDAY + dt.timedelta(hours=1)):
        dossier = advance(asked, "withdraw", asked.submitter)
    with clock.at(TUESDAY + dt.timedelta(days=9)):
        deadlines.run()
        assert fresh(dossier).events.last().step == "withdraw"
        dossier = advance(dossier, "refuse_withdrawal", desk.clerk, note=REASON)
        deadlines.run()
        assert open_kinds(dossier) == ["applicant"] and not wrong(dossier)
        assert dossier.open_steps[0].due_at > clock.now() and dossier.open_steps[0].due_at - due >= dt.timedelta(days=9)


def test_the_terms_of_a_supplement_and_of_a_fee_are_given_back_too(desk):
    with clock.at(TUESDAY):
        supplement = desk.asked_for_supplement()
        fee = advance(desk.accepted(**fee_facts()), "charge", desk.officer)
        dues = [supplement.supplement_due_at, fee.payment_due_at]
        for dossier in (supplement, fee):
            advance(dossier, "withdraw", dossier.submitter)
    with clock.at(max(dues) + dt.timedelta(days=1)):
        for dossier in (supplement, fee):
            advance(dossier, "refuse_withdrawal", desk.clerk, note=REASON)
            assert not wrong(dossier)
        assert fresh(supplement).supplement_due_at > clock.now() and fresh(fee).payment_due_at > clock.now()
    assert clock.local(fresh(supplement).supplement_due_at).timetz() == dues[0].timetz()


# ---------------------------------------------------------------- what reaches over another body
def test_a_signer_closes_no_signature_of_another_body_and_skips_no_step(desk):
    dossier = desk.to_sign()
    sign, shown = dossier.open_steps[0], factories.shown(dossier)
    other = StepRun.objects.create(
        dossier=dossier, position=sign.position, key="ky2", name="Ký cùng", kind="sign", role="signer",
        agency=world.agency(OTHER), hours=8, state="open", opened_at=sign.opened_at, due_at=sign.due_at,
    )  # fmt: skip
    with pytest.raises(DetailsMissing, match="Ký cùng"):
        advance(dossier, "approve", desk.signer, shown=shown)
    StepRun.objects.filter(pk=other.pk).update(state="waiting")
    with pytest.raises(workflow.StepNotPossible):
        advance(dossier, "approve", desk.signer, shown=shown)
    assert StepRun.objects.get(pk=sign.pk).state == "open"


def test_an_officer_of_another_body_drafts_no_result(desk):
    dossier = desk.processing()
    run = dossier.open_steps[0]
    StepRun.objects.create(
        dossier=dossier, position=run.position, key="thue", name="Thuế xem", kind="review", role="officer",
        agency=world.agency(OTHER), hours=8, state="open", opened_at=run.opened_at, due_at=run.due_at, parallel_group="A",
    )  # fmt: skip
    with pytest.raises(PermissionDenied):
        factories.drafted(fresh(dossier), factories.user(officer=OTHER))
    factories.drafted(fresh(dossier), desk.officer)


def test_what_a_stop_cancels_nobody_has_done(desk):
    stopped = advance(desk.processing(), "stop", desk.head, note="Theo tòa án.", legal_ground="QĐ 12/QĐ-TA")
    assert not stopped.step_runs.filter(state="cancelled").exclude(done_by=None).exists()
    assert stopped.step_runs.filter(state="cancelled").exists()


def test_a_notification_goes_to_no_office_where_it_could_not_end(desk):
    dossier = desk.accepted()
    dossier.offering.no_result = True
    dossier.offering.save()
    with pytest.raises(workflow.StepNotPossible):
        advance(dossier, "transfer", desk.clerk)


# ---------------------------------------------------------------- several at once
def test_steps_with_an_opinion_are_handed_over_together_with_its_words(desk):
    dossiers = [desk.processing(), desk.processing()]
    StepRun.objects.filter(state="open").update(produces={"kind": "opinion", "label": "ý kiến", "line": None})
    client, post = client_of(desk.officer), {"hs": [d.code for d in dossiers], "buoc": "hand_over"}
    shown = client.post("/can-bo/cung-luc/", post, follow=True)
    assert "ghi-chu" in shown.content.decode()
    client.post(f"{shown.redirect_chain[-1][0]}lam/")
    assert StepRun.objects.filter(kind="review", state="open").count() == 2  # no opinion, nothing is closed
    again = client.post("/can-bo/cung-luc/", post)
    client.post(f"{again.url}lam/", {"ghi-chu": "Đúng với sổ gốc."})
    assert StepRun.objects.filter(kind="review", state="done", answer="Đúng với sổ gốc.").count() == 2
