"""Which addresses a webhook may be sent to: public ones only, looked up anew for each sending and then connected to by number.

So neither a private address, nor a name that changes to one between the look-up and the connection, is ever spoken to.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

MAX_URL = 500
# Not private by their number, but not the internet either: metadata of a cloud, and ranges that carry an IPv4 address in them.
REFUSED = [
    ipaddress.ip_network(net)
    for net in (
        "168.63.129.16/32", "192.0.0.0/24", "100.64.0.0/10", "192.88.99.0/24",
        "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "::/96",
    )
]  # fmt: skip


class Refused(ValueError):
    """Nothing is sent there; `str()` says why."""


@dataclass(frozen=True)
class Target:
    """A URL that was checked, and the number to connect to."""

    parts: SplitResult
    ip: str

    @property
    def host(self) -> str:
        return self.parts.hostname or ""

    @property
    def pinned(self) -> str:
        """The URL with the number in place of the name."""
        address = f"[{self.ip}]" if ":" in self.ip else self.ip
        port = f":{self.parts.port}" if self.parts.port else ""
        return self.parts._replace(netloc=address + port).geturl()


def look_up(url: str) -> Target:
    """The target of this URL now. Raises Refused."""
    parts = _read(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(_("Không tìm thấy máy chủ của địa chỉ này.")) from None
    numbers = [str(entry[4][0]) for entry in found]
    if not numbers or not all(may_be_called(number) for number in numbers):
        raise Refused(_("Địa chỉ này dẫn vào mạng riêng hoặc chính máy này."))
    if parts.scheme != "https" and not all(_is_loopback(number) for number in numbers):
        raise Refused(_("Địa chỉ phải bắt đầu bằng https://."))
    return Target(parts, numbers[0])


def may_be_called(number: str) -> bool:
    """Is this IP address on the public internet? The own machine only with `settings.WEBHOOK_LOOPBACK`, never in production."""
    if _is_loopback(number):
        return bool(settings.WEBHOOK_LOOPBACK)
    address = _plain(number)
    if address is None or not address.is_global or address.is_multicast or address.is_reserved:
        return False
    return not any(address in net for net in REFUSED if net.version == address.version)


def _read(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise Refused(_("Địa chỉ này không đúng dạng.")) from None
    schemes = ("https", "http") if settings.WEBHOOK_LOOPBACK else ("https",)
    if parts.scheme not in schemes:
        raise Refused(_("Địa chỉ phải bắt đầu bằng https://."))
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not host or not plain or len(url) > MAX_URL or parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused(_("Địa chỉ này không đúng dạng."))
    return parts


def _plain(number: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address; an IPv4 address that is written as IPv6 is that IPv4 address."""
    try:
        address = ipaddress.ip_address(number)  # with a zone («fe80::1%eth0») it is link-local
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_loopback(number: str) -> bool:
    address = _plain(number)
    return address is not None and address.is_loopback
