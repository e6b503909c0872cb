"""Concurrent requests: a payer is charged once, a reference is used once, a terminal gets one querydr answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from payments.mock_gateway.models import Notice, QueryWindow, Refund, Transaction
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 6


def at_once(act):
    """The answers of MANY concurrent calls of the function."""
    barrier = Barrier(MANY)

    def one(number):
        try:
            barrier.wait(10)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def test_many_submits_charge_once(gateway):
    path = gateway.open()
    answers = at_once(
        lambda n: Client().post(f"{path}ung-dung/NCB/", {"outcome": "success" if n else "insufficient"})["Location"]
    )

    assert Notice.objects.count() == 1 and Transaction.objects.get().state == "ENDED"
    assert len({place for place in answers if place.startswith("https://")}) == 1


def test_the_same_request_many_times_is_one_transaction(gateway):
    address = shop.pay_url()

    assert len(set(at_once(lambda n: Client().get(address)["Location"]))) == 1 and Transaction.objects.count() == 1


def test_many_questions_one_answer(gateway):
    row = gateway.pay(gateway.opened()["reference"])
    QueryWindow.objects.create(terminal=shop.TERMINAL)
    codes = at_once(lambda n: shop.GatewayClient().query(row)["vnp_ResponseCode"])

    assert sorted(codes) == ["00"] + ["94"] * (MANY - 1)


def test_many_refunds_one_is_taken(gateway):
    row = gateway.pay(gateway.opened()["reference"])
    codes = at_once(lambda n: shop.GatewayClient().refund(row)["vnp_ResponseCode"])

    assert sorted(codes) == ["00"] + ["94"] * (MANY - 1) and Refund.objects.count() == 1
