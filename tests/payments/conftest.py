"""What tests of money may use: a gateway that says what the test wants, and attempts whose time is over."""

import datetime as dt

import pytest

from payments.gateways import register
from portal.common import clock
from tests.payments.gateway import Gateway


@pytest.fixture
def gateway(monkeypatch):
    """In the place of the real client, for questions and for refunds."""
    there = Gateway()
    monkeypatch.setitem(register.PROVIDERS, "vnpay", there)
    return there


@pytest.fixture
def past(money_desk):
    """An attempt at the gateway whose time was over half an hour ago: its question is due. `past()` makes another."""

    def make(way="vnpay", ago=dt.timedelta(minutes=45), **facts):
        with clock.at(clock.now() - ago):
            return money_desk.paying(way, **facts)

    return make
