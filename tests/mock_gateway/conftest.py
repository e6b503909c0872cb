"""The gateway inside the test's own process: its addresses and its own middleware instead of the portal's."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from payments.mock_gateway import settings as gateway_settings
from tests.mock_gateway import shop


@pytest.fixture
def gateway(db, settings):
    """A browser (and control API) at the gateway. Nothing is sent to merchants unless the test says so."""
    own = ["ROOT_URLCONF", "MIDDLEWARE", "TEMPLATES", "CSRF_COOKIE_NAME", "CSRF_FAILURE_VIEW"]
    for name in own:
        setattr(settings, name, getattr(gateway_settings, name))
    settings.GATEWAY_IPN_URL = "http://127.0.0.1:9/ipn"
    settings.GATEWAY_IPN_INTERVAL = 300.0
    settings.GATEWAY_QUERY_WINDOW = 300.0
    settings.GATEWAY_REFUND_STEP = 20.0
    return shop.GatewayClient(raise_request_exception=True)


@pytest.fixture
def shielded(gateway):
    """A browser that sees the error page instead of the error."""
    return Client(raise_request_exception=False)


@pytest.fixture
def merchant(settings, gateway):
    """A merchant that listens for IPNs: `heard` are the query strings, `says` what it answers, in order (the last one stays)."""
    listener = Merchant()
    settings.GATEWAY_IPN_URL = listener.address
    yield listener
    listener.close()


class Merchant:
    def __init__(self):
        self.heard, self.says, self.slow = [], [shop.OK], 0
        self.listening = self.most_at_once = 0
        self.lock, self.server = threading.Lock(), None
        merchant = self

        class Ear(BaseHTTPRequestHandler):
            def do_GET(self):  # the name http.server asks for
                status, body = merchant.answer(self.path.partition("?")[2])
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
        self.address = f"http://127.0.0.1:{self.server.server_port}/ipn"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, query):
        with self.lock:
            self.heard.append(query)
            self.listening += 1
            self.most_at_once = max(self.most_at_once, self.listening)
            says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if self.slow:
            threading.Event().wait(self.slow)
        with self.lock:
            self.listening -= 1
        return says

    def close(self):
        self.server.shutdown()
        self.server.server_close()
