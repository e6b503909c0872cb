"""Bank credits: one that fits an attempt settles it, all others wait for an accountant."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.db.utils import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from accounts.messages.models import Message
from dossiers import workflow
from payments.accounting import invariants
from payments.attempts import settlement
from payments.attempts.references import find_in
from payments.models import BankCredit, GatewayEvent, PaymentAttempt
from payments.models.states import AttemptState
from payments.receipts import numbering
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock
from tests import factories, world
from tests.databases import past_the_triggers
from tests.money import FEE

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(money_desk):
    """An open transfer attempt."""
    return money_desk.paying(way="transfer")


_refs = iter(range(1, 10_000))


def comes(attempt, amount=FEE, content=None, point=None, ref=None, at=None):
    """Receive a credit. Returns the BankCredit."""
    content = f"DVC {attempt.reference}" if content is None else content
    ref = f"FT{next(_refs)}" if ref is None else ref
    return matching.receive(point or attempt.point, ref, amount, content, at or clock.now())


def fresh(row):
    return type(row).objects.select_related(*(["obligation__dossier"] if isinstance(row, PaymentAttempt) else [])).get(pk=row.pk)


def all_is_well():
    """Assert the invariants of transfers, receipts and ledger."""
    assert not list(matching.problems()) and not list(numbering.problems()) and not list(invariants.violations())


# ---------------------------------------------------------------- found by itself
def test_the_right_sum_with_its_reference_settles_the_fee_and_makes_the_receipt(attempt):
    credit = comes(attempt)
    attempt = fresh(attempt)
    assert (credit.state, credit.attempt) == ("matched", attempt)
    assert attempt.state == AttemptState.PAID and attempt.settles and attempt.transaction_no == credit.bank_ref
    assert attempt.moves.last().cause == "statement" and attempt.moves.last().event == credit.event
    assert attempt.dossier.state == "SUBMITTED"
    assert attempt.receipts.get().amount == FEE
    all_is_well()


@pytest.mark.parametrize(
    "content",
    [
        "CT DEN DVC {}",
        "dvc {}",
        "MBVCB.123456.DVC {}.CT tu 001 toi 002",
        "{} nop le phi",
        "DVC-{}",
        "NGUYEN VAN A chuyen tien dvc{}ft26325",
    ],
)
def test_banks_may_do_to_the_words_what_they_like(attempt, content):
    assert comes(attempt, content=content.format(attempt.reference)).state == "matched"


@pytest.mark.slow
@given(st.data())
def test_a_reference_is_found_whatever_a_bank_puts_between_its_signs(data):
    reference = "P261121083000A7K2X"[:17]
    pieces = [data.draw(st.sampled_from(["", " ", ".", "-", "  ", "/"])) + sign for sign in reference]
    text = "".join(data.draw(st.sampled_from([sign, sign.lower()])) for sign in "".join(pieces))
    assert find_in(f"CT DEN {text} NOP PHI") == find_in(reference)


def test_the_same_credit_read_again_changes_nothing(attempt):
    first = comes(attempt, ref="FT1")
    again = comes(attempt, ref="FT1")
    assert first == again and BankCredit.objects.count() == 1
    assert attempt.obligation.attempts.count() == 1 and GatewayEvent.objects.filter(kind="statement").count() == 1


def test_the_same_number_with_another_sum_changes_nothing_and_is_kept(attempt):
    comes(attempt, ref="FT1")
    for _ in range(2):
        assert comes(attempt, amount=FEE + 1, ref="FT1").amount == FEE
    assert GatewayEvent.objects.filter(kind="statement", verdict="wrong_amount").count() == 1


def test_the_database_keeps_what_the_bank_said(attempt):
    credit = comes(attempt)
    with pytest.raises((InternalError, IntegrityError), match="frozen"), transaction.atomic():
        BankCredit.objects.filter(pk=credit.pk).update(amount=1)


# ---------------------------------------------------------------- late, twice
@pytest.mark.parametrize("ending", ["expired", "cancelled"])
def test_money_that_comes_after_the_code_was_given_up_still_settles(money_desk, attempt, ending):
    if ending == "expired":
        settlement.record_outcome(attempt.reference, AttemptState.EXPIRED, cause="window_over")
    else:
        money_desk.paying(way="vnpay", dossier=attempt.dossier)
    assert comes(attempt).state == "matched"
    attempt = fresh(attempt)
    assert attempt.settles and not attempt.obligation.attempts.filter(state="sent").exists()
    all_is_well()


def test_money_for_a_fee_that_was_paid_another_way_is_owed_back(money_desk, attempt):
    workflow.advance(attempt.dossier, "paid", actor=money_desk.clerk, amount=FEE)
    credit = comes(attempt)
    refund = fresh(attempt).refunds.get()
    assert (credit.state, refund.reason, refund.requested_by, refund.way) == ("matched", "paid_twice", None, "by_hand")
    assert "trả lại" in credit.note
    all_is_well()


def test_a_code_used_twice_is_two_payments_and_the_second_is_owed_back(attempt):
    comes(attempt, at=clock.now() - dt.timedelta(minutes=5))
    second = comes(attempt)
    assert second.state == "matched" and second.attempt != attempt
    assert second.attempt.refunds.get().reason == "paid_twice"
    assert attempt.obligation.attempts.filter(settles=True).get() == attempt
    all_is_well()


def test_money_for_a_dossier_that_has_ended_is_owed_back(money_desk, attempt):
    workflow.withdraw(attempt.dossier, actor=attempt.dossier.submitter)
    credit = comes(attempt)
    assert credit.state == "matched" and fresh(attempt).refunds.get().reason == "stopped"
    all_is_well()


def test_a_payment_somebody_confirmed_by_hand_is_not_counted_again_when_its_credit_comes(attempt):
    settlement.settle(attempt.reference, cause="reconciliation")
    credit = comes(attempt)
    assert (credit.state, credit.attempt) == ("matched", attempt)
    assert attempt.obligation.attempts.count() == 1 and not fresh(attempt).refunds.exists()


# ---------------------------------------------------------------- what waits for a person
@pytest.mark.parametrize(("amount", "state"), [(FEE - 50_000, "under"), (FEE + 50_000, "over"), (1, "under")])
def test_another_sum_settles_nothing_and_waits(money_desk, attempt, amount, state):
    credit = comes(attempt, amount=amount)
    assert (credit.state, credit.attempt, credit.waits) == (state, attempt, True)
    assert fresh(attempt).state == "sent" and fresh(attempt).dossier.state == "PAYMENT_REQUIRED"
    assert Message.objects.filter(recipient=money_desk.accountant, subject__contains="cần xem").exists()
    assert Message.objects.filter(recipient=attempt.dossier.submitter, subject__startswith="Đã nhận").exists()


@pytest.mark.parametrize("content", ["", "nop phi", "DVC P261121083000A7K3", "DVC P999999999999ZZZZ", "🙂" * 50])
def test_money_that_names_no_payment_of_ours_waits(attempt, content):
    credit = comes(attempt, content=content)
    assert (credit.state, credit.attempt) == ("unmatched", None)


def test_words_that_name_two_payments_wait(money_desk, attempt):
    other = money_desk.paying(way="transfer")
    credit = comes(attempt, content=f"{attempt.reference} {other.reference}")
    assert (credit.state, credit.attempt) == ("unmatched", None)


def test_the_reference_of_a_payment_at_the_gateway_is_no_proof_of_a_transfer(money_desk):
    attempt = money_desk.paying(way="vnpay")
    assert comes(attempt).state == "unmatched" and fresh(attempt).state == "sent"


def test_money_on_the_account_of_another_point_is_not_taken_for_ours(attempt):
    assert comes(attempt, point=world.collection_point("DMH36TIN")).state == "unmatched"


def test_a_wrong_sum_for_a_fee_that_waits_no_longer_says_so(money_desk, attempt):
    workflow.advance(attempt.dossier, "paid", actor=money_desk.clerk, amount=FEE)
    assert comes(attempt, amount=1000).state == "late"


# ---------------------------------------------------------------- assigned
def test_an_accountant_gives_unmatched_money_to_its_fee(money_desk, attempt):
    credit = comes(attempt, content="nop phi ly lich")
    counted = matching.assign(credit, attempt.dossier, money_desk.accountant, note="Đã gọi người nộp.")
    credit = fresh(credit)
    assert counted.settles and counted.way == "transfer" and counted.moves.get().cause == "person"
    assert (credit.state, credit.attempt, credit.resolved_by) == ("assigned", counted, money_desk.accountant)
    assert fresh(attempt).state == "cancelled" and counted.receipts.get()
    all_is_well()


def test_what_is_too_much_goes_back_when_a_second_accountant_agrees(money_desk, attempt):
    credit = comes(attempt, amount=FEE + 50_000)
    counted = matching.assign(credit, attempt.dossier, money_desk.accountant, note="Thừa.")
    assert counted == attempt and counted.settles and counted.amount == FEE
    rest = attempt.obligation.attempts.exclude(pk=attempt.pk).get()
    refund = rest.refunds.get()
    assert (rest.amount, refund.amount, refund.reason, refund.requested_by) == (50_000, 50_000, "overpaid", money_desk.accountant)
    assert Message.objects.filter(recipient=attempt.dossier.submitter, body__contains="phần chuyển thừa sẽ được trả lại").exists()
    with pytest.raises(PermissionDenied):
        approval.approve(refund, money_desk.accountant)
    approval.paid_out(approval.approve(refund, money_desk.second_accountant), money_desk.second_accountant, document="UNC 12")
    assert attempt.receipts.get().state == "valid"
    all_is_well()


def test_too_little_is_not_enough_until_the_rest_has_come(money_desk, attempt):
    first = comes(attempt, amount=150_000)
    with pytest.raises(matching.CannotResolve, match="50.000"):
        matching.assign(first, attempt.dossier, money_desk.accountant, note="Thiếu.")
    second = comes(attempt, amount=50_000)
    counted = matching.assign([first, second], attempt.dossier, money_desk.accountant, note="Hai lần chuyển.")
    assert counted == attempt and counted.settles
    assert {fresh(credit).state for credit in (first, second)} == {"assigned"}
    all_is_well()


def test_money_given_to_a_fee_that_is_paid_is_owed_back(money_desk, attempt):
    workflow.advance(attempt.dossier, "paid", actor=money_desk.clerk, amount=FEE)
    credit = comes(attempt, amount=80_000)
    counted = matching.assign(credit, attempt.dossier, money_desk.accountant, note="Trả lần nữa.")
    assert not counted.settles and counted.refunds.get().amount == 80_000
    all_is_well()


def test_money_is_given_out_once(money_desk, attempt):
    credit = comes(attempt, content="?")
    matching.assign(credit, attempt.dossier, money_desk.accountant, note="Của hồ sơ này.")
    with pytest.raises(matching.CannotResolve, match="đã được xử lý"):
        matching.assign(credit, money_desk.waiting(), money_desk.accountant, note="Hay của hồ sơ kia?")


def test_money_is_given_to_no_fee_of_another_account_and_to_none_that_is_not_fixed(money_desk, attempt, desk):
    credit = comes(attempt, content="?")
    with pytest.raises((matching.CannotResolve, PermissionDenied)):
        matching.assign(credit, desk.submitted(), money_desk.accountant, note="Nhầm.")
    assert fresh(credit).waits


@pytest.mark.parametrize("who", ["clerk", "officer", "signer", "head"])
def test_only_accountants_at_the_account_decide(money_desk, attempt, who):
    credit = comes(attempt, content="?")
    for actor in (getattr(money_desk, who), factories.user(accountant="H36.X001.CA")):
        for door in (matching.propose_return, matching.record_return, matching.cancel_return):
            with pytest.raises(PermissionDenied):
                door(credit, actor, note="Không rõ.")
        with pytest.raises(PermissionDenied):
            matching.assign(credit, attempt.dossier, actor, note="Không rõ.")


def test_nobody_gives_money_to_an_own_matter(money_desk):
    accountant = factories.user(accountant="H18.Z01")
    citizen = factories.as_citizen(accountant)
    dossier = money_desk.waiting()
    dossier.person = citizen.person
    with past_the_triggers():
        type(dossier).objects.filter(pk=dossier.pk).update(person=citizen.person)
    credit = comes(money_desk.paying(way="transfer", dossier=fresh(dossier)), content="?")
    with pytest.raises(PermissionDenied):
        matching.assign(credit, dossier, factories.fresh(accountant), note="Của tôi.")


# ---------------------------------------------------------------- returned
def test_money_goes_back_by_two_people(money_desk, attempt):
    credit = matching.propose_return(comes(attempt, content="?"), money_desk.accountant, note="Không của hồ sơ nào.")
    assert credit.state == "returning"
    with pytest.raises(PermissionDenied):
        matching.record_return(credit, money_desk.accountant, note="UNC 15")
    credit = matching.record_return(credit, money_desk.second_accountant, note="UNC 15")
    assert credit.state == "returned" and "UNC 15" in credit.note and credit.resolved_by == money_desk.second_accountant
    with pytest.raises(matching.CannotResolve):
        matching.assign(credit, attempt.dossier, money_desk.accountant, note="Thôi, giữ lại.")


def test_the_database_wants_two_people_too(money_desk, attempt):
    credit = matching.propose_return(comes(attempt, content="?"), money_desk.accountant, note="Không rõ.")
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        BankCredit.objects.filter(pk=credit.pk).update(state="returned", resolved_by=money_desk.accountant)


def test_a_return_that_is_not_agreed_leaves_the_money_waiting_as_before(money_desk, attempt):
    credit = matching.propose_return(comes(attempt, amount=1000), money_desk.accountant, note="Thiếu nhiều quá.")
    credit = matching.cancel_return(credit, money_desk.second_accountant, note="Người nộp sẽ chuyển thêm.")
    assert (credit.state, credit.return_asked_by) == ("under", None)


@pytest.mark.slow
# ---------------------------------------------------------------- owed work
def test_a_credit_that_was_only_read_is_looked_at_by_the_worker(attempt, run_followups):
    row, new = matching.record(
        attempt.point, matching.Credit("FT77", FEE, f"DVC {attempt.reference}", clock.now() - dt.timedelta(minutes=1), "raw")
    )
    assert new and row.state == "new"
    run_followups()
    assert fresh(row).state == "matched" and fresh(row).due_state == "done" and fresh(attempt).settles
