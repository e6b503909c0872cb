"""The state graphs of attempts and refunds as Mermaid, from `payments.models.states`. Shown in docs/payments.md."""

import re

from django.utils import translation

from payments.models.states import ATTEMPT_EDGES, OPEN_ATTEMPT, OPEN_REFUND, REFUND_EDGES, AttemptState, RefundState

GRAPHS = {
    "attempt": (AttemptState, ATTEMPT_EDGES, AttemptState.CREATED, OPEN_ATTEMPT),
    "refund": (RefundState, REFUND_EDGES, RefundState.REQUESTED, OPEN_REFUND),
}
_PLACE = "<!-- drawn: {name} -->\n{body}<!-- end of {name} -->"


class NoPlace(Exception):
    """The text has no markers for this graph."""


def redrawn(text):
    """The text with both graphs redrawn between their markers. Raises NoPlace."""
    for name in GRAPHS:
        place = re.compile(_PLACE.format(name=name, body=".*?"), re.DOTALL)
        if not place.search(text):
            raise NoPlace(name)
        text = place.sub(lambda _match, name=name: _PLACE.format(name=name, body=drawn(name)), text)
    return text


@translation.override("vi")
def drawn(name):
    """One graph as a Mermaid block, and a table of its edges with their causes."""
    states, edges, beginning, still_open = GRAPHS[name]
    return f"```mermaid\n{_diagram(states, edges, beginning, still_open)}```\n\n{_table(edges)}"


def _diagram(states, edges, beginning, still_open):
    lines = ["stateDiagram-v2", "  direction LR"]
    lines += [f"  {state.name}: {state.name}<br/>{state.label}" for state in states]
    lines.append(f"  [*] --> {beginning.name}")
    lines += [f"  {source.name} --> {target.name}: {', '.join(causes)}" for (source, target), causes in edges.items()]
    lines += ["  classDef open stroke-dasharray: 4 3", f"  class {', '.join(state.name for state in still_open)} open"]
    return "\n".join(lines) + "\n"


def _table(edges):
    rows = ["| from | to | cause | in words |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {source.name} | {target.name} | `{cause}` | {sentence} |"
        for (source, target), causes in edges.items()
        for cause, sentence in causes.items()
    ]
    return "\n".join(rows) + "\n"
