"""Received money is allocated once, in any state of the dossier: to the fee, or to a refund."""

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.models import Dossier, FeeObligation
from payments.accounting import invariants
from payments.attempts import lifecycle, payable, settlement
from payments.attempts.lifecycle import NotPayable
from payments.ledger import entries
from payments.models import BankCredit, EReceipt, GatewayQuestion, LedgerEntry, PaymentAttempt, Refund
from payments.models.states import AttemptState
from payments.receipts import numbering
from payments.refunds import approval
from portal.common import clock
from tests import factories, world
from tests.dossiers.workflow.test_at_once import at_once
from tests.money import FEE

pytestmark = pytest.mark.django_db
STAY, STAY_FEE = "1.004194", 7_000  # registering a stay: 7.000 đồng after acceptance, level 4, at the police of a ward


def now(dossier):
    return Dossier.objects.select_related("obligation").get(pk=dossier.pk)


def given_up(attempt):
    """Cancel an attempt here; the gateway has not given a final answer."""
    return settlement.record_outcome(attempt.reference, AttemptState.EXPIRED, cause="querydr", final=False)


def late(attempt):
    """Settle the attempt late."""
    return settlement.settle(attempt.reference, cause="ipn", transaction_no="14226112")


@pytest.fixture(autouse=True)
def whole():
    """After each test, the invariants must hold."""
    yield
    assert list(invariants.violations()) == []


# ------------------------------------------------------------ the way of the core


def test_paying_settles_the_fee_moves_the_dossier_and_makes_a_receipt_once(money_desk):
    attempt = money_desk.paying()
    for _ in range(3):
        settled = late(attempt)
    dossier = now(settled.obligation.dossier)
    assert (dossier.state, dossier.payment_status, dossier.paid_online) == ("SUBMITTED", "paid", True)
    assert (dossier.obligation.status, dossier.obligation.settled_amount, dossier.obligation.attempt_open) == ("paid", FEE, False)
    assert EReceipt.objects.get().number == 1 and EReceipt.objects.get().amount == FEE
    assert [(entry.account, entry.amount) for entry in LedgerEntry.objects.all()] == [("received", FEE), ("settled", -FEE)]
    assert settled.resolved_at and settled.transaction_no == "14226112" and not Refund.objects.exists()


def test_a_double_click_is_the_same_attempt_and_another_way_gives_it_up(money_desk):
    first = money_desk.paying()
    dossier = first.obligation.dossier
    assert money_desk.paying(dossier=dossier) == first
    other_bank = money_desk.paying(dossier=dossier, bank_choice="VNPAYQR")
    transfer = money_desk.paying("transfer", dossier=dossier)
    states = dict(PaymentAttempt.objects.values_list("reference", "state"))
    assert states == {first.reference: "cancelled", other_bank.reference: "cancelled", transfer.reference: "sent"}
    assert first.moves.last().cause == "payer_chose_another_way" and now(dossier).obligation.attempt_open
    waiting = GatewayQuestion.objects.filter(due_state="waiting")
    assert {question.attempt for question in waiting} == {first, other_bank}  # still watched


def test_with_its_time_nearly_over_an_attempt_is_not_handed_out_again(money_desk):
    with clock.at(clock.now() - dt.timedelta(minutes=14, seconds=30)):
        first = money_desk.paying()
    second = money_desk.paying(dossier=first.obligation.dossier)
    assert second != first and second.state == "sent"


def test_the_whole_of_the_core(money_desk):
    attempt = money_desk.paying()
    dossier = attempt.obligation.dossier
    transfer = money_desk.paying("transfer", dossier=dossier)
    BankCredit.objects.create(
        point=transfer.point, bank_ref="FT1", amount=FEE, received_at=clock.now(), state="matched", attempt=transfer
    )
    settlement.settle(transfer.reference, cause="statement")
    late(attempt)
    twice = Refund.objects.get()
    assert (twice.reason, twice.amount, twice.requested_by, twice.way) == ("paid_twice", FEE, None, "gateway")
    approval.approve(twice, money_desk.accountant)
    stopped = workflow.withdraw(now(dossier), actor=dossier.submitter)
    back = Refund.objects.exclude(pk=twice.pk).get()
    assert (stopped.state, back.reason, back.amount, back.way) == ("STOPPED", "withdrawn", FEE, "by_hand")
    approval.approve(back, money_desk.accountant)
    approval.paid_out(back, money_desk.accountant, document="UNC 12")
    obligation = now(dossier).obligation
    assert (obligation.settled_amount, obligation.status) == (0, "refunded")
    assert EReceipt.objects.get().state == "cancelled" and entries.owed_back(attempt) == FEE


