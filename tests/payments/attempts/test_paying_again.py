"""What the pay button does after a return, before the IPN has arrived."""

import pytest
from django.test import Client

from payments.attempts.lifecycle import NotPayable, open_attempt
from payments.models import AttemptState, PaymentAttempt, Way
from tests.payments.notices import RETURN, call, cancelled, signed_query_of

pytestmark = pytest.mark.django_db


def come_back(query):
    Client().get(f"{RETURN}?{query}")


def again(attempt, **facts):
    return open_attempt(attempt.obligation.dossier, Way.GATEWAY, **facts)


def test_who_did_not_come_back_goes_on_with_the_same_attempt(money_desk):
    attempt = money_desk.paying()
    assert again(attempt) == attempt


def test_who_gave_up_gets_a_new_reference_since_the_gateway_takes_each_once(money_desk):
    attempt = money_desk.paying()
    come_back(cancelled(attempt))
    fresh = again(attempt)
    assert fresh != attempt and fresh.state == AttemptState.SENT
    before = PaymentAttempt.objects.get(pk=attempt.pk)
    assert before.state == AttemptState.CANCELLED and before.questions.filter(due_state="waiting").exists()
    assert call(signed_query_of(before)) == "00", "should it have been paid after all, that is heard"


@pytest.mark.parametrize("codes", [("00", "00"), ("07", "07"), ("00", "02"), ("99", "04")])
@pytest.mark.parametrize("bank_choice", ["", "VNBANK"])
def test_who_may_have_paid_is_not_let_to_pay_again_by_whatever_way(money_desk, codes, bank_choice):
    attempt = money_desk.paying()
    come_back(signed_query_of(attempt, ResponseCode=codes[0], TransactionStatus=codes[1]))
    with pytest.raises(NotPayable, match="đừng trả thêm"):
        again(attempt, bank_choice=bank_choice)
    assert PaymentAttempt.objects.get().state == AttemptState.SENT


def test_what_is_not_signed_stops_nobody(money_desk):
    attempt = money_desk.paying()
    come_back(signed_query_of(attempt, secret="doan-mo"))
    assert again(attempt) == attempt


def test_once_the_gateway_denies_it_there_is_a_new_try(money_desk):
    attempt = money_desk.paying()
    come_back(signed_query_of(attempt))
    call(cancelled(attempt))
    assert again(attempt) != attempt


def test_a_secret_that_was_changed_meanwhile_leaves_it_in_doubt(money_desk, settings):
    attempt = money_desk.paying()
    come_back(cancelled(attempt))
    settings.VNPAY_SECRETS = {**settings.VNPAY_SECRETS, attempt.point.code: "another"}
    with pytest.raises(NotPayable):
        again(attempt)
