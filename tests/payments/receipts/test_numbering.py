"""Receipts: numbered in order without gaps, frozen, and replaced or cancelled visibly."""

import datetime as dt
import itertools
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, close_old_connections, connection, transaction
from django.db.utils import IntegrityError

from dossiers import workflow
from dossiers.models import FeeLine
from dossiers.transitions.inputs import DetailsMissing
from payments.accounting import invariants
from payments.attempts.settlement import settle
from payments.models import CollectingBody, EReceipt, ReceiptCounter, RefundReason
from payments.receipts import numbering
from payments.refunds import approval
from portal.common import clock
from tests import factories, money, world

NEW_YEAR = dt.datetime(2026, 12, 31, 17, 0, tzinfo=dt.UTC)  # midnight in Hà Nội


@pytest.fixture
def paid(money_desk):
    """Call it to settle the fee of a new dossier. Returns the receipt."""

    def pay(**facts):
        return settle(money_desk.paying(**facts).reference, cause="ipn").receipts.get()

    return pay


# ---------------------------------------------------------------- numbers
def test_numbers_follow_one_another_in_the_order_of_payment(paid):
    made = [paid() for _ in range(3)]
    assert [receipt.number for receipt in made] == [1, 2, 3]
    assert made == sorted(made, key=lambda receipt: receipt.issued_at)
    assert str(made[0]) == f"DVC-{made[0].year % 100}E 0000001"


def test_numbers_begin_again_at_midnight_of_the_new_year_in_ha_noi(paid):
    with clock.at(NEW_YEAR - dt.timedelta(seconds=1)):
        last = paid()
    with clock.at(NEW_YEAR):
        first = paid()
    assert (last.year, first.year, first.number) == (2026, 2027, 1)
    assert str(last).startswith("DVC-26E") and str(first) == "DVC-27E 0000001"


def test_each_body_counts_for_itself(paid, money_desk):
    ours = paid()
    other = numbering.body_of(world.agency("H18.X004"))
    with transaction.atomic():
        assert numbering._next_number(other, ours.year) == 1
    assert paid().number == ours.number + 1


def test_a_payment_that_is_rolled_back_leaves_no_gap(paid, money_desk):
    paid()
    attempt = money_desk.paying()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        settle(attempt.reference, cause="ipn")
        raise ZeroDivisionError
    assert attempt.receipts.count() == 0
    assert paid().number == 2


def test_no_number_has_more_than_eight_digits(paid):
    receipt = paid()
    ReceiptCounter.objects.update(last=99_999_999)
    with pytest.raises(IntegrityError, match="eight_digits"), transaction.atomic():
        numbering._next_number(receipt.body, receipt.year)


