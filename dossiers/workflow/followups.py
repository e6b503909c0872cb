"""What is owed after a step is done here, by a worker: each kind exactly once an event."""

from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.choices import Job
from dossiers.models import Event, FollowUp
from dossiers.papers import making
from dossiers.states import DossierState
from portal.common import outbox

ISSUING_JOB = SystemActor(Job.ISSUE)
DELIVERY_JOB = SystemActor(Job.DELIVERY)


@outbox.worker(FollowUp)
def do(followup: FollowUp) -> None:
    """Do one follow-up, in the transaction that holds its row. What is there already is not made again."""
    kind, _, paper = followup.kind.partition(":")
    WORK[kind](followup.event, paper)


def make_paper(event: Event, kind: str) -> None:
    making.make_paper(event, kind)


def issue_result(event: Event, _kind: str) -> None:
    """Sign and store the result, then move the dossier to COMPLETED."""
    making.make_result(event.decision)
    if event.dossier.state == DossierState.PROCESSING:
        workflow.advance(event.dossier, "issue", actor=ISSUING_JOB)


def replace_result(event: Event, _kind: str) -> None:
    making.replace_result(event.decision)


def deliver_result(event: Event, _kind: str) -> None:
    """Publish the result in the account, tell the citizen, and move the dossier to RETURNED."""
    making.publish(event.dossier)
    if event.dossier.state == DossierState.COMPLETED:
        workflow.advance(event.dossier, "deliver", actor=DELIVERY_JOB)


WORK = {"paper": make_paper, "issue": issue_result, "replace": replace_result, "deliver": deliver_result}
