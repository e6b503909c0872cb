"""The signal `step_taken` for apps above this one, and the answers of its receivers."""

from dataclasses import dataclass, field

from django.dispatch import Signal

from dossiers.transitions.step import Actor, StepDetails

step_taken = Signal()
"""Sent by `workflow.advance` inside its transaction, after everything of the step is written. Arguments: `step` (a `Step`) and
`event`. Rows written by a receiver are rolled back with the step. A receiver returns `StepReply` or None, and never takes a step
itself."""


@dataclass(frozen=True)
class FollowOn:
    """A step to take next on the same dossier, in the same transaction, with the usual checks."""

    name: str
    actor: Actor
    note: str = ""
    details: StepDetails = field(default_factory=lambda: StepDetails())


@dataclass(frozen=True)
class StepReply:
    """Answer of a receiver: a sentence for the user who took the step («Biên lai số …»), and follow-on steps."""

    sentence: str = ""
    follow_ons: tuple[FollowOn, ...] = ()
