"""The published secrets of the mock gateway, for demo and tests, and the check that refuses them in production."""

import ipaddress
from urllib.parse import urlsplit

MOCK_SECRET_BEGINS = "DVC-MOCK-SECRET"
_TERMINALS = [f"DM{province}{kind}" for province in ("H18", "H36", "H50") for kind in ("TIN", "XAA", "CAN")]
MOCK_SECRETS = {
    "DVCTEST1": f"{MOCK_SECRET_BEGINS}-KHONG-DUNG-THAT-0001",  # the terminal of the published test vectors
    **{code: f"{MOCK_SECRET_BEGINS}-KHONG-DUNG-THAT-{code}" for code in _TERMINALS},
}

MOCK_POST_SECRET = f"{MOCK_SECRET_BEGINS}-BUU-DIEN-KHONG-DUNG-THAT"
MOCK_SMS_SECRET = f"{MOCK_SECRET_BEGINS}-TIN-NHAN-KHONG-DUNG-THAT"


def signs_of_the_mock(secrets, addresses):
    """One sentence for each setting through which the mock gateway could pay a real fee: a published or empty secret, or an
    address that is not https or not a public host. `secrets`: {terminal: secret}; `addresses`: {setting: URL}."""
    found = [
        f"VNPAY_SECRETS: the secret of {terminal} is empty or the published one of the mock gateway."
        for terminal, secret in secrets.items()
        if not secret or secret.startswith(MOCK_SECRET_BEGINS)
    ]
    return found + [f"{name}: {why}" for name, address in addresses.items() if (why := _why_no_gateway(address))]


def _why_no_gateway(address):
    """Why this address cannot be a real gateway; empty when it can."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if not host:
        return "no address of a gateway."
    if parts.scheme != "https":
        return "a gateway is spoken to over https only."
    try:
        here = not ipaddress.ip_address(host).is_global
    except ValueError:
        here = "." not in host or host.endswith((".localhost", ".local", ".internal", ".test", ".invalid"))
    return "this is the mock gateway, or a machine of our own." if here or "mock" in host else ""


def signs_of_another_mock(name, address, secret):
    """As `signs_of_the_mock`, for <name>_API_URL and <name>_SECRET («POST», «SMS»): both empty is right."""
    if not address and not secret:
        return []
    why = "it is empty or the published one of the mock." if not secret or secret.startswith(MOCK_SECRET_BEGINS) else ""
    found = [f"{name}_SECRET: {why}"] if why else []
    return found + ([f"{name}_API_URL: {fault}"] if (fault := _why_no_gateway(address)) else [])