# ------------------------------------------------------------ late, in each state: the fee is still asked for


@pytest.fixture
def stay(desk):
    world.place("68.X123")
    return Stay(desk)


class Stay:
    """A registration of stay, whose fee is due on submission. An attempt was opened and cancelled; `reach_…` methods move the
    dossier to a state."""

    def __init__(self, desk):
        self.desk = desk
        self.dossier = desk.submitted(code=STAY, answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})
        FeeObligation.objects.filter(dossier=self.dossier).update(timing="on_result")
        self.attempt = given_up(lifecycle.open_attempt(self.dossier, "vnpay", actor=self.dossier.submitter))
        self.accountant = factories.user(accountant=self.desk.lead)

    def take(self, step, who, **details):
        actor = self.dossier.submitter if who == "submitter" else getattr(self.desk, who)
        self.dossier = workflow.advance(self.dossier, step, actor=actor, **details)
        return self

    def may(self, step, who):
        return workflow.may_take(getattr(self.desk, who), self.dossier, step)

    def reach(self, state):
        return getattr(self, f"reach_{state.lower()}")()

    def reach_submitted(self):
        return self

    def reach_accepted(self):
        return self.take("accept", "clerk")

    def reach_processing(self):
        return self.reach_accepted().take("transfer", "clerk")

    def reach_supplement_required(self):
        items = [{"target": "field", "key": "request_detail", "label": "Nội dung", "reason": "Ghi rõ hơn."}]
        return self.reach_accepted().take("ask_supplement", "clerk", items=items)

    def reach_payment_required(self):
        return self.reach_accepted().take("charge", "officer")

    def reach_withdrawn(self):
        return self.reach_accepted().take("withdraw", "submitter")

    def reach_stopped(self):
        return self.reach_accepted().take("stop", "head", note="Trùng hồ sơ.", legal_ground="Điều 5")

    def reach_not_accepted(self):
        return self.take("refuse_receipt", "clerk", note="Không thuộc thẩm quyền.", legal_ground="Điều 5")


ALIVE = ["SUBMITTED", "ACCEPTED", "PROCESSING", "SUPPLEMENT_REQUIRED", "WITHDRAWN"]


@pytest.mark.parametrize("state", ALIVE)
def test_late_money_settles_a_fee_that_is_still_asked_for_and_the_dossier_stays(stay, state):
    stay.reach(state)
    assert late(stay.attempt).settles
    dossier = now(stay.dossier)
    assert (dossier.state, dossier.obligation.status, dossier.events.last().step) == (state, "paid", "collect")
    assert EReceipt.objects.get().amount == STAY_FEE and not Refund.objects.exists()


def test_late_money_moves_on_a_dossier_that_waits_for_it(stay):
    stay.reach("PAYMENT_REQUIRED")
    late(stay.attempt)
    dossier = now(stay.dossier)
    assert (dossier.state, dossier.events.last().step, dossier.payment_due_at) == ("ACCEPTED", "paid", None)


@pytest.mark.parametrize(("state", "reason"), [("STOPPED", "stopped"), ("NOT_ACCEPTED", "refused")])
def test_late_money_for_a_dossier_that_ended_goes_back(stay, state, reason):
    stay.reach(state)
    attempt = late(stay.attempt)
    refund = Refund.objects.get()
    assert not attempt.settles and (refund.reason, refund.amount, refund.requested_by) == (reason, STAY_FEE, None)
    assert not EReceipt.objects.exists() and entries.owed_back(attempt) == STAY_FEE
    told = Message.objects.get(recipient=stay.dossier.submitter, channel="inbox", key=f"money:refund:{refund.pk}:back")
    assert "trả lại 7.000\xa0đồng" in told.body and "không phải làm gì" in told.body
    assert Message.objects.filter(recipient=stay.accountant, key=f"money:refund:{refund.pk}:proposed").exists()
    late(attempt)
    assert Refund.objects.count() == 1


