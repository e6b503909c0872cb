"""The portal with all it needs to be paid: web, worker, relay, broker, and the mock gateway in the place of the bank."""

import io
import json
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test.utils import override_settings
from pytest_django.live_server_helper import LiveServer

from payments.transfers import statements
from procedures.loading import load_sample
from tests import money
from tests.mock_gateway.process import Gateway
from tests.processes import Processes

TIMES = {  # seconds
    "ask_after_return": 1,
    "ask_after_expiry": 1,
    "quiet_when_busy": 1,
    "ask_again": [1, 2, 3],
    "refund_query_after": 1,
}


class Site:
    """Where people pay: `url` of the portal, `gateway` that can be told to misbehave, `desk` of those who work here."""

    def __init__(self, server, gateway, processes):
        self.url, self.gateway, self.processes = server.url, gateway, processes
        self.desk = money.MoneyDesk()

    def of(self, dossier, tail=""):
        """The address of a page about paying for this dossier."""
        return f"{self.url}/ho-so/{dossier.code}/tra-phi/{tail}"

    def minute_passes(self):
        """The job that reads the bank's statements comes round: here at once, not within a minute."""
        statements.run()


@contextmanager
def opened():
    """Everything started, on the database of the tests; everything dead afterwards."""
    server, processes = LiveServer("127.0.0.1"), Processes()
    gateway = Gateway(processes, ipn_url=f"{server.url}/thanh-toan/vnpay/ipn", query_window=0, GATEWAY_HEAD_START=1)
    addresses = {
        "SITE_URL": server.url,
        "VNPAY_PAY_URL": gateway.pay_url,
        "VNPAY_API_URL": gateway.api_url,
        "BANK_STATEMENT_URL": gateway.statement_url,
    }
    times = {"PAYMENT_TIMES": settings.PAYMENT_TIMES | TIMES}
    hosts = {"ALLOWED_HOSTS": [*settings.ALLOWED_HOSTS, server.thread.host], "CONTENT_SECURITY_POLICY": _policy(gateway)}
    with pytest.MonkeyPatch.context() as patch, override_settings(**addresses, **times, **hosts):
        for name, value in {**addresses, "PAYMENT_TIMES": json.dumps(TIMES)}.items():
            patch.setenv(name, value)
        try:
            processes.broker()
            processes.relay()
            processes.worker()
            load_sample(codes=[money.CRIMINAL])
            call_command("load_collection_points", stdout=io.StringIO())
            yield Site(server, gateway.start(), processes)
        finally:
            processes.stop_all()
            server.stop()


def _policy(gateway):
    """A form may lead to this gateway."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    return {"DIRECTIVES": directives | {"form-action": [directives["form-action"][0], gateway.address]}}
