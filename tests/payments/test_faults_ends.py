"""`tests.faults.ends` reports each wrong result of the fault run, and nothing for right ones."""

import pytest

from dossiers.models import Dossier, FeeObligation
from payments.attempts.settlement import record_outcome, settle
from payments.models import EReceipt, PaymentAttempt, Refund, RefundCall, Way
from payments.models.states import AttemptState, RefundState
from payments.refunds import approval
from tests.databases import past_the_triggers
from tests.faults.ends import wrong_with

pytestmark = pytest.mark.django_db


def there(attempt, charged=True, given_back=()):
    """The transaction as the gateway describes it."""
    return {attempt.reference: {"charged": charged, "refunds": [{"amount": amount, "status": "00"} for amount in given_back]}}


@pytest.fixture
def paid(money_desk, run_followups, signing_keys):
    """One payment, settled, its receipt made."""
    attempt = settle(money_desk.paying().reference, cause="ipn")
    run_followups()
    return attempt


def wrong(attempt, books, **facts):
    return "; ".join(wrong_with(Dossier.objects.get(pk=attempt.obligation.dossier_id), books, **facts))


@pytest.mark.needs_pdf
def test_what_was_paid_once_and_settled_is_right(paid):
    assert wrong(paid, there(paid)) == ""


@pytest.mark.needs_pdf
@pytest.mark.parametrize(
    ("model", "damage", "says"),
    [
        (PaymentAttempt, {"resolved_at": None}, "not final"),
        (PaymentAttempt, {"settles": False}, "1 payments were charged, 0 settle"),
        (FeeObligation, {"status": "due"}, "the fee is due"),
        (FeeObligation, {"settled_amount": 1}, "keeps 1 đồng"),
        (FeeObligation, {"attempt_open": True}, "said to be open"),
        (Dossier, {"state": "PAYMENT_REQUIRED", "came_from": "SUBMITTED"}, "the dossier is PAYMENT_REQUIRED"),
    ],
)
def test_whatever_is_wrong_here_is_said(paid, model, damage, says):
    with past_the_triggers():
        model.objects.update(**damage)
    assert says in wrong(paid, there(paid))


@pytest.mark.needs_pdf
def test_what_the_gateway_says_otherwise_is_said(paid):
    assert "not charged at the gateway, paid here" in wrong(paid, there(paid, charged=False))
    assert "the gateway gave back 200000 đồng, we say 0" in wrong(paid, there(paid, given_back=[200_000]))
    assert "the gateway knows PX, we do not" in wrong(paid, there(paid) | {"PX": {"charged": False, "refunds": []}})
    assert "0 of 200000 đồng are back" in wrong(paid, there(paid), gives_back=True)


def test_a_charge_we_do_not_know_of_is_said(money_desk):
    attempt = money_desk.paying()
    assert "charged at the gateway, sent here" in wrong(attempt, there(attempt))
    record_outcome(attempt.reference, AttemptState.FAILED, cause="ipn", code="51/02")
    attempt.refresh_from_db()
    assert "charged at the gateway, failed here" in wrong(attempt, there(attempt))
    assert wrong(attempt, there(attempt, charged=False)) == ""


def test_a_receipt_without_its_paper_is_said(money_desk):
    attempt = settle(money_desk.paying().reference, cause="ipn")
    assert EReceipt.objects.get().paper_id is None
    assert "no paper yet" in wrong(attempt, there(attempt))


@pytest.mark.needs_pdf
def test_money_paid_twice_is_right_only_when_it_has_gone_back(money_desk, run_followups, signing_keys):
    first = money_desk.paying()
    second = money_desk.paying(dossier=first.obligation.dossier, bank_choice="VNBANK")
    assert first.way == second.way == Way.GATEWAY
    for attempt in (first, second):
        settle(attempt.reference, cause="ipn")
    books = there(first) | there(second)
    assert "0 of 200000 đồng are back, refunds: requested" in wrong(second, books)
    refund = approval.approve(Refund.objects.get(), money_desk.second_accountant)
    refund.move(RefundState.SENT, cause="sending", job="payment")
    approval.record(refund, RefundState.DONE, cause="answer")
    RefundCall.objects.update(due_state="done")
    run_followups()
    assert "the gateway gave back 0 đồng, we say 200000" in wrong(second, books)
    assert wrong(second, there(first) | there(second, given_back=[200_000])) == ""