@pytest.mark.slow
@pytest.mark.needs_pdf
def test_late_money_for_a_dossier_with_its_result_settles_and_the_result_is_handed_over(desk, run_followups, signing_keys):
    world.place("68.X123")
    stay = Stay(desk)
    again = given_up(lifecycle.open_attempt(stay.dossier, "vnpay", bank_choice="INTCARD"))
    stay.reach("PROCESSING")
    while any(run.kind != "sign" for run in stay.dossier.step_runs.filter(state="open")):
        who = next(who for who in ("officer", "head") if stay.may("hand_over", who))
        factories.drafted(stay.dossier, getattr(stay.desk, who))
        stay.take("hand_over", who)
    stay.take("approve", "signer", shown=factories.shown(stay.dossier))
    run_followups()
    dossier = now(stay.dossier)
    assert dossier.state == "COMPLETED"
    assert late(stay.attempt).settles and now(dossier).obligation.is_paid
    run_followups()
    dossier = now(dossier)
    if dossier.state == "COMPLETED":
        workflow.advance(dossier, "deliver", actor=desk.clerk, signed_for="Nguyễn Hoàng Phượng Vỹ", recipient="Vỹ")
    assert now(dossier).state == "RETURNED"
    assert not late(again).settles and Refund.objects.get().reason == "paid_twice"


# ------------------------------------------------------------ a withdrawal is being looked at


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_confirmed_withdrawal_gives_back_what_the_law_gives_back(money_desk, when):
    attempt = money_desk.paying()
    dossier = attempt.obligation.dossier
    late(attempt)
    dossier = workflow.advance(now(dossier), "accept", actor=money_desk.clerk)
    dossier = workflow.advance(dossier, "withdraw", actor=dossier.submitter)
    workflow.advance(dossier, "confirm_withdrawal", actor=money_desk.clerk, originals_returned=True)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount) == ("withdrawn", FEE)


def test_a_fee_that_is_not_given_back_on_withdrawal_stays(stay):
    stay.reach("WITHDRAWN")
    late(stay.attempt)
    workflow.advance(now(stay.dossier), "confirm_withdrawal", actor=stay.desk.clerk, originals_returned=True)
    assert not Refund.objects.exists() and now(stay.dossier).obligation.settled_amount == STAY_FEE


def withdrawn_while_it_waits(stay):
    stay.reach("PAYMENT_REQUIRED")
    stay.take("withdraw", "submitter")
    assert stay.dossier.came_from_withdrawn == "PAYMENT_REQUIRED"
    return stay


def test_a_withdrawal_refused_after_the_money_came_goes_on_by_itself(stay):
    withdrawn_while_it_waits(stay)
    late(stay.attempt)
    returned = workflow.advance(now(stay.dossier), "refuse_withdrawal", actor=stay.desk.head, note="Đã làm xong một phần.")
    dossier = now(stay.dossier)
    assert returned.state == dossier.state == "ACCEPTED" and dossier.payment_due_at is None
    assert [event.step for event in dossier.events.order_by("pk")][-3:] == ["collect", "refuse_withdrawal", "paid"]
    assert EReceipt.objects.count() == 1 and LedgerEntry.objects.count() == 2
    assert dossier.intervals.get(ended_at=None).kind == "running"


def test_cash_taken_while_the_withdrawal_is_looked_at_stays_cash(stay):
    withdrawn_while_it_waits(stay)
    stay.take("collect", "clerk", amount=STAY_FEE)
    stay.take("refuse_withdrawal", "head", note="Đã làm xong một phần.")
    dossier = now(stay.dossier)
    assert (dossier.state, dossier.obligation.status, dossier.paid_online) == ("ACCEPTED", "paid_at_counter", False)
    assert EReceipt.objects.count() == 1


def test_money_given_back_meanwhile_is_not_counted_again(stay):
    withdrawn_while_it_waits(stay)
    attempt = late(stay.attempt)
    approval.approve(approval.propose(attempt, "other"), stay.accountant)
    stay.take("refuse_withdrawal", "head", note="Đã làm xong một phần.")
    obligation = now(stay.dossier).obligation
    assert (obligation.status, obligation.settled_amount, EReceipt.objects.get().state) == ("refunded", 0, "cancelled")


