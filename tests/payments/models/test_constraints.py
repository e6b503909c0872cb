"""Constraints and triggers of the database: each refuses a violation, whatever the code does."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from dossiers.models import FeeObligation
from payments.attempts import settlement
from payments.models import (
    APPEND_ONLY,
    AttemptMove,
    BankCredit,
    CollectionPoint,
    Difference,
    EReceipt,
    GatewayEvent,
    GatewayQuestion,
    LedgerEntry,
    PayLink,
    PaymentAttempt,
    PaymentComplaint,
    ReceiptCounter,
    Refund,
    RefundMove,
)
from payments.refunds import approval
from portal.common import clock
from tests.money import FEE

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(money_desk):
    return money_desk.paying()


@pytest.fixture
def paid(attempt):
    return settlement.settle(attempt.reference, cause="ipn")


@pytest.fixture
def refund(money_desk, paid):
    return approval.propose(paid, "other", amount=100_000, actor=money_desk.accountant)


def refuses(rule, deed):
    """Assert that the database refuses `deed`, naming the constraint `rule`."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        deed()
    assert rule in str(refusal.value), refusal.value


def another(attempt, **facts):
    """Create another attempt of the same fee directly."""
    there = {
        "obligation": attempt.obligation, "reference": "P261121083000A7K2", "way": "vnpay", "amount": FEE,
        "collector": attempt.collector, "point": attempt.point, "state": "cancelled", "created_at": clock.now(),
    }  # fmt: skip
    return PaymentAttempt.objects.create(**there | facts)


# ------------------------------------------------------------ attempts


@pytest.mark.parametrize("state", ["created", "sent"])
def test_one_attempt_is_being_paid(attempt, state):
    refuses("one_open_attempt_an_obligation", lambda: another(attempt, state=state))
    assert another(attempt, state="review") and another(attempt, state="review", reference="P261121083000A7K3")


def test_a_reference_is_used_once(attempt):
    refuses("reference", lambda: another(attempt, reference=attempt.reference))


def test_one_attempt_settles_a_fee(paid):
    second = another(paid, state="paid", paid_at=clock.now())
    refuses("one_attempt_settles_an_obligation", lambda: PaymentAttempt.objects.filter(pk=second.pk).update(settles=True))


def test_only_paid_money_settles(attempt):
    refuses("only_paid_money_settles", lambda: PaymentAttempt.objects.filter(pk=attempt.pk).update(settles=True))


@pytest.mark.parametrize("facts", [{"state": "paid", "paid_at": None}, {"paid_at": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)}])
def test_a_paid_attempt_knows_when_and_only_it(attempt, facts):
    refuses("a_paid_attempt_knows_when", lambda: PaymentAttempt.objects.filter(pk=attempt.pk).update(**facts))


def test_nobody_pays_nothing(attempt):
    refuses("nobody_pays_nothing", lambda: another(attempt, amount=0))


@pytest.mark.parametrize("way", ["vnpay", "transfer"])
def test_money_that_is_not_cash_goes_to_a_point(attempt, way):
    refuses("money_goes_to_a_point", lambda: another(attempt, way=way, point=None))
    assert another(attempt, way="counter", point=None)


@pytest.mark.parametrize("facts", [{"amount": 1}, {"reference": "P261121083000A7K2"}])
def test_sum_and_reference_of_an_attempt_are_frozen(attempt, facts):
    refuses("frozen", lambda: PaymentAttempt.objects.filter(pk=attempt.pk).update(**facts))


def test_an_attempt_stays_with_its_fee(attempt, money_desk):
    other = money_desk.waiting()
    refuses("frozen", lambda: PaymentAttempt.objects.filter(pk=attempt.pk).update(obligation=other.obligation))


def test_a_move_goes_somewhere(attempt):
    refuses(
        "an_attempt_moves_somewhere",
        lambda: AttemptMove.objects.create(attempt=attempt, source="sent", target="sent", cause="ipn"),
    )


