"""What a step writes beside its own fields, named on the transition line and done inside its transaction."""

from dossiers.workflow.effects import filing, money, outcomes, steps  # noqa: F401  (importing them registers their effects)
from dossiers.workflow.effects.registry import AFTER, BEFORE, after_event, before_event

__all__ = ["AFTER", "BEFORE", "after_event", "before_event"]
