"""Settings of the gateway, in this order: Django setting GATEWAY_<NAME>, environment variable, default below."""

import json
import os

from django.conf import settings

MOCK_SECRET = "DVC-MOCK-SECRET-KHONG-DUNG-THAT"
DEMO_TERMINALS = [f"DM{province}{body}" for province in ("H18", "H36", "H50") for body in ("TIN", "XAA", "CAN")]
TERMINALS = {"DVCTEST1": f"{MOCK_SECRET}-0001"} | {code: f"{MOCK_SECRET}-{code}" for code in DEMO_TERMINALS}

DEFAULTS = {
    "IPN_URL": "http://127.0.0.1:8000/thanh-toan/vnpay/ipn",
    "IPN_INTERVAL": 300.0,  # seconds between two calls
    "IPN_CALLS": 10,  # calls per notice at most
    "IPN_TIMEOUT": 10.0,  # seconds
    "IPN_THREADS": 4,  # sender threads of the web process; 0: it sends nothing
    "QUERY_WINDOW": 300.0,  # seconds; one querydr per terminal is answered in this time
    "REFUND_STEP": 20.0,  # seconds from 05 to 06, and from 06 to 00
    "HEAD_START": 3.0,  # seconds by which the IPN is delayed when the browser must return first
    "TERMINALS": TERMINALS,
    "CONTROL": True,  # whether the panel and /control/ are open
}


def setting(name):
    """The value of one setting, in the type of its default."""
    value = getattr(settings, f"GATEWAY_{name}", None)
    return value if value is not None else _from_environment(name)


def _from_environment(name):
    default, text = DEFAULTS[name], os.environ.get(f"GATEWAY_{name}", "")
    if not text:
        return default
    if isinstance(default, dict):
        return json.loads(text)
    if isinstance(default, bool):
        return text.lower() in ("1", "true", "yes")
    return type(default)(text)
