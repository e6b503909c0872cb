"""Is an address local? Then no proxy of the environment may be used."""

import ipaddress
from urllib.parse import urlsplit


def is_here(url: str) -> bool:
    """Is this URL on the same machine?"""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
