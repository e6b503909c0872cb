"""Programs of other organisations that `./portalctl run` plays: payment gateway, post, SMS provider. Each is a process on a port
after the portal's, with settings that connect the two. Not used in production; not started when the environment names a real one.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import needs, programs
from .child import Child
from .missing import Missing
from .places import Places

IPN_PATH = "/thanh-toan/vnpay/ipn"
NOTICE_PATH = "/buu-gui/buu-dien/bao"
QUIET_WHEN_BUSY = 12  # seconds, a little more than the window of queries
Variables = dict[str, str]


@dataclass(frozen=True)
class Mock:
    """`name`: of the process and its log; `words`: what people call it; `beside`: its port, counted from the portal's.

    `setting`: the environment variable that names a real one instead. `tells(address)`: what the portal must know of the mock;
    `own(places, portal)`: the mock's own environment, `given` what stands there unless the environment says otherwise.
    """

    name: str
    words: str
    beside: int
    setting: str
    program: Callable[..., programs.Command]
    tells: Callable[[str], Variables]
    own: Callable[[Places, str], Variables]
    given: Mapping[str, str]

    def is_mock(self) -> bool:
        """True unless the environment names a real one."""
        return not os.environ.get(self.setting)

    def mock_port(self, port: int) -> int:
        """Its port, for a portal on `port`. Raises Missing when it is above 65535 or in use."""
        beside = port + self.beside
        if beside > 65535:
            raise Missing(f"{self.words.capitalize()} cần thêm cổng {beside}, không có số ấy", "PORT=8000 ./portalctl run")
        if not needs.port_is_free(beside):
            command = f"PORT={needs.free_ports(beside + 1)} ./portalctl run"
            raise Missing(f"Cổng {beside} (dành cho {self.words}) đang có chương trình khác dùng", command)
        return beside

    def portal_variables(self, port: int) -> Variables:
        """Environment of the portal for this mock on this port."""
        return self.tells(f"http://127.0.0.1:{port}")

    def child(self, places: Places, variables: Mapping[str, str], port: int, portal: str) -> Child:
        """The process of the mock. `portal`: the portal's address, for what the mock reports."""
        own = {**self.given, **variables, **self.own(places, portal)}
        return Child(self.name, self.program(places.python, port), own, places.root, places.logs / f"{self.name}.log")


def _gateway_tells(address: str) -> Variables:
    """URLs of the gateway, and shorter waiting times."""
    times = {"quiet_when_busy": QUIET_WHEN_BUSY, **json.loads(os.environ.get("PAYMENT_TIMES") or "{}")}
    return {
        "VNPAY_PAY_URL": f"{address}/paymentv2/vpcpay.html",
        "VNPAY_API_URL": f"{address}/merchant_webapi/api/transaction",
        "BANK_STATEMENT_URL": f"{address}/bank/statement",
        "SETTLEMENT_URL": address + "/doi-soat/{terminal}/{day}.csv",
        "PAYMENT_TIMES": json.dumps(times),
    }


GATEWAY = Mock(
    "gateway", "cổng thanh toán giả lập", 1, "VNPAY_PAY_URL", programs.mock_gateway, _gateway_tells,
    lambda places, portal: {"DJANGO_SETTINGS_MODULE": "payments.mock_gateway.settings", "GATEWAY_IPN_URL": portal + IPN_PATH},
    # seconds; at a real gateway 300 s, 300 s and days
    {"GATEWAY_IPN_INTERVAL": "60", "GATEWAY_QUERY_WINDOW": "10", "GATEWAY_REFUND_STEP": "20"},
)  # fmt: skip
POST = Mock(
    "post", "bưu điện giả lập", 2, "POST_API_URL", programs.mock_post,
    lambda address: {"POST_API_URL": address, "POST_CLIENT": "DVC-DEMO"},
    lambda places, portal: {
        "DJANGO_SETTINGS_MODULE": "dossiers.mock_post.settings",
        "POST_STORE": str(places.var / "mock_post.sqlite3"), "POST_NOTICE_URL": portal + NOTICE_PATH,
    },
    {},
)  # fmt: skip
SMS = Mock(
    "sms", "nhà mạng giả lập", 3, "SMS_API_URL", programs.mock_sms,
    lambda address: {"SMS_API_URL": address, "SMS_CLIENT": "DVC-DEMO"},
    lambda places, portal: {"SMS_STORE": str(places.var / "mock_sms.sqlite3")},
    {},
)  # fmt: skip
ALL = (GATEWAY, POST, SMS)
