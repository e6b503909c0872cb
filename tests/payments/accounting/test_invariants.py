"""Each invariant is violated by direct changes to the database, and reported."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dossiers import workflow
from dossiers.models import Dossier, FeeObligation
from payments.accounting import invariants
from payments.attempts import settlement
from payments.models import (
    AttemptMove,
    BankCredit,
    CollectionPoint,
    EReceipt,
    LedgerEntry,
    PaymentAttempt,
    ReceiptCounter,
    Refund,
    RefundReason,
)
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock
from tests.databases import past_the_triggers

pytestmark = pytest.mark.django_db
FEE = 200_000


@pytest.fixture
def paid(money_desk):
    """A fee paid through the gateway."""
    return settlement.settle(money_desk.paying().reference, cause="ipn")


@pytest.fixture
def paid_twice(money_desk):
    """A fee paid by transfer, and then once more through the gateway, late."""
    first = money_desk.paying()
    second = money_desk.paying(way="transfer", dossier=first.obligation.dossier)
    matching.receive(second.point, "FT26325001", FEE, f"DVC {second.reference}", clock.now())
    return settlement.settle(first.reference, cause="ipn")


def found():
    return "\n".join(invariants.violations())


def unguarded(name):
    """Drop the constraint that would refuse the violation (until the transaction ends)."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {name}")


@pytest.fixture
def unwatched(db):
    """Call it to switch off triggers and foreign keys for this transaction."""

    def unwatched():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")

    return unwatched


def test_money_of_every_fate_is_whole(money_desk, paid, paid_twice):
    paying_back = approval.approve(paid_twice.refunds.get(), money_desk.accountant)
    approval.record(paying_back, "sent", cause="sending")
    approval.record(paying_back, "done", cause="answer")
    part = approval.propose(paid, RefundReason.OTHER, amount=50_000, actor=money_desk.accountant, note="Thu nhầm.")
    approval.approve(part, money_desk.second_accountant)
    approval.record(part, "sent", cause="sending")
    approval.record(part, "refused", cause="answer")
    by_hand = paid.refunds.get(state="requested")  # proposed by the portal; here all of it goes back instead
    approval.decline(by_hand, money_desk.second_accountant, note="Hoàn cả khoản.")
    rest = approval.propose(paid, RefundReason.OTHER, actor=money_desk.accountant)
    approval.approve(rest, money_desk.second_accountant)
    workflow.advance(money_desk.waiting(), "paid", actor=money_desk.clerk, amount=FEE)

    assert list(invariants.violations()) == []
    assert invariants.summary() == "4 payments: paid 800,000 − refunded 200,000 = settled 400,000 + owed back 200,000 đồng"


def test_the_command_prints_the_sums_or_fails(paid):
    out = io.StringIO()
    call_command("check_invariants", stdout=out)
    assert "1 payments: paid 200,000 − refunded 0 = settled 200,000 + owed back 0 đồng" in out.getvalue()
    FeeObligation.objects.update(settled_amount=1)
    with pytest.raises(CommandError):
        call_command("check_invariants", stderr=io.StringIO())


def entry(attempt, account, amount, day=None):
    LedgerEntry.objects.create(
        collector=attempt.collector, obligation=attempt.obligation, attempt=attempt, account=account, amount=amount,
        day=day or clock.today(),
    )  # fmt: skip


def test_an_entry_without_its_other_side_is_found(paid):
    entry(paid, "received", 7)
    assert "the ledger of" in found() and "is off by 7 đồng" in found()


def test_entries_that_no_attempt_or_refund_accounts_for_are_found(paid):
    entry(paid, "received", 7)
    entry(paid, "settled", -7)
    assert "off by" not in found()
    assert "«received» is 200007 đồng in the ledger, attempts and refunds say 200000" in found()


def test_money_booked_on_another_day_is_found(paid):
    other = clock.today().replace(year=2020, month=1, day=1)
    entry(paid, "received", -FEE)
    entry(paid, "settled", FEE)
    entry(paid, "received", FEE, other)
    entry(paid, "settled", -FEE, other)
    assert "2020-01-01: «received» is 200000 đồng in the ledger, attempts and refunds say 0" in found()


def test_a_payment_the_ledger_does_not_know_is_found(money_desk):
    attempt = money_desk.paying()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="paid", paid_at=clock.now())
    assert "«received» is 0 đồng in the ledger, attempts and refunds say 200000" in found()


def test_another_sum_kept_than_the_ledger_keeps_is_found(paid):
    FeeObligation.objects.update(settled_amount=150_000)
    assert "keeps 150000 đồng, the ledger says 200000" in found()


@pytest.mark.parametrize("status", ["due", "waived", "part_refunded", "refunded", "provisional"])
def test_a_status_that_does_not_fit_the_money_is_found(paid, status):
    FeeObligation.objects.update(status=status)
    assert f"is {status} and keeps 200000 of 200000 đồng" in found()


def test_a_settled_fee_without_money_is_found(money_desk):
    money_desk.waiting()
    FeeObligation.objects.update(status="paid", settled_amount=FEE)
    assert "is paid, and no attempt brought the money" in found()
    assert "waits for a fee that is paid" in found()


def test_money_of_a_fee_that_still_asks_for_it_is_found(paid):
    FeeObligation.objects.update(status="due", settled_amount=0)
    assert "brought the money, and its obligation is due" in found()


def test_a_paid_dossier_that_waits_is_found(paid):
    with past_the_triggers():
        Dossier.objects.update(state="PAYMENT_REQUIRED", came_from="SUBMITTED")
    assert f"{Dossier.objects.get().code}: waits for a fee that is paid" in found()


