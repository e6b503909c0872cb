"""What every connection to another machine asks first."""

import ipaddress
from urllib.parse import urlsplit


def is_here(url: str) -> bool:
    """On this machine? Then no proxy of the environment may stand between."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
