"""Settings shared by development, tests and production. Secrets and addresses come from the environment."""

import datetime as dt
import ipaddress
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.settings import file_storage
from portal.settings.payment_times import with_environment

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(os.environ.get("PORTAL_VAR", BASE_DIR / "var"))
DATA_DIR = BASE_DIR / "data"
FONTS_DIR = BASE_DIR / "fonts"

SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "portal.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "portal.apps.PortalConfig",
    "accounts",
    "accounts.messages",
    "procedures",
    "dossiers",
    "dossiers.files",
    "dossiers.papers",
    "dossiers.parcels",
    "dossiers.custody",
    "dossiers.webhooks",
    "payments",
]

MIDDLEWARE = [
    "portal.middleware.name_requests",
    "portal.metrics.counting.count_requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.PageCompression",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portal.middleware.speak_to_programs",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.AppearanceMiddleware",
    "portal.middleware.no_store_for_sessions",
    "portal.middleware.refuse_unreadable",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.end_locked_sessions",
    "portal.refusals.record_refusals",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.reading.ReadFromStandby",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.sliding.slide",
    "portal.kept.KeepWords",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.frame",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "portal.templatetags.ui"],
        },
    },
]

# The application role (no DDL; INSERT and SELECT only on history). Migrations run with the owner's URL instead.
DATABASES = {
    "default": {
        **dj_database_url.config(default="postgresql:///portal", conn_max_age=600, conn_health_checks=True),
        "ATOMIC_REQUESTS": True,
    }
}
# A standby that follows by streaming: catalogue, tracking and lists are read from it (docs/scaling.md).
if STANDBY_URL := os.environ.get("DATABASE_STANDBY_URL", ""):
    DATABASES["standby"] = {
        **dj_database_url.parse(STANDBY_URL, conn_max_age=600, conn_health_checks=True),
        "TEST": {"MIRROR": "default"},
    }
    DATABASES["standby"].setdefault("OPTIONS", {})["connect_timeout"] = 2  # seconds
    DATABASE_ROUTERS = ["portal.reading.Router"]
DATABASE_APP_ROLE = "portal_app"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.authentication.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.authentication.NotPublished"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:after_login"
LOGOUT_REDIRECT_URL = "home"
AXES_VERBOSE = False
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours; the page says so
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying again does not make it longer
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLE_ADMIN = False  # login names and IP addresses are personal data
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_CLIENT_IP_CALLABLE = "portal.common.network.client_address"
# Networks of our own proxies, whose X-Forwarded-For is believed. Empty: the address of the connection is the client's.
TRUSTED_PROXIES = [ipaddress.ip_network(net.strip()) for net in os.environ.get("TRUSTED_PROXIES", "").split(",") if net.strip()]
# Failures of one network address at a door, whatever account or code was tried, until it has to wait.
FAILURE_WINDOW = dt.timedelta(minutes=15)
MAX_FAILURES_PER_ADDRESS = {"login": 50, "track": 50, "secret": 50}
SEARCHES_A_SECOND = 10  # of one network, in each web process; five times as many at once. 0: no limit
API_REQUESTS_A_SECOND = 10  # of one login, the same way
HEALTH_TOKEN = os.environ.get("HEALTH_TOKEN", "")  # sent as a bearer token it opens /metrics and the details of /health/ready

