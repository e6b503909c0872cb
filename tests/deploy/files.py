"""The files of the deployment, read as Docker and Compose read them."""

import json
import re
import shlex

import yaml

from portal.launch.places import ROOT

VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>[A-Z_]+)(?::(?P<kind>[-?])(?P<text>(?:[^{}]|\{[^{}]*\})*))?\})")
FILLED_IN = {
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
    "SECRET_KEY": "for-the-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "POSTGRES_PASSWORD": "quantri",
    "DATABASE_OWNER_PASSWORD": "chubang",
    "DATABASE_APP_PASSWORD": "ungdung",
    "DATABASE_BACKUP_PASSWORD": "saoluu",
    "EMAIL_HOST": "127.0.0.1",
    "DEFAULT_FROM_EMAIL": "khong-tra-loi@portal.gov.vn",
    "VNPAY_PAY_URL": "https://pay.gateway.example/paymentv2/vpcpay.html",
    "VNPAY_API_URL": "https://pay.gateway.example/merchant_webapi/api/transaction",
}


def text(name):
    return (ROOT / name).read_text("utf-8")


def variables_of(file):
    """{name: value} of an example of an environment file."""
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text(file), re.M))


def compose(variables):
    """docker-compose.yml with its variables replaced. Raises KeyError for a required one that is missing."""
    return _replaced(yaml.safe_load(text("docker-compose.yml")), variables)


def _replaced(part, variables):
    """Compose replaces variables in the words of the file after it has read them."""
    if isinstance(part, dict):
        return {key: _replaced(value, variables) for key, value in part.items()}
    if isinstance(part, list):
        return [_replaced(value, variables) for value in part]
    return VARIABLE.sub(lambda found: _value(found, variables), part) if isinstance(part, str) else part


def _value(found, variables):
    if found["dollar"]:
        return "$"
    given = variables.get(found["name"], "")
    if given or found["kind"] is None:
        return given
    if found["kind"] == "?":
        raise KeyError(found["name"])
    return found["text"]


def entrypoint():
    """The words of the image's ENTRYPOINT."""
    return json.loads(re.search(r"^ENTRYPOINT (.*)$", text("Dockerfile"), re.M)[1])


def image_environment():
    """The ENV of the image's last stage."""
    last = text("Dockerfile").rpartition("\nFROM ")[2].replace("\\\n", " ")
    lines = re.findall(r"^ENV (.*)$", last, re.M)
    return dict(word.split("=", 1) for line in lines for word in shlex.split(line))
