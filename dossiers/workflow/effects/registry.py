"""Register of the functions of effects. `before`: change the dossier and its rows before the event is written; `after`: need
the event. The system check `dossiers.E001` compares the transition lines with these tables."""

from collections.abc import Callable

from dossiers.models import Event
from dossiers.transitions.choices import Effect
from dossiers.transitions.step import Step

Before = Callable[[Step], None]
After = Callable[[Step, Event], None]

BEFORE: dict[Effect, Before] = {}
AFTER: dict[Effect, After] = {}


def before(effect: Effect) -> Callable[[Before], Before]:
    """Decorator: registers the function of an effect that runs before the event is written."""

    def register(function: Before) -> Before:
        BEFORE[effect] = function
        return function

    return register


def after(effect: Effect) -> Callable[[After], After]:
    """Decorator: registers the function of an effect that runs after the event is written."""

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
