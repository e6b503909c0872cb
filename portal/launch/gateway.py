"""The mock gateway of `./portalctl run`: a separate process on the next port, and the settings that connect it with the portal.

Not used in production. When VNPAY_PAY_URL names another gateway, the mock gateway is not started.
"""

import json
import os
from collections.abc import Mapping

from . import needs, programs
from .child import Child
from .missing import Missing
from .places import Places

PAY_URL = "VNPAY_PAY_URL"
IPN_PATH = "/thanh-toan/vnpay/ipn"
IPN_INTERVAL, QUERY_WINDOW, REFUND_STEP = "60", "10", "20"  # seconds; at a real gateway 300 s, 300 s and days
QUIET_WHEN_BUSY = 12  # seconds, a little more than the window


def is_mock() -> bool:
    """True unless the environment names another gateway."""
    return not os.environ.get(PAY_URL)


def mock_port(port: int) -> int:
    """The port of the mock gateway: `port` + 1. Raises Missing when it is above 65535 or in use."""
    beside = port + 1
    if beside > 65535:
        raise Missing(f"Cổng thanh toán giả lập cần thêm cổng {beside}, không có số ấy", "PORT=8000 ./portalctl run")
    if not needs.port_is_free(beside):
        command = f"PORT={needs.free_ports(beside + 1)} ./portalctl run"
        raise Missing(f"Cổng {beside} (dành cho cổng thanh toán giả lập) đang có chương trình khác dùng", command)
    return beside


def portal_variables(port: int) -> dict[str, str]:
    """Environment of the portal for a mock gateway on this port: its URLs and shorter waiting times."""
    address = f"http://127.0.0.1:{port}"
    times = {"quiet_when_busy": QUIET_WHEN_BUSY, **json.loads(os.environ.get("PAYMENT_TIMES") or "{}")}
    return {
        PAY_URL: f"{address}/paymentv2/vpcpay.html",
        "VNPAY_API_URL": f"{address}/merchant_webapi/api/transaction",
        "BANK_STATEMENT_URL": f"{address}/bank/statement",
        "SETTLEMENT_URL": address + "/doi-soat/{terminal}/{day}.csv",
        "PAYMENT_TIMES": json.dumps(times),
    }


def child(places: Places, variables: Mapping[str, str], port: int, portal: str) -> Child:
    """The process of the mock gateway. It has its own settings, and its own tables in the portal's database. `portal` is the
    portal's address, for IPNs."""
    own = {
        "GATEWAY_IPN_INTERVAL": IPN_INTERVAL,
        "GATEWAY_QUERY_WINDOW": QUERY_WINDOW,
        "GATEWAY_REFUND_STEP": REFUND_STEP,
        **variables,
        "DJANGO_SETTINGS_MODULE": "payments.mock_gateway.settings",
        "GATEWAY_IPN_URL": portal + IPN_PATH,
    }
    return Child("gateway", programs.mock_gateway(places.python, port), own, places.root, places.logs / "gateway.log")