def test_a_withdrawal_refused_before_the_money_came_waits_for_it_again(stay):
    withdrawn_while_it_waits(stay).take("refuse_withdrawal", "head", note="Đã làm xong một phần.")
    assert now(stay.dossier).state == "PAYMENT_REQUIRED"
    late(stay.attempt)
    assert now(stay.dossier).state == "ACCEPTED"


# ------------------------------------------------------------ paid otherwise, waived, another sum


def test_two_paid_attempts_settle_once_and_the_second_goes_back(money_desk):
    first = money_desk.paying()
    second = money_desk.paying(dossier=first.obligation.dossier, bank_choice="VNPAYQR")
    assert late(second).settles and not late(first).settles
    refund = Refund.objects.get()
    assert (refund.attempt, refund.reason, refund.amount) == (first, "paid_twice", FEE)
    assert EReceipt.objects.count() == 1 and now(first.obligation.dossier).obligation.settled_amount == FEE


def test_cash_at_the_counter_gives_up_what_is_open_and_its_late_success_goes_back(money_desk):
    attempt = money_desk.paying()
    dossier = workflow.advance(attempt.obligation.dossier, "paid", actor=money_desk.clerk, amount=FEE)
    cash = PaymentAttempt.objects.get(way="counter")
    assert (cash.state, cash.settles, cash.opened_by, cash.moves.get().cause) == ("paid", True, money_desk.clerk, "counter")
    assert (dossier.obligation.status, dossier.state) == ("paid_at_counter", "SUBMITTED")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.moves.last().cause) == ("cancelled", "settled_otherwise")
    assert GatewayQuestion.objects.filter(attempt=attempt, due_state="waiting").exists()
    assert not late(attempt).settles and Refund.objects.get().reason == "paid_twice"


def test_a_waived_fee_gives_up_what_is_open_and_late_money_goes_back(money_desk):
    attempt = money_desk.paying()
    workflow.advance(
        attempt.obligation.dossier, "waive", actor=money_desk.clerk, note="Hộ nghèo.", evidence="Giấy xác nhận hộ nghèo"
    )
    attempt.refresh_from_db()
    assert (attempt.state, attempt.moves.last().cause) == ("cancelled", "settled_otherwise")
    assert not late(attempt).settles
    assert (Refund.objects.get().reason, now(attempt.obligation.dossier).obligation.settled_amount) == ("other", 0)


def test_another_sum_than_is_asked_for_by_now_goes_back_and_the_fee_stays_due(money_desk):
    attempt = money_desk.paying()
    FeeObligation.objects.filter(pk=attempt.obligation_id).update(total=FEE - 100_000)
    assert not late(attempt).settles
    obligation = now(attempt.obligation.dossier).obligation
    assert (obligation.status, Refund.objects.get().reason, Refund.objects.get().amount) == ("due", "other", FEE)
    assert money_desk.paying(dossier=obligation.dossier).amount == FEE - 100_000


def test_a_dossier_that_ends_gives_up_what_is_open(money_desk):
    attempt = money_desk.paying()
    dossier = workflow.withdraw(attempt.obligation.dossier, actor=attempt.obligation.dossier.submitter)
    attempt.refresh_from_db()
    assert (dossier.state, attempt.state, attempt.moves.last().cause) == ("STOPPED", "cancelled", "dossier_closed")
    assert not now(dossier).obligation.attempt_open and not late(attempt).settles
    assert Refund.objects.get().reason == "stopped"


# ------------------------------------------------------------ doubt