@pytest.mark.parametrize("says", [True, False])
def test_a_wrong_word_about_open_attempts_is_found(money_desk, paid, says):
    attempt = paid if says else money_desk.paying()
    FeeObligation.objects.filter(pk=attempt.obligation_id).update(attempt_open=says)
    assert f"obligation {attempt.obligation_id}: says attempt_open={says}" in found()


def test_two_open_attempts_are_found(paid_twice):
    unguarded("one_open_attempt_an_obligation")
    PaymentAttempt.objects.update(state="sent", settles=False, paid_at=None)
    assert "has 2 open attempts" in found()


def test_two_attempts_that_settle_are_found(paid_twice):
    unguarded("one_attempt_settles_an_obligation")
    PaymentAttempt.objects.update(settles=True)
    assert "is settled by 2 attempts" in found()


def test_an_attempt_that_settles_another_sum_is_found(paid):
    FeeObligation.objects.update(total=FEE + 1)
    assert f"{paid}: settles, and is paid over 200000 đồng" in found()


def test_a_state_no_move_led_to_is_found(money_desk):
    attempt = money_desk.paying()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="expired")
    assert f"attempt {attempt.pk}: is expired, its moves end in sent" in found()


def test_a_move_that_is_no_edge_is_found(money_desk):
    attempt = money_desk.paying()
    AttemptMove.objects.create(attempt=attempt, source="failed", target="sent", cause="ipn")
    assert f"attempt {attempt.pk}: moved from failed while it was sent" in found()
    assert "moved from failed to sent because of «ipn», which is no edge" in found()


def test_a_refund_whose_state_no_move_led_to_is_found(paid_twice):
    refund = paid_twice.refunds.get()
    Refund.objects.update(state="declined")
    assert f"refund {refund.pk}: is declined, its moves end in requested" in found()


def test_money_owed_back_that_nobody_proposes_to_give_back_is_found(paid_twice):
    Refund.objects.all().delete()
    assert f"{paid_twice}: 200000 đồng are owed back" in found()


def test_a_refund_of_money_that_never_came_is_found(paid_twice):
    PaymentAttempt.objects.filter(pk=paid_twice.pk).update(state="failed", paid_at=None)
    assert f"{paid_twice}: 200000 đồng go back of 200000, failed" in found()


def test_settling_money_without_a_receipt_is_found(paid, unwatched):
    unwatched()
    EReceipt.objects.all().delete()
    assert f"{paid}: settled a fee without a receipt" in found()


def test_a_receipt_over_another_sum_is_found(paid, unwatched):
    unwatched()
    EReceipt.objects.update(amount=199_999)
    assert f"{paid}: its valid receipt is over 199999 đồng, and 200000 are kept" in found()


def test_a_receipt_that_ended_without_a_word_is_found(paid, unwatched):
    unwatched()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE payments_ereceipt DROP CONSTRAINT a_receipt_that_ended_says_why")
    EReceipt.objects.update(state="cancelled")
    receipt = EReceipt.objects.get()
    assert f"receipt {receipt}: is cancelled, and does not say why" in found()


def test_a_receipt_for_money_that_settles_nothing_is_found(paid_twice, unwatched):
    unwatched()
    EReceipt.objects.update(attempt=paid_twice)
    assert "is for money that settles nothing" in found()


def test_a_gap_between_receipt_numbers_is_found(paid, unwatched):
    unwatched()
    EReceipt.objects.update(number=3)
    assert "1 numbers between 3 and 3" in found() and "the counter says 1, the last number is 3" in found()


def test_a_counter_that_ran_ahead_is_found(paid):
    ReceiptCounter.objects.update(last=2)
    assert "the counter says 2, the last number is 1" in found()


def test_a_transfer_that_no_bank_has_seen_is_found(paid_twice):
    BankCredit.objects.update(state="unmatched")
    assert f"fee {paid_twice.obligation_id}: its bank credits and its transfers differ by -200000 đồng" in found()


def test_a_receipt_whose_lines_do_not_add_up_is_found(paid, unwatched):
    unwatched()
    EReceipt.objects.update(lines=[])
    assert "its lines do not add up to its amount" in found()


def test_a_terminal_that_is_switched_on_without_a_secret_is_found(paid, settings):
    settings.VNPAY_SECRETS = {}
    assert "is switched on, and the environment has no secret for it" in found()


def test_a_place_without_a_gateway_needs_no_secret_but_an_account(money_desk, settings):
    settings.VNPAY_SECRETS = {}
    points = CollectionPoint.objects.filter(terminal=money_desk.waiting().offering.terminal_id)
    assert points.update(provider="") == 1
    assert found() == ""
    points.update(account_number="")
    assert "is switched on, and has neither a gateway nor an account for transfers" in found()


def test_a_place_that_forgets_its_gateway_is_found(paid):
    CollectionPoint.objects.update(provider="")
    assert "names no gateway, and has attempts that went to one" in found()


def test_every_check_is_broken_above(paid):
    """A new check comes with a test: the names here are the ones `CHECKS` has."""
    assert {check.__name__ for check in invariants.CHECKS} == {
        "ledger_balances", "ledger_tells_what_attempts_and_refunds_tell", "kept_money_is_what_the_ledger_says",
        "open_attempts_are_known_to_the_dossier", "one_attempt_settles", "paid_dossiers_do_not_wait", "moves_are_paths",
        "money_owed_back_has_a_refund", "settling_money_has_its_receipt", "receipt_numbers_have_no_gaps",
        "transfers_are_bank_credits", "receipts_and_their_papers_agree", "open_terminals_have_their_secret",
    }  # fmt: skip
