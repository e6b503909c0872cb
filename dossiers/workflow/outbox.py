"""Writes the outbox rows of a step (follow-ups and messages) in its transaction. `dossiers.workflow.followups` works them off."""

from dossiers import messages
from dossiers.models import Event, FollowUp
from dossiers.papers import numbering
from dossiers.transitions.step import Step
from portal.common import outbox


def enqueue(step: Step, event: Event) -> None:
    """Write the follow-up of the paper with its number, and the messages; wake the relay after commit."""
    paper = step.line.custom["paper"]
    if paper:
        FollowUp.objects.create(event=event, kind=f"paper:{paper}", next_at=step.now)
        numbering.give(event, paper)
    messages.notify_step(step, event)
    outbox.wake_relay()