def test_a_doubt_about_one_attempt_stops_the_other_and_nobody_may_begin_a_third(money_desk):
    first = money_desk.paying()
    dossier = first.obligation.dossier
    second = money_desk.paying(dossier=dossier, bank_choice="VNPAYQR")
    settlement.record_outcome(first.reference, AttemptState.REVIEW, cause="suspicion", final=False)
    second.refresh_from_db()
    assert (second.state, second.moves.last().cause) == ("cancelled", "another_in_doubt")
    with pytest.raises(NotPayable, match="đang được kiểm tra"):
        money_desk.paying(dossier=dossier)
    settlement.record_outcome(
        second.reference, AttemptState.REVIEW, cause="contradiction", final=False
    )  # both may have taken money
    assert now(dossier).obligation.attempt_open
    settlement.record_outcome(first.reference, AttemptState.FAILED, cause="person", actor=money_desk.accountant)
    assert now(dossier).obligation.attempt_open
    settlement.settle(second.reference, cause="person", actor=money_desk.accountant)
    assert not now(dossier).obligation.attempt_open and now(dossier).state == "SUBMITTED"


def test_a_doubt_after_a_final_no_is_asked_about_again(money_desk):
    attempt = money_desk.paying()
    settlement.record_outcome(attempt.reference, AttemptState.FAILED, cause="ipn")
    doubtful = settlement.record_outcome(attempt.reference, AttemptState.REVIEW, cause="suspicion", final=False)
    assert (doubtful.state, doubtful.resolved_at, doubtful.money_taken) == ("review", None, "checking")


def test_what_was_paid_stays_paid_whatever_is_said_later(money_desk):
    attempt = late(money_desk.paying())
    for state in (AttemptState.FAILED, AttemptState.CANCELLED, AttemptState.EXPIRED, AttemptState.REVIEW):
        assert settlement.record_outcome(attempt.reference, state, cause="querydr", code="99/02").state == "paid"
    attempt.refresh_from_db()
    assert attempt.code == "" and attempt.moves.count() == 2


def test_what_ended_stays_as_it_ended_and_keeps_the_last_word(money_desk):
    attempt = given_up(money_desk.paying())
    after = settlement.record_outcome(attempt.reference, AttemptState.FAILED, cause="querydr", code="51/02")
    assert (after.state, after.code, bool(after.resolved_at), after.moves.count()) == ("expired", "51/02", True, 2)


# ------------------------------------------------------------ who may


def test_only_accountants_of_the_body_decide_and_never_alone(money_desk):
    attempt = late(money_desk.paying())
    for stranger in (money_desk.clerk, money_desk.head, factories.user(accountant="H18.Y14")):
        with pytest.raises(PermissionDenied):
            approval.propose(attempt, "other", actor=stranger)
    refund = approval.propose(attempt, "other", actor=money_desk.accountant)
    for deed in (approval.approve, lambda refund, actor: approval.decline(refund, actor, note="x")):
        for actor in (money_desk.accountant, money_desk.clerk):
            with pytest.raises(PermissionDenied):
                deed(refund, actor)
    approval.decline(refund, money_desk.second_accountant, note="Chưa đủ căn cứ.")
    told = Message.objects.get(
        recipient=attempt.obligation.dossier.submitter, channel="inbox", key=f"money:refund:{refund.pk}:declined"
    )
    assert "Chưa đủ căn cứ." in told.body
    assert approval.refundable(attempt) == FEE


def test_nobody_decides_on_money_of_their_own(money_desk):
    accountant = factories.user(accountant="H18.Z01")
    attempt = late(money_desk.paying(dossier=money_desk.waiting(factories.as_citizen(accountant))))
    with pytest.raises(PermissionDenied):
        approval.propose(attempt, "other", actor=accountant)
    with pytest.raises(PermissionDenied):
        approval.approve(approval.propose(attempt, "other", actor=money_desk.accountant), accountant)


@pytest.mark.parametrize("amount", [0, -1, FEE + 1])
def test_no_more_than_there_is_and_no_nothing_is_proposed(money_desk, amount):
    attempt = late(money_desk.paying())
    with pytest.raises(approval.NotRefundable):
        approval.propose(attempt, "other", amount=amount, actor=money_desk.accountant)


def test_what_was_not_paid_is_not_given_back(money_desk):
    with pytest.raises(approval.NotRefundable):
        approval.propose(money_desk.paying(), "other", actor=money_desk.accountant)


