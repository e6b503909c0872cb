"""What production needs from the environment: one sentence for each variable that is missing or unsafe."""

import ipaddress
import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from portal.settings.file_storage import problem as _storage

MIN_SECRET_LENGTH, MIN_SECRET_CHARACTERS = 50, 5  # as `check --deploy` wants it
MIN_TOKEN_LENGTH = 24


def problems(environment: Mapping[str, str]) -> list[str]:
    """One sentence «NAME: why» for each variable of production that is missing or unsafe; no value is repeated.

    The gateway's own variables are checked by `portal.settings.mock.signs_of_the_mock`.
    """
    found = []
    for name, why_not in REQUIRED.items():
        value = environment.get(name, "").strip()
        found += [(name, why_not(value) if value else "is missing.")]
    for name, why_not in OPTIONAL.items():
        if value := environment.get(name, "").strip():
            found += [(name, why_not(value))]
    sentences = [f"{name}: {why}" for name, why in found if why]
    return sentences or _together(environment)


def _together(environment: Mapping[str, str]) -> list[str]:
    """What is wrong with variables that are right one by one."""
    host = urlsplit(environment["SITE_URL"]).hostname
    if host not in _items(environment["ALLOWED_HOSTS"]):
        return ["SITE_URL: its host is not one of ALLOWED_HOSTS."]
    return []


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _secret(value: str) -> str:
    if len(value) < MIN_SECRET_LENGTH or len(set(value)) < MIN_SECRET_CHARACTERS or value.startswith("django-insecure"):
        return f"is too easy to guess; take {MIN_SECRET_LENGTH} random characters or more."
    return ""


def _hosts(value: str) -> str:
    if any("*" in host or host.startswith(".") or "/" in host for host in _items(value)):
        return "names each host exactly, without * or a leading dot, separated by commas."
    return ""


def _https(value: str) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return "is not an address."
    if parts.scheme != "https" or not parts.hostname:
        return "must be the public address of the portal and begin with https://."
    return "must not have a path, a query or a slash at its end." if parts.path or parts.query or parts.fragment else ""


def _scheme(*allowed: str) -> Callable[[str], str]:
    return lambda value: "" if value.partition(":")[0] in allowed else f"must be an address that begins with {allowed[0]}://."


def _proxies(value: str) -> str:
    try:
        networks = [ipaddress.ip_network(item) for item in _items(value)]
    except ValueError:
        return "is a list of networks such as 10.0.0.0/8, separated by commas; none may have bits of a host."
    if not networks:
        return "is missing."
    everybody = any(network.prefixlen == 0 for network in networks)
    return "must not be the whole internet: any client could choose its own address." if everybody else ""


def _port(value: str) -> str:
    return "" if value.isascii() and value.isdigit() and 0 < int(value) < 65536 else "must be a port number, 1 to 65535."


def _number(value: str) -> str:
    return "" if value.isascii() and value.isdigit() and int(value) > 0 else "must be a whole number, 1 or more."


def _switch(value: str) -> str:
    return "" if value in ("0", "1") else "must be 1 (on) or 0 (off)."


def _address(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return "must be an IP address."
    return ""


def _token(value: str) -> str:
    return "" if len(value) >= MIN_TOKEN_LENGTH else f"is too short; take {MIN_TOKEN_LENGTH} random characters or more."


def _mail(value: str) -> str:
    at = value.rstrip(">").rpartition("@")
    if not at[0] or not at[2]:
        return "must be a mail address."
    return "must be an address of the portal's own domain, not an example." if at[2].endswith(("example.vn", "example")) else ""


def _object(value: str) -> str:
    try:
        given = json.loads(value)
    except ValueError:
        given = None
    well = isinstance(given, dict) and all(isinstance(secret, str) for secret in given.values())
    return "" if well else "must be a JSON object {terminal: secret}."


def _level(value: str) -> str:
    levels = ("INFO", "WARNING", "ERROR", "CRITICAL")
    return "" if value in levels else f"must be one of {', '.join(levels)}: DEBUG would log what people write."


REQUIRED: dict[str, Callable[[str], str]] = {
    "SECRET_KEY": _secret,
    "ALLOWED_HOSTS": _hosts,
    "SITE_URL": _https,
    "DATABASE_URL": _scheme("postgresql", "postgres"),
    "REDIS_URL": _scheme("redis", "rediss", "redis+socket", "amqp", "amqps"),
    "TRUSTED_PROXIES": _proxies,  # TLS ends at a proxy; without its network all clients share one address and its limits
    "EMAIL_HOST": lambda value: "",
    "DEFAULT_FROM_EMAIL": _mail,
}
OPTIONAL: dict[str, Callable[[str], str]] = {
    "DATABASE_STANDBY_URL": _scheme("postgresql", "postgres"),
    "SECRET_KEY_FALLBACKS": lambda value: next(filter(None, map(_secret, _items(value))), ""),
    "EMAIL_PORT": _port,
    "EMAIL_USE_TLS": _switch,
    "HEALTH_TOKEN": _token,
    "LOG_LEVEL": _level,
    "OUTBOX_BACKGROUND": _number,
    "WEBHOOK_LOOPBACK": lambda value: "" if value == "0" else "must not be on: webhooks could reach this machine.",
    "SERVER_IP": _address,
    "STORAGE_URL": _storage,
    "TSA_URL": _scheme("https", "http"),
    "VNPAY_SECRETS": _object,
    "POST_API_URL": _scheme("https"),
    "SMS_API_URL": _scheme("https"),
}
