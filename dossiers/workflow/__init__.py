"""Taking steps of a dossier. These names are the public interface."""

from dossiers.transitions.step import Step
from dossiers.workflow.door import (
    ContentChanged,
    StepNotPossible,
    admit,
    advance,
    line_of,
    may_take,
    possible,
    sentence_of,
    step_names,
    steps_for,
    submit,
    withdraw,
)
from dossiers.workflow.signals import FollowOn, StepReply

__all__ = [
    "ContentChanged",
    "FollowOn",
    "Step",
    "StepNotPossible",
    "StepReply",
    "admit",
    "advance",
    "line_of",
    "may_take",
    "possible",
    "sentence_of",
    "step_names",
    "steps_for",
    "submit",
    "withdraw",
]