UNFOLD = {
    "SITE_TITLE": _("Quản trị hệ thống"),
    "SITE_HEADER": _("Quản trị hệ thống"),
    "SITE_URL": "/can-bo/",
    "SHOW_BACK_BUTTON": True,
    "COLORS": {
        "primary": {
            "50": "#eef3fa", "100": "#d9e5f4", "200": "#b5cbe8", "300": "#86a9d6", "400": "#5583be", "500": "#34639f",
            "600": "#1c4379", "700": "#183a69", "800": "#143360", "900": "#10284b", "950": "#0a1a33",
        }
    },
}  # fmt: skip

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
FORMAT_MODULE_PATH = ["portal.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.static_storage.OwnFilesCompressed"},
}
PRIVATE_FILES_ROOT = VAR_DIR / "files"
# Uploaded files and issued papers in S3-compatible storage. Without an address they lie in PRIVATE_FILES_ROOT.
if STORAGE_URL := os.environ.get("STORAGE_URL", "").strip():
    if _wrong := file_storage.problem(STORAGE_URL):
        raise ImproperlyConfigured(f"STORAGE_URL: {_wrong}")
    STORAGES["files"] = {"BACKEND": "dossiers.files.s3.PrivateBucket", "OPTIONS": file_storage.options(STORAGE_URL)}
PANGO_DIR = VAR_DIR / "pango"  # where the launcher unpacks Pango if the system has none
SIGNING_DIR = Path(os.environ.get("SIGNING_DIR", VAR_DIR / "signing"))
# Daily anchors of the history. Explained in `docs/evidence.md`.
ANCHOR_DIR = Path(os.environ.get("ANCHOR_DIR", VAR_DIR / "anchors"))  # in production: where the database's owner cannot write
TSA_URL = os.environ.get("TSA_URL", "")  # a time stamping service (RFC 3161); empty: anchors without time tokens

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Upload limits, used by pages, forms and the process that opens the files.
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_UPLOAD_FILES = 30  # of one paper
MAX_UPLOAD_PAGES = 200  # of one PDF
MAX_UPLOAD_OBJECTS = 300_000  # of one PDF
MAX_UPLOAD_BYTES_OF_DOSSIER = 200 * 1024 * 1024  # of all files of one dossier as received, also of replaced ones
MAX_UPLOAD_MEGAPIXELS = 110  # of a JPEG, which is decoded at a reduced scale
MAX_UPLOAD_MEGAPIXELS_DECODED = 52  # of a PNG, WebP or HEIC, which has to be decoded whole: photos of 50 megapixels pass
MAX_FILE_CHECKS = 2  # child processes that open files, at the same time in one web process
MAX_FILE_CHECKS_WAITING = 8  # requests that wait for one; each keeps a thread of the web process
MAX_FILE_CHECK_WAIT = 10  # seconds
MAX_REQUEST_BYTES = 12 * MAX_UPLOAD_BYTES  # several papers chosen at once, without scripts

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600  # seconds without a request until a session ends
SESSION_SLIDE_EVERY = 15 * 60  # seconds: how often a session at work is written
STAFF_SESSION_LIMIT = dt.timedelta(hours=12)  # from login to the end of a session of staff, also while somebody works
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Payments. Explained in `docs/payments.md`.
PAYMENTS_OPEN = True  # False: no online payment; fees are paid at the counter, and level 4 with a fee becomes level 3
VNPAY_PAY_URL = os.environ.get("VNPAY_PAY_URL", "http://127.0.0.1:8001/paymentv2/vpcpay.html")
VNPAY_API_URL = os.environ.get("VNPAY_API_URL", "http://127.0.0.1:8001/merchant_webapi/api/transaction")
VNPAY_SECRETS = json.loads(os.environ.get("VNPAY_SECRETS") or "{}")  # {terminal code: secret}
SERVER_IP = os.environ.get("SERVER_IP", "127.0.0.1")  # our own address, a required field of the gateway's API
BANK_STATEMENT_URL = os.environ.get("BANK_STATEMENT_URL", "")  # empty: statements are uploaded as files
SETTLEMENT_URL = os.environ.get("SETTLEMENT_URL", "")  # with {terminal} and {day}; empty: settlement files are uploaded
_PAYMENT_TIMES = {  # seconds
    "window": 15 * 60,  # how long an attempt at a gateway can be paid
    "transfer_window": 48 * 3600,  # how long a VietQR code is valid
    "link_window": 3 * 24 * 3600,  # how long a payment link for another person is valid
    "ask_after_expiry": 120,  # first querydr after an attempt expired without an IPN
    "ask_after_return": 15,  # first querydr after the payer returned without an IPN
    "quiet_when_busy": 300,  # no querydr for a terminal after the gateway answered "too many requests" (94)
    "ask_again": [60, 120, 300, 600, 1800],  # back-off between further queries
    "refund_query_after": 120,  # first querydr after a refund request
}
PAYMENT_TIMES = with_environment(_PAYMENT_TIMES, os.environ.get("PAYMENT_TIMES", ""))

