"""The mock post of `./portalctl run`: a separate process two ports after the portal, and the settings that connect the two.

Not used in production. When POST_API_URL names a postal service, the mock post is not started.
"""

import os
from collections.abc import Mapping

from . import needs, programs
from .child import Child
from .missing import Missing
from .places import Places

API_URL = "POST_API_URL"
NOTICE_PATH = "/buu-gui/buu-dien/bao"
CLIENT = "DVC-DEMO"


def is_mock() -> bool:
    """True unless the environment names another postal service."""
    return not os.environ.get(API_URL)


def mock_port(port: int) -> int:
    """The port of the mock post: `port` + 2. Raises Missing when it is above 65535 or in use."""
    beside = port + 2
    if beside > 65535:
        raise Missing(f"Bưu điện giả lập cần thêm cổng {beside}, không có số ấy", "PORT=8000 ./portalctl run")
    if not needs.port_is_free(beside):
        command = f"PORT={needs.free_ports(beside + 1)} ./portalctl run"
        raise Missing(f"Cổng {beside} (dành cho bưu điện giả lập) đang có chương trình khác dùng", command)
    return beside


def portal_variables(port: int) -> dict[str, str]:
    """Environment of the portal for a mock post on this port."""
    return {API_URL: f"http://127.0.0.1:{port}", "POST_CLIENT": CLIENT}


def child(places: Places, variables: Mapping[str, str], port: int, portal: str) -> Child:
    """The process of the mock post. It has its own settings and its own store. `portal` is the portal's address, for notices."""
    own = {
        **variables,
        "DJANGO_SETTINGS_MODULE": "dossiers.mock_post.settings",
        "POST_STORE": str(places.var / "mock_post.sqlite3"),
        "POST_NOTICE_URL": portal + NOTICE_PATH,
    }
    return Child("post", programs.mock_post(places.python, port), own, places.root, places.logs / "post.log")
