"""What is owed after a step: rows written with it, done by a worker, each kind exactly once an event."""

from accounts.roles import SystemActor
from dossiers import notices
from dossiers.models import FollowUp
from portal.common import due

ISSUING_JOB = SystemActor("issue")
DELIVERY_JOB = SystemActor("delivery")


def owe(step, event):
    """Write the follow-ups and messages of this step, and wake the relay after commit."""
    paper = step.line.custom["paper"]
    if paper:
        FollowUp.objects.create(event=event, kind=f"paper:{paper}", next_at=step.now)
    notices.tell(step, event)
    due.poke()


def do(followup):
    """Do one follow-up, in the transaction that holds its row. What is there already is not made again."""
    kind, _, paper = followup.kind.partition(":")
    WORK[kind](followup.event, paper)


def make_paper(event, kind):
    from dossiers.papers import making

    making.make_paper(event, kind)


def issue_result(event, _kind):
    """Sign and store the result, then move the dossier to COMPLETED."""
    from dossiers import workflow
    from dossiers.papers import making

    dossier = event.dossier
    making.make_result(event.decision)
    if dossier.state == "PROCESSING":
        workflow.advance(dossier, "issue", actor=ISSUING_JOB)


def replace_result(event, _kind):
    from dossiers.papers import making

    making.replace_result(event.decision)


def deliver_result(event, _kind):
    """Publish the result in the account, tell the citizen, and move the dossier to RETURNED."""
    from dossiers import workflow
    from dossiers.papers import making

    dossier = event.dossier
    making.publish(dossier)
    if dossier.state == "COMPLETED":
        workflow.advance(dossier, "deliver", actor=DELIVERY_JOB)


WORK = {"paper": make_paper, "issue": issue_result, "replace": replace_result, "deliver": deliver_result}
