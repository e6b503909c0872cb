"""Jobs may take their steps only in the intended case."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.choices import Job
from dossiers.models import Dossier
from dossiers.states import DossierState
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import deadlines
from dossiers.workflow.door import WITHDRAWING_JOB
from portal.common import clock
from tests import world
from tests.dossiers.desk.test_steps import take
from tests.dossiers.pages import browse

JSON = {"content_type": "application/json"}
WAYS = ["accepted", "processing"]


def withdrawn_dossier(desk, way):
    dossier = getattr(desk, way)()
    return workflow.advance(dossier, "withdraw", actor=dossier.submitter)


# ---------------------------------------------------------------- immediate withdrawal
@pytest.mark.parametrize("way", WAYS)
def test_the_withdrawing_job_cannot_touch_an_accepted_dossier(desk, way):
    dossier = withdrawn_dossier(desk, way)
    for details in ({}, {"originals_returned": True}):
        with pytest.raises(PermissionDenied):
            workflow.advance(dossier, "confirm_withdrawal", actor=WITHDRAWING_JOB, **details)
    dossier.refresh_from_db()
    assert dossier.state == DossierState.WITHDRAWN and dossier.events.last().step == "withdraw"


def test_the_withdrawing_job_stays_away_after_a_supplement_asked_for_at_work(desk):
    dossier = desk.accepted()
    items = [{"target": "field", "key": "request_detail", "label": "Nội dung", "reason": "Ghi rõ nơi cần nộp."}]
    dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=items)
    dossier = workflow.withdraw(dossier, actor=dossier.submitter)
    assert dossier.state == DossierState.WITHDRAWN
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, "confirm_withdrawal", actor=WITHDRAWING_JOB)


def test_the_withdrawing_job_ends_a_dossier_that_was_never_accepted(desk):
    dossier = withdrawn_dossier(desk, "submitted")
    dossier = workflow.advance(dossier, "confirm_withdrawal", actor=WITHDRAWING_JOB)
    assert dossier.state == DossierState.STOPPED and dossier.events.last().job == "withdraw_before_accept"


@pytest.mark.parametrize("way", ["submitted", *WAYS])
def test_a_clerk_confirms_a_withdrawal_at_any_time_on_the_page(desk, way):
    dossier = withdrawn_dossier(desk, way)
    take(desk.clerk, dossier, "confirm_withdrawal", originals_returned="on")
    dossier.refresh_from_db()
    assert dossier.state == DossierState.STOPPED and dossier.events.last().actor == desk.clerk


@pytest.mark.parametrize(("way", "state"), [("submitted", "STOPPED"), ("accepted", "WITHDRAWN"), ("processing", "WITHDRAWN")])
def test_the_api_ends_at_once_only_what_was_never_accepted(desk, way, state):
    dossier = getattr(desk, way)()
    answer = browse(dossier.submitter).post(f"/api/v1/dossiers/{dossier.code}/withdraw/", {}, **JSON)
    assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert Dossier.objects.get(pk=dossier.pk).state == state


# ---------------------------------------------------------------- money
def dossier_with_fee(desk):
    world.place("68.X123")
    return desk.accepted(code="1.004194", answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})


def test_the_payment_job_must_bring_the_attempt_that_settles_just_this_fee(desk):
    dossier = dossier_with_fee(desk)
    fee = dossier.obligation
    good = {"settles": True, "obligation_id": fee.pk, "amount": fee.total}
    attempts = [None, *(SimpleNamespace(**good | wrong) for wrong in ({"settles": False}, {"obligation_id": 0}, {"amount": 1}))]
    for step in ("collect", "paid"):
        for attempt in attempts:
            with pytest.raises(PermissionDenied):
                workflow.advance(dossier, step, actor=SystemActor(Job.PAYMENT), attempt=attempt)
        with pytest.raises(PermissionDenied):  # nothing was settled before
            workflow.advance(dossier, step, actor=SystemActor(Job.PAYMENT), attempt=SimpleNamespace(**good), settled_before=True)
        dossier = workflow.advance(dossier, "charge", actor=desk.officer) if step == "collect" else dossier
    dossier.refresh_from_db()
    assert not dossier.obligation.is_settled and dossier.state == DossierState.PAYMENT_REQUIRED


def test_a_clerk_takes_cash_and_brings_no_attempt(desk):
    dossier = dossier_with_fee(desk)
    fee = dossier.obligation
    attempt = SimpleNamespace(settles=True, obligation_id=fee.pk, amount=fee.total)
    for details in ({"attempt": attempt}, {"settled_before": True}):
        with pytest.raises(DetailsMissing):
            workflow.advance(dossier, "collect", actor=desk.clerk, amount=fee.total, **details)
    assert workflow.advance(dossier, "collect", actor=desk.clerk, amount=fee.total).obligation.is_settled


# ---------------------------------------------------------------- silence of the applicant
@pytest.fixture
def dossier_with_question(desk):
    dossier = desk.processing()
    dossier.step_runs.filter(state="open").update(kind="applicant_confirm")
    return workflow.advance(dossier, "ask_confirmation", actor=desk.officer, question="Tên trên bản nháp đúng chưa?")


def let_silence_be_consent(dossier, monkeypatch):
    facts = {**dossier.version.facts, "silence_is_consent": True}
    monkeypatch.setattr(type(dossier.version), "facts", facts)


def test_silence_is_consent_only_where_the_version_says_so_and_once_the_time_is_over(desk, dossier_with_question, monkeypatch):
    job, over = SystemActor(Job.CONFIRMATION_DEADLINE), dossier_with_question.open_steps[0].due_at + dt.timedelta(minutes=1)
    with clock.at(over), pytest.raises(PermissionDenied):
        workflow.advance(dossier_with_question, "confirm", actor=job)
    let_silence_be_consent(dossier_with_question, monkeypatch)
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier_with_question, "confirm", actor=job)
    with clock.at(over):
        deadlines.run()
    assert dossier_with_question.events.last().job == "confirmation_deadline"


def test_the_applicant_confirms_whatever_the_version_says_of_silence(desk, dossier_with_question):
    assert workflow.advance(dossier_with_question, "confirm", actor=dossier_with_question.submitter).waiting_on == "signer"


def test_no_other_job_is_let_in(desk):
    dossier = withdrawn_dossier(desk, "submitted")
    for job in set(Job) - {Job.WITHDRAW_BEFORE_ACCEPT}:
        with pytest.raises(PermissionDenied):
            workflow.advance(dossier, "confirm_withdrawal", actor=SystemActor(job))