def test_no_more_is_kept_than_was_owed(attempt):
    rows = FeeObligation.objects.filter(pk=attempt.obligation_id)
    refuses("no_more_is_kept_than_was_owed", lambda: rows.update(settled_amount=FEE + 1))


# ------------------------------------------------------------ refunds


def test_no_more_is_given_back_than_was_paid(refund, paid, money_desk):
    Refund.objects.filter(pk=refund.pk).update(state="done", approved_by=money_desk.second_accountant, done_at=clock.now())
    facts = {"attempt": paid, "reason": "other", "way": "gateway", "requested_by": money_desk.accountant}
    refuses("no more is given back", lambda: Refund.objects.create(amount=FEE - 100_000 + 1, request_id="F1", **facts))
    refuses("no more is given back", lambda: Refund.objects.filter(pk=refund.pk).update(amount=FEE + 1))
    assert Refund.objects.create(amount=FEE - 100_000, request_id="F2", **facts)


def test_what_was_not_paid_is_not_given_back(attempt, money_desk):
    facts = {"attempt": attempt, "reason": "other", "way": "gateway", "requested_by": money_desk.accountant, "request_id": "F1"}
    refuses("no more is given back", lambda: Refund.objects.create(amount=1, **facts))


def test_one_open_refund_an_attempt(refund, paid, money_desk):
    facts = {"attempt": paid, "reason": "other", "way": "gateway", "requested_by": money_desk.accountant, "request_id": "F1"}
    refuses("one_open_refund_an_attempt", lambda: Refund.objects.create(amount=1000, **facts))


def test_a_refund_needs_two_people(refund, money_desk):
    rows = Refund.objects.filter(pk=refund.pk)
    refuses("a_refund_needs_two_people", lambda: rows.update(state="approved", approved_by=money_desk.accountant))


@pytest.mark.parametrize("state", ["approved", "sent", "processing", "unknown", "done", "refused"])
def test_no_refund_goes_anywhere_without_approval(refund, state):
    refuses("no_refund_without_approval", lambda: Refund.objects.filter(pk=refund.pk).update(state=state, done_at=clock.now()))


def test_a_refund_that_is_done_knows_when(refund, money_desk):
    rows = Refund.objects.filter(pk=refund.pk)
    refuses("a_refund_done_knows_when", lambda: rows.update(state="done", approved_by=money_desk.second_accountant))


def test_nothing_is_not_refunded(refund):
    refuses("nothing_is_not_refunded", lambda: Refund.objects.filter(pk=refund.pk).update(amount=0))


def test_the_number_of_a_refund_is_used_once(refund, paid):
    Refund.objects.filter(pk=refund.pk).update(state="declined")
    facts = {"attempt": paid, "amount": 1000, "reason": "other", "way": "gateway"}
    refuses("request_id", lambda: Refund.objects.create(request_id=refund.request_id, **facts))


# ------------------------------------------------------------ the rest


def test_one_question_waits_an_attempt(attempt):
    refuses("one_question_waits_an_attempt", lambda: GatewayQuestion.objects.create(attempt=attempt, cause="again"))
    GatewayQuestion.objects.update(due_state="done")
    assert GatewayQuestion.objects.create(attempt=attempt, cause="again")


def test_one_complaint_is_open_an_attempt_and_a_closed_one_was_answered(attempt):
    first = PaymentComplaint.objects.create(attempt=attempt)
    refuses("one_open_complaint_an_attempt", lambda: PaymentComplaint.objects.create(attempt=attempt))
    rows = PaymentComplaint.objects.filter(pk=first.pk)
    refuses("a_closed_complaint_was_answered", lambda: rows.update(closed_at=clock.now()))
    rows.update(closed_at=clock.now(), answer="Đã thấy tiền.")
    assert PaymentComplaint.objects.create(attempt=attempt)


