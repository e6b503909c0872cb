"""The worker of follow-ups: papers, signing and delivery after a step. Each kind once for each event."""

from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.choices import Job, PaperKind
from dossiers.filing import supplements
from dossiers.models import Event, FollowUp
from dossiers.papers import making
from dossiers.states import DossierState
from portal.common import outbox

ISSUING_JOB = SystemActor(Job.ISSUE)
DELIVERY_JOB = SystemActor(Job.DELIVERY)


@outbox.worker(FollowUp)
def do_followup(followup: FollowUp) -> None:
    """Do one follow-up, in the transaction that locks its row. Idempotent."""
    kind, _, paper = followup.kind.partition(":")
    ACTIONS[kind](followup.event, paper)


def make_paper(event: Event, kind: str) -> None:
    """Make the paper. The filled application form follows as a row of its own: a person waits for the acknowledgement. A
    supplement that changed answers makes a new one."""
    making.make_paper(event, kind)
    filed = kind == PaperKind.ACKNOWLEDGEMENT or kind == PaperKind.SUPPLEMENT_NOTE and supplements.changed_answers(event)
    if filed and event.dossier.version.document["form"]:
        FollowUp.objects.get_or_create(event=event, kind=f"paper:{PaperKind.APPLICATION_FORM}")
        outbox.wake_relay()


def issue_result(event: Event, _kind: str) -> None:
    """Sign and store all papers of the result, then take the step `issue` (COMPLETED)."""
    making.make_results(event.decision)
    if event.dossier.state == DossierState.PROCESSING:
        workflow.advance(event.dossier, "issue", actor=ISSUING_JOB)


def replace_result(event: Event, _kind: str) -> None:
    making.replace_result(event.decision)


def revoke_result(event: Event, _kind: str) -> None:
    """Sign and publish the decision on revoking. The papers were void from the step on."""
    making.publish_all(making.make_results(event.decision))


def deliver_result(event: Event, _kind: str) -> None:
    """Publish the result in the account, then take the step `deliver` (RETURNED)."""
    making.publish(event.dossier)
    if event.dossier.state == DossierState.COMPLETED:
        workflow.advance(event.dossier, "deliver", actor=DELIVERY_JOB)


ACTIONS = {
    "paper": make_paper, "issue": issue_result, "replace": replace_result, "revoke": revoke_result, "deliver": deliver_result,
}  # fmt: skip
