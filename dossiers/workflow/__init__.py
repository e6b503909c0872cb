"""The one door of a dossier, and what a step writes. Callers need no more than these names."""

from dossiers.workflow.door import (
    Step,
    StepNotPossible,
    admit,
    advance,
    line_of,
    may_take,
    possible,
    step_names,
    steps_for,
    submit,
    withdraw,
)

__all__ = [
    "Step", "StepNotPossible", "admit", "advance", "line_of", "may_take", "possible", "step_names", "steps_for", "submit",
    "withdraw",
]  # fmt: skip