def test_a_difference_is_open_once_and_explained_when_closed(attempt):
    facts = {"point": attempt.point, "day": clock.today(), "kind": "amount", "reference": attempt.reference}
    first = Difference.objects.create(**facts)
    refuses("a_difference_is_open_once", lambda: Difference.objects.create(**facts))
    rows = Difference.objects.filter(pk=first.pk)
    refuses("a_closed_difference_is_explained", lambda: rows.update(closed_at=clock.now()))


def test_a_credit_is_read_once_and_brings_money(attempt):
    facts = {"point": attempt.point, "bank_ref": "FT1", "received_at": clock.now(), "state": "unmatched"}
    BankCredit.objects.create(amount=1000, **facts)
    refuses("a_credit_is_read_once", lambda: BankCredit.objects.create(amount=1000, **facts))
    refuses("a_credit_brings_money", lambda: BankCredit.objects.create(amount=0, **facts | {"bank_ref": "FT2"}))


def test_a_ledger_entry_moves_money(paid):
    entry = LedgerEntry.objects.first()
    facts = {"collector": entry.collector, "obligation": entry.obligation, "attempt": entry.attempt, "account": "received"}
    refuses("an_entry_moves_money", lambda: LedgerEntry.objects.create(amount=0, **facts))


def test_an_event_is_capped(attempt):
    refuses(
        "events_are_capped",
        lambda: GatewayEvent.objects.create(kind="ipn", attempt=attempt, raw="x" * 4001, verdict="valid"),
    )


def test_a_receipt_number_is_given_once_and_has_eight_figures(paid):
    receipt = EReceipt.objects.get()
    facts = {field.attname: getattr(receipt, field.attname) for field in EReceipt._meta.concrete_fields if field.attname != "id"}
    refuses("payments_ereceipt", lambda: EReceipt.objects.create(**facts | {"paper_id": None, "state": "cancelled"}))
    refuses("receipt_numbers_have_eight_digits", lambda: ReceiptCounter.objects.update(last=100_000_000))
    refuses(
        "one_receipt_counter_a_body_and_year",
        lambda: ReceiptCounter.objects.create(body=receipt.body, year=receipt.year, last=1),
    )


def test_codes_of_points_and_tokens_of_links_are_used_once(attempt):
    refuses("terminal_id", lambda: CollectionPoint.objects.create(terminal_id=attempt.point.code, name="Điểm thu khác"))
    link = PayLink.objects.create(obligation=attempt.obligation, expires_at=clock.now())
    refuses("token", lambda: PayLink.objects.create(obligation=attempt.obligation, expires_at=clock.now(), token=link.token))


# ------------------------------------------------------------ only ever added to


@pytest.fixture
def history(refund, money_desk, paid):
    """A row in each of the append-only tables."""
    approval.approve(refund, money_desk.second_accountant)
    GatewayEvent.objects.create(kind="ipn", attempt=paid, raw="x", verdict="valid")
    return {
        "payments_gatewayevent": GatewayEvent, "payments_attemptmove": AttemptMove,
        "payments_refundmove": RefundMove, "payments_ledgerentry": LedgerEntry,
    }  # fmt: skip


def test_history_of_money_is_never_changed_deleted_or_emptied(history):
    assert set(history) == set(APPEND_ONLY)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing pending keeps the tables from being emptied
    for table, model in history.items():
        row = model.objects.first()
        field = "raw" if model is GatewayEvent else "amount" if model is LedgerEntry else "note"
        refuses("append-only", lambda model=model, row=row, field=field: model.objects.filter(pk=row.pk).update(**{field: 7}))
        refuses("append-only", lambda row=row: row.delete())
        refuses("append-only", lambda table=table: connection.cursor().execute(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_portal_is_not_even_granted_to(history, application_role, verb):
    for table in history:
        with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {application_role}")
            cursor.execute(verb.format(table))
        assert "permission denied" in str(refusal.value)


def test_these_are_errors_of_integrity_for_the_code_that_meets_them(attempt):
    with pytest.raises(IntegrityError), transaction.atomic():
        another(attempt, amount=0)
