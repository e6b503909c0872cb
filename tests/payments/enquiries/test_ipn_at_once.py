"""IPNs and returns at the same moment on many threads: one settlement, one receipt."""

import os
from collections import Counter

import pytest
from django.db import transaction
from django.test import Client

from payments.attempts.lifecycle import lock_for_payment
from payments.enquiries import ipn
from payments.models import AttemptMove, AttemptState, EReceipt, GatewayEvent, LedgerEntry, PaymentAttempt, Refund
from tests.dossiers.workflow.test_at_once import at_once
from tests.payments.notices import RETURN, call, cancelled, signed_query_of

pytestmark = pytest.mark.django_db(transaction=True)


def settled_once(attempt):
    assert EReceipt.objects.filter(attempt=attempt).count() == 1
    assert LedgerEntry.objects.filter(attempt=attempt).count() == 2
    assert AttemptMove.objects.filter(attempt=attempt, target=AttemptState.PAID).count() == 1
    dossier = PaymentAttempt.objects.get(pk=attempt.pk).obligation.dossier
    assert [event.step for event in dossier.events.all()].count("paid") == 1
    return True


def test_fifty_equal_calls_at_once_are_one_settlement(money_desk):
    attempt = money_desk.paying()
    query = signed_query_of(attempt)
    answers = Counter(at_once([lambda: call(query)] * 50))
    assert answers == {"00": 1, "02": 49}
    assert settled_once(attempt)
    assert GatewayEvent.objects.filter(attempt=attempt, verdict="valid").count() == 1


def test_call_and_return_racing_settle_once_and_ask_no_more_than_once(money_desk):
    attempt = money_desk.paying()
    query = signed_query_of(attempt)
    answers = at_once([lambda: call(query), lambda: Client().get(f"{RETURN}?{query}").status_code] * 8)
    assert Counter(answers) == {"00": 1, "02": 7, 200: 8}
    assert settled_once(attempt)
    assert attempt.questions.filter(due_state="waiting").count() <= 1


def test_paid_and_given_up_at_once_end_paid(money_desk):
    attempt = money_desk.paying()
    yes, no = signed_query_of(attempt), cancelled(attempt)
    answers = at_once([lambda: call(yes), lambda: call(no)] * 5)
    assert set(answers) == {"00", "02"}
    attempt.refresh_from_db()
    assert attempt.settles and settled_once(attempt)


def test_two_attempts_of_one_fee_paid_at_once_keep_one_and_give_one_back(money_desk):
    dossier = money_desk.waiting()
    first, second = money_desk.paying(dossier=dossier), money_desk.paying(dossier=dossier, bank_choice="VNPAYQR")
    queries = [signed_query_of(first), signed_query_of(second)]
    answers = at_once([lambda q=q: call(q) for q in queries * 4])
    assert Counter(answers) == {"00": 2, "02": 6}
    paid = PaymentAttempt.objects.filter(state=AttemptState.PAID)
    assert sorted(attempt.settles for attempt in paid) == [False, True]
    assert Refund.objects.get().attempt == paid.get(settles=False) and EReceipt.objects.count() == 1


def test_forgeries_beside_the_truth_hinder_it_not(money_desk):
    attempt = money_desk.paying()
    forged, true = signed_query_of(attempt, secret="doan-mo"), signed_query_of(attempt)
    answers = at_once([lambda: call(forged)] * 19 + [lambda: call(true)])
    assert Counter(answers) == {"97": 19, "00": 1} and settled_once(attempt)


@pytest.mark.skipif("FAKETIME" in os.environ, reason="under libfaketime PostgreSQL's lock_timeout does not end a wait")
def test_a_call_does_not_wait_for_ever_for_somebody_who_holds_the_dossier(money_desk, monkeypatch):
    """The IPN fails after LOCK_TIMEOUT, and the gateway retries: waiting calls must not block all workers."""
    monkeypatch.setattr(ipn, "LOCK_TIMEOUT", "300ms")
    attempt = money_desk.paying()
    query = signed_query_of(attempt)
    with transaction.atomic():
        lock_for_payment(attempt.reference)
        assert at_once([lambda: call(query)]) == ["99"]
    assert call(query) == "00" and settled_once(attempt)