def test_a_part_given_back_replaces_the_receipt(money_desk):
    attempt = late(money_desk.paying())
    approval.approve(approval.propose(attempt, "other", amount=50_000, actor=money_desk.accountant), money_desk.second_accountant)
    obligation = now(attempt.obligation.dossier).obligation
    assert (obligation.status, obligation.settled_amount) == ("part_refunded", FEE - 50_000)
    assert list(EReceipt.objects.order_by("number").values_list("number", "state", "amount")) == [
        (1, "replaced", FEE), (2, "valid", FEE - 50_000),
    ]  # fmt: skip
    assert payable.payable(now(attempt.obligation.dossier)) is None


# ------------------------------------------------------------ a crash in the middle, and the order of the locks


@pytest.mark.parametrize("where", ["ledger.received", "workflow.advance", "receipts.issue", "complaints"])
def test_a_crash_anywhere_leaves_nothing_half_done_and_the_next_try_settles(money_desk, monkeypatch, where):
    from payments import complaints

    attempt = money_desk.paying()
    target = {
        "ledger.received": (entries, "received"),
        "workflow.advance": (settlement.workflow, "advance"),
        "receipts.issue": (numbering, "issue"),
        "complaints": (complaints, "answer_by_the_gateway"),
    }[where]

    def dies(*args, **kwargs):
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(*target, dies)
        late(attempt)
    assert PaymentAttempt.objects.get().state == "sent" and not LedgerEntry.objects.exists() and not EReceipt.objects.exists()
    assert now(attempt.obligation.dossier).state == "PAYMENT_REQUIRED"
    assert late(attempt).settles and EReceipt.objects.get().number == 1


LOCKED = re.compile(
    r'FROM "(dossiers_dossier|dossiers_feeobligation|payments_paymentattempt|payments_refund)" .*FOR (NO KEY )?UPDATE'
)
ORDER = ["dossiers_dossier", "dossiers_feeobligation", "payments_paymentattempt", "payments_refund"]


def locks(deed):
    """The tables that `deed` locks, in the order of the first lock."""
    with CaptureQueriesContext(connection) as queries:
        deed()
    found = [match.group(1) for query in queries if (match := LOCKED.search(query["sql"]))]
    return list(dict.fromkeys(found))


def test_everything_that_touches_money_locks_in_one_order(money_desk):
    attempt = money_desk.paying()
    dossier = attempt.obligation.dossier
    cash = money_desk.paying().obligation.dossier
    gone = money_desk.paying().obligation.dossier
    deeds = {
        "open": lambda: money_desk.paying(dossier=dossier, bank_choice="VNPAYQR"),
        "settle": lambda: late(attempt),
        "note": lambda: settlement.record_outcome(attempt.reference, AttemptState.FAILED, cause="ipn"),
        "cash": lambda: workflow.advance(cash, "paid", actor=money_desk.clerk, amount=FEE),
        "withdraw": lambda: workflow.withdraw(gone, actor=gone.submitter),
        "propose": lambda: approval.propose(attempt, "other", actor=money_desk.accountant),
        "approve": lambda: approval.approve(Refund.objects.get(attempt=attempt), money_desk.second_accountant),
    }
    for name, deed in deeds.items():
        found = locks(deed)
        assert found and found == [table for table in ORDER if table in found], name
        assert found[0] == "dossiers_dossier", name


@pytest.mark.django_db(transaction=True)
def test_cash_and_the_gateway_at_the_same_moment_settle_once(money_desk):
    attempt = money_desk.paying()
    dossier = attempt.obligation.dossier
    at_once([
        lambda: workflow.advance(dossier, "paid", actor=money_desk.clerk, amount=FEE),
        lambda: late(attempt),
        lambda: late(attempt),
    ])  # fmt: skip
    paid = PaymentAttempt.objects.filter(state="paid")
    assert paid.filter(settles=True).count() == 1 and EReceipt.objects.count() == 1
    assert Refund.objects.count() == paid.count() - 1


@pytest.mark.django_db(transaction=True)
def test_opening_two_ways_at_the_same_moment_leaves_one_open(money_desk):
    dossier = money_desk.waiting()
    opened = at_once([lambda way=way: money_desk.paying(way, dossier=dossier) for way in ("vnpay", "transfer") * 5])
    assert all(isinstance(attempt, PaymentAttempt) for attempt in opened), opened
    assert PaymentAttempt.objects.filter(state="sent").count() == 1