# Results by post. Explained in `docs/post.md`. Without an address and a secret parcels are handed in at a post office.
POST_API_URL = os.environ.get("POST_API_URL", "")
POST_CLIENT = os.environ.get("POST_CLIENT", "")  # our name at the postal service
POST_SECRET = os.environ.get("POST_SECRET", "")

# Webhooks to this machine, also without TLS: for tests and trying out. Production refuses it.
WEBHOOK_LOOPBACK = False

# Text messages (SMS). Without an address and a secret none are sent: staff call instead (docs/desk.md).
SMS_API_URL = os.environ.get("SMS_API_URL", "")
SMS_CLIENT = os.environ.get("SMS_CLIENT", "")  # our name at the provider
SMS_SECRET = os.environ.get("SMS_SECRET", "")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, "{0.scheme}://{0.netloc}".format(urlsplit(VNPAY_PAY_URL))],  # forms may redirect to the gateway
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "khong-tra-loi@dvc.example.vn")
EMAIL_TIMEOUT = 10

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
# Outbox rows that nobody waits for (periodic jobs, demo data): how many are worked on at the same time. Fewer than the worker
# processes, so that one is always free for what a person waits for.
OUTBOX_BACKGROUND = int(os.environ.get("OUTBOX_BACKGROUND", "1"))
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {  # of Redis; RabbitMQ itself gives out again what a lost worker held
        "visibility_timeout": 120,  # seconds; longer than CELERY_TASK_TIME_LIMIT; tasks with an ETA are not used
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
    }
    if not REDIS_URL.startswith("amqp")
    else {}
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "portal.openapi.Operation",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is answered 405: what there is says the schema
    "EXCEPTION_HANDLER": "portal.common.problems.handle",
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.json_parser.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["portal.common.throttles.AccountThrottle"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cổng dịch vụ công",
    "DESCRIPTION": (
        "Danh mục thủ tục cho mọi người; hồ sơ, bản nháp, thư và khoản phải trả cho người nộp đã đăng nhập."
        " Lỗi là application/problem+json (RFC 9457), bằng tiếng Việt hay tiếng Anh theo Accept-Language."
    ),
    "VERSION": "1",
    "TAGS": [
        {"name": "procedures", "description": "Danh mục thủ tục hành chính"},
        {"name": "provinces", "description": "Tỉnh, thành phố"},
        {"name": "communes", "description": "Xã, phường, đặc khu"},
        {"name": "drafts", "description": "Bản nháp của người nộp"},
        {"name": "dossiers", "description": "Hồ sơ đã nộp: diễn biến, bổ sung, rút, thư, trả phí"},
    ],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SORT_OPERATIONS": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": False,  # the schema names only what its reader may call: without a login the public part
    "ENUM_NAME_OVERRIDES": {
        "DossierState": "dossiers.states.DossierState.choices",
        "AttemptState": "payments.models.states.AttemptState.choices",
        "RefundState": "payments.models.states.RefundState.choices",
        "PaymentWay": "payments.models.Way.choices",
        "RefundWay": "payments.models.RefundWay.choices",
        "OnlineWay": "payments.api.serializers.ONLINE",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "portal.common.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"httpx": {"level": "WARNING"}},  # it would log whole addresses, with what is asked
}

HOTLINE = "1900 0000"  # demo: no such number
PROVINCE_NAME = os.environ.get("PROVINCE_NAME", "Tỉnh Điện Biên")
