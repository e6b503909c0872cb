"""The state graphs of attempts and refunds as Mermaid, from `payments.models.states`. Shown in docs/payments.md."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import TextChoices
from django.utils import translation

from payments.models.states import ATTEMPT_EDGES, OPEN_ATTEMPT, OPEN_REFUND, REFUND_EDGES, AttemptState, RefundState

Edges = Mapping[Any, Mapping[str, Any]]  # {(source, target): {cause: sentence}}
GRAPHS: dict[str, tuple[type[TextChoices], Edges, TextChoices, Sequence[TextChoices]]] = {
    "attempt": (AttemptState, ATTEMPT_EDGES, AttemptState.CREATED, OPEN_ATTEMPT),
    "refund": (RefundState, REFUND_EDGES, RefundState.REQUESTED, OPEN_REFUND),
}
_PLACE = "<!-- drawn: {name} -->\n{body}<!-- end of {name} -->"


class NoPlace(Exception):
    """The text has no markers for this graph."""


def redrawn(text: str) -> str:
    """The text with both graphs redrawn between their markers. Raises NoPlace."""
    for name in GRAPHS:
        place = re.search(_PLACE.format(name=name, body=".*?"), text, re.DOTALL)
        if place is None:
            raise NoPlace(name)
        text = text[: place.start()] + _PLACE.format(name=name, body=drawn(name)) + text[place.end() :]
    return text


@translation.override("vi")
def drawn(name: str) -> str:
    """One graph as a Mermaid block, and a table of its edges with their causes."""
    states, edges, beginning, still_open = GRAPHS[name]
    return f"```mermaid\n{_diagram(states, edges, beginning, still_open)}```\n\n{_table(edges)}"


def _diagram(states: type[TextChoices], edges: Edges, beginning: TextChoices, still_open: Sequence[TextChoices]) -> str:
    lines = ["stateDiagram-v2", "  direction LR"]
    lines += [f"  {state.name}: {state.name}<br/>{state.label}" for state in states]
    lines.append(f"  [*] --> {beginning.name}")
    lines += [f"  {source.name} --> {target.name}: {', '.join(causes)}" for (source, target), causes in edges.items()]
    lines += ["  classDef open stroke-dasharray: 4 3", f"  class {', '.join(state.name for state in still_open)} open"]
    return "\n".join(lines) + "\n"


def _table(edges: Edges) -> str:
    rows = ["| from | to | cause | in words |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {source.name} | {target.name} | `{cause}` | {sentence} |"
        for (source, target), causes in edges.items()
        for cause, sentence in causes.items()
    ]
    return "\n".join(rows) + "\n"
