"""Follow-on steps: requested by a receiver, taken in the same transaction, with the usual checks."""

import pytest
from django.core.exceptions import PermissionDenied

from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.choices import Job
from dossiers.models import Dossier
from dossiers.states import DossierState
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import FollowOn, StepReply, history
from dossiers.workflow.signals import step_taken


@pytest.fixture
def answers():
    """{step: answer of the receiver}; the receiver is connected during the test."""
    table = {}

    def receiver(sender, step, event, **kwargs):
        return table.get(step.name)

    step_taken.connect(receiver)
    yield table
    step_taken.disconnect(receiver)


def steps(dossier):
    return [event.step for event in dossier.events.order_by("sequence")]


def test_a_step_that_follows_is_taken_next_and_the_dossier_stands_where_it_led(desk, answers):
    answers["accept"] = StepReply("Đã tiếp nhận.", follow_ons=(FollowOn("transfer", desk.clerk, "Chuyển ngay."),))
    answers["transfer"] = StepReply("Đã chuyển.")
    dossier = workflow.advance(desk.submitted(), "accept", actor=desk.clerk)

    assert dossier.state == Dossier.objects.get().state == DossierState.PROCESSING
    assert steps(dossier) == ["submit", "accept", "transfer"] and not history.problems(dossier)
    assert dossier.reply_sentences == ["Đã tiếp nhận.", "Đã chuyển."] and dossier.events.last().text.note == "Chuyển ngay."
    assert [run.kind for run in dossier.open_steps] == ["review"]
    assert dossier.waiting_on == "officer"


def test_filing_has_followers_too(desk, answers):
    answers["submit"] = StepReply(follow_ons=(FollowOn("accept", desk.clerk),))
    draft = desk.draft()
    assert workflow.submit(draft, actor=draft.submitter).state == DossierState.ACCEPTED


@pytest.mark.parametrize(
    ("follower", "error"),
    [
        (lambda desk: FollowOn("transfer", desk.officer), PermissionDenied),
        (lambda desk: FollowOn("transfer", SystemActor(Job.PAYMENT)), PermissionDenied),
        (lambda desk: FollowOn("hand_over", desk.officer), workflow.StepNotPossible),
        (lambda desk: FollowOn("stop", desk.head, "Theo bản án của tòa."), DetailsMissing),
    ],
)
def test_a_step_that_follows_is_checked_like_any_other_and_refused_takes_all_back(desk, answers, follower, error):
    dossier = desk.submitted()
    answers["accept"] = StepReply(follow_ons=(follower(desk),))
    with pytest.raises(error):
        workflow.advance(dossier, "accept", actor=desk.clerk)
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED and steps(dossier) == ["submit"]


def test_steps_that_follow_each_other_without_end_are_stopped(desk, answers):
    dossier = desk.submitted()
    answers["assign"] = StepReply(follow_ons=(FollowOn("assign", desk.head, details={"holder": desk.clerk}),))
    with pytest.raises(RuntimeError, match="no end"):
        workflow.advance(dossier, "assign", actor=desk.head, holder=desk.clerk)
    assert steps(dossier) == ["submit"]
