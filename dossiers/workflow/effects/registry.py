"""Which function does an effect that a transition line names. `before` ones change the dossier and its rows before the event is
written; `after` ones need the event they hang on. The system check `dossiers.E001` holds the lines against these tables."""

from collections.abc import Callable

from dossiers.models import Event
from dossiers.transitions.choices import Effect
from dossiers.transitions.step import Step

Before = Callable[[Step], None]
After = Callable[[Step, Event], None]

BEFORE: dict[Effect, Before] = {}
AFTER: dict[Effect, After] = {}


def before(effect: Effect) -> Callable[[Before], Before]:
    """Decorator: this function does the effect, before the event of the step is written."""

    def register(function: Before) -> Before:
        BEFORE[effect] = function
        return function

    return register


def after(effect: Effect) -> Callable[[After], After]:
    """Decorator: this function does the effect, once the event of the step is written."""

    def register(function: After) -> After:
        AFTER[effect] = function
        return function

    return register


def before_event(step: Step) -> None:
    for effect in step.line.custom["before"]:
        BEFORE[effect](step)


def after_event(step: Step, event: Event) -> None:
    for effect in step.line.custom["after"]:
        AFTER[effect](step, event)
