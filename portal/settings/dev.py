"""Settings of `./portalctl run`: demo accounts, development keys, the mock gateway."""

import os

from portal.settings.base import *  # noqa: F403
from portal.settings.base import INSTALLED_APPS, POST_SECRET, SMS_SECRET, VAR_DIR, VNPAY_SECRETS
from portal.settings.mock import MOCK_POST_SECRET, MOCK_SECRETS, MOCK_SMS_SECRET

DEMO = True
INSTALLED_APPS = [*INSTALLED_APPS, "payments.mock_gateway"]  # for its tables only: the mock gateway is a separate process
VNPAY_SECRETS = VNPAY_SECRETS or MOCK_SECRETS  # set VNPAY_SECRETS to try the gateway's sandbox with your own terminal
POST_SECRET = POST_SECRET or MOCK_POST_SECRET
WEBHOOK_LOOPBACK = os.environ.get("WEBHOOK_LOOPBACK") == "1"
SMS_SECRET = SMS_SECRET or MOCK_SMS_SECRET
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def _stored_secret():
    """A random key, made at the first start and stored in var/, so that the repository contains no secret."""
    from django.core.management.utils import get_random_secret_key

    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = _stored_secret()
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
