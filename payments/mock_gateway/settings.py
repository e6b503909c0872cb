"""Settings of the mock gateway. It may share a database with the portal, but not tables or keys."""

import os
from pathlib import Path

import dj_database_url
from django.core.management.utils import get_random_secret_key

HERE = Path(__file__).resolve().parent

SECRET_KEY = get_random_secret_key()  # new at each start: no signed value must survive the process
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *filter(None, os.environ.get("GATEWAY_HOSTS", "").split(","))]

INSTALLED_APPS = ["django.contrib.staticfiles", "payments.mock_gateway"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "payments.mock_gateway.guard.guard",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "payments.mock_gateway.urls"
WSGI_APPLICATION = "payments.mock_gateway.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
            "builtins": ["django.templatetags.static", "payments.mock_gateway.templatetags.gateway"],
        },
    },
]

DATABASE_URL = os.environ.get("GATEWAY_DATABASE_URL") or os.environ.get("DATABASE_URL") or "postgresql:///portal"
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "vi"
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

CSRF_COOKIE_NAME = "gateway_csrf"  # the portal may run on the same host, and cookies are shared between ports
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "payments.mock_gateway.views.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
