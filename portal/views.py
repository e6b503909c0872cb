"""Error pages and health checks."""

import datetime as dt
import logging
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from dossiers.files.storage import is_writable as files_writable
from portal import kept
from portal.celery import app as celery_app
from portal.common import problems
from portal.common.network import sends_the_token
from portal.common.pdf import pdf_available
from portal.middleware import API
from portal.models import Heartbeat

log = logging.getLogger(__name__)
BROKER_TIMEOUT_SECONDS = 0.3
MAX_RELAY_SILENCE = dt.timedelta(minutes=3)
MAX_CLOCK_DIFFERENCE = dt.timedelta(minutes=1)  # from the database; half an hour late, and histories look backdated
NEEDED = (
    "database",
    "clock",
    "migrations",
    "files",
)  # without these no request can be answered; without the others work is delayed


def bad_request(request, exception=None):
    """400: the browser sent something that cannot be read."""
    return answer(request, "400.html", 400, _("Máy không đọc được yêu cầu này."))


def permission_denied(request, exception=None):
    """403: the user may see the page but not do this."""
    return answer(request, "403.html", 403, _("Tài khoản này không được làm việc đó."))


def not_found(request, exception=None):
    """404: the page does not exist, or this user may not see it; the answer is the same on purpose."""
    return answer(request, "404.html", 404, _("Không có trang này."))


def csrf_failure(request, reason=""):
    """403: the page is older than the last login in this browser, or the form was sent from another site."""
    kept_ = not wants_json(request) and kept.keep_of_old_page(request)
    sentence = _("Trang này mở trước lần đăng nhập gần nhất. Mở lại trang rồi gửi lại.")
    page = kept.page_of(request) if kept.came_from_here(request) else ""
    return answer(request, "csrf_failure.html", 403, sentence, kept=kept_, page=page)


def server_error(request):
    """500, with a code for the hotline; the same code is in the log. Uses neither database nor session, which may have failed."""
    code = f"L-{secrets.token_hex(2).upper()}"
    log.error("error page shown", extra={"code": code, "path": request.path})
    if wants_json(request):
        return problems.answer(500, _("Lỗi ở máy chủ. Gửi lại sau; nếu vẫn vậy, đọc mã này cho tổng đài."), code=code)
    frame = {
        **again(request),
        "code": code,
        "hotline": settings.HOTLINE,
        "province_name": settings.PROVINCE_NAME,
        "text_size": getattr(request, "text_size", "vua"),
        "theme": getattr(request, "theme", "theo-may"),
        "path": request.get_full_path(),
    }
    return HttpResponse(render_to_string("500.html", frame), status=500)


def again(request):
    """What the error page needs to send the same form again; empty for a GET, and when the POST cannot be read."""
    if request.method != "POST":
        return {}
    try:
        sent = [(name, value) for name, values in kept.typed_in(request.POST).items() for value in values]
        return {
            "typed": kept.texts_in(request.POST),
            "sent": sent,
            "files": bool(request.FILES),
            "csrf_token": get_token(request),
        }
    except Exception:  # whatever broke the request may break this, too
        return {}


def answer(request, template, status, sentence, **context):
    """An HTML error page, with the words of a POST; for the API a problem."""
    if wants_json(request):
        return problems.answer(status, sentence)
    return render(request, template, {**{"typed": again(request).get("typed", ())}, **context}, status=status)


def wants_json(request):
    return request.path.startswith(API)


@never_cache
@login_not_required
@transaction.non_atomic_requests
def health_live(request):
    """200 when the web process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@login_not_required
@transaction.non_atomic_requests
def health_ready(request):
    """JSON {"ready": …}. 503 when one of NEEDED fails, else 200: without broker or relay work is only delayed.

    The state of each part is for system administrators and for who sends `settings.HEALTH_TOKEN` as a bearer token.
    """
    checks = {
        "database": database_answers(),
        "clock": clock_is_right(),
        "migrations": migrations_applied(),
        "files": files_writable(),
        "broker": broker_answers(),
        "relay": relay_beats(),
        "pdf": pdf_available(),
    }
    ready = all(checks[name] for name in NEEDED)
    details = checks if _reads_health(request, checks["database"]) else {}
    return JsonResponse({"ready": ready, **details}, status=200 if ready else 503)


def _reads_health(request, database):
    """May this request read which parts work? The token needs no database; a login does."""
    if sends_the_token(request):
        return True
    return database and request.user.is_authenticated and request.user.is_superuser


def database_answers():
    """True when the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseError:
        connection.close()
        return False


def clock_is_right():
    """True when the clocks of this machine and of the database say the same, within MAX_CLOCK_DIFFERENCE."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return abs(dt.datetime.now(dt.UTC) - cursor.fetchone()[0]) < MAX_CLOCK_DIFFERENCE
    except DatabaseError:
        connection.close()
        return False


def migrations_applied():
    """True when every migration of this release is in the database."""
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        connection.close()
        return False


def relay_beats():
    """True when the relay wrote its heartbeat within MAX_RELAY_SILENCE (it writes one every minute)."""
    try:
        return Heartbeat.objects.filter(name="relay", at__gt=Now() - MAX_RELAY_SILENCE).exists()
    except DatabaseError:
        connection.close()
        return False


def broker_answers():
    """True when the broker answers within BROKER_TIMEOUT_SECONDS."""
    limits = {
        "socket_connect_timeout": BROKER_TIMEOUT_SECONDS,
        "socket_timeout": BROKER_TIMEOUT_SECONDS,
        "retry_on_timeout": False,
    }
    try:
        with celery_app.connection_for_write(transport_options={**settings.CELERY_BROKER_TRANSPORT_OPTIONS, **limits}) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT_SECONDS)
            if broker.transport.driver_type == "redis":
                broker.channel().client.ping()
        return True
    except Exception as error:  # each transport raises its own classes
        log.warning("broker away", extra={"error": str(error)})
        return False
