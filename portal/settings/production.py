"""Settings of production: secrets and local values come from the environment; demo and mock gateway are refused."""

import json
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal.settings.environment import problems

if _missing := problems(os.environ):  # before the settings are read, which would fail at the first bad value only
    raise ImproperlyConfigured("\n".join(["The environment is not fit for production:", *_missing]))

from portal.settings.base import *  # noqa: E402, F403
from portal.settings.base import POST_API_URL, POST_SECRET, SMS_API_URL, SMS_SECRET, VNPAY_SECRETS  # noqa: E402
from portal.settings.mock import signs_of_another_mock, signs_of_the_mock  # noqa: E402

DEMO = False
SECRET_KEY = os.environ["SECRET_KEY"]
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
EMAIL_HOST = os.environ["EMAIL_HOST"]
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or "25")
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"

# The gateway has no default here, so that a missing value is an error. Secrets may be in a file (VNPAY_SECRETS_FILE).
VNPAY_PAY_URL = os.environ.get("VNPAY_PAY_URL", "")
VNPAY_API_URL = os.environ.get("VNPAY_API_URL", "")
if "VNPAY_SECRETS_FILE" in os.environ:
    VNPAY_SECRETS = json.loads(Path(os.environ["VNPAY_SECRETS_FILE"]).read_text("utf-8"))
_addresses = {"VNPAY_PAY_URL": VNPAY_PAY_URL, "VNPAY_API_URL": VNPAY_API_URL}
# Statements and settlement files can confirm payments, so their addresses are checked too. Empty: they are uploaded as files.
_read_from = {name: address for name in ("BANK_STATEMENT_URL", "SETTLEMENT_URL") if (address := os.environ.get(name))}
_found = signs_of_the_mock(VNPAY_SECRETS, _addresses | _read_from)
_found += signs_of_another_mock("POST", POST_API_URL, POST_SECRET) + signs_of_another_mock("SMS", SMS_API_URL, SMS_SECRET)
if _found:
    raise ImproperlyConfigured(" ".join(_found))
