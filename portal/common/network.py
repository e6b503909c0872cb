"""The network address of whoever sent a request, behind proxies, too; and whether a URL is on this machine."""

import ipaddress
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: HttpRequest) -> str:
    """The address of the client; "" when unknown.

    `X-Forwarded-For` is believed only as far as our own proxies (`settings.TRUSTED_PROXIES`, networks) wrote it: read from the
    right, the first address that is not one of ours. Whatever a client puts in front of it is ignored.
    """
    address = _parsed(request.META.get("REMOTE_ADDR", ""))
    hops = [_parsed(hop) for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while hops and address is not None and _is_ours(address):
        hop = hops.pop()
        if hop is None:
            break
        address = hop
    return str(address) if address else ""


def is_here(url: str) -> bool:
    """Is this URL on the same machine? Then no proxy of the environment may be used."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def network_of(request: HttpRequest) -> str:
    """The address of the client; of IPv6 its /64, because one subscriber holds all addresses in it."""
    address = client_address(request)
    if not address:
        return "unknown"
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_ours(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES if network.version == address.version)


def sends_the_token(request: HttpRequest) -> bool:
    """Does the request carry the token of who watches the portal (`settings.HEALTH_TOKEN`)? Never while none is set."""
    sent = request.headers.get("Authorization", "")
    return bool(settings.HEALTH_TOKEN) and secrets.compare_digest(sent.encode(), f"Bearer {settings.HEALTH_TOKEN}".encode())
