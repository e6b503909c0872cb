"""Settings of the mock post, from the environment."""

import json
import os

MOCK_SECRET = "DVC-MOCK-SECRET-BUU-DIEN-KHONG-DUNG-THAT"
DEFAULTS = {
    "NOTICE_URL": "http://127.0.0.1:8000/buu-gui/buu-dien/bao",
    "STEP": 20.0,  # seconds from one station to the next; 0: parcels move by the panel and the control API only
    "RETRY": 30.0,  # seconds until a notice that was not answered with 200 is sent again
    "CALLS": 50,  # calls per notice at most
    "TIMEOUT": 10.0,  # seconds of one call
    "THREADS": 1,  # sender threads of the web process; 0: it sends nothing
    "SECRETS": {"DVC-DEMO": MOCK_SECRET, "DVC-TEST": MOCK_SECRET},
    "CONTROL": True,  # whether the panel and /control/ are open
}


def setting(name):
    """The value of POST_<name>, in the type of its default."""
    default, text = DEFAULTS[name], os.environ.get(f"POST_{name}", "")
    if not text:
        return default
    if isinstance(default, dict):
        return json.loads(text)
    if isinstance(default, bool):
        return text.lower() in ("1", "true", "yes")
    return type(default)(text)
