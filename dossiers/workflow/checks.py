"""System check of the transition lines: effects and clock choices have their functions."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register

from dossiers.clock import timekeeper
from dossiers.states import DossierState
from dossiers.transitions.choices import Clock
from dossiers.transitions.step import Line
from dossiers.workflow import effects
from dossiers.workflow.door import line_of, step_names


def all_lines() -> Iterator[Line]:
    """Every line of the graph: one for each step and source state."""
    for name in step_names():
        for state in DossierState.values:
            try:
                yield line_of(name, state)
            except KeyError:
                continue


@register
def check_lines(**kwargs: Any) -> list[Error]:
    """dossiers.E001: an effect without a function for its list (before, after). dossiers.E002: a `Clock` without a method."""
    found = []
    for line in all_lines():
        where = f"{line.name} from {line.source}"
        not_before = [effect for effect in line.custom["before"] if effect not in effects.BEFORE]
        not_after = [effect for effect in line.custom["after"] if effect not in effects.AFTER]
        found += [Error(f"{where}: no effect {effect} is done before the event", id="dossiers.E001") for effect in not_before]
        found += [Error(f"{where}: no effect {effect} is done after the event", id="dossiers.E001") for effect in not_after]
    missing = [word for word in Clock if word not in timekeeper.CLOCK_METHODS]
    found += [Error(f"the timekeeper does not know {word}", id="dossiers.E002") for word in missing]
    return found
