"""Fixtures: a fake gateway, and attempts that have expired."""

import datetime as dt

import pytest

from payments.gateways import register
from portal.common import clock
from tests.payments.gateway import Gateway


@pytest.fixture
def gateway(monkeypatch):
    """Replaces the VNPAY provider for queries and refunds."""
    fake = Gateway()
    monkeypatch.setitem(register.PROVIDERS, "vnpay", fake)
    return fake


@pytest.fixture
def past(money_desk):
    """Call it for an attempt, opened `ago`, that has expired: its query is due."""

    def make(way="vnpay", ago=dt.timedelta(minutes=45), **facts):
        with clock.at(clock.now() - ago):
            return money_desk.paying(way, **facts)

    return make
