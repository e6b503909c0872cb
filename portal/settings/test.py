"""Settings of the test run. The database and broker addresses come from `./portalctl test`."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from portal.settings.base import *  # noqa: F403
from portal.settings.base import DATABASES, INSTALLED_APPS, PASSWORD_HASHERS
from portal.settings.mock import MOCK_POST_SECRET, MOCK_SECRETS, MOCK_SMS_SECRET

DEMO = True
SEARCHES_A_SECOND = API_REQUESTS_A_SECOND = 0
INSTALLED_APPS = [*INSTALLED_APPS, "payments.mock_gateway"]
VNPAY_SECRETS = MOCK_SECRETS
POST_API_URL, POST_CLIENT, POST_SECRET = "http://127.0.0.1:9/post", "DVC-TEST", MOCK_POST_SECRET
SMS_API_URL, SMS_CLIENT, SMS_SECRET = "http://127.0.0.1:9", "DVC-TEST", MOCK_SMS_SECRET
SECRET_KEY = "test-only"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
# One folder per run with a subfolder per test worker. Child processes of a test inherit PORTAL_TEST_VAR and use the same files.
if "PORTAL_TEST_VAR" not in os.environ:
    os.environ["PORTAL_TEST_VAR"] = tempfile.mkdtemp(prefix="portal-test-")
    atexit.register(shutil.rmtree, os.environ["PORTAL_TEST_VAR"], ignore_errors=True)
VAR_DIR = Path(os.environ["PORTAL_TEST_VAR"]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
STATIC_ROOT = VAR_DIR / "static"  # nothing is collected: what `run` collected would be listed again for each test client
PRIVATE_FILES_ROOT = VAR_DIR / "files"
SIGNING_DIR = VAR_DIR / "signing"
ANCHOR_DIR = VAR_DIR / "anchors"
TSA_URL = ""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("TEST_DATABASE", "test_portal")}
