"""Production names every variable that is missing or unsafe, all at once, and repeats no value."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as portal_settings

from portal.launch.prove import LIKE_PRODUCTION
from portal.settings.environment import problems

REQUIRED = [
    "SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "REDIS_URL", "TRUSTED_PROXIES", "EMAIL_HOST", "DEFAULT_FROM_EMAIL",
]  # fmt: skip
UNSAFE = [
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "x" * 80),
    ("SECRET_KEY", "django-insecure-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"),
    ("SECRET_KEY_FALLBACKS", "short"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "portal.example,*.portal.example"),
    ("ALLOWED_HOSTS", ".portal.example"),
    ("ALLOWED_HOSTS", "https://portal.example"),
    ("SITE_URL", "http://portal.example"),
    ("SITE_URL", "portal.example"),
    ("SITE_URL", "https://portal.example/"),
    ("SITE_URL", "https://portal.example:abc"),
    ("SITE_URL", "https://[portal"),
    ("SITE_URL", "https://elsewhere.example"),
    ("DATABASE_URL", "sqlite:///portal.db"),
    ("DATABASE_STANDBY_URL", "sqlite:///portal.db"),
    ("REDIS_URL", "memory://"),
    ("TRUSTED_PROXIES", "0.0.0.0/0"),
    ("TRUSTED_PROXIES", "10.0.0.0/8,::/0"),
    ("TRUSTED_PROXIES", "10.0.0.1/8"),
    ("TRUSTED_PROXIES", "proxy"),
    ("TRUSTED_PROXIES", ","),
    ("DEFAULT_FROM_EMAIL", "portal"),
    ("DEFAULT_FROM_EMAIL", "khong-tra-loi@dvc.example.vn"),
    ("DEFAULT_FROM_EMAIL", "Cổng <khong-tra-loi@dvc.example.vn>"),
    ("EMAIL_PORT", "smtp"),
    ("EMAIL_PORT", "70000"),
    ("EMAIL_USE_TLS", "yes"),
    ("HEALTH_TOKEN", "short"),
    ("LOG_LEVEL", "DEBUG"),
    ("OUTBOX_BACKGROUND", "0"),
    ("SERVER_IP", "portal"),
    ("STORAGE_URL", "https://key:0123456789abcdef@storage.example/files"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@/files"),
    ("STORAGE_URL", "s3://storage.example/files"),
    ("STORAGE_URL", "s3://key@storage.example/files"),
    ("STORAGE_URL", "s3://key:short@storage.example/files"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@storage.example"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@storage.example/F"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@storage.example/files/deeper"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@storage.example:port/files"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@storage.example/files?public=1"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@storage.example/files?region"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@storage.example/files?tls=off"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@storage.example/files?tls=0"),
    ("STORAGE_URL", "s3://key:0123456789abcdef@8.8.8.8/files?tls=0"),
    ("TSA_URL", "tsa.example"),
    ("VNPAY_SECRETS", "{'a': 'b'}"),
    ("VNPAY_SECRETS", '["a"]'),
]


def test_a_fit_environment_has_no_problems():
    assert problems(LIKE_PRODUCTION) == []
    assert problems(LIKE_PRODUCTION | {"EMAIL_PORT": "587", "TRUSTED_PROXIES": "10.1.0.0/16, fd00::/8", "LOG_LEVEL": ""}) == []


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_missing_is_named(name):
    without = {key: value for key, value in LIKE_PRODUCTION.items() if key != name}
    assert problems(without) == problems(LIKE_PRODUCTION | {name: " "}) == [f"{name}: is missing."]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_what_is_unsafe_is_named_and_not_repeated(name, value):
    (sentence,) = problems(LIKE_PRODUCTION | {name: value})
    assert sentence.startswith(f"{name}: ")
    assert len(value) < 9 or value not in sentence


def test_an_empty_environment_is_told_everything_at_once():
    process = subprocess.run(
        [sys.executable, "-c", "import portal.settings.production"],
        env={"PATH": os.environ["PATH"]}, cwd=portal_settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert process.returncode == 1
    assert [line.partition(":")[0] for line in process.stderr.splitlines()[-len(REQUIRED) :]] == REQUIRED
