"""What the floors above may hear of, and what they may answer: the only word dossiers send upwards."""

from dataclasses import dataclass, field

from django.dispatch import Signal

from dossiers.transitions.step import Actor, StepDetails

step_taken = Signal()
"""Sent by `workflow.advance` inside its transaction, once everything of the step is written; `step` (a `Step`) and `event`. A
receiver's rows stand or fall with the step: money is never moved by a step that was rolled back. It answers with `Heard` or
None, and never takes a step itself."""


@dataclass(frozen=True)
class FollowOn:
    """A step that the door takes next on the same dossier, in the same transaction, with the same checks as any other."""

    name: str
    actor: Actor
    note: str = ""
    details: StepDetails = field(default_factory=lambda: StepDetails())


@dataclass(frozen=True)
class Heard:
    """The answer of a receiver: a sentence for whoever took the step («Biên lai số …»), and the steps that follow from it."""

    sentence: str = ""
    then: tuple[FollowOn, ...] = ()
