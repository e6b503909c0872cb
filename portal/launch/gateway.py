"""The mock gateway of `./portalctl run`: a process of its own on the next port, and what each side must know of the other.

In production nothing of this runs. Whoever names a gateway (VNPAY_PAY_URL) gets that one, and none is started.
"""

import json
import os
from collections.abc import Mapping

from . import needs
from .child import Child
from .missing import Missing
from .places import Places

NAMED = "VNPAY_PAY_URL"
IPN_PATH = "/thanh-toan/vnpay/ipn"
IPN_INTERVAL, QUERY_WINDOW, REFUND_STEP = "60", "10", "20"  # seconds; a real gateway takes 300, 300 and days
QUIET_WHEN_BUSY = 12  # seconds, a little more than the window


def is_mock() -> bool:
    """Whether the gateway is the mock one, since nobody named another."""
    return not os.environ.get(NAMED)


def mock_port(port: int) -> int:
    """The gateway's port. Raises Missing when there is none, or somebody else has it."""
    beside = port + 1
    if beside > 65535:
        raise Missing(f"Cổng thanh toán giả lập cần thêm cổng {beside}, không có số ấy", "PORT=8000 ./portalctl run")
    if not needs.port_is_free(beside):
        command = f"PORT={needs.free_pair(beside + 1)} ./portalctl run"
        raise Missing(f"Cổng {beside} (dành cho cổng thanh toán giả lập) đang có chương trình khác dùng", command)
    return beside


def portal_variables(port: int) -> dict[str, str]:
    """Where the portal finds the gateway on this port, and how patient it need be with one that is played."""
    address = f"http://127.0.0.1:{port}"
    times = {"quiet_when_busy": QUIET_WHEN_BUSY, **json.loads(os.environ.get("PAYMENT_TIMES") or "{}")}
    return {
        NAMED: f"{address}/paymentv2/vpcpay.html",
        "VNPAY_API_URL": f"{address}/merchant_webapi/api/transaction",
        "BANK_STATEMENT_URL": f"{address}/bank/statement",
        "SETTLEMENT_URL": address + "/doi-soat/{terminal}/{day}.csv",
        "PAYMENT_TIMES": json.dumps(times),
    }


def child(places: Places, variables: Mapping[str, str], port: int, portal: str) -> Child:
    """The process. It has settings of its own and tables of its own in the portal's database; `portal` is whom it tells."""
    command = [
        *(places.python, "-m", "gunicorn", "payments.mock_gateway.wsgi"),
        *("--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
        *("--graceful-timeout", "3", "--log-level", "warning"),
        "--no-control-socket",
    ]
    own = {
        "GATEWAY_IPN_INTERVAL": IPN_INTERVAL,
        "GATEWAY_QUERY_WINDOW": QUERY_WINDOW,
        "GATEWAY_REFUND_STEP": REFUND_STEP,
        **variables,
        "DJANGO_SETTINGS_MODULE": "payments.mock_gateway.settings",
        "GATEWAY_IPN_URL": portal + IPN_PATH,
    }
    return Child("gateway", command, own, places.root, places.logs / "gateway.log")
