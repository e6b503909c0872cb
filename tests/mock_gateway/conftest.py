"""The gateway inside the test process: its URLs and middleware replace those of the portal."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import Client

from payments.mock_gateway import settings as gateway_settings
from tests.mock_gateway import shop


@pytest.fixture
def gateway(db, settings):
    """A client of the gateway and its control API. IPNs are sent only when the test calls the sender."""
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
    """A client that gets the error page instead of the exception."""
    return Client(raise_request_exception=False)


@pytest.fixture
def merchant(settings, gateway):
    """A merchant that receives IPNs. `received`: the query strings; `replies`: its answers in order, the last one is repeated."""
    listener = Merchant()
    settings.GATEWAY_IPN_URL = listener.address
    yield listener
    listener.close()


class Merchant:
    def __init__(self):
        self.received, self.replies, self.slow = [], [shop.OK], 0
        self.active = self.max_at_once = 0
        self.lock, self.server = threading.Lock(), None
        merchant = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # the name http.server asks for
                status, body = merchant.answer(self.path.partition("?")[2])
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/ipn"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, query):
        with self.lock:
            self.received.append(query)
            self.active += 1
            self.max_at_once = max(self.max_at_once, self.active)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if self.slow:
            threading.Event().wait(self.slow)
        with self.lock:
            self.active -= 1
        return reply

    def close(self):
        self.server.shutdown()
        self.server.server_close()
