"""The embedded portal of `./portalctl run`: real servers, demo people, development keys."""

from portal.settings.base import *  # noqa: F403
from portal.settings.base import INSTALLED_APPS, VAR_DIR, VNPAY_SECRETS
from portal.settings.mock import MOCK_SECRETS

DEMO = True
INSTALLED_APPS = [*INSTALLED_APPS, "payments.mock_gateway"]  # for its tables only: it runs as a process of its own
VNPAY_SECRETS = VNPAY_SECRETS or MOCK_SECRETS  # of a terminal of one's own, to try a real gateway's test site
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def _kept_secret():
    """A random key made at first start and kept in var/: nothing secret stands in the repository."""
    from django.core.management.utils import get_random_secret_key

    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = _kept_secret()
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
