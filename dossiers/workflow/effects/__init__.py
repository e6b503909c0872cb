"""Effects: what a step writes besides its own fields. Named on the transition line, applied in its transaction."""

from dossiers.workflow.effects import filing, money, outcomes, post, steps  # noqa: F401  (importing them registers their effects)
from dossiers.workflow.effects.registry import AFTER, BEFORE, after_event, before_event

__all__ = ["AFTER", "BEFORE", "after_event", "before_event"]