def test_settled_twice_is_receipted_once(money_desk):
    attempt = money_desk.paying()
    for _ in range(3):
        settle(attempt.reference, cause="ipn")
    assert attempt.receipts.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_every_third_failing_leave_no_gap_and_no_double():
    world.holidays()
    desk = money.MoneyDesk()
    references = [desk.paying().reference for _ in range(20)]
    start, failed, errors = threading.Barrier(4), [], []

    def pay(mine):
        try:
            start.wait(timeout=20)
            for place, reference in mine:
                try:
                    with transaction.atomic():
                        settle(reference, cause="ipn")
                        if place % 3 == 0:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    failed.append(reference)
        except Exception as error:  # noqa: BLE001 - a thread tells its test
            errors.append(error)
        finally:
            connection.close()

    numbered = list(enumerate(references))
    threads = [threading.Thread(target=pay, args=(numbered[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors
    made = list(EReceipt.objects.order_by("number"))
    assert len(failed) == 7 and len(made) == 13
    assert [receipt.number for receipt in made] == list(range(1, 14))
    assert all(a.issued_at <= b.issued_at for a, b in itertools.pairwise(made)), "a later number was issued earlier"
    assert not list(invariants.violations())


@pytest.mark.django_db(transaction=True)
def test_a_server_killed_in_the_middle_of_a_payment_leaves_no_gap():
    """The connection is terminated after the number was taken, before the commit."""
    world.holidays()
    desk = money.MoneyDesk()
    first, second = desk.paying(), desk.paying()
    taken, cut = threading.Event(), threading.Event()

    def pay_and_die():
        try:
            with transaction.atomic():
                settle(first.reference, cause="ipn")
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    pids.append(cursor.fetchone()[0])
                taken.set()
                cut.wait(timeout=20)
        except Exception:  # noqa: BLE001 - it was killed, whatever that looks like
            pass
        finally:
            close_old_connections()
            connection.close()

    pids = []
    thread = threading.Thread(target=pay_and_die)
    thread.start()
    assert taken.wait(timeout=20)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", pids)
    cut.set()
    thread.join(timeout=30)
    assert EReceipt.objects.count() == 0
    assert settle(second.reference, cause="ipn").receipts.get().number == 1
    assert settle(first.reference, cause="querydr").receipts.get().number == 2


# ---------------------------------------------------------------- what it says
def test_a_receipt_holds_who_collected_what_from_whom_and_on_what_ground(paid):
    receipt = paid()
    dossier = receipt.attempt.obligation.dossier
    assert receipt.payer_name == dossier.subject_name
    assert receipt.collector_name == dossier.lead_agency.name
    assert receipt.amount == money.FEE == sum(line["amount"] for line in receipt.lines)
    assert {line["kind"] for line in receipt.lines} <= {"phi", "le_phi", "gia_dich_vu"} and receipt.lines[0]["legal_ref"]
    assert receipt.template_symbol == "01BLP0-001"
    assert receipt.attempt.point.account_number in receipt.treasury_account
    assert receipt.event.step == "paid"


def test_what_becomes_of_body_and_fee_later_does_not_change_it(paid):
    receipt = paid()
    CollectingBody.objects.update(tax_code="9999999999", template_symbol="02BLP0-001", demo=False)
    FeeLine.objects.update(label="Khác", amount=1)
    receipt.body.agency.name = "Tên mới"
    receipt.body.agency.save()
    again = EReceipt.objects.get(pk=receipt.pk)
    assert (again.tax_code, again.template_symbol, again.demo) == (receipt.tax_code, "01BLP0-001", True)
    assert again.lines == receipt.lines and again.collector_name == receipt.collector_name != "Tên mới"


@pytest.mark.parametrize("change", [{"amount": 1}, {"payer_name": "Ai đó"}, {"number": 7}, {"lines": []}, {"tax_code": "1"}])
def test_the_database_refuses_to_change_what_a_receipt_says(paid, change):
    receipt = paid()
    with pytest.raises((InternalError, IntegrityError), match="frozen"), transaction.atomic():
        EReceipt.objects.filter(pk=receipt.pk).update(**change)


def test_the_database_refuses_to_lose_a_receipt_or_to_end_it_twice(paid, money_desk):
    receipt = numbering.cancel(paid(), money_desk.accountant, reason="Lập nhầm.")
    with pytest.raises((InternalError, IntegrityError), match="never deleted"), transaction.atomic():
        EReceipt.objects.filter(pk=receipt.pk).delete()
    with pytest.raises((InternalError, IntegrityError), match="ends once"), transaction.atomic():
        EReceipt.objects.filter(pk=receipt.pk).update(state="valid", state_reason="", state_at=None)


# ---------------------------------------------------------------- replaced, cancelled
def test_a_wrong_name_is_replaced_under_a_new_number_and_the_old_one_says_so(paid, money_desk):
    old = paid()
    new = numbering.replace(old, money_desk.accountant, payer_name=" Nguyễn Văn Bình ", reason="Ghi sai tên người nộp.")
    old.refresh_from_db()
    assert (new.number, new.payer_name, new.amount, new.lines) == (2, "Nguyễn Văn Bình", old.amount, old.lines)
    assert (old.state, old.state_reason, old.state_by) == ("replaced", "Ghi sai tên người nộp.", money_desk.accountant)
    assert new.replaces == old and new.state == "valid"


def test_a_cancelled_receipt_keeps_its_number_and_its_reason(paid, money_desk):
    receipt = numbering.cancel(paid(), money_desk.accountant, reason="Lập nhầm.")
    assert (receipt.state, receipt.state_reason) == ("cancelled", "Lập nhầm.")
    assert paid().number == 2


@pytest.mark.parametrize("end", ["replaced", "cancelled"])
def test_a_receipt_ends_once(paid, money_desk, end):
    receipt = paid()
    if end == "replaced":
        numbering.replace(receipt, money_desk.accountant, payer_name="Nguyễn Văn Bình", reason="Sai tên.")
    else:
        numbering.cancel(receipt, money_desk.accountant, reason="Lập nhầm.")
    with pytest.raises(numbering.ReceiptEnded, match="đã"):
        numbering.cancel(receipt, money_desk.accountant, reason="Lần nữa.")


@pytest.mark.parametrize("who", ["clerk", "officer", "signer", "head"])
def test_only_an_accountant_of_the_body_ends_a_receipt(paid, money_desk, who):
    with pytest.raises(PermissionDenied):
        numbering.cancel(paid(), getattr(money_desk, who), reason="Lập nhầm.")
    with pytest.raises(PermissionDenied):
        numbering.cancel(paid(), factories.user(accountant="H18.X004"), reason="Lập nhầm.")


def test_nothing_ends_without_a_reason(paid, money_desk):
    with pytest.raises(ValueError, match="reason"):
        numbering.cancel(paid(), money_desk.accountant, reason="  ")


# ---------------------------------------------------------------- money goes back
def approved(money_desk, receipt, amount):
    refund = approval.propose(receipt.attempt, RefundReason.OTHER, amount=amount, actor=money_desk.accountant, note="Thu nhầm.")
    return approval.approve(refund, money_desk.second_accountant)


def test_all_the_money_going_back_cancels_the_receipt(paid, money_desk):
    receipt = paid()
    refund = approved(money_desk, receipt, receipt.amount)
    receipt.refresh_from_db()
    assert receipt.state == "cancelled" and refund.request_id in receipt.state_reason


def test_part_of_the_money_going_back_replaces_the_receipt_by_one_over_the_rest(paid, money_desk):
    receipt = paid()
    approved(money_desk, receipt, 50_000)
    new = EReceipt.objects.get(replaces=receipt)
    assert new.amount == 150_000 == sum(line["amount"] for line in new.lines)
    assert new.lines[-1]["amount"] == -50_000
    assert not list(numbering.problems())


# ---------------------------------------------------------------- what must be true
def test_a_lost_paper_is_told(paid):
    receipt = paid()
    assert not list(numbering.problems())
    EReceipt.objects.filter(pk=receipt.pk).update(due_state="done")
    assert list(numbering.problems()) == [f"receipt {receipt}: has no paper, and none is owed"]


# ---------------------------------------------------------------- at the counter
def test_cash_taken_while_a_dossier_waits_for_its_fee_makes_the_receipt_in_the_same_breath(money_desk):
    dossier = workflow.advance(money_desk.waiting(), "paid", actor=money_desk.clerk, amount=money.FEE)
    attempt = dossier.obligation.attempts.get()
    receipt = attempt.receipts.get()
    assert (attempt.way, attempt.settles, attempt.opened_by) == ("counter", True, money_desk.clerk)
    assert receipt.event.step == "paid" and receipt.treasury_account


def test_cash_refused_for_a_wrong_sum_leaves_neither_attempt_nor_receipt(money_desk):
    dossier = money_desk.waiting()
    with pytest.raises(DetailsMissing):
        workflow.advance(dossier, "paid", actor=money_desk.clerk, amount=money.FEE - 1)
    assert not dossier.obligation.attempts.exists() and not EReceipt.objects.exists()


def test_cash_is_taken_also_while_an_online_attempt_is_under_review(money_desk):
    from payments.attempts import settlement
    from payments.models.states import AttemptState

    attempt = money_desk.paying()
    settlement.record_outcome(attempt.reference, AttemptState.REVIEW, cause="suspicion", code="07")
    dossier = workflow.advance(attempt.dossier, "paid", actor=money_desk.clerk, amount=money.FEE)
    assert dossier.obligation.attempts.filter(settles=True).get().way == "counter"
    attempt.refresh_from_db()
    assert attempt.state == "review"
    settle(attempt.reference, cause="querydr")
    assert attempt.refunds.get().reason == "paid_twice"
