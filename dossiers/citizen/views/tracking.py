"""Tracking without login, by code and secret or by the link on the slip. Shows code, state and dates, never a name."""

import hmac

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import throttle
from accounts.messages.models import Alarm
from dossiers.citizen.timeline import public_milestones
from dossiers.clock import lateness
from dossiers.models import Dossier
from portal.common import clock
from portal.common.codes import dossier_code_in, secret_in

MAX_CODE_LENGTH = 60


@login_not_required
@never_cache
def track(request):
    """Find by code and secret. An unknown code and a wrong secret give the same answer in the same time."""
    code = dossier_code_in(request.POST.get("ma", ""))[:MAX_CODE_LENGTH]
    secret = secret_in(request.POST.get("ma-rieng", ""))[:MAX_CODE_LENGTH]
    if request.method != "POST":
        return render(request, "dossiers/citizen/track.html", {"code": "", "errors": []})
    if throttle.is_over_limit(request, "track"):
        return throttle.refuse(request)
    errors = []
    if not code:
        errors.append({"field": "ma", "text": _("Nhập mã hồ sơ, ví dụ H18.X004-261125-0001.")})
    if not secret:
        errors.append({"field": "ma-rieng", "text": _("Nhập mã tra cứu riêng, in dưới mã hồ sơ.")})
    found = _filed().filter(code=code).first() if not errors else None
    matches = hmac.compare_digest((found.secret if found else "x" * 25).encode(), secret.encode())
    if not errors and not (found and matches):
        throttle.count_failure(request, "track")
        unknown = _("Không có hồ sơ nào khớp hai mã này. Xem lại từng chữ trên giấy xác nhận hoặc giấy hẹn.")
        errors.append({"field": "ma", "text": unknown})
    if errors:
        words = {error["field"]: error["text"] for error in errors}
        context = {
            "code": code,
            "errors": [{"text": error["text"], "href": f"#{error['field']}"} for error in errors],
            "code_error": words.get("ma", ""),
            "secret_error": words.get("ma-rieng", ""),
        }
        return render(request, "dossiers/citizen/track.html", context)
    return _tracked(request, found)


@login_not_required
@never_cache
@require_safe
def track_link(request, secret):
    """The link in the QR code of the slip: contains the secret (100 random bits)."""
    if throttle.is_over_limit(request, "track"):
        return throttle.refuse(request)
    found = _filed().filter(secret=secret_in(secret)[:MAX_CODE_LENGTH]).first()
    if found is None:
        return throttle.not_found(request, "track")
    return _tracked(request, found)


def _filed():
    return (
        Dossier.objects.filter(code__isnull=False)
        .select_related("version__procedure", "receiving_agency")
        .defer("version__document", "answers")
    )


def _tracked(request, dossier):
    late = lateness.is_late(dossier, clock.now(), lateness.PROMISED_DUE)
    overdue = Alarm.objects.sentences(dossier.code)
    context = {"dossier": dossier, "milestones": public_milestones(dossier), "late": late, "overdue": overdue}
    response = render(request, "dossiers/citizen/tracked.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
