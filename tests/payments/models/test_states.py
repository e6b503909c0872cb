"""Attempts and refunds move along their graphs only: each edge is taken, each other pair refused."""

import itertools

import pytest

from payments.attempts import lifecycle, settlement
from payments.models import AttemptMove, PaymentAttempt, Refund
from payments.models import states as graph
from payments.models.states import ATTEMPT_EDGES, OPEN_ATTEMPT, OPEN_REFUND, REFUND_EDGES, AttemptState, IllegalMove, RefundState
from payments.refunds import approval
from portal.common import clock

pytestmark = pytest.mark.django_db

CAUSES = sorted({cause for edges in (ATTEMPT_EDGES, REFUND_EDGES) for edge in edges.values() for cause in edge})


def labelled(edges):
    return [(source, target, cause) for (source, target), causes in edges.items() for cause in causes]


def absent(edges, states):
    return [pair for pair in itertools.product(states, states) if pair not in edges]


def put(model, row, state):
    """Set the state of a row directly, without the graph."""
    facts = {"state": state}
    if model is PaymentAttempt:
        facts |= {"paid_at": clock.now() if state == "paid" else None, "settles": False}
    elif state == "done":
        facts |= {"done_at": clock.now()}
    model.objects.filter(pk=row.pk).update(**facts)
    row = model.objects.get(pk=row.pk)
    return row


@pytest.fixture
def attempt(money_desk):
    return money_desk.paying()


@pytest.fixture
def refund(money_desk, attempt):
    settlement.settle(attempt.reference, cause="ipn")
    return approval.approve(approval.propose(attempt, "other", actor=money_desk.accountant), money_desk.second_accountant)


@pytest.mark.parametrize(("source", "target", "cause"), labelled(ATTEMPT_EDGES))
def test_an_attempt_takes_every_edge_and_writes_down_why(attempt, source, target, cause):
    attempt = put(PaymentAttempt, attempt, source)
    attempt.move(target, cause=cause, job="payment")
    move = AttemptMove.objects.filter(attempt=attempt).last()
    assert (move.source, move.target, move.cause) == (source, target, cause)
    attempt = PaymentAttempt.objects.select_related("obligation").get(pk=attempt.pk)
    assert (attempt.state, bool(attempt.paid_at)) == (target, target == AttemptState.PAID)
    assert bool(attempt.ended_at) == (target not in OPEN_ATTEMPT)
    assert attempt.obligation.attempt_open == (target in OPEN_ATTEMPT)


@pytest.mark.parametrize(("source", "target"), absent(ATTEMPT_EDGES, AttemptState))
def test_an_attempt_takes_no_other_pair_for_any_reason(attempt, source, target):
    attempt = put(PaymentAttempt, attempt, source)
    for cause in CAUSES:
        with pytest.raises(IllegalMove):
            attempt.move(target, cause=cause)
    assert PaymentAttempt.objects.get(pk=attempt.pk).state == source and attempt.moves.count() == 1


@pytest.mark.parametrize(("source", "target", "cause"), labelled(REFUND_EDGES))
def test_a_refund_takes_every_edge_and_writes_down_why(refund, source, target, cause):
    refund = put(Refund, refund, source)
    refund.move(target, cause=cause, job="payment")
    move = refund.moves.last()
    assert (move.source, move.target, move.cause) == (source, target, cause)
    assert Refund.objects.get(pk=refund.pk).state == target


@pytest.mark.parametrize(("source", "target"), absent(REFUND_EDGES, RefundState))
def test_a_refund_takes_no_other_pair_for_any_reason(refund, source, target):
    refund = put(Refund, refund, source)
    for cause in CAUSES:
        with pytest.raises(IllegalMove):
            refund.move(target, cause=cause)
    assert Refund.objects.get(pk=refund.pk).state == source


@pytest.mark.parametrize("edges", [ATTEMPT_EDGES, REFUND_EDGES])
def test_an_edge_is_taken_only_for_its_own_reasons(edges):
    for (source, target), causes in edges.items():
        for cause in set(CAUSES) - set(causes):
            with pytest.raises(IllegalMove):
                graph.check_move(edges, source, target, cause)


def test_every_edge_says_its_cause_in_words():
    for edges in (ATTEMPT_EDGES, REFUND_EDGES):
        for causes in edges.values():
            assert causes and all(str(sentence).strip() for sentence in causes.values())


def test_nothing_leaves_money_that_came_and_nothing_leaves_a_refund_that_ended():
    assert not [pair for pair in ATTEMPT_EDGES if pair[0] == AttemptState.PAID]
    assert not [pair for pair in REFUND_EDGES if pair[0] in (RefundState.DONE, RefundState.REFUSED, RefundState.DECLINED)]


def test_money_can_come_from_wherever_an_attempt_ended():
    ended = set(AttemptState) - {AttemptState.PAID, AttemptState.CREATED}
    for state in ended:
        assert {"ipn", "querydr"} <= set(ATTEMPT_EDGES[state, AttemptState.PAID])


def test_every_state_can_be_reached_and_open_means_not_ended():
    for edges, states, first in (
        (ATTEMPT_EDGES, AttemptState, AttemptState.CREATED),
        (REFUND_EDGES, RefundState, RefundState.REQUESTED),
    ):
        reached, border = {first}, [first]
        while border:
            here = border.pop()
            found = {target for source, target in edges if source == here} - reached
            reached |= found
            border += found
        assert reached == set(states)
    assert set(OPEN_REFUND) == {state for state in RefundState if any(source == state for source, _target in REFUND_EDGES)}
    assert set(graph.BEING_PAID) < set(OPEN_ATTEMPT)


def test_the_doors_refuse_what_the_graph_refuses(attempt):
    settlement.record_outcome(attempt.reference, AttemptState.FAILED, cause="ipn")
    with pytest.raises(IllegalMove):
        settlement.record_outcome(attempt.reference, AttemptState.REVIEW, cause="whim")
    with pytest.raises(IllegalMove):
        settlement.settle(attempt.reference, cause="person")
    with pytest.raises(lifecycle.UnknownReference):
        settlement.settle("P261121083000A7K2", cause="ipn")
    assert PaymentAttempt.objects.get(pk=attempt.pk).state == "failed"
