"""The graphs in docs/payments.md are those of `payments.models.states`."""

import pytest
from django.core.management import CommandError, call_command

from payments.management.commands import draw_payment_graphs
from payments.models import drawing
from payments.models.states import ATTEMPT_EDGES, REFUND_EDGES, AttemptState, RefundState


def test_the_document_shows_the_graphs_of_today():
    call_command("draw_payment_graphs", check=True)


@pytest.mark.parametrize(
    ("name", "states", "edges"), [("attempt", AttemptState, ATTEMPT_EDGES), ("refund", RefundState, REFUND_EDGES)]
)
def test_every_state_and_every_cause_of_every_edge_is_drawn(name, states, edges):
    lines = drawing.drawn(name).splitlines()
    for state in states:
        assert f"  {state.name}: {state.name}<br/>{state.label}" in lines
    for (source, target), causes in edges.items():
        assert f"  {source.name} --> {target.name}: {', '.join(causes)}" in lines
        for cause, sentence in causes.items():
            assert f"| {source.name} | {target.name} | `{cause}` | {sentence} |" in lines


def test_an_edge_that_is_new_makes_the_document_old_until_it_is_drawn(monkeypatch, tmp_path):
    document = tmp_path / "payments.md"
    document.write_text(draw_payment_graphs.DOCUMENT.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(draw_payment_graphs, "DOCUMENT", document)
    monkeypatch.setitem(REFUND_EDGES, (RefundState.REFUSED, RefundState.DONE), {"by_hand": "trả bằng tay"})
    with pytest.raises(CommandError, match="draw_payment_graphs"):
        call_command("draw_payment_graphs", check=True)
    call_command("draw_payment_graphs")
    call_command("draw_payment_graphs", check=True)
    assert "REFUSED --> DONE: by_hand" in document.read_text("utf-8")


def test_a_document_without_a_place_for_them_is_refused():
    with pytest.raises(drawing.NoPlace, match="attempt"):
        drawing.redrawn("# Money\n")
