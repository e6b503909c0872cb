"""The mock gateway as a real process, for browser tests, the fault harness and its own tests.

gateway = Gateway(processes, ipn_url=f"{portal}/thanh-toan/vnpay/ipn")
gateway.start()                     # portal: VNPAY_PAY_URL = gateway.pay_url, VNPAY_API_URL = gateway.api_url
gateway.faults(drop_ipn=2)
gateway.pay("P26…", "success", order="return_first")["return_url"]
"""

import contextlib
import socket
import subprocess
import sys

import httpx
from django.conf import settings

from portal.launch import web_server
from tests.processes import wait_for


def free_port():
    """A loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """One gateway on a free port, with the tables of the test database. `processes` (tests.processes) stops it."""

    def __init__(self, processes, *, ipn_url="", interval=1, query_window=1, refund_step=1, port=None, **environment):
        self.processes = processes
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.pay_url = f"{self.address}/paymentv2/vpcpay.html"
        self.api_url = f"{self.address}/merchant_webapi/api/transaction"
        self.statement_url = f"{self.address}/bank/statement"
        self.variables = {
            "DJANGO_SETTINGS_MODULE": "payments.mock_gateway.settings",
            "GATEWAY_IPN_URL": ipn_url,
            "GATEWAY_IPN_INTERVAL": str(interval),
            "GATEWAY_QUERY_WINDOW": str(query_window),
            "GATEWAY_REFUND_STEP": str(refund_step),
            **{name: str(value) for name, value in environment.items()},
        }
        self.process = None
        self.client = httpx.Client(base_url=self.address, timeout=30, trust_env=False)

    def start(self):
        """Start it and wait until it answers. Returns itself."""
        command = web_server.command(sys.executable, "payments.mock_gateway.wsgi:application", self.port)
        self.process = subprocess.Popen(
            command,
            env={**self.processes.environment, **self.variables},
            cwd=settings.BASE_DIR,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=(self.processes.folder / "gateway.log").open("ab"),
        )
        self.processes.started.append(self.process)
        wait_for(self.answers)
        return self

    def answers(self):
        with contextlib.suppress(httpx.HTTPError):
            return self.client.get("/song").status_code == 200
        return False

    def kill(self):
        """kill -9."""
        self.processes.kill(self.process)

    def control(self, name, **asked):
        """POST to the control API (PUT for `faults`); the answer as a dict. Raises httpx.HTTPStatusError on 4xx and 5xx."""
        response = self.client.request("PUT" if name == "faults" else "POST", f"/control/{name}", json=asked)
        return response.raise_for_status().json()

    def look(self, name, **asked):
        """GET from the control API: faults, transactions, ipn-log."""
        return self.client.get(f"/control/{name}", params=asked).raise_for_status().json()

    def faults(self, **switches):
        """Turn switches on: a value, or {"value": …, "times": n, "reference": …}; False turns one off."""
        return self.control("faults", **switches)["faults"]

    def arrive(self, pay_url):
        """Open the payment URL as a browser; returns the response with the payer's page or the error page."""
        return self.client.get(pay_url, follow_redirects=True)

    def pay(self, reference, outcome="success", **options):
        """Act as the payer of an opened transaction. Options: bank, order, faults, pay_url (opens it first)."""
        return self.control("pay", reference=reference, outcome=outcome, **options)

    def transaction(self, reference):
        """The transaction as the gateway knows it, or None."""
        found = self.look("transactions", reference=reference)["transactions"]
        return found[0] if found else None

    def ipn_log(self, reference=None):
        """The calls to the merchant, oldest first."""
        asked = {"reference": reference} if reference else {}
        return list(reversed(self.look("ipn-log", **asked)["calls"]))
